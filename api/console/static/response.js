// <ka-response>: the checklist beside an alarm. Its clocks are drawn here from the moments at which they began and end; a
// press hands a step in, and the panel around it is asked for anew.
import { link, me } from "./desk.js";
import { asks, note, text } from "./parts.js";
import { askSignIn } from "./sign_in.js";
import { age, say } from "./words.js";

const TICK_MS = 250, AGAIN_MS = 10000, SOON = 0.25;
const pad = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

async function hand(address, fields) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(fields) }).catch(() => null);
  if (answer?.ok) return true;
  if (answer?.status === 401) askSignIn();
  else note((await answer?.json().catch(() => null))?.error ?? say("console.no_answer"));
  return false;
}

// Without TLS a browser lends no clipboard: what is selected can be copied all the same.
async function copy(element) {
  const isCopied = await navigator.clipboard?.writeText(element.innerText).then(() => true, () => false);
  if (isCopied) return true;
  getSelection().selectAllChildren(element);
  return document.execCommand("copy");
}

export class Response extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.addEventListener("click", (event) => this.#press(event.target.closest("button[data-press]")), { signal });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("input")) event.target.closest("div, span").querySelector("button")?.click();
    }, { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.ticks = setInterval(() => this.#draw(), TICK_MS);
    this.again = setInterval(() => document.hidden || this.#isPanel(), AGAIN_MS);  // what others did, where no alert says so
    this.#draw();
  }

  disconnectedCallback() {
    this.leaving.abort();
    clearInterval(this.ticks);
    clearInterval(this.again);
  }

  // Whether it stands in a panel, which is then asked for anew.
  #isPanel() { return !this.dispatchEvent(new Event("ka-panel", { bubbles: true, cancelable: true })); }

  #draw() {
    const now = link.now();
    for (const one of this.querySelectorAll("[data-since]")) text(one, age((now - Number(one.dataset.since)) / 1000));
    for (const one of this.querySelectorAll("[data-due]")) {
      const due = Number(one.dataset.due), left = Math.ceil((due - now) / 1000), isLate = left <= 0;
      text(one, isLate ? `${this.dataset.late} ${pad(-left)}` : pad(left));
      one.classList.toggle("ka-late", isLate);
      one.classList.toggle("ka-soon", !isLate && due - now < SOON * (due - Number(one.dataset.start)));
    }
  }

  async #press(pressed) {
    if (!pressed) return;
    const { press, step, verdict, from, note: noted, person } = pressed.dataset;
    const value = (id) => this.querySelector(`#${id}`)?.value.trim() ?? "";
    if (press === "copy") {
      if (await copy(this.querySelector(`#${from}`))) text(pressed, this.dataset.copied);
      return;
    }
    if (me.expired) {
      askSignIn();
      return;
    }
    const fields = { tick: { step, note: noted ? value(noted) : "" }, undo: { step },
      confirm: { verdict, burns: value("burns"), size: value("size") }, dispatch: { person: person ? value(person) : "" } }[press];
    pressed.focus();  // what is typed is handed in: the panel may draw it
    pressed.disabled = true;
    await hand(`/api/responses/${encodeURIComponent(this.dataset.case)}/${press}`, fields);
    pressed.disabled = false;
    if (document.activeElement === document.body) pressed.focus();
    if (!this.#isPanel()) document.dispatchEvent(new CustomEvent("ka-go"));
  }

  // A digit ticks the step beside it; where more is to be said than that, it leads there.
  #key(event) {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || asks()) return;
    if (!/^[1-9]$/.test(event.key) || event.target.closest?.("input, select, textarea")) return;
    const wanted = this.querySelector(`[data-nth="${event.key}"]`);
    if (!wanted) return;
    event.preventDefault();
    if ("careful" in wanted.dataset) wanted.focus();
    else wanted.click();
  }
}

if (!customElements.get("ka-response")) customElements.define("ka-response", Response);
