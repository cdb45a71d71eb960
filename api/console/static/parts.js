// Small parts of pages: elements out of text alone, notes at the edge, dialogs. Nothing here takes markup.
import { say } from "./words.js";

export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function text(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

export function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

export function button(words, action, kind = "") {
  return el("button", { type: "button", className: `ka-button ${kind}`, onclick: action }, words);
}

// Why something cannot be, until it was read.
export function note(words) {
  const notes = document.getElementById("notes");
  const one = el("div", { className: "ka-note" }, el("span", { className: "ka-wrap" }, words));
  one.append(button(say("verb.ok"), () => one.remove()));
  notes.replaceChildren(one);
  setTimeout(() => one.remove(), 10000);
}

// A question over the page, which goes on; while it is open the keys are its own.
export function dialog(title, ...children) {
  const made = el("dialog", { className: "ka-dialog" });
  const heading = el("h2", { className: "ka-wrap", id: "ka-dialog-title" }, title);
  made.setAttribute("aria-labelledby", heading.id);
  made.append(heading, ...children);
  made.onclose = () => made.remove();
  document.body.append(made);
  made.showModal();
  return made;
}

export function field(label, name, properties = {}) {
  const input = el("input", { name, maxLength: 2000, autocomplete: "off", ...properties });
  return [el("label", { className: "ka-field" }, label, input), input];
}

export const asks = () => document.querySelector("dialog[open]") !== null;
