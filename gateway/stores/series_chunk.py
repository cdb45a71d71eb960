"""A stretch of one series packed into a few bytes a reading, and back, exactly.

Columns, not rows. Times: nanoseconds divided by their common factor, then the change of the step (a sensor that
reports every 30 s changes its step by little), in the narrowest whole numbers that hold them. Values: as whole
numbers of 10^-n if that gives back the very same doubles, then their differences; else the doubles themselves,
byte planes apart. zlib takes what is left. Measured in benchmarks/storage.py.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate
from math import gcd
from struct import Struct

_HEAD = Struct("<BIqqqBBBB")
_VERSION = 1
_WIDTHS = "bhiq"
_MOST_DECIMALS = 6
_RAW = 255
_LARGEST_EXACT = 2**53
_VARIES = 0
_SAME = 1


def pack(times: Sequence[int], values: Sequence[float], qualities: Sequence[int]) -> bytes:
    """Readings of one series in time order (at least one), as one blob."""
    count = len(times)
    steps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    factor = gcd(*steps) or 1
    steps = [step // factor for step in steps]
    first_step = steps[0] if steps else 0
    changes = [later - earlier for earlier, later in zip(steps, steps[1:], strict=False)]
    times_code, times_bytes = _narrow(changes)
    decimals, values_code, values_bytes = _pack_values(values)
    same = len(set(qualities)) == 1
    quality_bytes = bytes(qualities[:1]) if same else bytes(qualities)
    head = _HEAD.pack(
        _VERSION, count, times[0], factor, first_step, times_code, decimals, values_code, _SAME if same else _VARIES
    )
    return head + zlib.compress(times_bytes + values_bytes + quality_bytes, 6)


def unpack(blob: bytes) -> tuple[list[int], array[float], list[int]]:
    """Times, values and qualities of a packed stretch. Raises ValueError if the blob is damaged."""
    version, count, start, factor, first_step, times_code, decimals, values_code, qualities_kind = _HEAD.unpack_from(
        blob
    )
    if version != _VERSION:
        raise ValueError(f"chunk version {version} is from another keyarea")
    try:
        body = zlib.decompress(blob[_HEAD.size :])
    except zlib.error as error:
        raise ValueError(f"chunk is damaged: {error}") from error
    changes: array[int] = array(_WIDTHS[times_code])
    size = max(count - 2, 0) * changes.itemsize
    changes.frombytes(_together(body[:size], changes.itemsize))
    times = [start]
    if count > 1:
        steps = accumulate(changes, initial=first_step)
        times = list(accumulate((step * factor for step in steps), initial=start))
    values, used = _unpack_values(body[size:], count, decimals, values_code)
    rest = body[size + used :]
    return times, values, [rest[0]] * count if qualities_kind == _SAME else list(rest[:count])


def _pack_values(values: Sequence[float]) -> tuple[int, int, bytes]:
    exact = array("d", values)
    for decimals in range(_MOST_DECIMALS + 1):
        scale = 10**decimals
        try:
            whole = [round(value * scale) for value in values]
        except (OverflowError, ValueError):
            break
        if max(map(abs, whole)) > _LARGEST_EXACT:
            break
        if array("d", [number / scale for number in whole]).tobytes() == exact.tobytes():
            differences = [whole[0], *(later - earlier for earlier, later in zip(whole, whole[1:], strict=False))]
            code, packed = _narrow(differences[1:])
            return decimals, code, differences[0].to_bytes(8, "little", signed=True) + packed
    return _RAW, 0, _apart(exact.tobytes(), 8)


def _unpack_values(body: bytes, count: int, decimals: int, code: int) -> tuple[array[float], int]:
    values: array[float] = array("d")
    if decimals == _RAW:
        values.frombytes(_together(body[: 8 * count], 8))
        return values, 8 * count
    differences: array[int] = array(_WIDTHS[code])
    size = (count - 1) * differences.itemsize
    differences.frombytes(_together(body[8 : 8 + size], differences.itemsize))
    first = int.from_bytes(body[:8], "little", signed=True)
    scale = 10**decimals
    values.extend(number / scale for number in accumulate(differences, initial=first))
    return values, 8 + size


def _narrow(numbers: Sequence[int]) -> tuple[int, bytes]:
    """The narrowest whole-number type that holds all of them, and their bytes, planes apart."""
    for code, kind in enumerate(_WIDTHS):
        try:
            packed = array(kind, numbers)
        except OverflowError:
            continue
        return code, _apart(packed.tobytes(), packed.itemsize)
    raise ValueError("a step of more than 292 years")


def _apart(data: bytes, width: int) -> bytes:
    """All first bytes, then all second bytes ...: what changes little stands together."""
    return b"".join(data[plane::width] for plane in range(width))


def _together(data: bytes, width: int) -> bytes:
    if width == 1:
        return data
    out = bytearray(len(data))
    length = len(data) // width
    for plane in range(width):
        out[plane::width] = data[plane * length : (plane + 1) * length]
    return bytes(out)
