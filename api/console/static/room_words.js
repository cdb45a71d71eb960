// What the control room says beside its lists: that all is quiet, what is set aside, which siren sounds.
import { alerts, lamps, link, may, state } from "./desk.js";
import { show, text } from "./parts.js";
import { age, isChinese, say, show as words } from "./words.js";

export function sayQuiet(quiet) {
  const isEmpty = alerts.lists.new.length === 0;
  show(quiet, isEmpty && "devices" in state);
  if (quiet.hidden) return;
  const ago = lamps.newest === null ? say("console.never")
    : say("console.ago", { age: age((link.now() - lamps.newest) / 1000) });
  const watched = state.devices ? say("console.quiet", { devices: state.devices, lost: state.lost, age: ago }) : say("console.no_devices");
  text(quiet, [say(alerts.lists.seen.length ? "console.nothing_new" : "console.nothing_open"), watched].join(isChinese() ? "。" : ". "));
}

// How many are set aside, and why.
export function asideWords(aside, isShown) {
  const counts = new Map();
  for (const { aside: reason } of aside) counts.set(words(reason.title), (counts.get(words(reason.title)) ?? 0) + 1);
  const why = [...counts].map(([title, count]) => `${title} ${count}`).join(isChinese() ? "、" : ", ");
  return `${say("aside.count", { count: aside.length, why })} · ${say(isShown ? "aside.hide" : "aside.show")}`;
}

export function sayOutputs(strip) {
  const outputs = state.outputs ?? { words: null, sounds: false };
  show(strip, Boolean(outputs.words));
  text(strip.querySelector("#outputs-words"), words(outputs.words));
  show(strip.querySelector("#silence-outputs"), outputs.sounds && may("handle_alerts"));
}
