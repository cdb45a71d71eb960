"""A second process follows the feed of a running gateway and shows the alert list that the gateway shows."""

import contextlib
import json
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import pytest

from tests.rim.conftest import Running
from tests.rim.processes import PASSWORD, PATIENCE_S, Client, wait_until


class Cable:
    """A line to a port of this machine that can be cut, and mended."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._is_cut = self._is_over = False

    def cut(self) -> None:
        self._is_cut = True
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._is_cut = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        for end in self._ends:
            end.close()

    def _accept(self) -> None:
        while not self._is_over:
            try:
                caller, _ = self._listening.accept()
            except OSError:
                return
            if self._is_cut:
                caller.close()
                continue
            called = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [caller, called]
            for source, sink in ((caller, called), (called, caller)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                sink.sendall(piece)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Watcher:
    """The second process: ``python -m api.watch`` with the account of a wall screen."""

    def __init__(self, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "api.watch", f"http://127.0.0.1:{port}", "kim", "--json"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(f"{PASSWORD}\n")
        self._process.stdin.close()
        self.newest: dict[str, Any] = {}
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.newest = json.loads(line)

    def shows(self, client: Client) -> list[str] | None:
        """The list, if it is live and that of the gateway; in the same order, each alert in the same state."""
        if not self.newest.get("live"):
            return None
        told = [(row["id"], row["state"]) for row in self.newest["alerts"]]
        theirs = client.get("/api/alerts?open=true")["alerts"]
        return [row["key"] for row in theirs] if told == [(row["id"], row["state"]) for row in theirs] else None

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)
        self._reading.join(PATIENCE_S)
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def wall(own_gateway: Running) -> Iterator[tuple[Running, Client, Cable, Watcher]]:
    running = own_gateway
    with Cable(running.port) as cable:
        running.readings("smoke-0", smoke=True)
        client = running.client()
        wait_until(lambda: client.get("/api/alerts?open=true")["alerts"], "an alert")
        watcher = Watcher(cable.port)
        try:
            wait_until(lambda: watcher.shows(client) == ["smoke-0"], "it shows the alert that was open before it came")
            yield running, client, cable, watcher
        finally:
            watcher.close()


def opened(running: Running, client: Client, *devices: str) -> None:
    """These alarm, and the gateway shows it."""
    for device in devices:
        running.readings(device, smoke=True)
    wait_until(lambda: {*devices} <= {row["key"] for row in client.get("/api/alerts?open=true")["alerts"]}, "alarms")


def test_it_shows_what_the_gateway_shows_also_after_a_cut(wall: tuple[Running, Client, Cable, Watcher]) -> None:
    running, client, cable, watcher = wall
    opened(running, client, "smoke-1", "smoke-2")
    first = client.get("/api/alerts?open=true")["alerts"][0]["id"]
    client.post(f"/api/alerts/{first}/acknowledge")
    wait_until(lambda: len(watcher.shows(client) or ()) == 3, "the same list, one acknowledged")
    cable.cut()
    wait_until(lambda: not watcher.newest["live"], "it says that it is not live")
    opened(running, client, "smoke-3")
    assert len(watcher.newest["alerts"]) == 3
    cable.mend()
    wait_until(lambda: len(watcher.shows(client) or ()) == 4, "it goes on where it broke off")


def test_whoever_falls_too_far_behind_takes_all_anew(wall: tuple[Running, Client, Cable, Watcher]) -> None:
    """What it missed is kept no longer; and when it comes back to another process, nothing is taken for known."""
    running, client, cable, watcher = wall
    cable.cut()
    wait_until(lambda: not watcher.newest["live"], "it says that it is not live")
    opened(running, client, "smoke-1", "smoke-2")
    forget_feed(running.data)
    cable.mend()
    wait_until(lambda: len(watcher.shows(client) or ()) == 3, "a snapshot anew")
    cable.cut()
    running.gateway.stop()
    running.gateway.start()
    client = running.client()
    opened(running, client, "smoke-4")
    cable.mend()
    wait_until(lambda: len(watcher.shows(client) or ()) == 4, "the list of the process that answers now")


def forget_feed(data: Path) -> None:
    """As if a hundred thousand events had come meanwhile."""
    with closing(sqlite3.connect(data / "records.sqlite", timeout=PATIENCE_S)) as connection, connection:
        connection.execute("DELETE FROM feed WHERE id < (SELECT max(id) FROM feed)")
