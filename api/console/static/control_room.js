// The control room: what nobody has acknowledged on top, what is still open below, and beside it what to do.
import { alerts, lamps, link, may, state } from "./desk.js";
import { asks, note, show, text } from "./parts.js";
import { acknowledge, close, comment, endCause, reset, silence, silenceOne, submit } from "./verbs.js";
import { age, isChinese, say, show as words } from "./words.js";

const VERBS = { acknowledge, silence: silenceOne, reset, close, comment, "end-cause": endCause };

export class ControlRoom extends HTMLElement {
  #chosen = "";
  #showsAside = false;
  #loading = null;
  #isStale = false;

  connectedCallback() {
    customElements.upgrade(this);  // its tables, which would come into being after it
    this.panel = this.querySelector(".ka-panel");
    this.tables = Object.fromEntries([...this.querySelectorAll("ka-alert-table")].map((table) => [table.dataset.list, table]));
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    alerts.addEventListener("change", ({ detail }) => this.#update(detail), { signal });
    link.addEventListener("message", ({ detail }) => { if (detail.state || detail.me) this.#update(new Set()); }, { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("ka-choose", (event) => this.choose(event.detail), { signal });
    for (const event of ["scroll", "resize"]) addEventListener(event, () => this.#draw(), { signal, passive: true });
    this.addEventListener("choose", (event) => this.choose(event.detail));
    this.addEventListener("click", (event) => this.#press(event.target.closest("button")));
    this.ticking = setInterval(() => this.#draw(), 1000);
    this.choose(new URLSearchParams(location.search).get("alert")?.slice(0, 64) ?? "");
  }

  disconnectedCallback() {
    this.leaving.abort();
    clearInterval(this.ticking);
  }

  #press(pressed) {
    if (!pressed) return;
    if (pressed.dataset.verb === "shut") this.choose("");
    else if (pressed.dataset.verb in VERBS) VERBS[pressed.dataset.verb](this.#chosen);
    else if (pressed.id === "aside-title") {
      this.#showsAside = !this.#showsAside;
      this.#update(new Set());
    } else if (pressed.id === "silence-outputs") submit("/console/outputs/silence").then((problem) => problem && note(problem));
  }

  #draw() {
    for (const table of Object.values(this.tables)) table.draw();
    this.#sayQuiet();
  }

  #update(touched) {
    const { lists } = alerts, part = (id) => this.querySelector(`#${id}`);
    this.tables.new.show(lists.new, this.#chosen);
    this.tables.seen.show(lists.seen, this.#chosen);
    this.tables.aside.show(this.#showsAside ? lists.aside : [], this.#chosen);
    text(part("new-title"), `${say("console.unacknowledged")} (${lists.new.length})`);
    text(part("seen-title"), `${say("console.acknowledged")} (${lists.seen.length})`);
    show(part("seen-title"), lists.seen.length > 0);
    show(part("aside-title"), lists.aside.length > 0);
    const counts = new Map();
    for (const { aside } of lists.aside) counts.set(words(aside.title), (counts.get(words(aside.title)) ?? 0) + 1);
    const why = [...counts].map(([title, count]) => `${title} ${count}`).join(isChinese() ? "、" : ", ");
    const turn = say(this.#showsAside ? "aside.hide" : "aside.show");
    text(part("aside-title"), `${say("aside.count", { count: lists.aside.length, why })} · ${turn}`);
    const outputs = state.outputs ?? { words: null, sounds: false };
    show(part("outputs"), Boolean(outputs.words));
    text(part("outputs-words"), words(outputs.words));
    show(part("silence-outputs"), outputs.sounds && may("handle_alerts"));
    this.#sayQuiet();
    if (this.#chosen && (touched.has(this.#chosen) || !this.panel.dataset.shown)) this.#load();
  }

  #sayQuiet() {
    const quiet = this.querySelector("#quiet"), isEmpty = alerts.lists.new.length === 0;
    show(quiet, isEmpty && "devices" in state);
    if (quiet.hidden) return;
    const ago = lamps.newest === null ? say("console.never")
      : say("console.ago", { age: age((link.now() - lamps.newest) / 1000) });
    const watched = state.devices ? say("console.quiet", { devices: state.devices, lost: state.lost, age: ago }) : say("console.no_devices");
    text(quiet, [say(alerts.lists.seen.length ? "console.nothing_new" : "console.nothing_open"), watched].join(isChinese() ? "。" : ". "));
  }

  choose(id) {
    this.#chosen = id;
    this.panel.dataset.shown = "";
    if (!id) this.panel.replaceChildren(Object.assign(document.createElement("p"), { className: "ka-faint", textContent: say("console.pick") }));
    this.#update(new Set());
    if (alerts.get(id)?.aside && !this.#showsAside) this.#press(this.querySelector("#aside-title"));
    for (const table of Object.values(this.tables)) table.reveal(id);
  }

  // What is said of one alert comes from the server; parts that are the same stay, and what holds the focus with them.
  async #load() {
    this.#isStale = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#isStale) {
      this.#isStale = false;
      const id = this.#chosen;
      const answer = await fetch(`/console/alerts/${encodeURIComponent(id)}/panel`).catch(() => null);
      const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      if (id !== this.#chosen) this.#isStale = Boolean(this.#chosen);
      else if (page) this.#place(page, id);
    }
    this.#loading = null;
  }

  #place(page, id) {
    const fresh = [...page.body.children], old = [...this.panel.children];
    if (this.panel.dataset.shown !== id || old.length !== fresh.length) this.panel.replaceChildren(...fresh);
    else fresh.forEach((part, place) => { if (part.outerHTML !== old[place].outerHTML) old[place].replaceWith(part); });
    this.panel.dataset.shown = id;
  }

  #move(step) {
    const order = Object.values(this.tables).flatMap((table) => (table.hidden ? [] : table.ids));
    if (!order.length) return;
    const at = order.indexOf(this.#chosen), place = at < 0 ? 0 : Math.max(0, Math.min(order.length - 1, at + step));
    this.choose(order[place]);
  }

  #key(event) {
    if (event.repeat && !["ArrowDown", "ArrowUp", "j", "k"].includes(event.key)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || asks()) return;
    if (event.target.closest?.("input, select, textarea, [popover]:popover-open")) return;
    const keys = {
      ArrowDown: () => this.#move(1), j: () => this.#move(1), ArrowUp: () => this.#move(-1), k: () => this.#move(-1),
      a: () => acknowledge(this.#chosen), r: () => reset(this.#chosen), m: () => silence(),
      c: () => close(this.#chosen), n: () => comment(this.#chosen), "?": () => note(say("verb.key_help")),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  }
}
