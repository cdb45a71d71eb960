// One document for all pages: a link or a form brings another <main id="page"> into it, with title, focus, address and
// scroll place, back and forward as a browser does it. Every address can be opened by itself, too.
import { link } from "./desk.js";
import { title, waiting } from "./head.js";
import { note } from "./parts.js";
import { say } from "./words.js";

let turn = 0, shown = "";

const without = (address) => address.split("#")[0];

export async function go(address, { body = null, place = 0, isBack = false } = {}) {
  if (new URL(address, location.href).origin !== location.origin) return;
  const mine = ++turn, old = document.getElementById("page");
  if (!isBack) history.replaceState({ place: scrollY }, "");
  const answer = await fetch(address, body ? { method: "POST", body } : {}).catch(() => null);
  const came = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== turn) return;
  if (!came) {
    note(say("console.no_answer"));
    return;
  }
  const page = came.getElementById("page"), { version } = document.documentElement.dataset;
  if (!page || came.documentElement.dataset.version !== version) {
    location.assign(answer.redirected ? answer.url : address);
    return;
  }
  const there = answer.url + new URL(address, location.href).hash;
  if (isBack || there === location.href) history.replaceState({ place }, "", there);
  else history.pushState({ place }, "", there);
  old.replaceWith(document.adoptNode(page));
  await arrive(place);
}

async function arrive(place) {
  const page = document.getElementById("page"), path = location.pathname;
  shown = without(location.href);
  title();
  waiting();
  document.body.dataset.kind = page.dataset.kind;
  for (const way of document.querySelectorAll(".ka-nav a:not([data-exact])")) {
    const at = way.dataset.at, isHere = path === at || (at !== "/" && path.startsWith(`${at}/`)) || page.dataset.under === at;
    if (isHere) way.setAttribute("aria-current", "page");
    else way.removeAttribute("aria-current");
  }
  for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
  link.tell({ path });
  for (const module of (page.dataset.modules ?? "").split(" ").filter(Boolean)) await import(module);
  page.focus({ preventScroll: true });
  const part = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (part && !place) part.scrollIntoView();
  else scrollTo(0, place);
}

// Whether the document itself goes there, and where.
function within(way, event) {
  if (!way || way.target === "_blank" || way.hasAttribute("download") || way.dataset.leave !== undefined) return null;
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return null;
  const address = new URL(way.getAttribute("href"), location.href);  // an anchor in a drawing has no text in .href
  if (address.origin !== location.origin || /^\/(api|sign-|password)/.test(address.pathname)) return null;
  return address.pathname === location.pathname && address.hash ? null : address;
}

function follow(event) {
  const way = event.target.closest?.("a[href]"), address = within(way, event);
  if (way && new URL(way.getAttribute("href"), location.href).pathname.startsWith("/api/")) way.target = "_blank";  // a sheet or a list to keep
  if (!address) return;
  event.preventDefault();
  if (way.id === "strip" && location.pathname === "/") document.dispatchEvent(new CustomEvent("ka-choose", { detail: way.dataset.alert }));
  else go(address.href);
}

export function start() {
  history.scrollRestoration = "manual";
  document.addEventListener("click", follow);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // By its attributes: a field of the form may be called "method" or "action".
    const method = form.getAttribute("method");
    if (event.defaultPrevented || !["post", "get"].includes(method) || form.hasAttribute("data-leave")) return;
    event.preventDefault();
    if (method === "get") {
      go(`${form.getAttribute("action") ?? location.pathname}?${new URLSearchParams(new FormData(form))}`);
      return;
    }
    const named = event.submitter?.name ? [[event.submitter.name, event.submitter.value]] : [];
    go(form.getAttribute("action") ?? location.href, { body: new URLSearchParams([...new FormData(form), ...named]) });
  });
  // A part of the page that is shown is the browser's to find.
  addEventListener("popstate", (event) => {
    if (without(location.href) !== shown) go(location.href, { place: event.state?.place ?? 0, isBack: true });
  });
  document.addEventListener("ka-go", ({ detail }) => go(detail || location.href));
  return arrive(0);
}
