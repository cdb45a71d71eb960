// A form's field for photographs and PDFs: each is uploaded when it is chosen, and its id is sent with the form.
import { el } from "./parts.js";
import { say } from "./words.js";

const AT = "/api/attachments";

class Attachment extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.list = this.querySelector("ul") ?? this.appendChild(el("ul", { className: "ka-attached" }));
    this.said = this.querySelector("p") ?? this.appendChild(el("p", { className: "ka-fault", role: "alert" }));
    this.input.onchange = () => this.upload([...this.input.files]);
    if (!this.list.children.length) this.getAttribute("value").split(" ").filter(Boolean).forEach((id) => this.add(id, id));
    // On a slow line somebody has chosen a file before this was here to hear of it.
    if (this.input.files.length) this.upload([...this.input.files]);
  }

  async upload(files) {
    this.input.value = "";
    for (const file of files) {
      this.said.textContent = say("upload.uploading");
      const answer = await fetch(`${AT}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file }).catch(() => null);
      const told = await answer?.json().catch(() => null);
      this.said.textContent = answer?.ok ? "" : told?.error ?? say("console.no_answer");
      if (!answer?.ok) return;
      this.add(told.id, told.name, told.media_type);
    }
  }

  add(id, name, type = "image/jpeg") {
    if (!this.hasAttribute("many")) this.list.replaceChildren();
    const shown = type.startsWith("image/") ? el("img", { src: `${AT}/${id}/preview`, alt: name, onerror: () => shown.replaceWith(name) }) : name;
    const gone = el("button", { type: "button", className: "ka-button", onclick: () => one.remove() }, say("upload.remove"));
    const one = el("li", {}, shown, el("input", { type: "hidden", name: this.getAttribute("name"), value: id }), gone);
    this.list.append(one);
  }
}

if (!customElements.get("ka-attachment")) customElements.define("ka-attachment", Attachment);
