// What is said of the chosen alert, or of the chosen incident, beside the lists. It comes from the server; parts that are
// the same stay, and what holds the focus with them. In a storm it is asked for twice a second, and not at each beat.
import { say } from "./words.js";

const PAUSE_MS = 500;

export class Panel {
  #element;
  #address = "";
  #loading = false;
  #isStale = false;

  constructor(element) { this.#element = element; }

  get isShown() { return this.#element.dataset.shown !== ""; }

  // "" is nothing.
  open(address) {
    this.#address = address;
    this.#element.dataset.shown = "";
    if (!address) this.#element.replaceChildren(Object.assign(document.createElement("p"), { className: "ka-faint", textContent: say("console.pick") }));
  }

  async load() {
    this.#isStale = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#isStale) {
      this.#isStale = false;
      const address = this.#address;
      const answer = await fetch(address).catch(() => null);
      const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      if (address !== this.#address) this.#isStale = Boolean(this.#address);
      else if (page) this.#place(page, address);
      if (this.#isStale && address === this.#address) await new Promise((go) => setTimeout(go, PAUSE_MS));
    }
    this.#loading = false;
  }

  #place(page, address) {
    const fresh = [...page.body.children], old = [...this.#element.children];
    if (this.#element.dataset.shown !== address || old.length !== fresh.length) this.#element.replaceChildren(...fresh);
    else fresh.forEach((part, place) => { if (part.outerHTML !== old[place].outerHTML) old[place].replaceWith(part); });
    this.#element.dataset.shown = address;
  }
}
