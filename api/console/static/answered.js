// Within <ka-fresh>: <ka-answered data-count="2"> sounds for each that has answered since, and shakes a phone; <ka-turn data-state="...">
// brings the whole page anew when that has changed, since a form that stands beside it is about something else then.
import { sound } from "./sound.js";

const MOST_AT_ONCE = 3;

class Answered extends HTMLElement {
  static observedAttributes = ["data-count"];

  attributeChangedCallback(_name, old, now) {
    if (old === null) return;
    for (let more = Math.min(MOST_AT_ONCE, Number(now) - Number(old)); more > 0; more -= 1) sound.answered();
  }
}

class Turn extends HTMLElement {
  static observedAttributes = ["data-state"];

  attributeChangedCallback(_name, old, now) {
    if (old !== null && old !== now) document.dispatchEvent(new CustomEvent("ka-go"));
  }
}

if (!customElements.get("ka-answered")) customElements.define("ka-answered", Answered);
if (!customElements.get("ka-turn")) customElements.define("ka-turn", Turn);
