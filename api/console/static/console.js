// What must work even when the server does not: the watchdog over the screen, and the sound.
// The server calls keyarea.beat({...}) at least once a second; everything else here runs by itself.
"use strict";
window.keyarea = (() => {
  const AMBER_MS = 10000, DEAD_MS = 30000, NAG_MS = 15 * 60 * 1000, FRESH_S = 10;
  // One sound a priority: [frequencies in Hz, length of one tone in s, pause after the phrase in s].
  const TONES = {
    fire: [[960, 760, 960, 760, 960, 760], 0.18, 0.35],
    1: [[880, 660, 880, 660], 0.2, 0.7],
    2: [[740, 590], 0.25, 1.5],
    3: [[520], 0.3, 4],
    4: [[440], 0.2, 10],
    dead: [[300, 300, 300], 0.3, 1.2],
  };
  let last = performance.now(), state = {}, audio = null, phraseAt = 0, mutedUntil = 0, nagAt = 0, seenNewest = "";
  const byId = (id) => document.getElementById(id);

  function unlock() {
    audio = audio || new AudioContext();
    audio.resume();
  }

  function phrase(kind) {
    if (!audio || audio.state !== "running") return;
    const [tones, length] = TONES[kind];
    tones.forEach((frequency, place) => {
      const start = audio.currentTime + place * length;
      const tone = audio.createOscillator(), gain = audio.createGain();
      tone.type = "square";
      tone.frequency.value = frequency;
      gain.gain.setValueAtTime(0.12, start);
      gain.gain.linearRampToValueAtTime(0, start + length * 0.95);
      tone.connect(gain).connect(audio.destination);
      tone.start(start);
      tone.stop(start + length);
    });
  }

  function spoken(seconds) {
    return Math.floor(seconds) + (state.language === "zh" ? " 秒" : " s");
  }

  function short(seconds) {  // as Say.age does it
    const whole = Math.max(0, Math.floor(seconds)), units = state.units || ["s", "min", "h", "d"];
    if (whole < 100) return `${whole} ${units[0]}`;
    if (whole < 6000) return `${Math.floor(whole / 60)} ${units[1]}`;
    if (whole < 172800) return `${Math.floor(whole / 3600)} ${units[2]} ${Math.floor(whole / 60) % 60} ${units[1]}`;
    return `${Math.floor(whole / 86400)} ${units[3]}`;
  }

  // Elements that say how long ago something was: <span class="ka-since" data-since="(ms of the server's clock)">.
  function tickAges(silence) {
    if (!state.now) return;
    document.querySelectorAll(".ka-since").forEach((part) => {
      const since = Number(part.dataset.since), seconds = (state.now + silence - since) / 1000;
      const text = since ? (state.ago || "{age}").replace("{age}", short(seconds)) : "";
      if (part.textContent !== text) part.textContent = text;
      const speaker = part.closest(".ka-speaker");
      if (speaker) speaker.classList.toggle("ka-fresh", since > 0 && seconds < FRESH_S);
    });
  }

  function tick() {
    const now = performance.now(), silence = now - last, dead = silence > DEAD_MS;
    const banner = byId("late-banner"), cover = byId("not-live");
    if (banner) {
      banner.style.display = silence > AMBER_MS && !dead ? "block" : "none";
      banner.textContent = (state.late || "No update for {age}").replace("{age}", spoken(silence / 1000));
    }
    if (cover) cover.style.display = dead ? "flex" : "none";
    document.body.dataset.live = dead ? "dead" : silence > AMBER_MS ? "late" : "live";
    const age = byId("data-age");
    if (age && state.age !== null && state.age !== undefined) {
      const seconds = state.age + silence / 1000;
      age.textContent = spoken(seconds);
      age.dataset.level = seconds > 30 ? "bad" : seconds > 10 ? "warn" : "ok";
    }
    tickAges(silence);
    tickEnds(silence);
    const blocked = byId("sound-blocked");
    if (blocked) blocked.style.display = state.wantsSound && (!audio || audio.state !== "running") ? "block" : "none";
    const mute = byId("mute-left"), left = Math.ceil((mutedUntil - now) / 1000);
    if (mute) mute.textContent = left > 0 ? (state.silenced || "{seconds}").replace("{seconds}", left) : "";
    const owner = dead ? "dead" : state.owner;
    if (owner && (dead || now > mutedUntil) && now > phraseAt) {
      phrase(owner);
      const [tones, length, pause] = TONES[owner];
      phraseAt = now + (tones.length * length + pause) * 1000;
    }
    if (!owner && state.open > 0 && now > nagAt) {
      if (nagAt) phrase(4);
      nagAt = now + NAG_MS;
    }
  }

  // Elements that say how long something lasts yet: <span class="ka-until" data-until="(ms of the server's clock)">.
  function tickEnds(silence) {
    if (!state.now) return;
    document.querySelectorAll(".ka-until").forEach((part) => {
      const text = short((Number(part.dataset.until) - state.now - silence) / 1000);
      if (part.textContent !== text) part.textContent = text;
    });
  }

  // A device answered: two short notes upwards, soft, like none of the alarms; and a shake for a phone in a pocket.
  function answered() {
    if (navigator.vibrate) navigator.vibrate([120, 60, 120]);
    document.body.dataset.ticks = Number(document.body.dataset.ticks || 0) + 1;
    if (!audio || audio.state !== "running") return;
    [1320, 1980].forEach((frequency, place) => {
      const start = audio.currentTime + place * 0.13, tone = audio.createOscillator(), gain = audio.createGain();
      tone.type = "sine";
      tone.frequency.value = frequency;
      gain.gain.setValueAtTime(0.3, start);
      gain.gain.linearRampToValueAtTime(0, start + 0.12);
      tone.connect(gain).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.13);
    });
  }

  // Marks that turn the direction of what follows them: a name that holds one would turn the words beside it round.
  const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
  function straighten(node) {
    if (node.nodeType === Node.TEXT_NODE) {
      const straight = node.data.replace(TURNING, "\ufffd");
      if (straight !== node.data) node.data = straight;
    } else node.childNodes.forEach(straighten);
  }
  new MutationObserver((changes) => changes.forEach((change) => {
    if (change.type === "characterData") straighten(change.target);
    else change.addedNodes.forEach(straighten);
  })).observe(document, { subtree: true, childList: true, characterData: true });

  setInterval(tick, 250);
  // Not at pointerdown: the banner that goes would move the page under the finger.
  document.addEventListener("click", unlock);
  document.addEventListener("keydown", unlock);
  document.addEventListener("keydown", (event) => {  // "/" leads to the search of a list
    const search = document.querySelector(".ka-filter input");
    if (event.key !== "/" || !search || event.target.closest("input, textarea, [role=combobox]")) return;
    event.preventDefault();
    search.focus();
  });
  return {
    // owner: whose sound is on ("fire", "1" ... "4" or ""); newest: changes when an alert was raised since
    beat(news) {
      last = performance.now();
      if (news.newest !== seenNewest) {
        if (seenNewest && news.owner) mutedUntil = 0;  // a new alert sounds again after a silence
        seenNewest = news.newest;
      }
      state = news;
      document.title = news.title;
      document.documentElement.lang = news.language === "zh" ? "zh-CN" : "en";
      tick();
    },
    silence(seconds) { mutedUntil = performance.now() + seconds * 1000; },
    unlock() { unlock(); setTimeout(tick, 100); },
    answered,
    test(kind) { unlock(); phrase(kind); },
    remember(name, value) {
      document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`;
      location.reload();
    },
  };
})();
