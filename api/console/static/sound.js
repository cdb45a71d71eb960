// The sound of the document. It must work when nobody has touched it since the gateway was started again: the audio
// context is made at load (Chromium gives it the permission that a click on a page before this one, of the same address,
// has earned), looked at four times a second, and made anew when its clock stands still.
const NAG_MS = 15 * 60 * 1000, LONGEST_SILENCE_MS = 120000, STUCK_MS = 5000, PROBE_MS = 2000, KEPT = "keyarea-silence";
// One sound a priority: [frequencies in Hz, length of one tone in s, pause after the phrase in s].
const TONES = {
  fire: [[960, 760, 960, 760, 960, 760], 0.18, 0.35],
  1: [[880, 660, 880, 660], 0.2, 0.7],
  2: [[740, 590], 0.25, 1.5],
  3: [[520], 0.3, 4],
  4: [[440], 0.2, 10],
  dead: [[300, 300, 300], 0.3, 1.2],
  drill: [[392, 523], 0.45, 6],  // soft and rare, like none of the alarms
};
let audio = null, phraseAt = 0, beganAt = -1, nagAt = 0, heardTime = -1, heardAt = 0;
let kept = recall();

// A silence and what it was about outlive a change of page and a reload; a clock set forward must not make it longer.
function recall() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT)) || {};
    const until = Number(found.until) || 0;
    return { until: until > Date.now() + LONGEST_SILENCE_MS ? 0 : until, raised: found.raised || 0, count: found.count || 0 };
  } catch { return { until: 0, raised: 0, count: 0 }; }
}

function keep(changes) {
  kept = { ...kept, ...changes };
  try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* it is kept in this page at least */ }
}

function make() {
  audio = new AudioContext();
  heardTime = -1;
  heardAt = performance.now();
}

function unlock() {
  if (!audio) make();
  if (audio.state !== "running") audio.resume().catch(() => {});
}

// "running" is believed only while the clock of the context goes on: one whose device was pulled out stands.
function isAble() {
  const now = performance.now();
  if (!audio || audio.state !== "running") return false;
  if (audio.currentTime !== heardTime) { heardTime = audio.currentTime; heardAt = now; }
  return now - heardAt < STUCK_MS;
}

function look() {
  if (audio && audio.state === "running" && !isAble()) { audio.close().catch(() => {}); make(); }
  else if (!isAble() && (!navigator.userActivation || navigator.userActivation.hasBeenActive)) unlock();
}

function play(frequencies, length, type, loud) {
  frequencies.forEach((frequency, place) => {
    const start = audio.currentTime + place * length, tone = audio.createOscillator(), gain = audio.createGain();
    tone.type = type;
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(loud, start);
    gain.gain.linearRampToValueAtTime(0, start + length * 0.95);
    tone.connect(gain).connect(audio.destination);
    tone.start(start);
    tone.stop(start + length);
  });
}

function phrase(kind) {
  if (!isAble()) return;
  const [tones, length] = TONES[kind];
  if (kind === "drill") play(tones, length, "sine", 0.15);
  else play(tones, length, "square", 0.12);
  beganAt = performance.now();
  console.debug(`keyarea sounds ${kind}: ${tones.length} tones`);
}

const left = () => Math.max(0, Math.ceil((kept.until - Date.now()) / 1000));

try { make(); } catch { audio = null; }
document.addEventListener("click", unlock);  // not at pointerdown: the banner that goes would move the page under the finger
document.addEventListener("keydown", unlock);

export const sound = {
  unlock,
  left,
  // What this page can do: "running", "silenced" for a while, or "blocked".
  state: () => (!isAble() ? "blocked" : left() > 0 ? "silenced" : "running"),
  // What has happened since: an alert that was raised, or raised again, sounds through a silence.
  news(raised, count, owner) {
    if (owner && (raised > kept.raised || count > kept.count) && left()) keep({ until: 0 });
    if (raised !== kept.raised || count !== kept.count) keep({ raised, count });
  },
  // Four times a second: the phrase of whoever owns the speaker, and now and then a reminder of what is open.
  tick(owner, isDead, open) {
    const now = performance.now();
    look();
    if (owner && (isDead || left() === 0) && now > phraseAt) {
      phrase(owner);
      const [tones, length, pause] = TONES[owner];
      phraseAt = now + (tones.length * length + pause) * 1000;
    }
    if (!owner && open > 0 && now > nagAt) {
      if (nagAt) phrase("4");
      nagAt = now + NAG_MS;
    }
  },
  // When a phrase began last, by the clock of the page.
  began: () => beganAt,
  // Whether a tone that nobody hears comes to its end: the context runs, whatever it says of itself.
  async probe() {
    if (!isAble()) return false;
    const tone = audio.createOscillator(), gain = audio.createGain();
    gain.gain.value = 0;
    tone.connect(gain).connect(audio.destination);
    const ends = new Promise((done) => { tone.onended = () => done(true); });
    tone.start();
    tone.stop(audio.currentTime + 0.05);
    return Promise.race([ends, new Promise((done) => setTimeout(done, PROBE_MS, false))]);
  },
  silence(seconds) { keep({ until: Date.now() + Math.min(seconds * 1000, LONGEST_SILENCE_MS) }); },
  sound() { keep({ until: 0 }); },
  test(kind) { unlock(); phrase(kind); },
  // A device answered: two short notes upwards, soft, like none of the alarms; and a shake for a phone in a pocket.
  answered() {
    if (navigator.vibrate) navigator.vibrate([120, 60, 120]);
    document.body.dataset.ticks = Number(document.body.dataset.ticks || 0) + 1;
    if (isAble()) play([1320, 1980], 0.13, "sine", 0.3);
  },
};
