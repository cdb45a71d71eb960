// What must not be missed, on every page: the strip, the lamps, the banners, the speaker; and what must work even when
// the gateway does not: the watch over this screen.
import { name } from "./alert_words.js";
import { alerts, lamps, link, may, me, state } from "./desk.js";
import { show, text } from "./parts.js";
import { askSignIn } from "./sign_in.js";
import { sound } from "./sound.js";
import { silence } from "./verbs.js";
import { age, clock, isChinese, say, show as words, today, units } from "./words.js";

const AMBER_MS = 10000, DEAD_MS = 30000, RECEIPT_MS = 10000, NAMED = 3, LETTERS = ["A", "B", "C", "D"];
const byId = (id) => document.getElementById(id);
let told = "", toldAt = 0, heard = { raised: 0, count: 0 }, owner = "", loud = 0, isQuieted = false;

const spoken = (ms) => `${Math.floor(ms / 1000)} ${units()[0]}`;

// What a page is called: by the longest address of a page that it lies under.
export function pageName(path) {
  const pages = Object.entries(JSON.parse(document.body.dataset.pages));
  const found = pages.filter(([at]) => path === at || (at !== "/" && path.startsWith(`${at}/`)));
  return found.sort((one, other) => other[0].length - one[0].length)[0]?.[1] ?? "";
}

export function title() {
  const count = alerts.real(alerts.lists.new).length, page = document.getElementById("page").dataset.title;
  document.title = (count ? `(${count}) ` : "") + say("console.title") + (page ? ` · ${page}` : "");
}

function strip() {
  const { urgent } = alerts.lists, [first] = urgent, strip = byId("strip");
  show(strip, urgent.length > 0);
  if (!first) return;
  text(strip.querySelector(".ka-strip-what"), `${say(`class.${first.class}`)} · ${name(first.area)}`);
  text(strip.querySelector(".ka-strip-more"), urgent.length > 1 ? say("strip.more", { count: urgent.length - 1 }) : "");
  strip.href = `/?${new URLSearchParams({ alert: first.id })}`;
  strip.dataset.alert = first.id;
  strip.dataset.since = first.newest;
}

function listen() {
  const { lists } = alerts, open = alerts.real(alerts.shouted());
  owner = alerts.owner(may("hear"), link.now());
  isQuieted = lists.new.some((row) => row.silenced > link.now());
  loud = open.length;
  heard = {
    raised: alerts.real(lists.new).reduce((newest, row) => Math.max(newest, row.newest, row.loud ?? 0), 0),
    count: open.reduce((sum, row) => sum + row.count, 0),
  };
  text(byId("counters"), LETTERS.map((letter, place) => `${letter}:${open.filter((row) => row.priority === place + 1).length}`).join(" "));
  sound.news(heard.raised, heard.count, owner);
}

function banner(id, said) {
  show(byId(id), Boolean(said));
  if (said) text(byId(id).querySelector("[data-words]") ?? byId(id), said);
}

function banners() {
  const faults = state.faults ?? [], mute = state.mute ?? [];
  banner("fault", faults.length && say("console.fault", { faults: faults.map((fault) => words(fault)).join("; ") }));
  const flooded = (me.hears_silent ? state.flooded_all : state.flooded) ?? 0;
  banner("flood", flooded && say("console.flood", { count: flooded }));
  const named = mute.slice(0, NAMED).map((page) => `${page.account}, ${pageName(page.path)}`);
  banner("mute", mute.length && say("sound.mute", { screens: named.join("; ") + (mute.length > NAMED ? "; …" : "") }));
  banner("lapse", me.expired && say("console.run_out", { since: clock(me.expired, true), until: clock(me.watches_until, true) }));
  waiting();
}

// How many devices wait, wherever a page says so: one that has just come has to be told.
export function waiting() {
  for (const count of document.querySelectorAll("[data-count=waiting]")) {
    show(count, Boolean(state.waiting));
    text(count, String(state.waiting ?? 0));
  }
}

function walks() {
  const now = link.now();
  const tests = (state.walks ?? []).slice(0, NAMED).map((test) => say("walk.banner", {
    area: test.area ? name(test.area) : say("walk.several"), by: test.by, since: clock(test.started), answered: test.answered, all: test.all }));
  const standing = alerts.lists.aside.filter((row) => row.aside.test && row.active && row.deadly);
  const alarms = standing.slice(0, NAMED).map((row) => say("walk.in_alarm", {
    device: name(row.device), age: age((now - row.changed) / 1000), left: age(Math.max(0, (row.aside.until ?? now) - now) / 1000) }));
  banner("walking", [...tests, ...alarms].join(" · "));
}

// Whether this document can sound stands in its bar, and goes back to the gateway: when it changes, else every 10 s.
function speaker() {
  const can = sound.state(), sign = byId("sound-state"), said = say(`sound.${can}`, { seconds: sound.left() });
  show(byId("sound-blocked"), can === "blocked");
  if (sign.title !== said) {
    sign.title = said;
    sign.setAttribute("aria-label", said);
    text(sign.querySelector(".ka-sound-text"), said);
  }
  sign.dataset.sound = can;
  const now = performance.now();
  if (can !== told || now - toldAt > RECEIPT_MS) {
    [told, toldAt] = [can, now];
    link.tell({ sound: can });
  }
}

function tick() {
  const silence = link.silence(), isDead = silence > DEAD_MS, now = link.now();
  document.documentElement.style.setProperty("--ka-top", `${Math.ceil(document.querySelector(".ka-head").getBoundingClientRect().height)}px`);
  document.body.dataset.live = isDead ? "dead" : silence > AMBER_MS ? "late" : "live";
  banner("late-banner", silence > AMBER_MS && !isDead && say("console.late", { age: spoken(silence) }));
  show(byId("not-live"), isDead);
  if (lamps.newest !== null) {
    const seconds = Math.max(0, now - lamps.newest) / 1000, lamp = byId("data-age");
    text(lamp, `${Math.floor(seconds)} ${units()[0]}`);
    lamp.dataset.level = seconds > 30 ? "bad" : seconds > 10 ? "warn" : "ok";
  }
  if (link.offset) {
    const clock = byId("clock"), [day, time] = today(now).split(" ");
    text(clock.querySelector(".ka-day"), day);
    text(clock.querySelector(".ka-time"), time);
  }
  const strip = byId("strip");
  if (!strip.hidden) text(strip.querySelector(".ka-since"), age((now - Number(strip.dataset.since)) / 1000));
  walks();
  if (isQuieted) listen();
  speaker();
  sound.tick(isDead ? (may("hear") ? "dead" : "") : owner, isDead, may("hear") ? loud : 0);
}

export function start() {
  const news = () => { strip(); listen(); title(); };
  alerts.addEventListener("change", news);
  link.addEventListener("message", ({ detail }) => { if (detail.state || detail.me) banners(); });
  byId("sound-state").onclick = () => {
    if (sound.state() === "silenced") sound.sound();
    else sound.test("fire");
    setTimeout(tick, 100);
  };
  for (const pressed of document.querySelectorAll("[data-silence]")) pressed.onclick = () => { silence(); tick(); };
  byId("sign-in-again").onclick = () => askSignIn();
  for (const pressed of document.querySelectorAll("[data-remember]")) pressed.onclick = () => {
    document.cookie = `${pressed.dataset.remember}=${pressed.value}; path=/; max-age=31536000; samesite=strict`;
    location.reload();
  };
  document.documentElement.lang = isChinese() ? "zh-CN" : "en";
  setInterval(tick, 250);
  // Everything that blinks does so in one phase: between two fills of full contrast, see frame.css.
  setInterval(() => { document.documentElement.dataset.blink = performance.now() % 1000 < 500 ? "a" : "b"; }, 250);
  news();
  banners();
  tick();
}
