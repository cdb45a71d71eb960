"""Connections that begin a request and never end it (slowloris), new ones for those that are cut."""

import contextlib
import socket
import time

from benchmarks.flood import Target

WHAT = "1,500 connections with heads that never end, for 20 s"
_AT_ONCE, _LASTS_S = 1_500, 20.0


def run(target: Target) -> None:
    until = time.monotonic() + _LASTS_S
    opened: list[socket.socket] = []
    while time.monotonic() < until:
        kept = []
        for held in opened:
            try:
                held.sendall(b"a: b\r\n")
                kept.append(held)
            except OSError:
                held.close()
        opened = kept
        with contextlib.suppress(OSError):
            for _ in range(min(200, _AT_ONCE - len(opened))):
                opened.append(socket.create_connection(("127.0.0.1", target.web), timeout=1))
                opened[-1].sendall(b"GET / HTTP/1.1\r\nhost: x\r\n")
        time.sleep(0.5)
    for held in opened:
        held.close()
