// An alert in words, as api/alert_wording.py makes them on the server.
import { alerts, link } from "./desk.js";
import { age, clock, colon, isChinese, label, measured, nth, say, show } from "./words.js";

export const LETTERS = { 1: "A", 2: "B", 3: "C", 4: "D" };

export const name = (both) => (both ? show({ type: "name", ...both }) : "–");

// What is not real says so in front of all else; its own words are without that mark.
const unmarked = (words) => (words?.key === "alert.not_real" ? words.params.text : words);
const marked = (row, text) => (row.origin ? show({ type: "text", key: "alert.not_real", params: { origin: row.origin, text } }) : text);

function happened(row) {
  let title = name(row.title ?? { en: "", zh: "" });
  const english = row.title?.en ?? "";
  if (!row.signal) {
    const words = show(unmarked(row.words)), own = words.startsWith(`${english}: `) ? words.slice(english.length + 2) : words;
    return title ? title + colon() + own : own;
  }
  if (!title && !isChinese()) return show(unmarked(row.words));
  if (typeof row.then !== "boolean") {
    const said = `${label(row.signal)} ${measured(row.signal, row.then)}`;
    title = title ? title + colon() + said : said;
  }
  title = title || label(row.signal);
  const behind = alerts.behind.get(row.key);
  if (behind) title += colon() + say("aside.behind", { count: behind });
  return row.joined > 1 ? `${title} (×${row.joined})` : title;
}

// Its class and what happened; once, where both are the same word.
export function what(row) {
  const kind = say(`class.${row.class}`), said = happened(row);
  const both = said === kind ? kind : `${kind} · ${said}`;
  return marked(row, row.unrecorded ? `${both} · ${say("detail.unrecorded")}` : both);
}

export function since(row) {
  const text = age((link.now() - row.newest) / 1000);
  return row.again ? say("console.again", { age: text, nth: nth(row.count) }) : text;
}

export function raised(row) {
  return clock(row.newest, link.now() - row.newest > 43200000);
}

function values(row) {
  if (!row.signal) return "";
  const isNumber = typeof row.then === "number" && row.now !== null && row.now !== undefined;
  return `${measured(row.signal, row.then, !isNumber)} / ${measured(row.signal, row.now)}`;
}

function aside({ aside: why }) {
  if (!why) return "";
  const end = why.until ? say("aside.until", { time: clock(why.until, true) }) : "";
  return [show(why.title), why.by, show(why.note), end].filter(Boolean).join(" · ");
}

export const CELLS = {
  raised,
  age: since,
  incident: (row) => row.incident?.split("-")[1] ?? "",
  area: (row) => name(row.area),
  what: (row, isNested) => (row.of || isNested) && row.place === 1 ? `${say("fold.first_out")} · ${what(row)}` : what(row),
  device: (row) => (row.of ? say("fold.more", { device: name(row.device), count: row.of - 1 }) : name(row.device)),
  value: values,
  count: (row) => (row.of ? say("fold.count", { count: row.of, fresh: row.fresh }) : String(row.count)),
  state: (row) => `${say(`state.${row.state}`)} ${row.active ? "●" : "○"}${row.latched ? "\u00a0L" : ""}${row.silenced > link.now() ? ` · ${say("sound.hushed")}` : ""}${row.sent ? ` · ${say(`sent.${row.sent}`)}` : ""}`,
  owner: (row) => row.owner ?? "",
  aside,
};

// What will be done, and to which alert: two of one kind are told apart by device, area and time.
export const about = (verb, row) => `${verb}: ${what(row)} · ${name(row.device)}, ${name(row.area)} · ${clock(row.newest)}`;

