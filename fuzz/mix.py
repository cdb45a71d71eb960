"""Hostile input out of recorded: bits and bytes changed, pieces cut, doubled, moved, spliced; sums put right or not."""

import re
from collections.abc import Callable, Sequence
from random import Random

LARGEST = 2048

_ODD_BYTES = (0x00, 0x01, 0x7F, 0x80, 0xFF, 0x0A, 0x0D, 0x22, 0x40, 0x23, 0x5B, 0x5D, 0x7B, 0x7D)
_ODD_WORDS = (
    *(b"null", b"true", b"-1", b"1e999", b"NaN", b'""', b"[]", b"{}", b"9" * 40, b"\\ud800", b"\xef\xbf\xbe"),
    *(b"\xff" * 9 + b"\x01", b"\x80\x00", b"\xff\xff\xff\xff", b"\x7f\xf8\x00\x00", b"@@", b"##", b"\r\n", b"|", b"^"),
)
_NUMBERS = re.compile(rb"\d+")


class Mix:
    """Makes inputs from seeds; the same numbers of chance make the same."""

    def __init__(self, seeds: Sequence[bytes], put_right: Callable[[bytes, Random], bytes] | None = None) -> None:
        self._seeds = tuple(seed[:LARGEST] for seed in seeds) or (b"",)
        self._put_right = put_right

    def fresh(self, chance: Random) -> bytes:
        """One that begins with a seed, mostly a short one: much in one input costs much and shows little."""
        among = 1 if chance.random() < 0.05 else 4
        return self.changed(min(chance.choices(self._seeds, k=among), key=len), chance)

    def changed(self, data: bytes, chance: Random) -> bytes:
        """That input with one to eight changes, its sums put right in two of three."""
        for _ in range(min(1 + int(chance.expovariate(0.6)), 8)):
            data = chance.choice(_CHANGES)(data, self._seeds, chance)[:LARGEST]
        if self._put_right is not None and chance.random() < 0.66:
            data = self._put_right(data, chance)[:LARGEST]
        return data


def _flip(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    if not data:
        return b"\n"
    place = chance.randrange(len(data))
    return data[:place] + bytes((data[place] ^ 1 << chance.randrange(8),)) + data[place + 1 :]


def _set(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    byte = chance.choice(_ODD_BYTES) if chance.random() < 0.5 else chance.randrange(256)
    return data[:place] + bytes((byte,)) + data[place + 1 :]


def _cut(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[end:]


def _torn(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    """Its beginning, and a whole one behind it."""
    return data[: chance.randrange(len(data) + 1)] + chance.choice(seeds)


def _double(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[start:end] * chance.choice((1, 1, 1, 2, 2, 20)) + data[end:]


def _insert(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    word = chance.choice(_ODD_WORDS) if chance.random() < 0.7 else chance.randbytes(chance.randrange(1, 30))
    return data[:place] + word + data[place:]


def _splice(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    """Its beginning, and the end of another."""
    other = chance.choice(seeds)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _transplant(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    """A piece of another in its middle, over as many bytes of its own."""
    other = chance.choice(seeds)
    start, end = sorted(chance.randrange(len(other) + 1) for _ in range(2))
    place = chance.randrange(len(data) + 1)
    return data[:place] + other[start:end] + data[place + end - start :]


def _number(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    """Another number where one is written."""
    found = list(_NUMBERS.finditer(data))
    if not found:
        return _set(data, seeds, chance)
    at = chance.choice(found)
    width = at.end() - at.start()
    if chance.random() < 0.7:
        return data[: at.start()] + b"%0*d" % (width, chance.randrange(10**width)) + data[at.end() :]
    return data[: at.start()] + b"%d" % (1 << chance.choice((7, 8, 15, 16, 31, 63, 64, 200))) + data[at.end() :]


def _whole(data: bytes, seeds: Sequence[bytes], chance: Random) -> bytes:
    """Another, whole, behind it."""
    return data + chance.choice(seeds)


_CHANGES = (_flip, _flip, _set, _cut, _torn, _double, _insert, _splice, _transplant, _number, _number, _whole)
