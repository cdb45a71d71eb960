"""A load generator that costs little itself: QoS 1 publishes, encoded by hand, on one non-blocking socket.

``python -m simulators.load --port 1883 --devices 1000 --rate 20000 --messages 100000`` prints one JSON line with what
was sent, acknowledged, and what it cost. With ``--alarms`` each device d0, d1, ... raises smoke once and each alarm
that the broker acknowledged is noted in a file: what is noted there, nobody may lose.
"""

import argparse
import json
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

_WINDOW = 2_000
_CHUNK = 64 * 1024
_PACKET_IDS = 65_535


def _text(text: bytes) -> bytes:
    return struct.pack(">H", len(text)) + text


def _packet(kind: int, body: bytes) -> bytes:
    length, size = bytearray(), len(body)
    while True:
        size, digit = size >> 7, size & 127
        length.append(digit | (128 if size else 0))
        if not size:
            return bytes([kind]) + bytes(length) + body


def connect(port: int, client_id: str) -> socket.socket:
    """A connected MQTT 3.1.1 session on loopback. Raises ConnectionError if the broker refuses."""
    link = socket.create_connection(("127.0.0.1", port), timeout=20)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.sendall(_packet(0x10, _text(b"MQTT") + bytes([4, 2]) + struct.pack(">H", 600) + _text(client_id.encode())))
    answer = b""
    while len(answer) < 4:
        piece = link.recv(4 - len(answer))
        if not piece:
            raise ConnectionError("the broker closed the connection")
        answer += piece
    if answer[3]:
        raise ConnectionError(f"the broker refused: code {answer[3]}")
    link.setblocking(False)
    return link


def quiet(number: int, devices: int) -> tuple[str, bytes]:
    """Device and payload of the n-th message of a calm site: three signals that change a little."""
    temperature, humidity = 20 + number // devices % 50 / 10, 40 + number % 17 / 2
    body = f'{{"readings": {{"smoke": false, "temperature": {temperature:.1f}, "humidity": {humidity:.1f}}}}}'
    return f"d{number % devices}", body.encode()


def smoke(number: int, _devices: int) -> tuple[str, bytes]:
    """Device and payload of the n-th alarm; each device has one."""
    return f"d{number}", b'{"readings": {"smoke": true, "temperature": 31.5, "humidity": 40.0}}'


class Load:
    """Sends ``messages`` and counts their PUBACKs; ``stop`` ends it early."""

    def __init__(self, link: socket.socket, *, devices: int, messages: int, rate: float, topic_template: str) -> None:
        self._link, self._devices, self._messages, self._rate = link, devices, messages, rate
        self._topic_template = topic_template
        self._unacknowledged: dict[int, tuple[str, int]] = {}
        self.sent = self.acknowledged = 0
        self._stopped = False

    def stop(self, *_: object) -> None:
        self._stopped = True

    def run(self, payload: Callable[[int, int], tuple[str, bytes]], noted: IO[str] | None = None) -> None:
        out, incoming = bytearray(), bytearray()
        started = time.monotonic()
        while self.acknowledged < self._messages and not self._stopped:
            due = self._messages
            if self._rate:
                due = min(due, int((time.monotonic() - started) * self._rate) + 1)
            while self.sent < due and len(self._unacknowledged) < _WINDOW and len(out) < _CHUNK:
                out += self._next(payload)
            pause = 0.5 if self.sent >= min(due, self._messages) and not self._rate else 0.002
            readable, writable, _ = select.select([self._link], [self._link] if out else [], [], pause)
            if writable:
                del out[: self._link.send(out)]
            if readable:
                piece = self._link.recv(_CHUNK)
                if not piece:
                    raise ConnectionError("the broker closed the connection")
                incoming += piece
                self._take_acknowledgements(incoming, noted)

    def _next(self, payload: Callable[[int, int], tuple[str, bytes]]) -> bytes:
        packet_id = self.sent % _PACKET_IDS + 1
        device, body = payload(self.sent, self._devices)
        topic = self._topic_template.format(device=device).encode()
        self._unacknowledged[packet_id] = (device, time.time_ns())
        self.sent += 1
        return _packet(0x32, _text(topic) + struct.pack(">H", packet_id) + body)

    def _take_acknowledgements(self, incoming: bytearray, noted: IO[str] | None) -> None:
        whole = len(incoming) // 4 * 4
        for place in range(0, whole, 4):
            if incoming[place] == 0x40:
                device, sent = self._unacknowledged.pop((incoming[place + 2] << 8) | incoming[place + 3])
                self.acknowledged += 1
                if noted is not None:
                    noted.write(json.dumps({"device": device, "time_ns": sent}) + "\n")
        if noted is not None:
            noted.flush()
        del incoming[:whole]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True, help="the broker's port on this machine")
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=0, help="messages a second (0: as fast as they are acknowledged)")
    parser.add_argument("--topic-template", default="keyarea/{device}/readings")
    parser.add_argument("--alarms", action="store_true", help="send smoke alarms, one a device")
    parser.add_argument("--noted", type=Path, help="file for the alarms that were acknowledged")
    args = parser.parse_args()
    link = connect(args.port, f"load-{time.time_ns()}")
    load = Load(link, devices=args.devices, messages=args.messages, rate=args.rate, topic_template=args.topic_template)
    signal.signal(signal.SIGTERM, load.stop)
    started, cpu = time.monotonic(), time.process_time()
    if args.noted is not None:
        with args.noted.open("a") as noted:
            load.run(smoke if args.alarms else quiet, noted)
    else:
        load.run(smoke if args.alarms else quiet)
    figures = {
        "sent": load.sent,
        "acked": load.acknowledged,
        "seconds": time.monotonic() - started,
        "cpu_seconds": time.process_time() - cpu,
    }
    print(json.dumps(figures))
    link.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
