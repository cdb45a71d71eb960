// What a tag says: by camera or picture (the browser's own decoder, else jsQR), by NFC in the page, or by the address that
// a tag opened.
const PAUSE_MS = 250;

function pixels(source, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const drawn = canvas.getContext("2d", { willReadFrequently: true });
  drawn.drawImage(source, 0, 0, width, height);
  return drawn.getImageData(0, 0, width, height);
}

async function decoded(source, width, height) {
  if ("BarcodeDetector" in window) {
    try {
      const [code] = await new window.BarcodeDetector({ formats: ["qr_code"] }).detect(source);
      if (code) return code.rawValue;
    } catch {
      // it says that it is there and has no decoder: jsQR has one
    }
  }
  if (!window.jsQR) await import("./jsqr.js");
  const { data } = pixels(source, width, height);
  return window.jsQR(data, width, height)?.data ?? "";
}

// The code in a picture that was taken; "" if there is none.
export async function ofPicture(file) {
  const picture = await createImageBitmap(file);
  const share = Math.min(1, 1200 / Math.max(picture.width, picture.height));
  return decoded(picture, Math.round(picture.width * share), Math.round(picture.height * share));
}

// Looks until a code was seen or stop() is called. Throws if there is no camera or it may not be used.
export async function byCamera(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  let isOn = true;
  const stop = () => {
    isOn = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    video.hidden = true;
  };
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  (async () => {
    while (isOn) {
      const said = video.videoWidth ? await decoded(video, video.videoWidth, video.videoHeight) : "";
      if (said && isOn) {
        stop();
        found(said);
      }
      await new Promise((next) => setTimeout(next, PAUSE_MS));
    }
  })();
  return stop;
}

export const hasNfc = () => "NDEFReader" in window;

// From now on each tag that is held to the phone: the text that was written on it, else its serial number.
export async function byNfc(found) {
  const reader = new window.NDEFReader();
  reader.onreading = ({ message, serialNumber }) => {
    const written = message.records.find((record) => record.recordType === "text" || record.recordType === "url");
    found(written ? new TextDecoder(written.encoding ?? "utf-8").decode(written.data) : serialNumber.replaceAll(":", "").toUpperCase());
  };
  await reader.scan();
}

// A tag may hold the address of this page with itself behind it (…/console/patrol#tag): phones without NFC in pages open
// that.
export function tagIn(said) {
  const text = said.trim();
  if (!/^https?:/i.test(text)) return text;
  try {
    const address = new URL(text);
    return address.searchParams.get("tag") ?? (decodeURIComponent(address.hash.slice(1)) || text);
  } catch {
    return text;
  }
}
