// What all parts of the document share: the link, the alerts, who looks, how the gateway stands.
import { Alerts } from "./alerts.js";
import { Link } from "./live.js";

export const alerts = new Alerts();
export const link = new Link();
export const state = {};  // of the gateway: faults, flood, walks, outputs, mute screens, devices
export const lamps = { newest: null };
export let me = { may: [] };

export const may = (permission) => me.may.includes(permission);

link.addEventListener("message", ({ detail }) => {
  if (detail.me) me = detail.me;
  if (detail.state) Object.assign(state, detail.state);
  if ("newest" in detail) lamps.newest = detail.newest;
  alerts.take(detail);
});
document.addEventListener("ka-words", () => link.dispatchEvent(new CustomEvent("message", { detail: { state, me } })));
