// What this page has shown and sounded goes back to the gateway, which writes it beside the alert: at most once a second,
// only what is new to the page, what waits together. A check of the alarm path (a canary) stands in no list: its row is
// made as that of an alert and thrown away, its tone has no loudness.
import { CELLS } from "./alert_words.js";
import { alerts, link, may } from "./desk.js";
import { el } from "./parts.js";
import { sound } from "./sound.js";

const EVERY_MS = 1000, LONGEST_MS = 15000, MOST = 40, MOST_WAITING = 400;
const waiting = new Map();  // id: since when this page has it
const told = new Set();  // that it is shown; of some the tone is still to begin

const isDrawn = (id) => Boolean(document.querySelector(`.ka-alerts tr[data-id="${CSS.escape(id)}"]`));
// By itself, or by the line of its incident.
const isSeen = (row) => isDrawn(row.id) || Boolean(row.fold && isDrawn(`line:${row.fold}`));

// What the speaker did about it; "" as long as its tone is still to begin.
function heard(row, since) {
  if (!alerts.sounding(may("hear"), link.now()).includes(row)) return row.silenced > link.now() ? "silenced" : "none";
  if (sound.began() >= since) return "tone";
  const state = sound.state();
  return state === "running" ? "" : state;
}

function report() {
  const now = performance.now(), shown = [];
  for (const [id, since] of waiting) {
    const row = alerts.get(id), did = row && heard(row, since);
    const isOver = !row || did || now - since > LONGEST_MS;
    if (isOver) waiting.delete(id);
    if (!row || (!did && told.has(id))) continue;
    told.add(id);
    shown.push([id, isSeen(row) ? "drawn" : "listed", did || "none", Math.round(now - since)]);
    if (shown.length === MOST) break;
  }
  if (shown.length) link.report({ shown });
}

async function canary(row, since) {
  const made = el("tr");
  for (const cell of Object.values(CELLS)) made.append(el("td", {}, cell(row)));
  if (!made.textContent) return;
  const state = sound.state(), isHeard = await sound.probe();
  const did = !isHeard ? "blocked" : state === "silenced" ? state : "tone";
  link.report({ shown: [[row.id, "drawn", did, Math.round(performance.now() - since)]] });
}

// What the gateway has said.
export function take(detail, at) {
  if (detail.canary) canary({ count: 1, ...detail.canary }, at);
  if (detail.reset) told.clear();
  const rows = [...(detail.put ?? []), ...(detail.silent ?? [])].slice(0, MOST);
  for (const { id } of rows) if (!told.has(id) && !waiting.has(id) && waiting.size < MOST_WAITING) waiting.set(id, at);
  for (const id of detail.drop ?? []) told.delete(id);
}

setInterval(() => waiting.size && report(), EVERY_MS);
