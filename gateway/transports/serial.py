"""A serial line, a thread each: reads what is there, lets the codec make sense of it, answers after the commit.

Unplugged is a state, not an end: the line says so, tries again with growing, jittered pauses, and goes on where the
codec's framing finds its next start. Garbage is the codec's to count; nothing that comes in can stop the loop.

Threads, because a driver that blocks in the pipeline's own ``select`` would stop MQTT as well, and pyserial-asyncio is
hardly kept. A site has a handful of lines.
"""

import random
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from serial import Serial, SerialException

from devices.codec import Decoded, Line
from devices.device import Device
from devices.errors import StoreUnavailable
from devices.output_orders import Commands, OutputOrder, refused
from devices.reading import SECOND
from gateway.clock import Clock

_POLL_S = 0.1
_FIRST_RETRY_S = 0.2
_LONGEST_RETRY_S = 10.0
_MOST_AT_ONCE = 65_536
_MOST_ORDERS = 256
"""That wait to be written; the line takes what waits ten times a second."""

Put = Callable[[Decoded, Callable[[], None], Callable[[str], None]], None]


class Setup(Protocol):
    """A line as the site file describes it (gateway.site.model.SerialLine)."""

    @property
    def name(self) -> str: ...
    @property
    def port(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def baud(self) -> int: ...
    @property
    def parity(self) -> str: ...
    @property
    def stop_bits(self) -> int: ...


def open_port(port: str, baud: int, parity: str = "N", stop_bits: float = 1, *, timeout_s: float) -> Serial:
    """A serial port, ours alone; a read takes at most ``timeout_s``. Raises OSError (pyserial's errors are that)."""
    return Serial(
        port, baudrate=baud, parity=parity, stopbits=stop_bits, timeout=timeout_s, write_timeout=2, exclusive=True
    )


class SerialLine:
    """One line. ``run`` is the body of its thread; ``stop`` may be called from any other."""

    def __init__(self, setup: Setup, line: Line, put: Put, clock: Clock, on_state: Callable[[str], None]) -> None:
        """``put(decoded, done, failed)`` hands in what was received; ``on_state`` hears ``up`` or ``lost: ...``."""
        self._setup, self._put, self._clock, self._on_state = setup, put, clock, on_state
        self._line = line
        self._stopping = threading.Event()
        self._writing = threading.Lock()
        self._settled: deque[tuple[Any, bool]] = deque()
        self._orders: deque[bytes] = deque()
        self._port: Serial | None = None

    def stop(self) -> None:
        self._stopping.set()

    def order(self, device: Device, order: OutputOrder) -> bool:
        """Tell a device what its output shall do; from any thread. Whether a reading may say that it did.

        Raises Refused: the family takes no orders, or the port is gone.
        """
        command: Callable[[Device, OutputOrder], Commands] | None = getattr(self._line, "command", None)
        if command is None:
            raise refused("no_such_family", order, family=self._setup.family)
        commands = command(device, order)
        if self._port is None or len(self._orders) >= _MOST_ORDERS:
            raise refused("line_lost", order)
        self._orders.append(commands.send)
        return not commands.is_mute

    def run(self) -> None:
        """Open, read, lose, open again, until stopped."""
        pause = _FIRST_RETRY_S
        while not self._stopping.is_set():
            try:
                with self._open() as port:
                    self._orders.clear()
                    self._port = port
                    self._on_state("up")
                    pause = _FIRST_RETRY_S
                    self._read(port)
            except (SerialException, OSError) as error:
                self._on_state(f"lost: {error}")
            finally:
                self._port = None
                self._line.closed(self._clock.now())
            self._stopping.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
            pause = min(pause * 2, _LONGEST_RETRY_S)

    def _open(self) -> Serial:
        setup = self._setup
        return open_port(setup.port, setup.baud, setup.parity, setup.stop_bits, timeout_s=_POLL_S)

    def _read(self, port: Serial) -> None:
        while not self._stopping.is_set():
            first = port.read(1)
            while self._orders:
                self._send(self._orders.popleft())
            while self._settled:
                said, is_stored = self._settled.popleft()
                self._line.settled(said, is_stored=is_stored)
            if first:
                data = first + port.read(min(port.in_waiting, _MOST_AT_ONCE))
                for decoded in self._line.receive(data, self._clock.now()):
                    self._hand_in(decoded)
            elif self._is_due():
                for decoded in self._line.receive(b"", self._clock.now()):
                    self._hand_in(decoded)
            self._send(self._line.to_send(self._clock.now()))

    def _is_due(self) -> bool:
        wake_at = self._line.wake_at()
        return wake_at is not None and wake_at <= self._clock.now() + int(_POLL_S * SECOND)

    def _hand_in(self, decoded: Decoded) -> None:
        done = partial(self._settle, decoded, decoded.confirm, is_stored=True)
        failed = partial(self._given_up, decoded)
        while not self._stopping.is_set():
            try:
                self._put(decoded, done, failed)
            except StoreUnavailable:
                # The pipeline is behind; the line's own buffer and flow control hold the rest meanwhile.
                self._stopping.wait(_POLL_S)
            else:
                return

    def _given_up(self, decoded: Decoded, _reason: str) -> None:
        self._settle(decoded, decoded.deny, is_stored=False)

    def _settle(self, decoded: Decoded, answer: bytes, *, is_stored: bool) -> None:
        """Called by the pipeline: the line hears of it before it hears of a repeat."""
        if decoded.said is not None:
            self._settled.append((decoded.said, is_stored))
        self._send(answer)

    def _send(self, data: bytes) -> None:
        """Write an answer; one for a line that is gone is no fault, its peer will ask again."""
        port = self._port
        if not data or port is None:
            return
        with self._writing:
            try:
                port.write(data)
            except (SerialException, OSError):
                return
