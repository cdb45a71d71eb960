// A place on a floor plan: touched on the picture or typed in percent; another area brings its own plan.
class Place extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.addEventListener("click", (event) => this.choose(event));
    this.addEventListener("input", () => this.mark());
    this.form.elements.area.addEventListener("change", () => this.change());
    this.mark();
  }

  input(name) {
    return this.form.elements[name];
  }

  choose(event) {
    const plan = event.target.closest(".ka-plan");
    if (!plan) return;
    const box = plan.getBoundingClientRect();
    const share = (at, length) => String(Math.round(Math.min(1, Math.max(0, at / length)) * 10000) / 100);
    this.input("x").value = share(event.clientX - box.left, box.width);
    this.input("y").value = share(event.clientY - box.top, box.height);
    this.mark();
  }

  mark() {
    const here = this.querySelector(".ka-dot-here");
    if (!here) return;
    const [x, y] = ["x", "y"].map((name) => this.input(name).value.trim().replace(",", "."));
    here.toggleAttribute("hidden", !x || !y || Number.isNaN(Number(x)) || Number.isNaN(Number(y)));
    here.setAttribute("cx", `${Number(x) || 0}%`);
    here.setAttribute("cy", `${Number(y) || 0}%`);
  }

  async change() {
    const address = new URL(location.href), area = this.input("area").value;
    address.searchParams.set("area", area);
    const answer = await fetch(address).catch(() => null);
    const came = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("place");
    if (!came || area !== this.input("area").value) return;
    this.replaceChildren(...[...came.childNodes].map((node) => document.adoptNode(node)));
    this.mark();
  }
}

if (!customElements.get("ka-place")) customElements.define("ka-place", Place);
