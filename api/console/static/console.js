// What must work even when the server does not: the watchdog over the screen (sound.js has the sound).
// The server calls keyarea.beat({...}) at least once a second; everything else here runs by itself.
"use strict";
window.keyarea = (() => {
  const AMBER_MS = 10000, DEAD_MS = 30000, FRESH_S = 10, RECEIPT_MS = 10000;
  const sound = window.keyareaSound;
  let last = performance.now(), state = {}, told = "", toldAt = 0;
  const byId = (id) => document.getElementById(id);

  function spoken(seconds) {
    return `${Math.floor(seconds)} ${(state.units || ["s"])[0]}`;
  }

  function short(seconds) {  // as Say.age does it
    const whole = Math.max(0, Math.floor(seconds)), units = state.units || ["s", "min", "h", "d"];
    if (whole < 60) return `${whole} ${units[0]}`;
    if (whole < 600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    if (whole < 6000) return `${Math.floor(whole / 60)} ${units[1]}`;
    if (whole < 172800) return `${Math.floor(whole / 3600)} ${units[2]} ${Math.floor(whole / 60) % 60} ${units[1]}`;
    return `${Math.floor(whole / 86400)} ${units[3]}`;
  }

  // Elements that say how long ago something was: <span class="ka-since" data-since="(ms of the server's clock)">.
  function tickAges(silence) {
    if (!state.now) return;
    document.querySelectorAll(".ka-since").forEach((part) => {
      const since = Number(part.dataset.since), seconds = (state.now + silence - since) / 1000;
      const ago = part.classList.contains("ka-plain") ? "{age}" : state.ago || "{age}";
      const text = since ? ago.replace("{age}", short(seconds)) : "";
      if (part.textContent !== text) part.textContent = text;
      const speaker = part.closest(".ka-speaker");
      if (speaker) speaker.classList.toggle("ka-fresh", since > 0 && seconds < FRESH_S);
    });
  }

  // What sticks below the bar on top must know how high that is: it grows with its banners.
  function measure() {
    const head = document.querySelector(".q-header");
    if (head) document.documentElement.style.setProperty("--ka-top", `${Math.ceil(head.getBoundingClientRect().height)}px`);
  }

  function tick() {
    measure();
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
    showSound();
    sound.tick(dead ? (state.hears ? "dead" : "") : state.owner, dead, state.hears ? state.open : 0);
  }

  // Whether this page can sound stands in its bar, and goes back to the gateway: at once when it changes, else every 10 s.
  function showSound() {
    const can = sound.state(), sign = byId("sound-state"), blocked = byId("sound-blocked"), words = (state.sounds || {})[can];
    if (blocked) blocked.style.display = can === "blocked" ? "block" : "none";
    if (sign && words) {
      const text = words.replace("{seconds}", sound.left());
      if (sign.title !== text) {
        sign.title = text;
        sign.setAttribute("aria-label", text);
        sign.querySelector(".ka-sound-text").textContent = text;
        sign.querySelector(".ka-sound-icon").textContent = can === "running" ? "volume_up" : "volume_off";
      }
      sign.dataset.sound = can;
    }
    const now = performance.now();
    if (window.did_handshake && (can !== told || now - toldAt > RECEIPT_MS)) {
      told = can;
      toldAt = now;
      emitEvent("keyarea_sound", can);
    }
  }

  function pressSound() {
    if (sound.state() === "silenced") sound.sound();
    else sound.test("fire");
    setTimeout(tick, 100);
  }

  // Elements that say how long something lasts yet: <span class="ka-until" data-until="(ms of the server's clock)">.
  function tickEnds(silence) {
    if (!state.now) return;
    document.querySelectorAll(".ka-until").forEach((part) => {
      const text = short((Number(part.dataset.until) - state.now - silence) / 1000);
      if (part.textContent !== text) part.textContent = text;
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
  // Everything that blinks does so in one phase: between two fills of full contrast, see console.css.
  setInterval(() => { document.documentElement.dataset.blink = performance.now() % 1000 < 500 ? "a" : "b"; }, 250);
  document.addEventListener("keydown", (event) => {  // "/" leads to the search of a list
    const search = document.querySelector(".ka-filter input");
    if (event.key !== "/" || !search || event.target.closest("input, textarea, [role=combobox]")) return;
    event.preventDefault();
    search.focus();
  });
  return {
    // owner: whose sound is on ("fire", "1" ... "4" or ""); raised, count: grow when an alert was raised (again) since
    beat(news) {
      last = performance.now();
      sound.news(news.raised, news.count, news.owner);
      state = news;
      document.title = news.title;
      document.documentElement.lang = news.language === "zh" ? "zh-CN" : "en";
      tick();
    },
    silence(seconds) { sound.silence(seconds); },
    answered: sound.answered,
    pressSound,
    remember(name, value) {
      document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`;
      location.reload();
    },
  };
})();
