// One line for each incident: its alerts are folded under the one that leads them. What kills is never in the fold of
// something else: fire, gas, hold-up and calls by hand of an incident have lines of their own (`fold`, alerts/incident.py).
const LINE = "line:", KEPT = "keyarea-unfolded", ALL = "all";

export const isLine = (id) => id.startsWith(LINE);
const isNew = (row) => row.state !== "acknowledged";

export class Folds {
  #open = new Set();
  #isFlooded = false;
  #members = new Map();

  constructor() {
    try { if (localStorage.getItem(KEPT) === ALL) this.#open.add(ALL); } catch { /* nothing is kept */ }
  }

  get isAll() { return this.#open.has(ALL); }
  isOpen(id) { return this.isAll || this.#open.has(id); }

  set(id, isOpen) {
    if (isOpen) this.#open.add(id);
    else this.#open.delete(id);
  }

  // Whether every alert is to be seen; kept for good in this browser.
  all(isOpen) {
    this.#open = new Set(isOpen ? [ALL] : []);
    try { localStorage.setItem(KEPT, isOpen ? ALL : ""); } catch { /* for this page at least */ }
  }

  // A flood begins: what was unfolded is folded, so that the next fire has its place in sight.
  flooded(isFlooded) {
    if (isFlooded && !this.#isFlooded && !this.isAll) this.#open.clear();
    this.#isFlooded = isFlooded;
  }

  // The line that an alert stands in, "" where it stands by itself.
  lineOf(alert) { return alert?.fold && this.#members.get(alert.fold)?.length > 1 ? LINE + alert.fold : ""; }
  members(id) { return this.#members.get(id.slice(LINE.length)) ?? []; }

  // Of the rows the lines, with what is unfolded below each: an incident with anything new stands among the new.
  divide(shouted) {
    const members = this.#members = new Map(), lists = { new: [], seen: [] }, told = new Set();
    for (const row of shouted) {
      if (!row.fold) continue;
      if (members.has(row.fold)) members.get(row.fold).push(row);
      else members.set(row.fold, [row]);
    }
    for (const row of shouted) {
      const all = members.get(row.fold) ?? [row];
      if (all.length < 2) lists[isNew(row) ? "new" : "seen"].push(row);
      else if (!told.has(row.fold)) {  // the first of the new ones comes before those that were seen
        told.add(row.fold);
        const line = made(row, all);
        lists[isNew(row) ? "new" : "seen"].push(line, ...(this.isOpen(line.id) ? all : []));
      }
    }
    return lists;
  }
}

// How far receiving centres were told of all of it: what failed says more than what was confirmed.
const worst = (all) => ["failed", "sending", "confirmed"].find((state) => all.some((row) => row.sent === state)) ?? "";

function made(first, all) {
  const owner = first.owner ?? "", fresh = all.reduce((sum, row) => sum + isNew(row), 0);
  return {
    ...first,
    id: LINE + first.fold,
    of: all.length,
    fresh,
    silenced: fresh ? all.reduce((until, row) => (isNew(row) ? Math.min(until, row.silenced ?? 0) : until), Infinity) : 0,
    sent: worst(all),
    active: all.some((row) => row.active),
    latched: all.some((row) => row.latched),
    owner: all.every((row) => (row.owner ?? "") === owner) ? owner : "",
  };
}
