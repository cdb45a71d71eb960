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

_HEAD = Struct("<BII")
_VERSION = 1
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
            array("q", received[:1] if at_one_time else received).tobytes(),
            burst.numbers.tobytes(),
            burst.times.tobytes(),
            burst.values.tobytes(),
            burst.qualities,
        )
    )
    return _HEAD.pack(_VERSION, len(received), crc32(columns)) + columns


def unpack_burst(packed: bytes) -> Burst:
    """The same burst again. Raises Damaged."""
    try:
        version, count, checksum = _HEAD.unpack_from(packed)
    except struct.error as error:
        raise Damaged(f"a burst of the log is cut off: {error}") from error
    if version != _VERSION:
        raise Damaged(f"bursts of format {version} are from another release of keyarea")
    columns = packed[_HEAD.size :]
    times_received = (len(columns) - _WIDTH * count) / 8
    if crc32(columns) != checksum or times_received not in (1, count):
        raise Damaged("a burst of the log does not fit its checksum")
    received: array[int] = array("q", columns[: -_WIDTH * count])
    columns = columns[-_WIDTH * count :]
    return Burst(
        array("I", columns[: 4 * count]),
        array("q", columns[4 * count : 12 * count]),
        array("d", columns[12 * count : 20 * count]),
        columns[20 * count :],
        received if len(received) == count else received * count,
    )
