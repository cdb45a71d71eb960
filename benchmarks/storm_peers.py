"""Who is around a storm: whoever asks the API, whoever follows the stream, two centres that lose the first message.

The asker and the follower are processes of their own (``python -m benchmarks.storm_peers``), so that what they measure
is not their neighbour's turn of the interpreter; times are of CLOCK_MONOTONIC, which all processes share.
"""

import argparse
import contextlib
import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from alerts.alert import CLASS_ORDER, AlertClass
from tests.rim.fire_centre import FIRE_BIT, FireCentre, Upload
from tests.rim.processes import Client

PATHS = (
    *("/api/health", "/api/areas", "/api/alerts?open=true&limit=50", "/api/incidents", "/api/set-aside", "/"),
    *("/api/devices/d7", "/api/kpi?span=day", "/api/workflows"),
)
_EVERY_S = 0.1


class Asked(NamedTuple):
    """An answer: when it was asked for, what, and how long it took; ``status`` 0: none came."""

    at: float
    path: str
    ms: float
    status: int


class Peer:
    """A process that goes on until ``stop``, and then says what it has seen."""

    def __init__(self, kind: str, port: int) -> None:
        command = [sys.executable, "-m", "benchmarks.storm_peers", kind, "--port", str(port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == "ready"

    def ask(self, word: str) -> Any:
        """What it answers to a word."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stop(self) -> Any:
        """Its last words."""
        said = self.ask("stop")
        self._process.wait(30)
        return said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(30)


def _poll(port: int) -> None:
    """Asks for one address after the other, ten a second."""
    token, found, is_over = Client(port).token, list[Asked](), threading.Event()

    def run() -> None:
        number = 0
        while not is_over.wait(_EVERY_S):
            found.append(_one(port, PATHS[number % len(PATHS)], token))
            number += 1

    asking = threading.Thread(target=run)
    asking.start()
    print("ready", flush=True)
    sys.stdin.readline()
    is_over.set()
    asking.join()
    print(json.dumps(found), flush=True)


def _one(port: int, path: str, token: str) -> Asked:
    at = time.monotonic()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(
            "GET", path, headers={"Authorization": f"Bearer {token}", "Cookie": f"keyarea_session={token}"}
        )
        answer = connection.getresponse()
        answer.read()
        connection.close()
    except OSError:
        return Asked(at, path, 1000 * (time.monotonic() - at), 0)
    return Asked(at, path, 1000 * (time.monotonic() - at), answer.status)


def _follow(port: int) -> None:
    """Keeps the list as whoever follows the stream has it; says when each fire came, and what stands first."""
    listed: dict[str, tuple[int, int, bool, str, int, str]] = {}
    fires: dict[str, float] = {}
    events = Client(port).events()
    is_here = threading.Event()

    def run() -> None:
        for at, kind, data in events:
            is_here.set()
            if kind != "alert":
                continue
            alert = data["alert"]
            if data["action"] == "raised" and alert["rule"] == "smoke":
                fires.setdefault(alert["key"], at)
            place = CLASS_ORDER[AlertClass(alert["alert_class"])]
            newest, number = alert.get("again") or alert["raised"], len(listed)
            listed.setdefault(
                alert["id"], (alert["priority"], place, not alert["active"], newest, number, alert["key"])
            )

    threading.Thread(target=run, daemon=True).start()
    is_here.wait(60)
    print("ready", flush=True)
    for word in sys.stdin:
        first = min(listed.values())[-1] if listed else ""
        print(json.dumps({"fires": fires, "listed": len(listed), "first": first}), flush=True)
        if word.strip() == "stop":
            return


class ForgetfulCentre(FireCentre):
    """A fire centre that takes everything, but for the first fire that it is told of; ``told_at``: of the next."""

    told_at: float | None = None
    lost_at: float | None = None

    def _heard(self, connection: socket.socket, frame: bytes) -> None:
        upload = Upload(int.from_bytes(frame[2:4], "little"), 1001, frame[26], frame[27:-3])
        is_fire = upload.command == 2 and upload.kind == 2 and bool(upload.state & FIRE_BIT)
        if is_fire and self.lost_at is None:
            self.lost_at = time.monotonic()
            return
        if is_fire and self.told_at is None:
            self.told_at = time.monotonic()
        super()._heard(connection, frame)


class LosingRelay:
    """TCP to a receiver of alarms; what is sent first after ``lose_next`` is lost on the way."""

    def __init__(self, receiver: int) -> None:
        self._receiver, self.lost_at, self._loses = receiver, list[float](), False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_next(self) -> None:
        """The next message does not arrive."""
        self._loses = True

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._receiver))
                threading.Thread(target=self._pass, args=(near, far), kwargs={"is_out": True}, daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, *, is_out: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if is_out and self._loses:
                    self._loses = False
                    self.lost_at.append(time.monotonic())
                    continue
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def main(args: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("poll", "follow"))
    parser.add_argument("--port", type=int, required=True)
    said = parser.parse_args(args)
    {"poll": _poll, "follow": _follow}[said.kind](said.port)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
