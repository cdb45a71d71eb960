// The link of the document to the gateway: one WebSocket that comes back by itself, without the document being loaded
// anew. Who comes back names the number it has seen; what it missed follows, or "reset" and the whole board.
const WATCHDOG_MS = 15000, SHORTEST_MS = 500, LONGEST_MS = 5000, GZIP = 0x1f;

export class Link extends EventTarget {
  #socket = null;
  #pause = SHORTEST_MS;
  #seen = "";
  #taking = Promise.resolve();
  #said = {};
  last = performance.now();
  offset = 0;  // of the gateway's clock to this one, in ms

  constructor() {
    super();
    this.#open();
    setInterval(() => this.#watch(), 1000);
  }

  now() { return performance.now() + this.offset; }

  // How long nothing has come, in ms.
  silence() { return performance.now() - this.last; }

  // What this document says of itself: kept, for a link that comes back says it anew.
  tell(words) {
    Object.assign(this.#said, words);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(words));
  }

  // What is said once: lost with a link that is down.
  report(words) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(words));
  }

  // With the session that the browser has now.
  again() {
    const old = this.#socket;
    this.#open();
    old?.close();
  }

  #open() {
    const address = new URL(`/api/board/live?${new URLSearchParams({ after: this.#seen })}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = this.#socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify(this.#said));
    socket.onmessage = (event) => {
      this.last = performance.now();
      this.#taking = this.#taking.then(() => this.#take(event.data)).catch((fault) => this.#fail(socket, fault));
    };
    socket.onclose = (event) => { if (socket === this.#socket) this.#lost(event.code === 4401); };
  }

  #fail(socket, fault) {
    console.error(fault);
    this.#seen = "";
    socket.close();
  }

  async #take(data) {
    const bytes = new Uint8Array(data);
    const text = bytes[0] === GZIP
      ? await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text()
      : new TextDecoder().decode(bytes);
    const message = JSON.parse(text);
    this.#pause = SHORTEST_MS;
    if (message.now) this.offset = message.now - performance.now();
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
    if (message.at) this.#seen = message.at;
  }

  #watch() {
    if (this.silence() < WATCHDOG_MS || this.#socket === null) return;
    const silent = this.#socket;
    this.#socket = null;  // a line that is cut tells its end only minutes later
    silent.close();
    this.#lost(false);
  }

  async #lost(isEnded) {
    this.#socket = null;
    const pause = this.#pause * (0.5 + Math.random());
    this.#pause = Math.min(LONGEST_MS, this.#pause * 2);
    if (isEnded || (await this.#hasEnded())) this.dispatchEvent(new Event("ended"));
    setTimeout(() => this.#open(), Math.min(LONGEST_MS, pause));
  }

  // A handshake that is refused tells no reason: the door does.
  async #hasEnded() {
    const asked = fetch("/console/door", { cache: "no-store", signal: AbortSignal.timeout(5000) });
    return (await asked.catch(() => null))?.status === 401;
  }
}
