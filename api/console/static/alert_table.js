// A list of alerts of which only what is in sight is drawn: rows of one height between two spacers, so that ten thousand
// cost what forty do. A row that stays in sight keeps its element: no click and no focus is lost to an update.
import { CELLS, LETTERS } from "./alert_words.js";
import { isLine } from "./folds.js";
import { el, show, text } from "./parts.js";
import { say } from "./words.js";

const MORE = 6;  // rows drawn beyond what is in sight

export class AlertTable extends HTMLElement {
  #rows = [];
  #drawn = new Map();
  #chosen = "";
  #columns = [];
  #folds = null;
  #nested = new Set();

  connectedCallback() {
    if (this.#columns.length) return;
    this.#columns = (this.dataset.columns ?? "").split(" ");
    this.className = "ka-alerts ka-table";
    const titles = this.#columns.map((name) => el("th", { scope: "col", className: `ka-c-${name}` }, say(`column.${name}`)));
    this.above = el("tr", { className: "ka-space", ariaHidden: "true" });
    this.below = el("tr", { className: "ka-space", ariaHidden: "true" });
    this.body = el("tbody");
    const head = el("thead", {}, el("tr", { ariaRowIndex: "1" }, ...titles), this.above);
    this.table = el("table", {}, head, this.body, el("tfoot", {}, this.below));
    this.table.setAttribute("aria-label", this.getAttribute("aria-label"));
    this.append(this.table);
    this.body.onclick = (event) => {
      const row = event.target.closest("tr");
      if (event.target.closest(".ka-fold")) this.dispatchEvent(new CustomEvent("fold", { detail: row.dataset.id, bubbles: true }));
      else this.#choose(row);
    };
    this.body.onkeydown = (event) => {
      if ((event.key !== "Enter" && event.key !== " ") || event.target.closest(".ka-fold")) return;
      event.preventDefault();
      this.#choose(event.target.closest("tr"));
    };
  }

  #choose(row) {
    if (row) this.dispatchEvent(new CustomEvent("choose", { detail: row.dataset.id, bubbles: true }));
  }

  get ids() { return this.#rows.map((row) => row.id); }

  // `folds`: which of the lines among them are unfolded; what is below such a line is nested.
  show(rows, chosen, folds = null) {
    [this.#rows, this.#chosen, this.#folds] = [rows, chosen, folds];
    this.#nested = new Set();
    let fold = null;
    for (const row of rows) {
      if (row.of) fold = row.fold;
      else if (row.fold && row.fold === fold) this.#nested.add(row.id);
    }
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    show(this, rows.length > 0);
    this.draw();
  }

  // Where the first of all rows stands, drawn or not.
  #top() { return this.above.getBoundingClientRect().top; }

  height() { return parseFloat(getComputedStyle(this).getPropertyValue("--ka-row-px")) || 40; }

  // After a change, a scroll, a second.
  draw() {
    if (!this.isConnected || (this.hidden && !this.#drawn.size)) return;
    const height = this.height(), top = this.#top();
    const first = Math.max(0, Math.min(this.#rows.length, Math.floor(-top / height) - MORE));
    const last = Math.max(first, Math.min(this.#rows.length, Math.ceil((innerHeight - top) / height) + MORE));
    this.above.style.height = `${first * height}px`;
    this.below.style.height = `${(this.#rows.length - last) * height}px`;
    const wanted = this.#rows.slice(first, last), kept = new Set(wanted.map((row) => row.id));
    for (const [id, drawn] of this.#drawn) {
      if (kept.has(id)) continue;
      drawn.remove();
      this.#drawn.delete(id);
    }
    let next = this.body.firstElementChild;
    wanted.forEach((row, place) => {
      const drawn = this.#drawn.get(row.id) ?? this.#make(row.id);
      this.#fill(drawn, row, first + place);
      if (drawn === next) next = next.nextElementSibling;
      else this.body.insertBefore(drawn, next);
    });
  }

  #make(id) {
    const drawn = el("tr", { tabIndex: 0 });
    drawn.dataset.id = id;
    for (const name of this.#columns) {
      const isFold = name === "incident" && isLine(id);
      const inside = isFold ? el("button", { type: "button", className: "ka-fold" }) : name === "priority" ? el("span", { className: "ka-sign" }) : el("span", { className: "ka-cell" });
      drawn.append(el("td", { className: `ka-c-${name}` }, inside));
    }
    this.#drawn.set(id, drawn);
    return drawn;
  }

  #fill(drawn, row, place) {
    const isNew = row.state !== "acknowledged" && !row.aside, isChosen = row.id === this.#chosen;
    const isNested = this.#nested.has(row.id);
    const look = `ka-p${row.priority}${isNew ? " ka-new" : ""}${isChosen ? " ka-chosen" : ""}${isNested ? " ka-nested" : ""}${row.origin ? " ka-unreal" : ""}`;
    if (drawn.className !== look) drawn.className = look;
    drawn.setAttribute("aria-rowindex", place + 2);
    if (isChosen) drawn.setAttribute("aria-current", "true");
    else drawn.removeAttribute("aria-current");
    this.#columns.forEach((name, column) => {
      const cell = drawn.children[column], words = name === "priority" ? LETTERS[row.priority] : CELLS[name](row, isNested);
      text(cell.firstElementChild, words);
      if (cell.title !== words && name !== "priority") cell.title = name === "incident" ? row.incident ?? "" : words;
      if (name === "incident" && row.of) this.#mark(cell.firstElementChild, row);
    });
  }

  #mark(button, line) {
    const isOpen = Boolean(this.#folds?.isOpen(line.id));
    text(button, `${isOpen ? "▾" : "▸"} ${CELLS.incident(line)}`);
    button.setAttribute("aria-expanded", isOpen);
    button.setAttribute("aria-label", say("fold.of", { number: line.incident, count: line.of }));
  }

  // Brings a row into sight, though it may not be drawn yet.
  reveal(id) {
    const place = this.ids.indexOf(id);
    if (place < 0) return;
    const height = this.height(), top = this.#top() + place * height;
    const head = document.querySelector(".ka-head").offsetHeight;
    if (top < head || top + height > innerHeight) scrollBy(0, top - head - (innerHeight - head) / 3);
    this.draw();
  }
}
