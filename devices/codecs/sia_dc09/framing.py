"""Frames out of a stream of bytes: LF, sum, length, what they are about, CR.

Neither LF nor CR may stand inside a frame, so whatever fails ends at the next of them at the latest and the search
goes on there. The sum is CRC-16 (reflected polynomial A001, from 0) over all between the first quote and the CR, as
four hexadecimal digits; some panels (Lupusec) send it as two bytes, and are answered likewise.
"""

import re

import msgspec

from devices.message import Text
from devices.reading import SECOND, Instant

LARGEST_BODY = 0xFFF

_LF = 0x0A
_ENDS = re.compile(rb"[\r\n]")
_HEAD = re.compile(rb"\n(?:(..)|([0-9A-Fa-f]{4}))(0[0-9A-Fa-f]{3})\"", re.DOTALL)
"""LF, a sum of two bytes or of four digits, the length, the first quote."""
_LONGEST_HEAD = 10
_TORN_AFTER = 10 * SECOND
_SLICE = 4096
_MOST_SKIPPED = 4096
_EXCERPT = 200


class Frame(msgspec.Struct, frozen=True):
    """One frame whose sum and length are right. ``body`` is from the first quote to before the CR."""

    body: bytes
    raw: bytes
    binary_sum: bool = False


class Failed(msgspec.Struct, frozen=True):
    """What began like a frame and failed its check."""

    reason: Text
    raw: bytes


class Skipped(msgspec.Struct, frozen=True):
    """Bytes that belong to no frame, line ends apart: how many, and how they begin."""

    count: int
    raw: bytes


Piece = Frame | Failed | Skipped


def encoded(body: bytes, *, binary_sum: bool = False) -> bytes:
    """The frame as it goes on the wire. Raises ValueError for a body that no length can tell."""
    if len(body) > LARGEST_BODY:
        raise ValueError(f"a frame holds at most {LARGEST_BODY} bytes, not {len(body)}")
    crc = crc16(body)
    told = crc.to_bytes(2, "big") if binary_sum else b"%04X" % crc
    return b"\n" + told + b"%04X" % len(body) + body + b"\r"


def crc16(body: bytes) -> int:
    """CRC-16, reflected polynomial A001, initial 0, no final exclusive or."""
    crc = 0
    for byte in body:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


class Framer:
    """Keeps what has come so far; never more than one frame and a slice of what just came."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._heard_at: Instant = 0
        self._head_at: Instant | None = None
        self._skipped = bytearray()
        self._count = 0

    def feed(self, data: bytes, now: Instant) -> list[Piece]:
        """What these bytes complete; with none, what has waited for too long."""
        found: list[Piece] = []
        if data:
            self._heard_at = now
        for start in range(0, len(data) or 1, _SLICE):
            self._buffer += data[start : start + _SLICE]
            self._take_apart(found, now)
        if self._count and now - self._heard_at >= _TORN_AFTER:
            self._tell_skipped(found)
        return found

    def wake_at(self) -> Instant | None:
        """When a torn frame is given up, or skipped bytes are told, if nothing more comes."""
        if self._head_at is not None:
            return self._head_at + _TORN_AFTER
        return self._heard_at + _TORN_AFTER if self._count else None

    def held(self) -> int:
        """How many bytes wait."""
        return len(self._buffer) + len(self._skipped)

    def _take_apart(self, found: list[Piece], now: Instant) -> None:
        while (head := self._find_head()) is not None:
            piece, length = self._checked(head)
            if not length:
                if self._head_at is None:
                    self._head_at = self._heard_at
                if now - self._head_at < _TORN_AFTER:
                    break
                self._skip(1)
                continue
            self._tell_skipped(found)
            del self._buffer[:length]
            self._head_at = None
            found.append(piece)
        if self._count >= _MOST_SKIPPED:
            self._tell_skipped(found)

    def _find_head(self) -> re.Match[bytes] | None:
        """The first whole head, moved to the front; without any, only what may become one is kept."""
        head = _HEAD.search(self._buffer)
        if head is not None and head.start():
            self._skip(head.start())
            head = _HEAD.match(self._buffer)
        elif head is None:
            start = self._buffer.find(_LF, max(0, len(self._buffer) - _LONGEST_HEAD + 1))
            self._skip(len(self._buffer) if start < 0 else start)
        return head

    def _checked(self, head: re.Match[bytes]) -> tuple[Frame | Failed, int]:
        """What stands behind a head and its length: 0 if more must come."""
        buffer = self._buffer
        binary, digits, told = head[1], head[2], int(head[3], 16)
        start = head.end() - 1
        end = _ENDS.search(buffer, start, start + told + 1)
        if end is None:
            known = bytes(buffer[: start + told])
            return Failed(Text.of("sia_dc09.no_frame_end", told=told), known), start * (len(buffer) > start + told)
        body = bytes(buffer[start : end.start()])
        raw = bytes(buffer[: end.start() + (end[0] == b"\r")])
        if len(body) != told or end[0] != b"\r":
            return Failed(Text.of("sia_dc09.length", told=told, found=len(body)), raw), len(raw)
        expected, sent = crc16(body), int.from_bytes(binary, "big") if digits is None else int(digits, 16)
        if expected != sent:
            return Failed(Text.of("sia_dc09.sum", sent=f"{sent:04X}", expected=f"{expected:04X}"), raw), len(raw)
        return Frame(body, raw, digits is None), len(raw)

    def _skip(self, count: int) -> None:
        if not count:
            return
        odd = bytes(self._buffer[:count]).translate(None, b"\r\n")
        self._count += len(odd)
        self._skipped += odd[: _EXCERPT - len(self._skipped)]
        del self._buffer[:count]
        self._head_at = None

    def _tell_skipped(self, found: list[Piece]) -> None:
        if self._count:
            found.append(Skipped(self._count, bytes(self._skipped)))
            self._skipped.clear()
            self._count = 0


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC = tuple(_crc_of_byte(byte) for byte in range(256))
