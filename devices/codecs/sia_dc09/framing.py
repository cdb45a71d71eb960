"""Frames out of a stream of bytes: LF, sum, length, what they are about, CR.

Neither LF nor CR may stand inside a frame, so whatever fails ends at the next of them at the latest and the search
goes on there. The sum is CRC-16 (reflected polynomial A001, from 0) over all between the first quote and the CR, as
four hexadecimal digits; some panels (Lupusec) send it as two bytes, and are answered likewise.
"""

import re

import msgspec

from devices.reading import SECOND, Instant

LARGEST_BODY = 0xFFF

_LF, _CR, _QUOTE = 0x0A, 0x0D, 0x22
_ENDS = re.compile(rb"[\r\n]")
_HEX_HEAD = re.compile(rb"\n([0-9A-Fa-f]{4})(0[0-9A-Fa-f]{3})\"")
_BINARY_HEAD = re.compile(rb"\n(..)(0[0-9A-Fa-f]{3})\"", re.DOTALL)
_BINARY_QUOTE = 7
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

    reason: str
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
        while self._find_start():
            piece, length = self._checked()
            if not length:
                if self._head_at is None:
                    self._head_at = self._heard_at
                if now - self._head_at < _TORN_AFTER:
                    break
                length = 1
            if piece is None:
                self._skip(length)
                continue
            self._tell_skipped(found)
            del self._buffer[:length]
            self._head_at = None
            found.append(piece)
        if self._count >= _MOST_SKIPPED:
            self._tell_skipped(found)

    def _find_start(self) -> bool:
        start = self._buffer.find(_LF)
        self._skip(len(self._buffer) if start < 0 else start)
        return start >= 0

    def _checked(self) -> tuple[Frame | Failed | None, int]:
        """What stands at the head of the buffer and its length: nothing of length 0 if more must come."""
        buffer = self._buffer
        if len(buffer) <= _BINARY_QUOTE:
            return None, 0
        is_binary = buffer[_BINARY_QUOTE] == _QUOTE
        if not is_binary and len(buffer) < _LONGEST_HEAD:
            return None, 0
        head = (_BINARY_HEAD if is_binary else _HEX_HEAD).match(buffer)
        if head is None:
            return None, 1
        start, told = head.end() - 1, int(head[2], 16)
        end = _ENDS.search(buffer, start, start + told + 1)
        if end is None:
            if len(buffer) <= start + told:
                return None, 0
            return Failed(f"no end after the {told} bytes that it tells of", bytes(buffer[: start + told])), start
        body = bytes(buffer[start : end.start()])
        raw = bytes(buffer[: end.start() + (end[0] == b"\r")])
        if len(body) != told or end[0] != b"\r":
            return Failed(f"tells of {told} bytes and has {len(body)}", raw), len(raw)
        expected, sent = crc16(body), int.from_bytes(head[1], "big") if is_binary else int(head[1], 16)
        if expected != sent:
            return Failed(f"sum {sent:04X} instead of {expected:04X}", raw), len(raw)
        return Frame(body, raw, is_binary), len(raw)

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
