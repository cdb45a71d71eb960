// A page in a frame of the document: ages and direction marks; where to go, sound and sign-in are the document's.
"use strict";
window.keyareaInside = (() => {
  const FRESH_S = 10;
  let state = {}, at = performance.now();

  function short(seconds) {  // as Say.age does it
    const whole = Math.max(0, Math.floor(seconds)), units = state.units || ["s", "min", "h", "d"];
    if (whole < 60) return `${whole} ${units[0]}`;
    if (whole < 600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    if (whole < 6000) return `${Math.floor(whole / 60)} ${units[1]}`;
    if (whole < 172800) return `${Math.floor(whole / 3600)} ${units[2]} ${Math.floor(whole / 60) % 60} ${units[1]}`;
    return `${Math.floor(whole / 86400)} ${units[3]}`;
  }

  function set(part, text) {
    if (part.textContent !== text) part.textContent = text;
  }

  // <span class="ka-since" data-since="(ms of the server's clock)">: how long ago; "ka-until": how long yet.
  function tick() {
    if (!state.now) return;
    const now = state.now + performance.now() - at;
    document.querySelectorAll(".ka-since").forEach((part) => {
      const since = Number(part.dataset.since), seconds = (now - since) / 1000;
      const ago = part.classList.contains("ka-plain") ? "{age}" : state.ago || "{age}";
      set(part, since ? ago.replace("{age}", short(seconds)) : "");
      const speaker = part.closest(".ka-speaker");
      if (speaker) speaker.classList.toggle("ka-fresh", since > 0 && seconds < FRESH_S);
    });
    document.querySelectorAll(".ka-until").forEach((part) => set(part, short((Number(part.dataset.until) - now) / 1000)));
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
  document.addEventListener("keydown", (event) => {  // "/" leads to the search of a list
    const search = document.querySelector(".ka-filter input");
    if (event.key !== "/" || !search || event.target.closest("input, textarea, [role=combobox]")) return;
    event.preventDefault();
    search.focus();
  });

  const outer = () => (window.parent !== window ? window.parent.keyarea : undefined);
  return {
    beat(news) { state = news; at = performance.now(); tick(); },
    go(address) { if (outer()) outer().go(address); else window.open(address, "_top"); },
    askSignIn() { if (outer()) outer().askSignIn(); },
    answered() {
      document.body.dataset.ticks = Number(document.body.dataset.ticks || 0) + 1;
      if (outer()) outer().answered();
    },
  };
})();
