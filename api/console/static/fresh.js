// A part of a page that stays up to date: <ka-fresh id="..." data-every="1000"> asks for its own page again (with
// data-from at once, and for the same part of the page there), and what changed is patched in place, so that no click,
// focus or place of the scroll bar is lost. Rows that move have ids. Forms stand outside of it, what a module draws in an
// element with data-own. Ages are counted here, between two answers: <time class="ka-age-of" data-at="MICROSECONDS">, and
// with data-until how long yet.
import { link } from "./desk.js";
import { age, say } from "./words.js";

const TICK_MS = 250;

class Fresh extends HTMLElement {
  #seen = "";
  #asking = false;
  #again = false;

  connectedCallback() {
    this.asks = setInterval(() => this.#asking || this.ask(), Number(this.dataset.every) || 1000);
    this.ticks = setInterval(() => tick(this), TICK_MS);
    tick(this);
    if (this.dataset.from) this.ask();
  }

  get #address() {
    return this.dataset.from ?? location.href;
  }

  disconnectedCallback() {
    clearInterval(this.asks);
    clearInterval(this.ticks);
  }

  // Asked while an answer is awaited, it asks once more after it: the address may be another by then.
  async ask() {
    if (this.#asking) this.#again = true;
    if (this.#asking || document.hidden) return;
    this.#asking = true;
    try {
      const address = this.#address, headers = { "Ka-Fresh": this.#seen || "none" };
      const answer = await fetch(address, { headers, redirect: "error", signal: AbortSignal.timeout(10000) });
      if (answer.status !== 200 || !this.isConnected || address !== this.#address) return;
      const came = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(this.id);
      if (!came || !this.isConnected) return;
      this.#seen = answer.headers.get("ETag") ?? "";
      const focused = document.activeElement;
      children(this, came);
      if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
      tick(this);
      this.dispatchEvent(new Event("ka-fresh", { bubbles: true }));
    } catch { /* the document's link says that there is no gateway, or that the session has ended */ } finally {
      this.#asking = false;
      if (this.#again && this.isConnected) this.ask();
      this.#again = false;
    }
  }
}

function tick(part) {
  for (const one of part.querySelectorAll(".ka-age-of")) {
    const seconds = (link.now() - Number(one.dataset.at) / 1000) / 1000;
    const words = !Number(one.dataset.at) ? "–" : "until" in one.dataset ? age(-seconds) : say("console.ago", { age: age(seconds) });
    if (one.textContent !== words) one.textContent = words;
  }
}

const key = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id : "");
const isAlike = (old, made) => old.nodeName === made.nodeName && key(old) === key(made);

function patch(old, made) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== made.data) old.data = made.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!made.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
  for (const { name, value } of made.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (!("own" in old.dataset) && !old.classList.contains("ka-age-of")) children(old, made);
}

// Each child that comes keeps the element with its id; one without an id the next that is like it. Elements move as
// little as can be, since one that moves loses the focus.
function children(old, made) {
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  const coming = new Set([...made.children].map(key).filter(Boolean));
  let here = old.firstChild;
  const drop = () => {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  };
  for (const child of [...made.childNodes]) {
    const kept = key(child) && known.get(key(child));
    const isAhead = kept && here && here.compareDocumentPosition(kept) & Node.DOCUMENT_POSITION_FOLLOWING;
    while (here && here !== kept && (isAhead || key(here)) && !coming.has(key(here))) drop();
    const same = key(child) ? kept : here;
    if (same && isAlike(same, child)) {
      if (same === here) here = here.nextSibling;
      else old.insertBefore(same, here);
      patch(same, child);
    } else {
      old.insertBefore(document.adoptNode(child), here);
    }
  }
  while (here) drop();
}

if (!customElements.get("ka-fresh")) customElements.define("ka-fresh", Fresh);
