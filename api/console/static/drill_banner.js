// A drill runs: where, until when. On every page, for as long as it does.
import { name } from "./alert_words.js";
import { link, state } from "./desk.js";
import { show, text } from "./parts.js";
import { clock, say } from "./words.js";

function banner() {
  const banner = document.getElementById("drilling"), drills = state.drills ?? [];
  const said = drills.map((drill) => say(drill.paused ? "drills.banner_paused" : "drills.banner", {
    area: name(drill.area), purpose: drill.purpose, until: clock(drill.until, true) }));
  show(banner, said.length > 0);
  text(banner, said.join(" · "));
}

export function start() {
  link.addEventListener("message", ({ detail }) => { if (detail.state || detail.me) banner(); });
  banner();
}
