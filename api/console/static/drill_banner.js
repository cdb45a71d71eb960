// A drill runs: where, until when. On every page, for as long as it does.
import { link, state } from "./desk.js";
import { show, text } from "./parts.js";
import { show as words } from "./words.js";

function banner() {
  const banner = document.getElementById("drilling"), drills = state.drills ?? [];
  show(banner, drills.length > 0);
  text(banner, drills.map((drill) => words(drill)).join(" · "));
}

export function start() {
  link.addEventListener("message", ({ detail }) => { if (detail.state || detail.me) banner(); });
  banner();
}
