// A book on paper: the button that prints (a PDF is what the browser makes of it), and another period in the same document.
function start() {
  const button = document.getElementById("print");
  if (!button) return;
  button.onclick = () => print();
  button.form.onsubmit = (event) => {
    event.preventDefault();
    const wanted = new URLSearchParams(new FormData(button.form));
    document.dispatchEvent(new CustomEvent("ka-go", { detail: `${button.form.getAttribute("action")}?${wanted}` }));
  };
}

start();
new MutationObserver(start).observe(document.body, { childList: true });
document.addEventListener("click", ({ target }) => { if (target.closest?.("[data-print]")) print(); });
