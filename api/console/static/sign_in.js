// Signing in again in a document whose session has run out: it stays, live and sounding, while somebody types.
import { link, me } from "./desk.js";
import { button, dialog, el, field } from "./parts.js";
import { say } from "./words.js";

const WRONG = { 401: "console.wrong", 422: "console.wrong", 429: "console.wait" };
let asking = null;

// "next": where to go on then; else where one is.
export async function askSignIn(next = "") {
  if (asking) return;
  asking = el("form", { className: "ka-form" });
  // Somebody may have signed in beside it, in another tab: then this document only has to look again.
  const known = await fetch("/api/me").catch(() => null);
  if (known?.ok) {
    onwards(next);
    return;
  }
  const problem = el("p", { className: "ka-refused", role: "alert", hidden: true });
  const [userLabel, user] = field(say("console.user"), "user", { required: true, autocomplete: "username", value: me.account ?? "" });
  const [passwordLabel, password] = field(say("console.password"), "password",
    { type: "password", required: true, autocomplete: "current-password", autofocus: true });
  const go = el("button", { className: "ka-button ka-main" }, say("console.sign_in"));
  asking.append(userLabel, passwordLabel, problem,
    el("div", { className: "ka-row" }, go, button(say("verb.cancel"), () => asked.close())));
  const asked = dialog(say("console.sign_in_first"), asking);
  asked.classList.add("ka-sign-in");
  asked.addEventListener("close", () => { asking = null; });
  asking.onsubmit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    const answer = await fetch("/api/session", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: user.value, password: password.value }),
    }).catch(() => null);
    go.disabled = false;
    if (answer?.ok) {
      asked.close();
      onwards(next);
      return;
    }
    problem.textContent = say(WRONG[answer?.status] ?? "console.no_answer");
    problem.hidden = false;
    password.select();
  };
}

function onwards(next) {
  asking = null;
  link.again();
  document.dispatchEvent(new CustomEvent("ka-go", { detail: next }));
}
