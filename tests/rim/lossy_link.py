"""A link between a broker and its client that loses what a test wants lost: PUBACKs, deliveries, itself."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import NamedTuple, Self

from tests.rim.processes import PATIENCE_S

_PUBLISH, _PUBACK = 3, 4


class Delivered(NamedTuple):
    """One PUBLISH at QoS 1 from the broker."""

    topic: str
    payload: bytes
    packet_id: int
    is_dup: bool


class LossyLink:
    """Connect to ``port`` in place of the broker's, MQTT 3.1.1. Everything passes until the test says otherwise."""

    def __init__(self, broker_port: int) -> None:
        self._broker_port = broker_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.loses_acknowledgements = False
        self.delivered: list[Delivered] = []
        """What the broker sent, in order, whether it reached the client or not."""
        self.acknowledged: list[Delivered] = []
        """What the client acknowledged, whether the broker heard of it or not."""
        self._lets_through = threading.Event()
        self._lets_through.set()
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def hold_deliveries(self) -> None:
        """What the broker sends stays on the way until ``cut``."""
        self._lets_through.clear()

    def cut(self) -> None:
        """The connection is lost, and with it what was on the way. From then on all passes again."""
        with self._lock:
            for end in self._ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._ends.clear()
        self.loses_acknowledgements = False
        self._lets_through.set()

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def _begin(self, body: object, *args: object) -> None:
        thread = threading.Thread(target=body, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(("127.0.0.1", self._broker_port), PATIENCE_S)
            except OSError:
                client.close()
                continue
            broker.settimeout(None)
            for end in (client, broker):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._ends |= {client, broker}
            on_the_way: dict[int, Delivered] = {}
            self._begin(self._carry_out, broker, client, on_the_way)
            self._begin(self._carry_back, client, broker, on_the_way)

    def _carry_out(self, broker: socket.socket, client: socket.socket, on_the_way: dict[int, Delivered]) -> None:
        with _both_closed(broker, client):
            for packet in _packets(broker):
                delivered = _delivered(packet)
                if delivered is not None:
                    on_the_way[delivered.packet_id] = delivered
                    self.delivered.append(delivered)
                if not self._lets_through.is_set():
                    self._lets_through.wait()
                    return  # held until the connection was cut
                client.sendall(packet)

    def _carry_back(self, client: socket.socket, broker: socket.socket, on_the_way: dict[int, Delivered]) -> None:
        with _both_closed(broker, client):
            for packet in _packets(client):
                if packet[0] >> 4 == _PUBACK:
                    heard = on_the_way.get(int.from_bytes(packet[2:4], "big"))
                    if heard is not None:
                        self.acknowledged.append(heard)
                    if self.loses_acknowledgements:
                        continue
                broker.sendall(packet)


@contextlib.contextmanager
def _both_closed(*ends: socket.socket) -> Iterator[None]:
    """Whatever ends one direction ends the other."""
    try:
        with contextlib.suppress(OSError):
            yield
    finally:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _packets(end: socket.socket) -> Iterator[bytes]:
    with end, end.makefile("rb") as stream:
        while head := stream.read(1):
            length, shift = 0, 0
            while True:
                digit = stream.read(1)
                head += digit
                length |= (digit[0] & 127) << shift if digit else 0
                shift += 7
                if not digit or digit[0] < 128:
                    break
            body = stream.read(length)
            if len(body) < length:
                return
            yield head + body


def _delivered(packet: bytes) -> Delivered | None:
    if packet[0] >> 4 != _PUBLISH or not packet[0] & 0b110:
        return None
    start = 2
    while packet[start - 1] >= 128:
        start += 1
    size = int.from_bytes(packet[start : start + 2], "big")
    topic = packet[start + 2 : start + 2 + size].decode()
    place = start + 2 + size
    packet_id = int.from_bytes(packet[place : place + 2], "big")
    return Delivered(topic, packet[place + 2 :], packet_id, bool(packet[0] & 0b1000))
