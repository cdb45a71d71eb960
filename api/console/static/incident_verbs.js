// What a person does with all alerts of an incident at once; each act says which of them, and how often they had
// happened, when they were shown. What came later stays as it is.
import { alerts } from "./desk.js";
import { note } from "./parts.js";
import { askFinding, askNote, isReady, tell } from "./verbs.js";
import { askSignIn } from "./sign_in.js";
import { name, what } from "./alert_words.js";
import { say } from "./words.js";

const MOST = 500;  // by one ask (alerts/incident_verbs.py)
const CLOSED_WITH_NOTE = ["fire", "hold_up"];
const seen = (rows) => rows.slice(0, MOST).map((row) => `${row.id}:${row.count}`);
const about = (verb, row, count) => `${verb}: ${what(row)} · ${name(row.area)} · ${say("fold.of", { number: row.incident, count })}`;

// Why it cannot be, or null if it is done.
async function hand(verb, incident, fields, query = "") {
  const address = `/api/incidents/${encodeURIComponent(incident)}/${verb}${query}`;
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(fields) }).catch(() => null);
  if (answer === null) return say("console.no_answer");
  if (answer.ok) return null;
  if (answer.status === 401) {
    askSignIn();
    return "";
  }
  return (await answer.json().catch(() => ({}))).error ?? say("console.no_answer");
}

export const ofIncident = (number) => alerts.shouted().filter((row) => row.incident === number);

// Of what nobody has acknowledged.
function ofNew(verb, rows) {
  const fresh = rows.filter((row) => row.state !== "acknowledged");
  if (isReady(rows.length)) tell(hand(verb, rows[0].incident, { saw: seen(fresh.length ? fresh : rows) }));
}

export const acknowledge = (rows) => ofNew("acknowledge", rows);
export const silence = (rows) => ofNew("silence", rows);

export function reset(rows) { if (isReady(rows.length)) tell(hand("reset", rows[0].incident, { saw: seen(rows) })); }

// All lines of it, whichever was chosen: an incident is over as a whole.
export async function close(rows) {
  if (!isReady(rows.length)) return;
  const [first] = rows, all = ofIncident(first.incident), saw = seen(all);
  const problem = await hand("close", first.incident, { saw, disposition: "confirmed", note: "-" }, "?check=true");
  if (problem !== null) {  // said before the form is filled in
    if (problem) note(problem);
    return;
  }
  const needsNote = all.some((row) => CLOSED_WITH_NOTE.includes(row.class));
  askFinding(about(say("verb.close"), first, all.length), needsNote, (fields) => tell(hand("close", first.incident, { saw, ...fields })));
}

// Whether closing it as an incident does what is left to do besides: it is alone, gone, and no danger that nobody has seen.
export function clearsAlone(row) {
  if (!row?.incident || row.active || ofIncident(row.incident).length !== 1) return false;
  return row.state === "acknowledged" ? row.latched : !row.deadly;
}

export function comment(rows) {
  if (!isReady(rows.length)) return;
  const [first] = rows;
  askNote(about(say("verb.comment"), first, rows.length), (written) => tell(hand("comment", first.incident, { saw: seen(rows), note: written })));
}
