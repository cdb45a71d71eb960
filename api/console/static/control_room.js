// The control room: what nobody has acknowledged on top, what is still open below, and beside it what to do.
import { alerts, link, state } from "./desk.js";
import { Folds, isLine } from "./folds.js";
import { Panel } from "./panel.js";
import { asks, note, show, text } from "./parts.js";
import { asideWords, sayOutputs, sayQuiet } from "./room_words.js";
import { acknowledge, close, comment, endCause, reset, silence, silenceOne, submit } from "./verbs.js";
import { say } from "./words.js";

const VERBS = { acknowledge, silence: silenceOne, reset, close, comment, "end-cause": endCause };
const OF_A_LINE = ["acknowledge", "silence", "reset", "close", "comment"];
const folds = new Folds();  // outlives a change of page
const checklist = () => import("./response.js").catch(() => null);
const verbsOfIncidents = () => import("./incident_verbs.js").catch(() => null);  // with the first that is chosen

export class ControlRoom extends HTMLElement {
  #chosen = "";
  #showsAside = false;

  connectedCallback() {
    customElements.upgrade(this);  // its tables, which would come into being after it
    this.panel = new Panel(this.querySelector(".ka-panel"));
    this.tables = Object.fromEntries([...this.querySelectorAll("ka-alert-table")].map((table) => [table.dataset.list, table]));
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    alerts.addEventListener("change", ({ detail }) => this.#update(detail), { signal });
    link.addEventListener("message", ({ detail }) => { if (detail.state || detail.me) this.#update(new Set()); }, { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("ka-choose", (event) => this.choose(event.detail), { signal });
    for (const event of ["scroll", "resize"]) addEventListener(event, () => this.#draw(), { signal, passive: true });
    this.addEventListener("choose", (event) => this.choose(event.detail));
    this.addEventListener("fold", (event) => this.#fold(event.detail, !folds.isOpen(event.detail)));
    this.addEventListener("ka-panel", (event) => { event.preventDefault(); this.panel.load(); });
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
    else if (pressed.dataset.verb in VERBS) this.#act(pressed.dataset.verb);
    else if (pressed.dataset.choose) this.choose(pressed.dataset.choose, true);
    else if (pressed.id === "unfold-all") {
      folds.all(!folds.isAll);
      this.choose(folds.isAll ? "" : this.#chosen);
    }
    else if (pressed.id === "aside-title") {
      this.#showsAside = !this.#showsAside;
      this.#update(new Set());
    } else if (pressed.id === "silence-outputs") submit("/console/outputs/silence").then((problem) => problem && note(problem));
  }

  #draw() {
    for (const table of Object.values(this.tables)) table.draw();
    sayQuiet(this.querySelector("#quiet"));
  }

  #update(touched) {
    const { lists } = alerts, part = (id) => this.querySelector(`#${id}`);
    folds.flooded(Boolean(state.flooded));
    const lines = folds.divide(alerts.shouted());
    this.tables.new.show(lines.new, this.#shownAs, folds);
    this.tables.seen.show(lines.seen, this.#shownAs, folds);
    text(part("unfold-all"), say(folds.isAll ? "fold.one_line" : "fold.every_alert"));
    this.tables.aside.show(this.#showsAside ? lists.aside : [], this.#chosen);
    text(part("new-title"), `${say("console.unacknowledged")} (${lists.new.length})`);
    text(part("seen-title"), `${say("console.acknowledged")} (${lists.seen.length})`);
    show(part("seen-title"), lines.seen.length > 0);
    show(part("aside-title"), lists.aside.length > 0);
    text(part("aside-title"), asideWords(lists.aside, this.#showsAside));
    sayOutputs(part("outputs"));
    sayQuiet(this.querySelector("#quiet"));
    const about = isLine(this.#chosen) ? folds.members(this.#chosen).map((row) => row.id) : [this.#chosen];
    if (this.#chosen && (!this.panel.isShown || about.some((id) => touched.has(id)))) this.panel.load();
  }

  // An alert that is folded away stands for its line, unless it is wanted itself.
  choose(id, isItself = false) {
    const alert = alerts.get(id), line = folds.lineOf(alert);
    if (line && isItself) folds.set(line, true);
    this.#chosen = line && !folds.isOpen(line) ? line : id;
    if (id) verbsOfIncidents(), checklist();
    this.panel.open(this.#address());
    this.#update(new Set());
    if (alert?.aside && !this.#showsAside) this.#press(this.querySelector("#aside-title"));
    for (const table of Object.values(this.tables)) table.reveal(this.#chosen);
  }

  // The row that stands for what is chosen: an alert may have been folded away since.
  get #shownAs() {
    const id = this.#chosen, line = folds.lineOf(alerts.get(id));
    if (isLine(id) && folds.members(id).length === 1) return folds.members(id)[0].id;
    return line && !folds.isOpen(line) ? line : id;
  }

  #address() {
    const id = this.#chosen, [first] = isLine(id) ? folds.members(id) : [];
    if (first) return `/console/incidents/${encodeURIComponent(first.incident)}/panel?${new URLSearchParams({ fold: first.fold })}`;
    return id && !isLine(id) ? `/console/alerts/${encodeURIComponent(id)}/panel` : "";
  }

  #fold(line, isOpen) {
    folds.set(line, isOpen);
    this.choose(line);
  }

  // On all of a line; an alert that is an incident by itself is cleared by one act, too.
  async #act(verb) {
    const id = this.#chosen, rows = isLine(id) ? folds.members(id) : [];
    const isForAll = isLine(id) || (verb === "close" && alerts.get(id)?.incident);
    const incidents = isForAll ? await verbsOfIncidents() : null, row = alerts.get(id);
    if (isLine(id) && !OF_A_LINE.includes(verb)) note(say("fold.choose_one"));
    else if (isForAll && !incidents) note(say("console.no_answer"));
    else if (isLine(id)) incidents[verb](rows);
    else if (isForAll && incidents.clearsAlone(row)) incidents.close([row]);
    else VERBS[verb](id);
  }

  #move(step) {
    const order = Object.values(this.tables).flatMap((table) => (table.hidden ? [] : table.ids));
    if (!order.length) return;
    const at = order.indexOf(this.#shownAs), place = at < 0 ? 0 : Math.max(0, Math.min(order.length - 1, at + step));
    this.choose(order[place]);
  }

  #key(event) {
    if (event.repeat && !["ArrowDown", "ArrowUp", "j", "k"].includes(event.key)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || asks()) return;
    if (event.target.closest?.("input, select, textarea, [popover]:popover-open")) return;
    const line = isLine(this.#chosen) ? this.#chosen : folds.lineOf(alerts.get(this.#chosen));
    const keys = {
      ArrowDown: () => this.#move(1), j: () => this.#move(1), ArrowUp: () => this.#move(-1), k: () => this.#move(-1),
      a: () => this.#act("acknowledge"), s: () => this.#act("silence"), r: () => this.#act("reset"), m: () => silence(),
      c: () => this.#act("close"), n: () => this.#act("comment"), "?": () => note(say("verb.key_help")),
      ArrowRight: () => isLine(this.#chosen) && this.#fold(this.#chosen, true),
      ArrowLeft: () => (line ? this.#fold(line, false) : null),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  }
}
