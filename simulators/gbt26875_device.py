"""A fire alarm transmission device (用户信息传输装置) that speaks GB/T 26875.3-2011 over TCP, UDP or a serial port.

It says how things stand, waits for the confirm of each upload and sends again what is not confirmed (clauses 6.5.4
and 6.5.5; 10 s, three times), over a new connection where the old one has gone. It sets its clock when told,
confirms a duty check and answers what it is asked. Encoder and parser are its own, from the standard's tables.
"""

import argparse
import asyncio
import contextlib
import random
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from simulators.gbt26875_ways import Connect, Send, open_port, over_serial, over_tcp, over_udp

CONTROL, SEND, CONFIRM, REQUEST, ANSWER, DENY = 1, 2, 3, 4, 5, 6
SMOKE, HEAT, CALL_POINT, FLOW = 42, 31, 23, 96
OK, FIRE, FAULT, DISABLED, FEEDBACK = 1, 2, 4, 8, 64
"""Bits of a state; a device at rest says OK alone."""
TEMPERATURE, KILOPASCAL = 3, 5
_SHANGHAI = timedelta(hours=8)
_RECONNECT_S = 0.1


@dataclass
class Upload:
    """One exchange of the device: what it sent, how often, and how that ended."""

    serial: int
    unit: bytes
    sent: int = 0
    answer: int = 0
    """Command byte of the answer; 0 while there is none."""

    @property
    def is_confirmed(self) -> bool:
        return self.answer == CONFIRM


@dataclass
class Transmitter:
    """One device. ``connect`` is one of over_tcp, over_udp and over_serial; use it with ``async with``.

    ``uploads`` is all that it has said, ``asked`` the types it was asked for. ``states`` are the data units with
    which it answers questions, by upload type.
    """

    connect: Connect
    source: int = 1001
    centre: int = 1
    answer_within_s: float = 10.0
    resends: int = 3
    uploads: list[Upload] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    states: dict[int, bytes] = field(default_factory=dict)
    clock_off: timedelta = timedelta()
    clock_was_set: asyncio.Event = field(default_factory=asyncio.Event)
    on_answer: Callable[[Upload], None] = lambda upload: None
    _serial: int = 0
    _waiting: dict[int, tuple[Upload, asyncio.Event]] = field(default_factory=dict)
    _buffer: bytearray = field(default_factory=bytearray)
    _send: Send | None = None
    _close: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.lose()

    async def say(self, unit: bytes = b"") -> Upload:
        """Upload a data unit (none: a heartbeat); returns when it is answered or was sent in vain often enough."""
        upload = Upload(self._serial, unit)
        self._serial = (self._serial + 1) & 0xFFFF
        self.uploads.append(upload)
        answered = asyncio.Event()
        self._waiting[upload.serial] = upload, answered
        frame = self.frame(SEND, unit, upload.serial)
        try:
            while upload.sent <= self.resends and not upload.answer:
                await self._connected()
                self.write(frame)
                upload.sent += 1
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self.answer_within_s):  # wait_for may swallow a cancellation
                        await answered.wait()
        finally:
            del self._waiting[upload.serial]
        self.on_answer(upload)
        return upload

    async def duty_reply(self, operator: int) -> Upload:
        """Somebody is on duty and says so."""
        return await self.say(bytes((24, 1, 0x20, operator)) + self.label())

    def frame(self, command: int, unit: bytes, serial: int) -> bytes:
        """A frame to the centre."""
        body = struct.pack("<HBB", serial, 1, 0) + self.label()
        body += self.source.to_bytes(6, "little") + self.centre.to_bytes(6, "little")
        body += struct.pack("<HB", len(unit), command) + unit
        return b"@@" + body + bytes((sum(body) % 256,)) + b"##"

    def label(self) -> bytes:
        """Its own time, six bytes."""
        now = datetime.now(UTC) + _SHANGHAI + self.clock_off
        return bytes((now.second, now.minute, now.hour, now.day, now.month, now.year - 2000))

    def write(self, data: bytes) -> None:
        """Whatever the bytes; lost if there is no connection."""
        if self._send is not None:
            self._send(data)

    def lose(self) -> None:
        """The connection is gone, by our will or not; the next upload makes a new one."""
        close, self._close, self._send = self._close, lambda: None, None
        self._buffer.clear()
        close()

    async def _connected(self) -> None:
        while self._send is None:
            try:
                self._send, self._close = await self.connect(self)
            except OSError:
                await asyncio.sleep(_RECONNECT_S)

    # -- what the centre says --------------------------------------------------------------------------------

    def heard(self, data: bytes) -> None:
        """Called with what has come."""
        self._buffer += data
        while (start := self._buffer.find(b"@@")) >= 0:
            del self._buffer[:start]
            if len(self._buffer) < 27 or len(self._buffer) < 30 + _length(self._buffer):
                return
            end = 30 + _length(self._buffer)
            frame = bytes(self._buffer[:end])
            if frame.endswith(b"##") and sum(frame[2:-3]) % 256 == frame[-3]:
                del self._buffer[:end]
                self._take(frame)
            else:
                del self._buffer[:1]

    def _take(self, frame: bytes) -> None:
        serial, command, unit = int.from_bytes(frame[2:4], "little"), frame[26], frame[27:-3]
        if frame[18:24] != self.source.to_bytes(6, "little"):
            return
        if command in (CONFIRM, DENY):
            if serial in self._waiting:
                upload, answered = self._waiting[serial]
                upload.answer = command
                answered.set()
        elif command == CONTROL and unit:
            self.asked.append(unit[0])
            if unit[0] == 90:
                self._set_clock(unit[2:8])
            self.write(self.frame(CONFIRM, b"", serial))
        elif command == REQUEST and unit:
            self.asked.append(unit[0])
            state = self.states.get(unit[0] - 60)
            self.write(self.frame(DENY if state is None else ANSWER, state or b"", serial))

    def _set_clock(self, label: bytes) -> None:
        second, minute, hour, day, month, year = label
        told = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC) - _SHANGHAI
        self.clock_off = told - datetime.now(UTC)
        self.clock_was_set.set()


def _length(buffer: bytearray) -> int:
    return int.from_bytes(buffer[24:26], "little")


# -- data units ------------------------------------------------------------------------------------------------


def component_state(label: bytes, component_type: int, address: int, bits: int, text: str = "") -> bytes:
    """Type 2, one component of fire alarm system no. 1."""
    where = text.encode("gb18030")[:31].ljust(31, b"\0")
    return struct.pack("<BBBBBIH31s", 2, 1, 1, 1, component_type, address, bits, where) + label


def analogue(label: bytes, component_type: int, address: int, quantity: int, counts: int) -> bytes:
    """Type 3, one value of one component."""
    return struct.pack("<BBBBBIBh", 3, 1, 1, 1, component_type, address, quantity, counts) + label


def system_state(label: bytes, bits: int) -> bytes:
    """Type 1, fire alarm system no. 1."""
    return struct.pack("<BBBBH", 1, 1, 1, 1, bits) + label


def system_operation(label: bytes, bits: int) -> bytes:
    """Type 4: what somebody did at the panel; bit 0 is a reset."""
    return bytes((4, 1, 1, 1, bits, 0)) + label


def device_state(label: bytes, bits: int) -> bytes:
    """Type 21, the device itself."""
    return bytes((21, 1, bits)) + label


# -- by hand ---------------------------------------------------------------------------------------------------


async def _run(device: Transmitter, every_s: float, fire_after_s: float | None) -> None:
    """Heartbeats, a temperature, and if so wished a fire."""

    async def burn(after_s: float) -> None:
        await asyncio.sleep(after_s)
        await device.say(component_state(device.label(), SMOKE, 0x00110002, OK | FIRE, "3层配电间烟感"))

    async with device, asyncio.TaskGroup() as group:
        if fire_after_s is not None:
            group.create_task(burn(fire_after_s), name="fire")
        while True:
            await device.say()
            counts = random.randint(205, 225)
            await device.say(analogue(device.label(), HEAT, 0x00120002, TEMPERATURE, counts))
            await asyncio.sleep(every_s)


def _tell(upload: Upload) -> None:
    ends = {CONFIRM: "confirmed", DENY: "denied"}.get(upload.answer, "no answer")
    name = f"type {upload.unit[0]}" if upload.unit else "heartbeat"
    print(f"{upload.serial:5} {name:<10} {ends} after {upload.sent} x")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.gbt26875_device", description=__doc__)
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument("--tcp", metavar="HOST:PORT")
    ways.add_argument("--udp", metavar="HOST:PORT")
    ways.add_argument("--serial", metavar="PATH", help="a serial port; --baud says how fast")
    parser.add_argument("--baud", type=int, default=9600)
    parser.add_argument("--source", type=int, default=1001, help="the number of the device")
    parser.add_argument("--every", type=float, default=20.0, metavar="S", help="seconds between two heartbeats")
    parser.add_argument("--fire-after", type=float, metavar="S", help="a smoke detector trips after so many seconds")
    args = parser.parse_args()
    host, _, port = (args.tcp or args.udp or ":0").rpartition(":")
    if args.serial:
        connect = over_serial(open_port(args.serial, args.baud))
    else:
        connect = (over_tcp if args.tcp else over_udp)(host, int(port))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(Transmitter(connect, args.source, on_answer=_tell), args.every, args.fire_after))
    return 0


if __name__ == "__main__":
    sys.exit(main())
