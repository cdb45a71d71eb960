// A guard's page: the rounds, a scan, a finding. All of it is kept on the phone first, and sent when there is a network.
import { add, everything, forget, heard, sendAll } from "./patrol_queue.js";
import { byCamera, byNfc, hasNfc, ofPicture, tagIn } from "./patrol_scan.js";

const ROUNDS = "keyarea-rounds", AGAIN_MS = 10_000, AHEAD_NS = 30 * 60 * 1e9;
const words = Object.fromEntries([...document.querySelectorAll("[data-word]")].map((each) => [each.dataset.word, each.textContent]));
const part = (id) => document.getElementById(id);
const language = document.body.dataset.language.slice(0, 2);
let rounds = JSON.parse(localStorage.getItem(ROUNDS) ?? "[]");
let stopCamera = null;

function el(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const called = (name) => (language === "zh" ? name.zh || name.en : name.en || name.zh);

async function digest(tag) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(tag)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 32);
}

function now() {
  return rounds.filter(({ content }) => !content.is_over && content.starts_at <= Date.now() * 1e6 + AHEAD_NS);
}

function points() {
  return new Map(rounds.flatMap(({ content }) => content.points.map((point) => [point.id, point])));
}

async function draw() {
  const kept = await everything();
  const scanned = new Set(kept.filter((item) => !item.refused && item.kind === "scan").map((item) => item.point));
  part("waiting").textContent = String(kept.filter((item) => !item.refused).length);
  const shown = now().map(({ content }) => {
    const seen = new Set([...content.visits.map((visit) => visit.checkpoint), ...scanned]);
    const stops = content.points.map(({ id, name }) =>
      el("li", { className: seen.has(id) ? "scanned" : "" }, `${called(name)}: ${seen.has(id) ? words.scanned : words.left}`),
    );
    const due = new Date(content.due_at / 1e6).toLocaleTimeString(document.body.dataset.language, { hour: "2-digit", minute: "2-digit" });
    return el("article", {}, el("h3", {}, `${called(content.called)} → ${due}`), el("ol", {}, ...stops));
  });
  part("rounds").replaceChildren(...(shown.length ? shown : [words.no_rounds]));
  part("refusals").replaceChildren(
    ...kept.filter((item) => item.refused).map((item) => {
      const away = el("button", { type: "button", onclick: () => forget(item.id).then(draw) }, words.read);
      return el("p", {}, `${words.refused}: ${item.body.tag ?? item.body.description}: ${item.refused} `, away);
    }),
  );
}

function drawPlaces() {
  const chosen = part("place").value;
  part("place").replaceChildren(...[...points().values()].map(({ id, name }) => el("option", { value: id }, called(name))));
  if (chosen) part("place").value = chosen;
}

async function scanned(said, way) {
  const tag = tagIn(said);
  if (!tag) return;
  const its = await digest(tag);
  const point = [...points().values()].find((each) => each.digests.includes(its));
  await add("scan", { tag, way }, null, point?.id);
  part("said").textContent = `${point ? called(point.name) : tag}: ${point ? words.kept : words.unknown}`;
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(80);
  await sync();
}

async function sync() {
  await draw();
  let state = await sendAll();
  try {
    const answer = await fetch("/api/workflows/patrols/cases", { signal: AbortSignal.timeout(8000) });
    heard(answer);
    if (answer.status === 401) state = "sign-in";
    if (answer.ok) {
      rounds = await answer.json();
      localStorage.setItem(ROUNDS, JSON.stringify(rounds));
      if (state !== "sign-in") state = state === "later" ? "later" : "sent";
      drawPlaces();
    }
    setState(answer.ok || answer.status === 401);
  } catch {
    setState(false);
  }
  part("sign-in").hidden = state !== "sign-in";
  await draw();
}

function setState(isOnline) {
  part("state").textContent = isOnline ? words.online : words.offline;
  document.body.classList.toggle("offline", !isOnline);
}

part("by-hand").addEventListener("submit", (event) => {
  event.preventDefault();
  scanned(part("tag").value, "manual");
  part("tag").value = "";
});
part("picture").addEventListener("change", async ({ target }) => {
  const said = target.files[0] ? await ofPicture(target.files[0]).catch(() => "") : "";
  target.value = "";
  if (said) await scanned(said, "qr");
  else part("said").textContent = words.no_code;
});
part("camera").addEventListener("click", async () => {
  const isOn = stopCamera !== null;
  stopCamera?.();
  stopCamera = null;
  part("camera").textContent = isOn ? words.camera : words.stop;
  const over = () => { stopCamera = null; part("camera").textContent = words.camera; };
  if (!isOn) stopCamera = await byCamera(part("video"), (said) => { over(); scanned(said, "qr"); }).catch(() => { over(); part("said").textContent = words.no_camera; return null; });
});
part("nfc").hidden = !hasNfc();
part("nfc").addEventListener("click", () => byNfc((said) => scanned(said, "nfc")).catch((error) => { part("said").textContent = String(error.message); }));
part("finding").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target), photo = form.get("photo");
  const body = { description: form.get("description"), checkpoint: form.get("checkpoint"), is_corrected: form.has("corrected"), level: form.has("major") ? "major" : "general" };
  await add("find", body, photo?.size ? photo : null);
  event.target.reset();
  part("said").textContent = words.kept;
  await sync();
});

const opened = tagIn(location.href);
if (opened && opened !== location.href) {
  history.replaceState(null, "", location.pathname);
  scanned(opened, "nfc");
}
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(document.body.dataset.worker, { scope: "/console/patrol" });
  navigator.serviceWorker.ready.then((registered) => registered.active.postMessage("keep"));
}
navigator.storage?.persist?.();
addEventListener("online", sync);
addEventListener("offline", () => setState(false));
document.addEventListener("visibilitychange", () => document.hidden || sync());
setInterval(sync, AGAIN_MS);
drawPlaces();
sync();
