"""A server that takes line protocol and answers Flux as it is told: for what a real one will not do on request."""

import gzip
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.rim.processes import PATIENCE_S


class LineServer:
    """``refuse(lines)`` gives an HTTP status for a write, 204 to take it; ``answer`` is what a query gets."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.requests: list[tuple[str, dict[str, list[str]], dict[str, str]]] = []
        self.queries: list[str] = []
        self.refuse: Callable[[list[str]], int] = lambda _: 204
        self.answer = (200, "")
        self.taken = threading.Condition()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                parts = urlsplit(self.path)
                server.requests.append((parts.path, parse_qs(parts.query), dict(self.headers)))
                if parts.path == "/api/v2/write":
                    self._write(body.decode().splitlines())
                else:
                    server.queries.append(json.loads(body)["query"])
                    self._reply(*server.answer)

            def _write(self, lines: list[str]) -> None:
                status = server.refuse(lines)
                if status == 204:
                    with server.taken:
                        server.lines += lines
                        server.taken.notify_all()
                self._reply(status, "" if status == 204 else json.dumps({"code": "x", "message": f"said {status}"}))

            def _reply(self, status: int, text: str) -> None:
                content = text.encode()
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def wait_for(self, count: int, within_s: float = PATIENCE_S) -> list[str]:
        """The lines taken so far, once there are that many."""
        with self.taken:
            assert self.taken.wait_for(lambda: len(self.lines) >= count, within_s), f"only {len(self.lines)} lines came"
            return list(self.lines)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
