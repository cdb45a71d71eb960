"""Idle callers on the port of fire panels, and a megabyte that begins like frames and never is one."""

import socket
import time

from benchmarks.flood import Target
from tests.devices.codecs.gbt26875_frames import component, frame

WHAT = "1,000 idle GB/T callers, 1 MB of @@ noise and a panel that talks on among them"
PORTS = 1
_CALLERS, _SECONDS, _NOISE = 1_000, 10, 1 << 20


def tables(target: Target) -> str:
    """A line of panels beside the broker."""
    return f'[[socket]]\nname = "panels"\nfamily = "gbt26875"\ntcp = {target.ports[0]}\nmost_peers = 64\n'


def run(target: Target) -> None:
    """Raises if the panel is not confirmed at the end: whoever says nothing must not cut it off."""
    door = ("127.0.0.1", target.ports[0])
    panel = socket.create_connection(door, 10)
    panel.settimeout(30)
    panel.sendall(frame(b""))
    panel.recv(100)
    noisy = socket.create_connection(door, 10)
    idle: list[socket.socket] = []
    until = time.monotonic() + _SECONDS
    for number in range(_CALLERS):
        idle.append(socket.create_connection(door, 10))
        if len(idle) > 100:
            idle.pop(0).close()
        if number % 50 == 0:
            panel.sendall(frame(component(42, number % 4), serial=number + 2))
        time.sleep(max(0.0, (until - time.monotonic()) / (_CALLERS - number)))
    try:
        for _ in range(_NOISE // 4096):
            noisy.sendall(b"@" * 4096)
    except OSError:
        pass  # it said nothing that was understood, and made room
    panel.sendall(frame(component(42, 1), serial=60_000))
    said = b""
    while frame(b"", serial=60_000)[2:4] not in said:
        came = panel.recv(4096)
        if not came:
            raise SystemExit("the panel was cut off")
        said += came
