// What a person does with the alert that is chosen, and what is asked before it is done.
import { about } from "./alert_words.js";
import { alerts, link, may, me } from "./desk.js";
import { button, dialog, el, field, note, show } from "./parts.js";
import { askSignIn } from "./sign_in.js";
import { sound } from "./sound.js";
import { say } from "./words.js";

const SILENCE_S = 120, MOST_SILENCED = 1000;
const CLOSED_WITH_NOTE = ["fire", "hold_up"];
const FINDINGS = ["confirmed", "false_alarm", "nuisance", "test", "duplicate"];

// Hands it in: why it cannot be, or null if it is done; with the key and the values of why.
async function answered(address, fields) {
  const body = new URLSearchParams(fields);
  const answer = await fetch(address, { method: "POST", body }).catch(() => null);
  if (answer === null) return { problem: say("console.no_answer") };
  if (answer.ok) return { problem: null };
  if (answer.status === 401) {
    askSignIn();
    return { problem: "" };
  }
  const { error, message } = await answer.json().catch(() => ({}));
  return { problem: error ?? say("console.no_answer"), message };
}

export async function submit(address, fields = {}) { return (await answered(address, fields)).problem; }

const place = (verb, id) => `/console/alerts/${encodeURIComponent(id)}/${verb}`;
const hand = (verb, id, fields) => submit(place(verb, id), fields);

export async function tell(waiting) {
  const problem = await waiting;
  if (problem) note(problem);
}

// Whether this person may, and an alert is chosen; says so if not.
export function isReady(id) {
  if (me.expired) askSignIn();
  else if (!may("handle_alerts")) note(say("console.not_allowed"));
  else if (!id) note(say("console.pick"));
  else return true;
  return false;
}

// At once on this screen, whatever the gateway answers; and on every other for what sounds here now. What comes later
// sounds.
export function silence() {
  sound.silence(SILENCE_S);
  if (me.expired || !may("handle_alerts")) return;
  const shown = alerts.sounding(may("hear"), link.now()).slice(0, MOST_SILENCED);
  if (shown.length) tell(submit("/console/alerts/silence", shown.map((row) => ["shown", `${row.id} ${row.count}`])));
}

export function silenceOne(id) { if (isReady(id)) tell(hand("silence", id, { seen: alerts.get(id)?.count ?? 1 })); }

export function reset(id) { if (isReady(id)) tell(hand("reset", id)); }

function row(...children) { return el("div", { className: "ka-row" }, ...children); }

// How many occurrences were shown goes with it; what came after that is told, and asked for anew.
export async function acknowledge(id, seen = alerts.get(id)?.count) {
  if (!isReady(id)) return;
  const { problem, message } = await answered(place("acknowledge", id), seen ? { seen } : {});
  const alert = alerts.get(id);
  if (message?.key !== "lifecycle.came_later" || !alert) {
    if (problem) note(problem);
    return;
  }
  const again = () => {
    asked.close();
    acknowledge(id, message.params.count);
  };
  const asked = dialog(about(say("verb.acknowledge"), alert), el("p", { className: "ka-wrap", role: "alert" }, problem),
    row(button(say("verb.acknowledge"), again, "ka-main"), button(say("verb.cancel"), () => asked.close())));
}

// No finding is preset: it is the fact that every later figure rests on. Grey until all is there.
export async function close(id) {
  if (!isReady(id)) return;
  const alert = alerts.get(id);
  if (!alert) return;
  const problem = await hand("may-close", id);  // said before the form is filled in
  if (problem !== null) {
    note(problem);
    return;
  }
  askFinding(about(say("verb.close"), alert), CLOSED_WITH_NOTE.includes(alert.class), (fields) => tell(hand("close", id, fields)));
}

// What was found, and words to it; handed on when both are there.
export function askFinding(title, needsNote, take) {
  const [label, input] = field(say(needsNote ? "verb.note_needed" : "verb.note"), "note");
  const choices = FINDINGS.map((finding) => el("label", { className: "ka-choice" },
    el("input", { type: "radio", name: "finding", value: finding }), say(`disposition.${finding}`)));
  const confirm = button(say("verb.close"), () => form.requestSubmit(), "ka-main");
  const form = el("form", { className: "ka-form" }, el("fieldset", {}, el("legend", {}, say("verb.finding")), ...choices), label);
  const isWhole = () => Boolean(form.elements.finding.value) && (!needsNote || Boolean(input.value.trim()));
  const look = () => { confirm.disabled = !isWhole(); };
  const asked = dialog(title, form, row(confirm, button(say("verb.cancel"), () => asked.close())));
  form.oninput = look;
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!isWhole()) return;
    asked.close();
    take({ disposition: form.elements.finding.value, note: input.value.trim() });
  };
  look();
}

export function comment(id) {
  const alert = alerts.get(id);
  if (isReady(id) && alert) askNote(about(say("verb.comment"), alert), (written) => tell(hand("comment", id, { note: written })));
}

export function askNote(title, take) {
  const [label, input] = field(say("verb.note"), "note", { autofocus: true });
  const form = el("form", { className: "ka-form" }, label);
  const asked = dialog(title, form,
    row(button(say("verb.ok"), () => form.requestSubmit(), "ka-main"), button(say("verb.cancel"), () => asked.close())));
  form.onsubmit = (event) => {
    event.preventDefault();
    asked.close();
    take(input.value);
  };
}

// Asked once; where the gateway thinks that the device would say so itself, it says why, and asks for more.
export function endCause(id) {
  const alert = alerts.get(id);
  if (!isReady(id) || !alert) return;
  const [label, input] = field(say("end_cause.how"), "note", { autofocus: true });
  const refused = el("p", { className: "ka-refused", role: "alert", hidden: true });
  const sure = el("input", { type: "checkbox", name: "sure" });
  const surely = el("label", { className: "ka-choice", hidden: true }, sure, say("end_cause.sure"));
  const form = el("form", { className: "ka-form" }, el("p", {}, say("end_cause.means")), label, refused, surely);
  const asked = dialog(about(say("verb.end_cause"), alert), form,
    row(button(say("verb.end_cause"), () => form.requestSubmit(), "ka-main"), button(say("verb.cancel"), () => asked.close())));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const problem = await hand("end-cause", id, { note: input.value, sure: sure.checked ? "yes" : "" });
    if (problem === null) {
      asked.close();
      return;
    }
    refused.textContent = problem;
    show(refused, Boolean(problem));
    show(surely, Boolean(input.value.trim()));
  };
}
