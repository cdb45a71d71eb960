// Keeps the patrol page on the phone: it opens without a network, as it was when there was one. Orders and readings never
// come from here; what a guard did is kept by the page itself (patrol_queue.js).
const CACHE = `patrol ${self.location.pathname.split("/").at(-2)}`;
const PAGE = "/console/patrol";
const NEEDED = ["patrol.js", "patrol_queue.js", "patrol_scan.js", "jsqr.js", "patrol.css"].map((name) => new URL(name, self.location).pathname);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(NEEDED)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("patrol ") && name !== CACHE);
  const clear = caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name))));
  event.waitUntil(clear.then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(page(new Request(PAGE, { credentials: "same-origin" })));
});

// The newest page that was got; a sign-in form or an error is none.
async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(4000) });
    if (answer.ok && !answer.redirected) {
      await cache.put(PAGE, answer.clone());
      return answer;
    }
    return (await cache.match(PAGE)) ?? answer;
  } catch (error) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(page(event.request));
  else if (NEEDED.includes(pathname)) event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(event.request)));
});
