"""A gateway that stops is told by ways that don't need it: a heartbeat that stays away, a watch on another machine."""

import hmac
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.rim.processes import GatewayProcess, free_port, wait_until
from tests.rim.test_disk_full import UNLIMITED

KEY = bytes(range(32))
SITE = """\
id = "test"
name = "Test site"

[web]
port = {web}

[heartbeat]
url = "http://127.0.0.1:{outside}/beat"
every_s = 1
"""


class Outside(HTTPServer):
    """Somebody outside, who counts heartbeats."""

    beats: list[tuple[str, bytes]]


class _Beat(BaseHTTPRequestHandler):
    server: Outside

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.beats.append((self.headers["X-Keyarea-Signature"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def outside() -> Iterator[Outside]:
    with Outside(("127.0.0.1", 0), _Beat) as serving:
        serving.beats = []
        thread = threading.Thread(target=serving.serve_forever, args=(0.05,))
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def passes(gateway: GatewayProcess) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"{gateway.url}/healthz/alarms", timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_gateway_that_is_killed_is_missed_and_one_that_cannot_store_sends_no_heartbeat(
    outside: Outside, tmp_path: Path
) -> None:
    keys, web = tmp_path / "keys.toml", free_port()
    keys.write_text(f'heartbeat = "{KEY.hex()}"\n')
    keys.chmod(0o600)
    text = SITE.format(web=web, outside=outside.server_port)
    gateway = GatewayProcess(tmp_path, text, web_port=web, env={"KEYAREA_KEYS": str(keys)})
    gateway.add_users()
    with gateway:
        signature, body = wait_until(lambda: outside.beats, "a heartbeat")[0]
        at, signed = (part.partition("=")[2] for part in signature.split(","))
        assert hmac.new(KEY, at.encode() + b"." + body, "sha256").hexdigest() == signed
        assert ("test", True) == (json.loads(body)["site"], json.loads(body)["alarms_pass"])
        assert (200, b'{"ok":true}') == passes(gateway)
        words = ["watch", gateway.url, "--every", "0.2", "--after", "1", "--run", "/usr/bin/env"]
        with subprocess.Popen([sys.executable, "-m", "gateway", *words], stdout=subprocess.PIPE, text=True) as watch:
            assert watch.stdout is not None
            gateway.kill()
            assert any("KEYAREA_WATCH_STATE=lost" in line for line in watch.stdout)
            gateway.start()
            assert any("KEYAREA_WATCH_STATE=back" in line for line in watch.stdout)
            watch.terminate()

        limit = ["prlimit", "--pid", str(gateway.pid), f"--fsize=1:{UNLIMITED}"]
        subprocess.run(limit, check=True, capture_output=True)
        wait_until(lambda: passes(gateway) == (503, b'{"ok":false}'), "nothing can be stored, so alarms do not pass")
        outside.beats.clear()
        wait_until(lambda: "heartbeat withheld" in gateway.log_tail(), "the heartbeat is withheld")
    once = ["watch", gateway.url, "--every", "0.2", "--after", "0.5", "--once"]
    assert 1 == gateway.keyarea(*once).returncode
