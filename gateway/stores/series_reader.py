"""Readings of a data folder by the million, in the order of time, while a gateway writes there or none runs.

Nothing is locked and nothing changes: all is read as it stood at one moment. Meanwhile the gateway's write-ahead log
grows (a few megabytes a minute on a large site) and shrinks again when the reader ends.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from sys import intern

from devices.errors import StoreDamaged, StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant, Reading, Value
from gateway.stores.series_chunk import TimesOf, unpack, unpack_times
from gateway.stores.series_columns import NOTHING, Columns, Damaged, cut, in_order, joined, part
from gateway.stores.series_fresh import Fresh
from gateway.stores.series_log import FLAG, unpack_burst

_PIECE = 50_000
"""About so many readings at a time are in memory."""
_SHARED = 64
"""The signals of one device mostly share their times: so many stretches of times are kept unpacked."""
_SHORTEST: Instant = 60 * SECOND
_RECEIVED = attrgetter("received")
_STRETCHES = "SELECT start, rowid FROM chunk WHERE series = ? AND finish >= ? AND start < ? ORDER BY start"
_TEXTS = "SELECT series, time, value, quality FROM texts WHERE time >= ? AND time < ?"


class SeriesReader:
    """One for each process. Every method may raise StoreUnavailable."""

    def __init__(self, file: Path) -> None:
        self._file = file
        if not file.is_file():
            raise StoreUnavailable(Text.of("series_reader.none_there", file=file.name, folder=str(file.parent)))
        with self._in_plain_words():
            self._connection = sqlite3.connect(
                f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10, isolation_level=None
            )

    def close(self) -> None:
        self._connection.close()

    def counts(self) -> Mapping[str, int]:
        """How many readings of each device are sealed, about: what is to be shared out weighs so much."""
        sums = (
            "SELECT device, sum(readings) FROM series LEFT JOIN chunk ON chunk.series = series.number GROUP BY device"
        )
        with self._in_plain_words():
            return {device: count or 0 for device, count in self._connection.execute(sums)}

    def readings(self, devices: Collection[str], since: Instant, until: Instant) -> Iterator[list[Reading]]:
        """Those with since <= time < until, in pieces; when a reading was received is not kept: it is its own time."""
        with self._in_plain_words(), self._at_one_moment():
            names = {
                number: (intern(device), intern(signal))
                for number, device, signal in self._connection.execute("SELECT number, device, signal FROM series")
                if device in devices
            }
            fresh = self._fresh(names, since, until)
            times_of = lru_cache(_SHARED)(unpack_times)
            series = {
                number: _Series(self._connection, number, fresh.get(number, NOTHING), (since, until), times_of)
                for number in names
            }
            texts = self._texts(names, since, until)
            total = sum(len(each[0]) for each in fresh.values()) + self._sealed(names, since, until)
            piece = max(_SHORTEST, (until - since) * _PIECE // max(total, 1))
            for start in range(since, until, piece):
                end = min(start + piece, until)
                found = [reading for reading in texts if start <= reading.time < end]
                for number, one in series.items():
                    found += _made(names[number], one.before(end))
                found.sort(key=_RECEIVED)
                if found:
                    yield found

    def _fresh(self, names: Collection[int], since: Instant, until: Instant) -> dict[int, Columns]:
        """What is not sealed yet, of each series in order."""
        fresh = Fresh()
        for row, packed in self._connection.execute("SELECT id, burst FROM log ORDER BY id"):
            fresh.add(unpack_burst(packed), row)
        its = {number: cut(in_order(fresh.of(number)), since, until - 1)[1] for number in fresh.numbers()}
        return {number: columns for number, columns in its.items() if number in names and columns[0]}

    def _sealed(self, names: Collection[int], since: Instant, until: Instant) -> int:
        query = "SELECT series, sum(readings) FROM chunk WHERE finish >= ? AND start < ? GROUP BY series"
        return sum(count for number, count in self._connection.execute(query, (since, until)) if number in names)

    def _texts(self, names: Mapping[int, tuple[str, str]], since: Instant, until: Instant) -> list[Reading]:
        return [
            Reading(*names[number], value, time, time, quality)
            for number, time, value, quality in self._connection.execute(_TEXTS, (since, until))
            if number in names
        ]

    @contextmanager
    def _at_one_moment(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreUnavailable(Text.of("series_reader.fails", file=self._file.name, reason=str(error))) from error
        except Damaged as error:
            raise StoreDamaged(Text.of("series_reader.fails", file=self._file.name, reason=str(error))) from error


class _Series:
    """One series, handed out from its beginning to its end: each stretch is unpacked once."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        number: int,
        fresh: Columns,
        span: tuple[Instant, Instant],
        times_of: TimesOf,
    ) -> None:
        self._connection, self._times_of = connection, times_of
        self._since, self._until = span
        self._stretches = connection.execute(_STRETCHES, (number, *span)).fetchall()[::-1]
        self._fresh = fresh
        self._here, self._place = NOTHING, 0
        """What is unpacked, and how much of it was handed out."""

    def before(self, end: Instant) -> Columns:
        """All that lies before ``end`` and was not handed out yet."""
        come: list[Columns] = []
        while self._stretches and self._stretches[-1][0] < end:
            _, row = self._stretches.pop()
            (packed,) = self._connection.execute("SELECT packed FROM chunk WHERE rowid = ?", (row,)).fetchone()
            come.append(cut(unpack(packed, self._times_of), self._since, self._until - 1)[1])
        if self._fresh[0] and self._fresh[0][0] < end:
            come.append(self._fresh)
            self._fresh = NOTHING
        if come:
            left = part(self._here, self._place, len(self._here[0]))
            self._here, self._place = joined((left, *come)) if left[0] or len(come) > 1 else come[0], 0
        first, self._place = self._place, bisect_left(self._here[0], end, self._place)
        return part(self._here, first, self._place)


def _made(name: tuple[str, str], columns: Columns) -> Iterator[Reading]:
    """Good readings of one kind of value, as nearly all series hold, are made without a look at each."""
    qualities, values, times = columns[2], columns[1], columns[0].tolist()
    first = qualities[0] if qualities else 0
    if qualities.count(first) != len(qualities):
        words: Iterable[Value] = [bool(v) if q & FLAG else v for v, q in zip(values, qualities, strict=True)]
        bits: Iterable[int] = [quality & ~FLAG for quality in qualities]
    else:
        words, bits = map(bool, values) if first & FLAG else values, repeat(first & ~FLAG)
    return map(Reading, repeat(name[0]), repeat(name[1]), words, times, times, bits)
