"""Rows of the series file as readings, and back."""

import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from devices.reading import Instant, Reading, Value
from gateway.ports import RECEIPTS_KEPT, Receipt
from gateway.stores.series_chunk import unpack
from gateway.stores.series_columns import Columns, cut
from gateway.stores.series_log import FLAG

_STRETCHES = """
SELECT start, finish, packed FROM chunk WHERE series = :series AND start < :end AND start >=
    coalesce((SELECT max(start) FROM chunk WHERE series = :series AND start <= :start), :start)
ORDER BY start
"""
_TEXTS = "SELECT time, value, quality FROM texts WHERE series = :series AND time >= :start AND time < :end"
_LATEST = """
INSERT INTO latest VALUES (?, ?, ?, ?, ?) ON CONFLICT (series) DO UPDATE SET
    time = excluded.time, received = excluded.received, quality = excluded.quality, value = excluded.value
WHERE excluded.time >= latest.time
"""


def stretches(
    connection: sqlite3.Connection, number: int, start: Instant, end: Instant
) -> list[tuple[Instant, Instant, bytes]]:
    """(start, finish, packed) of all that may touch start <= time < end: as none overlap, one more at the front."""
    return connection.execute(_STRETCHES, {"series": number, "start": start, "end": end}).fetchall()


def stored_between(connection: sqlite3.Connection, number: int, start: Instant, end: Instant) -> list[Columns]:
    """What is sealed of start <= time < end, part after part in order. Raises Damaged."""
    found = stretches(connection, number, start, end)
    return [cut(unpack(packed), start, end - 1)[1] for _, finish, packed in found if finish >= start]


def texts_between(
    connection: sqlite3.Connection, number: int, start: Instant, end: Instant
) -> list[tuple[Instant, str, int]]:
    """(time, text, quality) with start <= time < end."""
    return connection.execute(_TEXTS, {"series": number, "start": start, "end": end}).fetchall()


def write_text(connection: sqlite3.Connection, number: int, text: Reading) -> None:
    """A text is a row of its own, and at once the latest of its series if none is newer."""
    row = (number, text.time, text.received, text.quality, text.value)
    connection.execute("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?)", row)
    connection.execute(_LATEST, row)


def write_latest(connection: sqlite3.Connection, readings: Iterable[tuple[int, Reading]]) -> None:
    """Keep them, by number, where none is newer."""
    connection.executemany(
        _LATEST,
        [
            (number, r.time, r.received, r.quality | FLAG if type(r.value) is bool else r.quality, r.value)
            for number, r in readings
        ],
    )


def write_receipts(connection: sqlite3.Connection, receipts: Sequence[Receipt]) -> None:
    """Keep them, and forget those of the oldest messages beyond what is kept."""
    rows = [(receipt.first, receipt.connection, receipt.packed) for receipt in receipts]
    connection.executemany("INSERT OR REPLACE INTO receipts VALUES (?, ?, ?)", rows)
    connection.execute("DELETE FROM receipts WHERE first < ?", (receipts[-1].first - RECEIPTS_KEPT,))


def read_receipts(connection: sqlite3.Connection) -> list[Receipt]:
    return [Receipt(*row) for row in connection.execute("SELECT first, connection, packed FROM receipts")]


def read_latest(connection: sqlite3.Connection, names: list[tuple[str, str]]) -> Iterator[tuple[int, Reading]]:
    for number, time, received, quality, value in connection.execute(
        "SELECT series, time, received, quality, value FROM latest"
    ):
        # SQLite keeps "not a number" as NULL
        yield number, reading(names[number], time, math.nan if value is None else value, quality, received)


def reading(name: tuple[str, str], time: Instant, value: Value, quality: int, received: Instant) -> Reading:
    """A stored reading as it was: a boolean is stored as a number and marked in its quality."""
    return Reading(*name, bool(value) if quality & FLAG else value, time, received, quality & ~FLAG)
