"""One burst of readings as the row of the log that makes it durable: columns side by side, and a checksum.

The hot path: up to 60,000 readings a second go through here, so each column is one pass and nothing is compressed.
Texts are rows of a table of their own and not in here.
"""

import struct
from array import array
from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple
from zlib import crc32

from devices.reading import Instant
from gateway.stores.series_columns import Damaged

FLAG = 0x80
"""Beside the Quality bits of a stored reading: the value was a boolean."""

_HEAD = Struct("<BBIIq")
_VERSION = 1
_AT_ONE_TIME, _AT_MANY_TIMES = 0, 1
_WIDTH = 4 + 8 + 8 + 1


class Burst(NamedTuple):
    """Columns of one length, at least one reading; ``numbers`` names the series of each, ``qualities`` with FLAG."""

    numbers: "array[int]"
    times: "array[int]"
    values: "array[float]"
    qualities: bytes
    received: Sequence[Instant]


def pack_burst(burst: Burst) -> bytes:
    received = burst.received
    at_one_time = received.count(received[0]) == len(received)
    columns = b"".join(
        (
            burst.numbers.tobytes(),
            burst.times.tobytes(),
            burst.values.tobytes(),
            burst.qualities,
            b"" if at_one_time else array("q", received).tobytes(),
        )
    )
    kind = _AT_ONE_TIME if at_one_time else _AT_MANY_TIMES
    return _HEAD.pack(_VERSION, kind, len(received), crc32(columns), received[0]) + columns


def unpack_burst(packed: bytes) -> Burst:
    """The same burst again. Raises Damaged."""
    try:
        version, kind, count, checksum, first = _HEAD.unpack_from(packed)
    except struct.error as error:
        raise Damaged(f"a burst of the log is cut off: {error}") from error
    if version != _VERSION:
        raise Damaged(f"bursts of format {version} are from another release of keyarea")
    columns = packed[_HEAD.size :]
    if crc32(columns) != checksum or len(columns) != count * (_WIDTH if kind == _AT_ONE_TIME else _WIDTH + 8):
        raise Damaged("a burst of the log does not fit its checksum")
    return Burst(
        array("I", columns[: 4 * count]),
        array("q", columns[4 * count : 12 * count]),
        array("d", columns[12 * count : 20 * count]),
        columns[20 * count : 21 * count],
        [first] * count if kind == _AT_ONE_TIME else array("q", columns[21 * count :]),
    )
