// A list that was chosen goes with its form as base64, since its bytes may be of any encoding; the form sends itself.
import { note } from "./parts.js";
import { say } from "./words.js";

const bytes = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.split(",")[1].replaceAll("+", "-").replaceAll("/", "_"));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

class ListFile extends HTMLElement {
  connectedCallback() {
    const chosen = this.querySelector("input[type=file]"), form = this.closest("form");
    chosen.onchange = async () => {
      const [file] = chosen.files;
      chosen.value = "";
      if (!file) return;
      const content = file.size <= Number(this.dataset.most) ? await bytes(file).catch(() => null) : null;
      if (content === null) {
        note(say("import.too_large"));
        return;
      }
      form.elements.content.value = content;
      form.elements.file.value = file.name;
      form.requestSubmit();
    };
  }
}

if (!customElements.get("ka-list-file")) customElements.define("ka-list-file", ListFile);
