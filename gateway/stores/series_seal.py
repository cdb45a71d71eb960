"""Sealing and forgetting: which stretches fresh readings become, which older ones go into them, and which go.

Stretches of one series never overlap. What came late is put into the stretch that covers its time; a run of small
stretches at the end is packed again as one when it has grown to eight, so each reading is packed about twice in its
life and small ones do not pile up. Stretches that fit a quarter of a page took 3.3 bytes a reading instead of 2.7; a
range over a day reads a page for each stretch, one to eight of them.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from devices.reading import SECOND, Instant
from gateway.stores.series_chunk import pack, unpack
from gateway.stores.series_columns import Columns, cut, in_order, joined, merged
from gateway.stores.series_rows import stretches

_CHUNK_READINGS = 1_024
_SMALL = 400
_SMALL_ONES = 8
_TRIM_AFTER: Instant = 7 * 86_400 * SECOND
_DELETE = "DELETE FROM chunk WHERE series = ? AND start = ?"
_INSERT = "INSERT INTO chunk (series, start, finish, readings, packed) VALUES (?, ?, ?, ?, ?)"

Row = tuple[int, Instant, Instant, int, bytes]
"""Of table chunk: series, start, finish, readings, packed."""


class End(NamedTuple):
    """What is remembered of a series between two sealings, to spare asking the file.

    Nothing is sealed after ``finish``; ``small`` counts small stretches at the end, too many rather than too few.
    """

    finish: Instant
    small: int


UNKNOWN = End(2**63 - 1, _SMALL_ONES)


class Sealed(NamedTuple):
    """What sealing one series does to table chunk, and its end after that."""

    replaced: Sequence[tuple[int, Instant]]
    rows: Sequence[Row]
    end: End

    def write(self, connection: sqlite3.Connection) -> None:
        connection.executemany(_DELETE, self.replaced)
        connection.executemany(_INSERT, self.rows)


def sealed(connection: sqlite3.Connection, number: int, columns: Columns, end: End) -> Sealed:
    """Plan it for readings of one series (at least one) in any order. Reads the table, writes nothing."""
    columns = in_order(columns)
    replaced: list[tuple[int, Instant]] = []
    rows: list[Row] = []
    finish, small = columns[0][-1], end.small
    if columns[0][0] <= end.finish:
        for start, its_finish, packed in stretches(connection, number, columns[0][0], finish + 1):
            before, inside, columns = cut(columns, start, its_finish)
            rows += _rows(number, before)
            if inside[0]:
                replaced.append((number, start))
                rows += _rows(number, merged(unpack(packed), inside))
        newest = connection.execute("SELECT max(start), finish FROM chunk WHERE series = ?", (number,)).fetchone()
        finish, small = max(finish, newest[1] or finish), _SMALL_ONES
    if columns[0]:
        last = _small_ones(connection, number, columns[0][0]) if small >= _SMALL_ONES else []
        replaced += [(number, start) for start, _ in last]
        new = list(_rows(number, joined([*(unpack(packed) for _, packed in last), columns])))
        rows += new
        small = 0 if new[-1][3] >= _SMALL else 1 if last else small + 1
    return Sealed(replaced, rows, End(finish, small))


def forget(connection: sqlite3.Connection, number: int, before: Instant) -> int:
    """Delete what one series has from before ``before``; returns how many readings.

    A stretch that lies across is cut once it has a week's worth to forget.
    """
    forgotten = connection.execute("DELETE FROM texts WHERE series = ? AND time < ?", (number, before)).rowcount
    old = connection.execute(
        "SELECT start, finish, readings FROM chunk WHERE series = ? AND start < ?", (number, before)
    ).fetchall()
    for start, finish, readings in old:
        if finish < before:
            connection.execute(_DELETE, (number, start))
            forgotten += readings
        elif start < before - _TRIM_AFTER:
            query = "SELECT packed FROM chunk WHERE series = ? AND start = ?"
            (packed,) = connection.execute(query, (number, start)).fetchone()
            older, _, rest = cut(unpack(packed), before, before - 1)
            connection.execute(_DELETE, (number, start))
            connection.executemany(_INSERT, _rows(number, rest))
            forgotten += len(older[0])
    return forgotten


def _rows(number: int, columns: Columns) -> Iterator[Row]:
    """Columns in order as stretches of about equal length."""
    count = len(columns[0])
    pieces = -(-count // _CHUNK_READINGS)
    for piece in range(pieces):
        first, behind = piece * count // pieces, (piece + 1) * count // pieces
        times = columns[0][first:behind]
        yield number, times[0], times[-1], len(times), pack(times, columns[1][first:behind], columns[2][first:behind])


def _small_ones(connection: sqlite3.Connection, number: int, earliest: Instant) -> list[tuple[Instant, bytes]]:
    """The small stretches at the end of a series that are worth packing again, if ``earliest`` goes on from them."""
    last = connection.execute(
        "SELECT start, finish, readings FROM chunk WHERE series = ? ORDER BY start DESC LIMIT ?", (number, _SMALL_ONES)
    ).fetchall()
    if len(last) < _SMALL_ONES or last[0][1] >= earliest or any(readings >= _SMALL for _, _, readings in last):
        return []
    return connection.execute(
        "SELECT start, packed FROM chunk WHERE series = ? AND start >= ? ORDER BY start", (number, last[-1][0])
    ).fetchall()
