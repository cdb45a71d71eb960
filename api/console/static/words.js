// Texts are keys and values; their words stand in the catalogue of the page's language (api/catalogue.py): rendered
// here as devices/language.py renders them, which tests/rim/test_board_words.py compares.
//
// A document begins with what rules say of alerts; all other texts come a little later, or as soon as one is wanted, and
// whatever was drawn without them is drawn anew (desk.js).
const DEEPEST = 6, REST_MS = 10000;
const SHAPE = { hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
let moments = new Intl.DateTimeFormat("en-GB", SHAPE);
let rest = null, place = "";
let book = { language: "en", texts: {}, say: {}, signals: {} };

export async function load(address, timeZone) {
  moments = new Intl.DateTimeFormat("en-GB", { ...SHAPE, timeZone });
  book = await (await fetch(address)).json();
  place = address.replace("/words.", "/texts.");
  setTimeout(whole, REST_MS);
}

// Every text.
export function whole() {
  rest ??= fetch(place).then((answer) => answer.json()).then((texts) => {
    Object.assign(book, { texts, isWhole: true });
    document.dispatchEvent(new Event("ka-words"));
  }).catch(() => { rest = null; });
  return rest;
}

export const isChinese = () => book.language === "zh";
export const colon = () => (isChinese() ? "：" : ": ");

// A word of the console's own.
export function say(key, values = {}) {
  const template = book.say[key] ?? key.slice(key.indexOf(".") + 1);
  return template.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

export function render(said, depth = 0) {
  if (said.key === "plain.words") return String(said.params.words ?? "");
  const template = book.texts[said.key];
  if (template === undefined && !book.isWhole) {
    whole();
    return "…";
  }
  if (template === undefined || depth > DEEPEST) return said.key;
  return template.replace(/\{\{|\}\}|\{(\w+)(?::([^}]*))?\}/g, (all, name, spec) => {
    if (name === undefined) return all[0];
    return name in (said.params ?? {}) ? show(said.params[name], spec ?? "", depth) : `{${name}}`;
  });
}

export function show(value, spec = "", depth = 0) {
  if (Array.isArray(value)) return joined(value.map((part) => show(part, "", depth)), spec);
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return book.texts[value ? "word.yes" : "word.no"] ?? String(value);
  if (typeof value !== "object") return plain(value, spec);
  if (value.type === "text") return render(value, depth + 1);
  if (value.type === "name") return isChinese() ? value.zh || value.en : value.en || value.zh;
  if (value.type === "at") return moment(value.instant / 1e6);
  if (value.type === "duration") return long(value.seconds);
  if (value.type === "signal") return isChinese() ? label(value.signal) : value.signal;
  return "";
}

function joined(parts, spec) {
  const [comma, semicolon, or] = isChinese() ? ["、", "；", "或"] : [", ", "; ", " or "];
  return parts.join({ ";": semicolon, lines: "\n", or }[spec] ?? comma);
}

function plain(value, spec) {
  if (spec.startsWith("plural ")) return spec.slice(7).split("|")[value === 1 ? 0 : 1];
  if (spec.startsWith("of ")) return book.texts[`${spec.slice(3)}.${value}`] ?? String(value);
  if (typeof value === "string") return value;
  const places = /^\.(\d+)f$/.exec(spec), hex = /^(#?)0(\d+)x$/.exec(spec);
  if (places) return value.toFixed(Number(places[1]));
  if (hex) return hex[1] ? `0x${value.toString(16).padStart(Number(hex[2]) - 2, "0")}` : value.toString(16).padStart(Number(hex[2]), "0");
  return general(value);
}

// A number with six digits, as Python's "g".
export function general(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const [digits, power] = value.toExponential(5).split("e");
  if (Number(power) >= -4 && Number(power) < 6) return String(Number(value.toPrecision(6)));
  const sign = power[0] === "-" ? "-" : "+";
  return `${Number(digits)}e${sign}${power.slice(1).padStart(2, "0")}`;
}

// "1 min 5 s": a length of time in a sentence.
function long(seconds) {
  const [s, min, h, d] = isChinese() ? ["秒", "分钟", "小时", "天"] : [" s", " min", " h", " d"];
  const whole = Math.max(0, Math.round(seconds)), minutes = Math.floor(whole / 60);
  if (whole < 60) return `${whole}${s}`;
  if (whole < 3600) return `${minutes}${min}` + (whole % 60 ? ` ${whole % 60}${s}` : "");
  if (whole < 172800) return `${Math.floor(whole / 3600)}${h}` + (minutes % 60 ? ` ${minutes % 60}${min}` : "");
  return `${Math.floor(whole / 86400)}${d}`;
}

// "3:20", "12 min": how long ago, in a column.
export function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds)), [s, min, h, d] = units(), minutes = Math.floor(whole / 60);
  if (whole < 60) return `${whole} ${s}`;
  if (whole < 600) return `${minutes}:${String(whole % 60).padStart(2, "0")}`;
  if (whole < 6000) return `${minutes} ${min}`;
  if (whole < 172800) return `${Math.floor(whole / 3600)} ${h} ${minutes % 60} ${min}`;
  return `${Math.floor(whole / 86400)} ${d}`;
}

export const units = () => (isChinese() ? ["秒", "分", "时", "天"] : ["s", "min", "h", "d"]);

export function nth(number) {
  if (isChinese()) return String(number);
  const teen = [11, 12, 13].includes(number % 100);
  return `${number}${teen ? "th" : { 1: "st", 2: "nd", 3: "rd" }[number % 10] ?? "th"}`;
}

function parts(ms) {
  return Object.fromEntries(moments.formatToParts(ms).map((part) => [part.type, part.value]));
}

// The site's local time.
export function clock(ms, withDay = false) {
  const at = parts(ms);
  return (withDay ? `${at.month}-${at.day} ` : "") + `${at.hour}:${at.minute}:${at.second}`;
}

function moment(ms) {
  const at = parts(ms);
  return `${at.year}-${at.month}-${at.day} ${at.hour}:${at.minute}`;
}

export function today(ms) {
  const at = parts(ms);
  return `${at.year}-${at.month}-${at.day} ${at.hour}:${at.minute}:${at.second}`;
}

// What a signal is called, with its channel.
export function label(signal) {
  const [base] = signal.split(".", 1), known = book.signals[base];
  return known ? `${known[0]} ${signal.slice(base.length + 1)}`.trim() : signal;
}

// A value, with its unit unless it is said beside it.
export function measured(signal, value, withUnit = true) {
  if (typeof value === "boolean") return say(value ? "value.yes" : "value.no");
  if (typeof value === "string") return value.length <= 60 ? value : `${value.slice(0, 59)}…`;
  if (value === null || value === undefined) return "?";
  const unit = withUnit ? (book.signals[signal.split(".", 1)[0]] ?? ["", ""])[1] : "";
  return `${general(value)} ${unit}`.trim();
}
