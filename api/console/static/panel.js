// What is said of the chosen alert, or of the chosen incident, beside the lists. It comes from the server; parts that are
// the same stay, and what holds the focus with them. In a storm it is asked for twice a second, and not at each beat.
import { say } from "./words.js";

const PAUSE_MS = 500;

export class Panel {
  #element;
  #address = "";
  #loading = false;
  #isStale = false;
  #came = [];

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

  // Compared with what came before, since a part may draw in itself; one in which somebody types waits until they are done.
  #place(page, address) {
    const fresh = [...page.body.children], old = [...this.#element.children], came = fresh.map((part) => part.outerHTML);
    const at = document.activeElement, isTyped = at?.matches("input, select, textarea");
    if (this.#element.dataset.shown !== address || old.length !== fresh.length) this.#element.replaceChildren(...fresh);
    else {
      fresh.forEach((part, place) => {
        if (came[place] === this.#came[place]) return;
        if (isTyped && old[place].contains(at)) came[place] = this.#came[place];
        else old[place].replaceWith(part);
      });
      if (at?.id && !at.isConnected) this.#element.querySelector(`#${CSS.escape(at.id)}`)?.focus({ preventScroll: true });
    }
    this.#came = came;
    this.#element.dataset.shown = address;
  }
}
