// What a guard did, kept on the phone until the gateway has it. Each item says when by the phone's clock, how far that
// was behind the gateway's at the last contact, and how long ago it is by a clock that nobody sets.
const STORE = "done", BEHIND = "keyarea-behind", LARGEST = 9_500_000;
const OPENED = crypto.randomUUID();

function opened() {
  return new Promise((found, failed) => {
    const asked = indexedDB.open("keyarea-patrol", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => found(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function run(mode, act) {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const step = database.transaction(STORE, mode);
      const asked = act(step.objectStore(STORE));
      step.oncomplete = () => done(asked.result);
      step.onabort = step.onerror = () => failed(step.error);
    });
  } finally {
    database.close();
  }
}

export const everything = async () => (await run("readonly", (kept) => kept.getAll())).sort((a, b) => a.phoneAt - b.phoneAt);
export const forget = (id) => run("readwrite", (kept) => kept.delete(id));
const keep = (item) => run("readwrite", (kept) => kept.put(item));

function behind() {
  const known = localStorage.getItem(BEHIND);
  return known === null ? null : Number(known);
}

// Each answer of the gateway tells its time.
export function heard(answer) {
  const date = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isFinite(date)) localStorage.setItem(BEHIND, String((date - Date.now()) / 1000));
}

export async function add(kind, body, photo = null, point = "") {
  const item = { id: crypto.randomUUID(), kind, body, phoneAt: Date.now() / 1000, steady: performance.now(), opened: OPENED };
  Object.assign(item, { point, behind: behind(), refused: "", photo: photo === null ? null : await small(photo) });
  await keep(item);
  return item;
}

// A picture that is too large to be taken is made smaller; any other stays as the camera made it.
async function small(photo) {
  if (photo.size <= LARGEST) return photo.arrayBuffer();
  const picture = await createImageBitmap(photo, { resizeWidth: 2400 });
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 })).arrayBuffer();
}

async function post(address, body, type) {
  const headers = { "content-type": type, "accept-language": document.body.dataset.language };
  const answer = await fetch(address, { method: "POST", headers, body, signal: AbortSignal.timeout(60_000) });
  heard(answer);
  return answer;
}

function asked(item) {
  const times = { phone_at: item.phoneAt, sent_at: Date.now() / 1000 };
  if (item.behind !== null) times.behind_s = item.behind;
  if (item.opened === OPENED) times.ago_s = Math.max(0, (performance.now() - item.steady) / 1000);
  return JSON.stringify({ id: item.id, ...item.body, ...times });
}

// One item: "sent", "refused", "sign-in", or "later".
async function send(item) {
  if (item.photo !== null) {
    const answer = await post("/api/attachments?name=photo.jpg", item.photo, "application/octet-stream");
    if (!answer.ok) return judged(item, answer);
    item.body.attachment = (await answer.json()).id;
    item.photo = null;
    await keep(item);
  }
  const answer = await post(`/api/workflows/patrols/${item.kind}`, asked(item), "application/json");
  if (!answer.ok) return judged(item, answer);
  await forget(item.id);
  return "sent";
}

async function judged(item, answer) {
  if (answer.status === 401) return "sign-in";
  if (answer.status >= 500 || answer.status === 429) return "later";
  const said = await answer.json().catch(() => ({}));
  item.refused = said.error ?? said.detail ?? String(answer.status);
  await keep(item);
  return "refused";
}

let isSending = false;

// Everything that waits, the oldest first; stops where it cannot go on. Returns "sent", "sign-in" or "later".
export async function sendAll() {
  if (isSending) return "later";
  isSending = true;
  try {
    for (const item of (await everything()).filter((each) => !each.refused)) {
      const state = await send(item);
      if (state === "sign-in" || state === "later") return state;
    }
    return "sent";
  } catch {
    return "later";
  } finally {
    isSending = false;
  }
}
