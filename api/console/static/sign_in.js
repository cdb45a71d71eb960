// Signing in again on a page whose session has run out: the page stays, live and sounding, while somebody types.
"use strict";
window.keyareaSignIn = (() => {
  let asking = null;

  function field(form, words, name, type, complete) {
    const label = document.createElement("label"), input = document.createElement("input");
    label.textContent = words[name];
    Object.assign(input, { name, type, required: true, autocomplete: complete, maxLength: 1024 });
    label.append(input);
    form.append(label);
    return input;
  }

  async function ask(words) {
    if (asking) return;
    // Somebody may have signed in beside it, in another tab: then this page is only old.
    asking = document.createElement("dialog");
    const me = await fetch("/api/me").catch(() => null);
    if (me && me.ok) return onwards(words);
    const form = document.createElement("form"), title = document.createElement("h2"), problem = document.createElement("p");
    asking.className = "ka-sign-in";
    title.textContent = words.title;
    problem.setAttribute("role", "alert");
    form.append(title, problem);
    const user = field(form, words, "user", "text", "username");
    const password = field(form, words, "password", "password", "current-password");
    user.value = words.name;
    const go = document.createElement("button"), no = document.createElement("button");
    go.textContent = words.sign_in;
    no.textContent = words.cancel;
    no.type = "button";
    no.onclick = () => asking.close();
    form.append(go, no);
    form.onsubmit = async (event) => {
      event.preventDefault();
      go.disabled = true;
      const answer = await fetch("/api/session", {
        method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ user: user.value, password: password.value }),
      }).catch(() => null);
      go.disabled = false;
      if (answer && answer.ok) return onwards(words);
      problem.textContent = words[answer && { 401: "wrong", 422: "wrong", 429: "wait" }[answer.status]] || words.late;
      password.select();
    };
    asking.append(form);
    asking.onclose = () => { asking.remove(); asking = null; };
    document.body.append(asking);
    asking.showModal();
    password.focus();
  }

  function onwards(words) {
    if (words.next) location.assign(words.next);
    else location.reload();
  }

  // A socket that is refused while the gateway answers: this page's session has ended meanwhile.
  async function look() {
    if (!window.socket || window.socket.connected) return;
    const answer = await fetch("/console/door", { cache: "no-store" }).catch(() => null);
    if (answer && answer.status === 401) location.replace("/sign-in?ended=1");
  }
  setInterval(look, 3000);
  return { ask };
})();
