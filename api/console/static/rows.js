// Rows of a list in a form: one more row like the last, with the next number in the names of its cells.
function next(list) {
  const last = [...list.querySelectorAll(".ka-row-of")].at(-1), row = last.cloneNode(true);
  const number = Number(last.dataset.row) + 1;
  row.dataset.row = number;
  for (const cell of row.querySelectorAll("[name], [id], [for]")) {
    for (const name of ["name", "id", "for"]) {
      const said = cell.getAttribute(name);
      if (said) cell.setAttribute(name, said.replace(`.${last.dataset.row}.`, `.${number}.`));
    }
    if (cell.matches("input:not([type=hidden]), textarea, select")) cell.value = "";
  }
  for (const kept of row.querySelectorAll("ka-attachment ul, ka-attachment p, .ka-fault")) kept.remove();
  for (const attached of row.querySelectorAll("ka-attachment")) attached.setAttribute("value", "");
  last.after(row);
  row.querySelector("input, select, textarea")?.focus();
}

class Rows extends HTMLElement {
  connectedCallback() {
    this.querySelector("button[data-more]").onclick = () => {
      if (this.querySelectorAll(".ka-row-of").length < Number(this.dataset.most)) next(this);
    };
  }
}

if (!customElements.get("ka-rows")) customElements.define("ka-rows", Rows);
