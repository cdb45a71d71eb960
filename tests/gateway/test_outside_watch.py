"""``keyarea watch``: when it tells, whom it believes, and how."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from gateway.outside_watch import Told, Watched, post, run_program, why_not

NEWS = Told(gateway="http://g", state="lost", reason="gone", at="2026-12-01T00:00:00+00:00")


def test_it_tells_once_after_so_long_and_once_when_it_is_back() -> None:
    watched = Watched(30, 0)
    heard = [(10, True), (39, False), (40, False), (41, False), (100, False), (101, True), (102, True), (131, False)]
    assert [None, None, "lost", None, None, "back", None, None] == [
        watched.heard(is_good=is_good, now=now) for now, is_good in heard
    ]
    assert "lost" == watched.heard(is_good=False, now=132)


def test_one_that_never_answered_is_told_of_too() -> None:
    assert "lost" == Watched(0, 0).heard(is_good=False, now=0)


class Server(HTTPServer):
    """Answers what it is told to, and keeps what was posted."""

    answer: tuple[int, bytes] = (200, b"")
    posted: list[tuple[str, Any]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, json.loads(body)))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as serving:
        serving.posted = []
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, b'{"ok":true}', ""),
        (503, b'{"ok":false}', "alarms_stuck"),
        (503, b"<html>no upstream</html>", "HTTP 503"),
        (404, b"{}", "HTTP 404"),
        (200, b'{"ok":1}', "not_a_gateway"),
        (200, b'["ok"]', "not_a_gateway"),
    ],
)
def test_only_a_gateway_that_says_so_is_well(server: Server, status: int, body: bytes, why: str) -> None:
    server.answer = status, body
    assert why == why_not(f"http://127.0.0.1:{server.server_port}/", 5)


def test_what_makes_no_sense_is_no_answer(server: Server) -> None:
    server.answer = 200, b"hello"
    assert why_not(f"http://127.0.0.1:{server.server_port}", 5)


def test_nobody_there_is_no_answer() -> None:
    assert "refused" in why_not("http://127.0.0.1:1", 5)


def test_the_webhook_is_told_what_happened(server: Server) -> None:
    address = f"http://127.0.0.1:{server.server_port}/hook"
    assert "" == post(address, NEWS)
    assert [("/hook", {"gateway": "http://g", "state": "lost", "reason": "gone", "at": NEWS.at})] == server.posted
    server.answer = 500, b""
    assert "HTTP 500" == post(address, NEWS)


def test_a_program_is_run_without_a_shell(tmp_path: Path) -> None:
    file = tmp_path / "told"
    code = "import os, sys; open(sys.argv[1], 'w').write(os.environ['KEYAREA_WATCH_STATE'] + sys.argv[2])"
    assert "" == run_program([sys.executable, "-c", code, str(file), "; $(id)"], NEWS)
    assert "lost; $(id)" == file.read_text()
    assert "exit status 3" == run_program([sys.executable, "-c", "raise SystemExit(3)"], NEWS)
    assert "No such file" in run_program([str(tmp_path / "nothing")], NEWS)
