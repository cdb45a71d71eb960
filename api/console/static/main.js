// The document begins: the words of its language first, then what shows them.
import { AlertTable } from "./alert_table.js";
import { ControlRoom } from "./control_room.js";
import { link, me } from "./desk.js";
import * as drillBanner from "./drill_banner.js";
import * as head from "./head.js";
import * as nav from "./nav.js";
import { askSignIn } from "./sign_in.js";
import { sound } from "./sound.js";
import * as straight from "./straight.js";
import { load } from "./words.js";

const WATCHED = ["/", "/areas"];  // what a session that has run out may keep
const { words, zone } = document.body.dataset;

await load(words, zone);
straight.start();
customElements.define("ka-alert-table", AlertTable);
customElements.define("ka-control-room", ControlRoom);
head.start();
drillBanner.start();
await nav.start();

// What it has shown is reported by a module that comes with the first alert, or check of the alarm path.
let reports = null;
link.addEventListener("message", ({ detail }) => {
  if (!detail.canary && !detail.put && !detail.silent?.length && !reports) return;
  reports ??= import("./shown.js").catch(() => { reports = null; });
  const at = performance.now();
  reports.then((shown) => shown?.take(detail, at));
});

link.addEventListener("ended", () => {
  location.replace(`/sign-in?${new URLSearchParams({ ended: "1", next: location.pathname })}`);
});

const wanted = new URLSearchParams(location.search).get("sign-in");
let isTold = false;
function lapsed() {
  if (!me.expired || isTold) return;
  isTold = true;
  if (wanted) askSignIn(wanted);
  else if (!WATCHED.includes(location.pathname)) nav.go("/");
}
link.addEventListener("message", ({ detail }) => {
  if (!detail.me) return;
  if (!me.expired) isTold = false;
  lapsed();
});
lapsed();

// What tells this document from any that comes after it: it outlives pages, restarts and broken lines.
window.keyarea = { document: Math.random() };
