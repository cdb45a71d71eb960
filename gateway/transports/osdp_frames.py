"""The gate in front of libosdp: whole frames with a good sum go on to it, and of a keyed reader only protected ones.

A wire that runs outdoors brings noise, and whoever holds it brings what he likes. libosdp 3.2.9 gives a reader up for
five minutes after one frame with a bad sum, and takes a card read that comes without the secure channel in more than
one place. Nothing of that kind reaches it. Memory holds one frame at most.

No I/O and no clock. Source of the format: IEC 60839-11-5, 5.9 and annex D.

In a frame that claims to belong to the handshake (security block 12 or 14) it believes a card without a signature while
the secure channel stands; one that comes before the channel stands it keeps, and tells as soon as it does. Of a reader
with a key only what is signed, the two answers of the handshake, and replies that say nothing of the world pass; the
rest is a tamper of the line. When the library checks what it believes, ``passes`` may return true: the tests that forge
cards say whether it does.
"""

from binascii import crc_hqx

import msgspec

LARGEST = 256
"""Bytes of the largest frame that libosdp takes."""
_START, _MARK = 0x53, 0xFF
_SHORTEST = 7
_IS_REPLY, _HAS_CRC, _HAS_SECURITY = 0x80, 0x04, 0x08
_ACK, _NAK, _PDID, _PDCAP, _CCRYPT, _RMAC, _BUSY = 0x40, 0x41, 0x45, 0x46, 0x76, 0x78, 0x79
_BEFORE_THE_CHANNEL = frozenset({_ACK, _NAK, _PDID, _PDCAP, _BUSY})
"""Replies that say nothing of the world."""
_HANDSHAKE = {0x12: _CCRYPT, 0x14: _RMAC}
_UNDER_A_MAC = (0x16, 0x18)


class Frame(msgspec.Struct, frozen=True):
    """A reply of the reader with that address. ``security`` is the type of its security block, 0 without one."""

    address: int
    reply: int
    security: int
    raw: bytes

    @property
    def is_key_answer(self) -> bool:
        """The reader's half of the handshake: what it makes of our challenge with its key."""
        return self.security == 0x12 and self.reply == _CCRYPT


def passes(frame: Frame, *, is_keyed: bool) -> bool:
    """Whether the library may see it: of a reader with a key, only what the key protects or what asks for it."""
    if not is_keyed:
        return frame.security == 0
    if frame.security == 0:
        return frame.reply in _BEFORE_THE_CHANNEL
    return frame.security in _UNDER_A_MAC or _HANDSHAKE.get(frame.security) == frame.reply


class Framer:
    """Finds the replies in what a bus brings; ``skipped`` counts the bytes that were part of none."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.skipped = 0

    def clear(self) -> None:
        """What came before a question is no answer to it."""
        self.skipped += len(self._held)
        self._held.clear()

    def feed(self, data: bytes) -> list[Frame]:
        """The replies that are whole now. Our own questions, which some adapters bring back, are none."""
        frames: list[Frame] = []
        held = self._held
        held += data
        place = 0
        while True:
            start = held.find(_START, place)
            end = len(held) if start < 0 else start
            self.skipped += end - place - held.count(_MARK, place, end)
            place = end
            if start < 0 or len(held) - start < 5:
                break
            length = held[start + 2] | held[start + 3] << 8
            if not _SHORTEST <= length <= LARGEST:
                self.skipped += 1
                place += 1
                continue
            if len(held) - start < length:
                break
            raw = bytes(held[start : start + length])
            if not _sum_agrees(raw):
                self.skipped += 1
                place += 1
                continue
            place = start + length
            frame = _reply(raw)
            if frame is not None:
                frames.append(frame)
        del held[:place]
        return frames


def _sum_agrees(raw: bytes) -> bool:
    if raw[4] & _HAS_CRC:
        return crc_hqx(raw[:-2], 0x1D0F) == int.from_bytes(raw[-2:], "little")
    return sum(raw) & 0xFF == 0


def _reply(raw: bytes) -> Frame | None:
    """None for a question, and for a security block that leaves no room for a reply."""
    if not raw[1] & _IS_REPLY:
        return None
    block = raw[5] if raw[4] & _HAS_SECURITY else 0
    at = 5 + block
    end = len(raw) - (2 if raw[4] & _HAS_CRC else 1)
    if at >= end or (raw[4] & _HAS_SECURITY and block < 2):
        return None
    return Frame(raw[1] & 0x7F, raw[at], raw[6] if block else 0, raw)
