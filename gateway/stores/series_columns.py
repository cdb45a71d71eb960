"""Readings of one series as columns: times, values and qualities side by side, of one length."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import lt
from typing import TypeAlias

from devices.reading import Instant

Columns: TypeAlias = "tuple[array[int], array[float], bytes]"

NOTHING: Columns = (array("q"), array("d"), b"")


class Damaged(ValueError):
    """What was stored does not fit its checksum or its format."""


def in_order(columns: Columns) -> Columns:
    """Sorted by time, each time once: the last word on an instant wins."""
    times = columns[0]
    return columns if all(map(lt, times, times[1:])) else merged(columns)


def merged(*parts: Columns) -> Columns:
    """All parts as one, sorted by time, each time once; a later part wins over an earlier."""
    last_word = {time: (value, quality) for part in parts for time, value, quality in zip(*part, strict=True)}
    times = sorted(last_word)
    words = [last_word[time] for time in times]
    return array("q", times), array("d", [value for value, _ in words]), bytes([quality for _, quality in words])


def joined(parts: Iterable[Columns]) -> Columns:
    """Parts that are each in order as one; cheap where a part ends before the next begins."""
    times, values, qualities = array("q"), array("d"), bytearray()
    for part in parts:
        if times and part[0] and part[0][0] <= times[-1]:
            times, values, mixed = merged((times, values, bytes(qualities)), part)
            qualities = bytearray(mixed)
        else:
            times += part[0]
            values += part[1]
            qualities += part[2]
    return times, values, bytes(qualities)


def cut(columns: Columns, start: Instant, finish: Instant) -> tuple[Columns, Columns, Columns]:
    """What lies before ``start``, from ``start`` to ``finish`` (both inside), and after, of columns in order."""
    left, right = bisect_left(columns[0], start), bisect_right(columns[0], finish)
    return part(columns, 0, left), part(columns, left, right), part(columns, right, len(columns[0]))


def part(columns: Columns, first: int, behind: int) -> Columns:
    """A copy of those from the place ``first`` up to ``behind``."""
    return columns[0][first:behind], columns[1][first:behind], columns[2][first:behind]
