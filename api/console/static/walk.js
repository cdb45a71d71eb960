// How many detectors of a walk test have answered: each that comes while one walks is heard, and shakes the phone.
import { sound } from "./sound.js";

const MOST_AT_ONCE = 3;

class WalkCount extends HTMLElement {
  static observedAttributes = ["data-answered"];

  attributeChangedCallback(name, before, now) {
    if (before === null) return;
    for (let more = Math.min(MOST_AT_ONCE, Number(now) - Number(before)); more > 0; more -= 1) sound.answered();
  }
}

if (!customElements.get("ka-walk-count")) customElements.define("ka-walk-count", WalkCount);
