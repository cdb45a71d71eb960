"""An OSDP bus on a real pseudo terminal with libosdp's device side on it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from devices.codec import Decoded
from devices.device import Device
from devices.families import bus_families
from devices.message import Text
from devices.output_orders import OutputOrder
from devices.reading import Value
from gateway.clock import SystemClock
from gateway.site.model import OsdpLine as Setup
from gateway.transports.osdp import OsdpLine
from simulators.osdp_reader import Reader, Readers
from simulators.serial_pty import SerialPty
from tests.gateway.transports.osdp_bytes import reply
from tests.rim.processes import PATIENCE_S
from tests.words import words

KEY, OTHER_KEY = bytes(range(16)), bytes(range(16, 32))


KEYS = {"osdp/gate/1": KEY, "osdp/gate/2": OTHER_KEY, "osdp/gate/6": b"k" * 24, "osdp/codes": b"c" * 16}


CARD_20 = "26:20:22591"


class Bus:
    """A gateway's line on a cable, and readers on its other end."""

    def __init__(self, folder: Path, *devices: int, **setup: Any) -> None:
        self.link = folder / "bus"
        self.told: list[Decoded] = []
        self.states: list[str] = []
        self.answers: list[str] = []
        self._changed = threading.Condition()
        self.pty = SerialPty(self.link)
        settings = Setup("gate", str(self.link), plain=(3,), **setup)
        decoder = bus_families()["osdp"].open_bus()
        self.line = OsdpLine(settings, KEYS.get, self._put, SystemClock(), self._state, decoder)
        self.serve(*devices)
        self._thread = threading.Thread(target=self.line.run)
        self._readers: Readers | None = None

    def serve(self, *devices: int) -> None:
        self.line.serve([Device(f"reader-{number}", "osdp", str(number), "gate", line="gate") for number in devices])

    def order(self, address: int, what: Any, value: bool | str = True, **more: Any) -> None:
        order = OutputOrder("o", f"reader-{address}", what, value, 0, Text.of("lines.heard"), **more)
        device = Device(f"reader-{address}", "osdp", str(address), "gate", line="gate")

        def told(step: str, why: Text | None) -> None:
            self.answers.append(f"{what} {why.key if why is not None else step}")

        self.line.order(device, order, told)

    def tick(self, address: int) -> None:
        """As gateway.lines does it."""
        self.order(address, "led", "green", duration_s=1)
        self.order(address, "buzzer", duration_s=0.4)

    def start(self, *readers: Any) -> None:
        self._readers = Readers(self.pty.fileno(), readers)
        self._readers.__enter__()
        if not self._thread.is_alive():
            self._thread.start()

    @property
    def readers(self) -> Readers:
        assert self._readers is not None
        return self._readers

    def unplug(self) -> None:
        self.readers.__exit__()
        self.pty.close()

    def plug(self, *readers: Any) -> None:
        self.pty = SerialPty(self.link)
        self.start(*readers)

    def close(self) -> None:
        self.line.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self.unplug()

    def _put(self, decoded: Decoded, done: Callable[[], None], failed: Callable[[str], None]) -> None:
        with self._changed:
            self.told.append(decoded)
            self._changed.notify_all()

    def _state(self, state: str) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    # -- what was told -------------------------------------------------------------------------------------

    def values(self, address: int, signal: str) -> list[Value]:
        reports = [report for decoded in self.told for report in decoded.reports if report.address == str(address)]
        return [value for report in reports for name, value in report.values if name == signal]

    def latest(self, address: int, signal: str) -> Value | None:
        return next(reversed(self.values(address, signal)), None)

    def notes(self) -> str:
        return "\n".join(words(decoded.malformed) for decoded in self.told if words(decoded.malformed))

    def until(self, check: Callable[[], Any], what: str) -> None:
        with self._changed:
            # What a reader was told is no message of the line: look again now and then.
            deadline = time.monotonic() + PATIENCE_S
            while not check():
                assert time.monotonic() < deadline, f"{what}; told: {self.states} {self.told[-6:]}"
                self._changed.wait(0.1)

    def until_is(self, address: int, signal: str, value: Value) -> None:
        self.until(lambda: self.latest(address, signal) == value, f"reader {address}: {signal} {value}")


class Puppet:
    """Answers as reader 1, rightly numbered, as it is made to: a reply for each command, or one for all."""

    def __init__(self, replies: dict[int, tuple[int, bytes]], other: tuple[int, bytes] | None = None) -> None:
        self._replies, self._other = replies, other
        self.block = b""

    def step(self, heard: bytes, send: Callable[[bytes], None]) -> None:
        place = heard.rfind(b"\x53\x01")
        if place < 0 or len(heard) < place + 7:
            return
        control = heard[place + 4]
        command = heard[place + 5 + (heard[place + 5] if control & 8 else 0)]
        answer = self._replies.get(command, self._other)
        if answer is not None:
            send(reply(*answer, number=control & 3, block=self.block))


def keyed() -> Reader:
    return Reader(1, KEY)
