// What must work even when the server does not: the watchdog over the screen, and the sound.
// The server calls keyarea.beat({...}) at least once a second; everything else here runs by itself.
"use strict";
window.keyarea = (() => {
  const AMBER_MS = 10000, DEAD_MS = 30000, NAG_MS = 15 * 60 * 1000;
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

  setInterval(tick, 250);
  document.addEventListener("pointerdown", unlock);
  document.addEventListener("keydown", unlock);
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
      tick();
    },
    silence(seconds) { mutedUntil = performance.now() + seconds * 1000; },
    unlock() { unlock(); setTimeout(tick, 100); },
    test(kind) { unlock(); phrase(kind); },
    remember(name, value) {
      document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`;
      location.reload();
    },
  };
})();
