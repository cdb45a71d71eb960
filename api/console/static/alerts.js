// Every open alert of this document, in the operator's order, however many: what the lists, the strip and the speaker
// are made of. Rows are those of api/board.py; nothing in them depends on who looks or on what time it is.
//
// Messages that wait are taken together: the lists and all that hangs on them are made once for all of them, else a page
// of ten thousand alerts that has fallen behind stays behind. The message to itself comes after those that wait, and
// is slowed down by no browser where nobody looks, as timers and frames are: the speaker hangs on it (ADR 0232).
const URGENT = new Set(["fire", "hold_up", "gas"]);
const isNew = (row) => row.state !== "acknowledged";
const isReal = (row) => !row.origin;  // of a drill nothing is urgent, counted, or as loud

function before(one, other) {
  for (let place = 0; place < one.order.length; place += 1) {
    if (one.order[place] !== other.order[place]) return one.order[place] - other.order[place];
  }
  return one.id < other.id ? -1 : 1;
}

export class Alerts extends EventTarget {
  #rows = new Map();
  #silent = new Map();
  #order = [];
  #hearsSilent = false;
  #touched = null;  // since the lists were made
  #later = new MessageChannel();
  lists = { new: [], seen: [], aside: [], urgent: [] };
  behind = new Map();  // how many are set aside because of what that key is about

  get(id) { return this.#silent.get(id) ?? this.#rows.get(id); }

  constructor() {
    super();
    this.#later.port1.onmessage = () => this.#settle();
  }

  take(message) {
    const touched = new Set(message.drop), put = message.put ?? [];
    if (message.reset) {
      this.#rows.clear();
      this.#order = [];
    }
    for (const id of touched) this.#rows.delete(id);
    for (const row of put) {
      row.count ??= 1;  // what is as usual is not sent
      this.#rows.set(row.id, row);
      touched.add(row.id);
    }
    if (message.me) this.#hearsSilent = message.me.hears_silent;
    if (message.silent) {
      const silent = new Map(message.silent.map((row) => [row.id, { count: 1, ...row }]));
      for (const id of [...this.#silent.keys(), ...silent.keys()]) touched.add(id);
      this.#silent = silent;
    }
    if (!touched.size && !message.reset && !message.me) return;
    if (!this.#touched) this.#later.port2.postMessage(null);
    this.#touched ??= new Set();
    for (const id of touched) this.#touched.add(id);
  }

  #settle() {
    const touched = this.#touched;
    this.#touched = null;
    this.#merge(touched);
    this.#divide();
    this.dispatchEvent(new CustomEvent("change", { detail: touched }));
  }

  #merge(touched) {
    const kept = this.#order.filter((row) => !touched.has(row.id));
    const came = [...touched].map((id) => this.get(id)).filter(Boolean).sort(before);
    const merged = [];
    let place = 0;
    for (const row of came) {
      while (place < kept.length && before(kept[place], row) < 0) merged.push(kept[place++]);
      merged.push(row);
    }
    this.#order = merged.concat(kept.slice(place));
  }

  #divide() {
    const lists = { new: [], seen: [], aside: [], urgent: [] };
    this.behind = new Map();
    for (const row of this.#order) {
      if (row.aside) {
        lists.aside.push(row);
        this.behind.set(row.aside.source, (this.behind.get(row.aside.source) ?? 0) + 1);
      }
      else if (!isNew(row)) lists.seen.push(row);
      else {
        lists.new.push(row);
        if (isReal(row) && URGENT.has(row.class) && this.hears(row)) lists.urgent.push(row);
      }
    }
    this.lists = lists;
  }

  hears(row) { return this.#hearsSilent || !row.silent; }

  // Those that are no drill's: what figures are made of.
  real(rows) { return rows.filter(isReal); }

  shouted() { return [...this.lists.new, ...this.lists.seen]; }

  // What sounds: of the urgent ones alone, or of every alert; but for what was silenced, for everybody.
  sounding(ofEvery, now) {
    const loud = ofEvery ? this.lists.new.filter((row) => this.hears(row)) : this.lists.urgent;
    return loud.filter((row) => !(row.silenced > now));
  }

  // Whose sound is on: "fire", a priority, a drill where nothing real sounds, or nobody's.
  owner(ofEvery, now) {
    const every = this.sounding(ofEvery, now), loud = every.filter(isReal);
    if (every.length && !loud.length) return "drill";
    if (loud.some((row) => row.class === "fire")) return "fire";
    return loud.length ? String(Math.min(...loud.map((row) => row.priority))) : "";
  }
}
