"""Frames out of a stream of bytes: find the start, believe the length, check sum and end, find the next start.

GB/T 26875.3-2011, table 1. Nothing is escaped: a start or end mark may stand inside the data, so a frame ends where
its length says. Whatever fails costs one byte, and the search begins again behind it.
"""

import struct
from collections.abc import Callable

import msgspec

from devices.codecs.gbt26875.time_label import is_possible
from devices.message import Reason, Text
from devices.reading import SECOND, Instant

CONTROL, SEND, CONFIRM, REQUEST, ANSWER, DENY = 1, 2, 3, 4, 5, 6
LARGEST_UNIT = 1024

_START, _END = b"@@", b"##"
_HEAD = struct.Struct("<2sHBB6s6s6sHB")
_AROUND = _HEAD.size + 3
_TORN_AFTER = 10 * SECOND
_LOOK_BEHIND_AFTER = 1 * SECOND
"""So long nothing has come for a frame that waits for more: if a whole one stands behind its head, it was torn."""
_SLICE = 4096
_MOST_SKIPPED = 4096
_EXCERPT = 200
_DENIABLE = (CONTROL, SEND, REQUEST)


class Frame(msgspec.Struct, frozen=True):
    """One frame. Addresses and time label as they stand on the wire; ``raw`` is all of it, where it was received.

    ``sum_fault`` says what was wrong with a sum that was accepted nevertheless.
    """

    serial: int
    version: tuple[int, int]
    label: bytes
    source: bytes
    destination: bytes
    command: int
    unit: bytes = b""
    sum_fault: Reason = ""
    raw: bytes = b""

    def answer(self, command: int, label: bytes, unit: bytes = b"") -> "Frame":
        """To the sender: the same serial number and version, addresses swapped."""
        return Frame(self.serial, self.version, label, self.destination, self.source, command, unit)


class Failed(msgspec.Struct, frozen=True):
    """What looked like a frame and failed its check. ``deny`` is the frame to deny, if its head makes sense."""

    reason: Reason
    raw: bytes
    deny: Frame | None


class Skipped(msgspec.Struct, frozen=True):
    """Bytes that belong to no frame: how many, and how they begin."""

    count: int
    raw: bytes

    def reason(self) -> Text:
        """In words; frames of a protocol that is mistaken for this one are named."""
        is_other = _is_other_protocol(self.raw)
        return Text.of("gbt26875.skipped_of_another" if is_other else "gbt26875.skipped", count=self.count)


def encoded(frame: Frame) -> bytes:
    """The frame as it goes on the wire. Raises ValueError for a unit beyond 1024 bytes."""
    if len(frame.unit) > LARGEST_UNIT:
        raise ValueError(f"a data unit holds at most {LARGEST_UNIT} bytes, not {len(frame.unit)}")
    head = _HEAD.pack(
        _START,
        frame.serial,
        *frame.version,
        frame.label,
        frame.source,
        frame.destination,
        len(frame.unit),
        frame.command,
    )
    body = head + frame.unit
    return body + bytes((_sum_of(body),)) + _END


class Framer:
    """Keeps what has come so far; never more than one frame and a slice of what just came."""

    def __init__(self, is_lenient: Callable[[bytes], bool]) -> None:
        """``is_lenient(source)``: whether a wrong sum of that source is overlooked."""
        self._is_lenient = is_lenient
        self._buffer = bytearray()
        self._heard_at: Instant = 0
        self._head_at: Instant | None = None
        self._has_looked = False
        self._skipped = bytearray()
        self._count = 0
        self._excused = 0

    def feed(self, data: bytes, now: Instant) -> list[Frame | Failed | Skipped]:
        """What these bytes complete; with none, what has waited for too long."""
        found: list[Frame | Failed | Skipped] = []
        if data:
            self._heard_at, self._has_looked = now, False
        elif self._head_at is not None and not self._has_looked and now - self._heard_at >= _LOOK_BEHIND_AFTER:
            self._look_behind()
        for start in range(0, len(data) or 1, _SLICE):
            self._buffer += data[start : start + _SLICE]
            self._take_apart(found, now)
        if self._count and now - self._heard_at >= _TORN_AFTER:
            self._tell_skipped(found)
        return found

    def wake_at(self) -> Instant | None:
        """When a torn frame is given up, or skipped bytes are told, if nothing more comes."""
        if self._head_at is not None:
            torn_at = self._head_at + _TORN_AFTER
            return torn_at if self._has_looked else min(torn_at, self._heard_at + _LOOK_BEHIND_AFTER)
        return self._heard_at + _TORN_AFTER if self._count else None

    def _take_apart(self, found: list[Frame | Failed | Skipped], now: Instant) -> None:
        while self._find_start():
            checked = _checked(self._buffer, self._is_lenient)
            if checked is None:
                if self._head_at is None:
                    self._head_at = self._heard_at
                if now - self._head_at < _TORN_AFTER:
                    break
                self._skip(1)
            elif isinstance(checked, Frame):
                self._tell_skipped(found)
                del self._buffer[: len(checked.raw)]
                self._head_at, self._excused = None, 0
                found.append(checked)
            else:
                if checked.reason:
                    self._tell_skipped(found)
                    found.append(checked)
                    self._excused = max(self._excused, len(checked.raw))
                self._skip(1)
        if self._count >= _MOST_SKIPPED:
            self._tell_skipped(found)

    def _look_behind(self) -> None:
        """A frame that was torn must not hold up a fire behind it until its time is over."""
        self._has_looked = True
        start = self._buffer.find(_START, 1)
        while start >= 0:
            if isinstance(_checked(self._buffer[start:], lambda source: False), Frame):
                self._skip(start)
                return
            start = self._buffer.find(_START, start + 1)

    def _find_start(self) -> bool:
        start = self._buffer.find(_START)
        if start < 0:
            start = len(self._buffer) - self._buffer.endswith(_START[:1])
            self._skip(start)
            return False
        self._skip(start)
        return True

    def _skip(self, count: int) -> None:
        if not count:
            return
        excused = min(count, self._excused)
        self._excused -= excused
        if count > excused:
            self._count += count - excused
            room = _EXCERPT - len(self._skipped)
            self._skipped += self._buffer[excused : min(count, excused + room)]
        del self._buffer[:count]
        self._head_at, self._has_looked = None, False

    def _tell_skipped(self, found: list[Frame | Failed | Skipped]) -> None:
        if self._count:
            found.append(Skipped(self._count, bytes(self._skipped)))
            self._skipped.clear()
            self._count = 0


def _checked(buffer: bytearray, is_lenient: Callable[[bytes], bool]) -> Frame | Failed | None:
    """The frame at the head of the buffer, or why there is none; None if more must come."""
    if len(buffer) < _HEAD.size:
        return None
    _, serial, major, user, label, source, destination, length, command = _HEAD.unpack_from(buffer)
    if length > LARGEST_UNIT:
        head = Frame(serial, (major, user), label, source, destination, command)
        excerpt = bytes(buffer[: min(length, LARGEST_UNIT) + _AROUND])
        return _failed(head, Text.of("gbt26875.unit_too_long", length=length, most=LARGEST_UNIT), excerpt)
    if len(buffer) < _AROUND + length:
        return None
    raw = bytes(buffer[: _AROUND + length])
    unit = raw[_HEAD.size : -3]
    frame = Frame(serial, (major, user), label, source, destination, command, unit, "", raw)
    if not raw.endswith(_END):
        return _failed(frame, Text.of("gbt26875.ends_with", found=raw[-2:].hex(" ")), raw)
    expected = _sum_of(raw[:-3])
    if expected == raw[-3]:
        return frame
    fault = Text.of("gbt26875.sum", sent=raw[-3], expected=expected)
    if is_lenient(source):
        return msgspec.structs.replace(frame, sum_fault=fault)
    return Failed(fault, raw, frame if command in _DENIABLE else None)


def _failed(frame: Frame, reason: Reason, raw: bytes) -> Failed:
    """A start mark by chance must not be denied: without an end mark, a possible head must speak for a frame."""
    if not is_possible(frame.label) or not CONTROL <= frame.command <= DENY:
        return Failed("", raw, None)
    return Failed(reason, raw, frame if frame.command in _DENIABLE else None)


def _sum_of(body: bytes) -> int:
    """Low byte of the sum from the serial number to the end of the data unit."""
    return sum(body[len(_START) :]) & 0xFF


def _is_other_protocol(raw: bytes) -> bool:
    return raw[:1] == b"\x68" and b"\x16" in raw
