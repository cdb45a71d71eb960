// The filters of a list apply as one types and chooses: <ka-filter data-of="ID"> holds the form, ID is the <ka-fresh> with
// the list. What is chosen stands in the address. "/" leads to the search.
const WAIT_MS = 150;

class Filter extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    form.addEventListener("input", () => {
      clearTimeout(this.waits);
      this.waits = setTimeout(() => this.apply(form), WAIT_MS);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.apply(form);
    });
  }

  apply(form) {
    clearTimeout(this.waits);
    if (!this.isConnected) return;
    const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(history.state, "", wanted.size ? `?${wanted}` : location.pathname);
    document.getElementById(this.dataset.of).ask();
  }
}

document.addEventListener("keydown", (event) => {
  const search = document.querySelector("ka-filter input[type=search]");
  if (event.key !== "/" || !search || event.target.closest?.("input, textarea, select, dialog")) return;
  event.preventDefault();
  search.focus();
});

if (!customElements.get("ka-filter")) customElements.define("ka-filter", Filter);
