"""Peers of channels, real ones on this machine: a web server that answers, fails, hangs and leads elsewhere; SMTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import msgspec
from aiosmtpd.controller import Controller

from tests.rim.processes import PATIENCE_S


class Post(msgspec.Struct, frozen=True):
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found


class WebServer:
    """``answers``: a status for each request to come, then 204; ``leads_to``: where a 302 does.

    ``hang`` holds every answer back until ``go_on``.
    """

    def __init__(self, port: int = 0) -> None:
        self.posts: Queue[Post] = Queue()
        self.answers: list[int] = []
        self.leads_to = "http://127.0.0.1:9/elsewhere"
        self._goes_on = threading.Event()
        self._goes_on.set()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                web.posts.put(Post(self.path, dict(self.headers), body))
                web._goes_on.wait(PATIENCE_S)
                status = web.answers.pop(0) if web.answers else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", web.leads_to)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alarms?site=works"

    def next(self) -> Post:
        """The next request that comes."""
        return self.posts.get(timeout=PATIENCE_S)

    def hang(self) -> None:
        self._goes_on.clear()

    def go_on(self) -> None:
        self._goes_on.set()

    def close(self) -> None:
        self._goes_on.set()
        self._server.shutdown()
        self._server.server_close()


class Mailbox:
    """What an SMTP server was given."""

    def __init__(self) -> None:
        self.mails: Queue[EmailMessage] = Queue()

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, _server: object, _session: object, envelope: Any
    ) -> str:
        mail = BytesParser(policy=default).parsebytes(envelope.content)
        mail["X-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.put(mail)  # type: ignore[arg-type]
        return "250 taken"

    def next(self) -> EmailMessage:
        """The next mail that comes."""
        return self.mails.get(timeout=PATIENCE_S)


@contextmanager
def mail_server(port: int) -> Iterator[Mailbox]:
    """On this machine."""
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield mailbox
    finally:
        server.stop()
