"""Time series in one SQLite file: a log of bursts in front, packed stretches behind it.

Theory of operation. ``append`` writes one row for a whole burst (columns side by side) and commits it: that is
durable, and cheap enough for 60,000 readings a second. The same columns stand in memory, so the newest hour is read
without touching the file. Once an hour, or when they have grown long, ``upkeep`` sets them aside, starts new ones, and
seals the old: each series becomes stretches of table chunk, in small transactions so that no append waits long, and
only when all of them are durable are the log rows deleted that they cover. A kill in between leaves readings in both
places, which neither reading nor the next sealing minds, because (series, time) is the identity of a reading.

Lost with sealing: ``received``, except of each series' latest reading. Everything else comes back bit for bit.

There are no rollups: a plot over a year unpacks the year of that series (0.25 µs a reading).
"""

import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from devices.message import Text
from devices.reading import SECOND, Instant, Reading, Value
from gateway.ports import Aggregate, Point, Receipt
from gateway.stores.aggregate import aggregated
from gateway.stores.folder import FolderLock
from gateway.stores.series_catalogue import NEVER, Catalogue
from gateway.stores.series_columns import Columns, Damaged, cut, in_order, joined
from gateway.stores.series_file import SeriesFile
from gateway.stores.series_fresh import Fresh
from gateway.stores.series_log import FLAG, Burst, pack_burst, unpack_burst
from gateway.stores.series_rows import (
    read_latest,
    read_receipts,
    reading,
    stored_between,
    texts_between,
    write_latest,
    write_receipts,
    write_text,
)
from gateway.stores.series_seal import UNKNOWN, End, forget, sealed

_AHEAD: Instant = 60 * SECOND
_SEAL_AFTER: Instant = 3600 * SECOND
_SEAL_READINGS = 1_500_000
_SERIES_A_TRANSACTION = 250
_LOG_ROWS_A_TRANSACTION = 100


class SeriesSqlite:
    """gateway.ports.SeriesStore on ``folder``/series.sqlite; any thread may call anything.

    Every method may raise StoreUnavailable: disk full, file damaged, another gateway in the folder.
    """

    def __init__(self, folder: Path, now: Callable[[], Instant]) -> None:
        self._folder_lock = FolderLock(folder, "series.lock")
        self._appending = threading.Lock()
        self._sealing = threading.Lock()
        self._lock = threading.Lock()  # of what stands in memory; never held while waiting for the disk
        self._catalogue = Catalogue()
        self._fresh = Fresh()
        self._set_aside: list[Fresh] = []
        self._ends: dict[int, End] = {}
        self._sealed_at = now()
        self._known_until = self._sealed_at + _AHEAD
        try:
            self._file = SeriesFile(folder / "series.sqlite")
            with self._file.reading() as connection:
                self._replay(connection)
        except BaseException:
            self._folder_lock.release()
            raise

    def _replay(self, connection: sqlite3.Connection) -> None:
        """Everything in memory as it was before the stop."""
        catalogue = self._catalogue
        for number, device, signal in connection.execute("SELECT number, device, signal FROM series ORDER BY number"):
            if number != len(catalogue.names):
                raise Damaged(f"series {len(catalogue.names)} has no name")
            catalogue.add(number, device, signal)
        for number, known in read_latest(connection, catalogue.names):
            catalogue.note(number, known)
            if known.time > self._known_until:
                catalogue.newest[number] = NEVER
        newest = catalogue.newest
        places: dict[int, tuple[Burst, int]] = {}
        for row, packed in connection.execute("SELECT id, burst FROM log ORDER BY id"):
            burst = unpack_burst(packed)
            self._fresh.add(burst, row)
            for place, (number, time) in enumerate(zip(burst.numbers, burst.times, strict=True)):
                if time > self._known_until:
                    time = NEVER  # by a clock that was ahead: whatever is said by the right one comes after it
                if time >= newest[number]:
                    newest[number] = time
                    places[number] = burst, place
        for number, (burst, place) in places.items():
            value, quality, received = burst.values[place], burst.qualities[place], burst.received[place]
            catalogue.latest[number] = reading(catalogue.names[number], burst.times[place], value, quality, received)

    # -- writing -------------------------------------------------------------------------------------------

    def append(self, readings: Sequence[Reading], receipts: Sequence[Receipt] = ()) -> None:
        values = [reading.value for reading in readings]
        texts: list[Reading] = []
        if str in set(map(type, values)):
            texts = [reading for reading in readings if type(reading.value) is str]
            readings = [reading for reading in readings if type(reading.value) is not str]
            values = [reading.value for reading in readings]
        with self._appending:
            numbers, text_numbers = self._numbers_of(readings), self._numbers_of(texts)
            times = [reading.time for reading in readings]
            burst = Burst(
                array("I", numbers),
                array("q", times),
                array("d", values),  # type: ignore[arg-type]
                bytes([r.quality | FLAG if type(r.value) is bool else r.quality for r in readings]),
                [reading.received for reading in readings],
            )
            row: int | None = None
            with self._file.transaction() as connection:
                if readings:
                    row = connection.execute("INSERT INTO log (burst) VALUES (?)", (pack_burst(burst),)).lastrowid
                for number, text in zip(text_numbers, texts, strict=True):
                    write_text(connection, number, text)
                if receipts:
                    write_receipts(connection, receipts)
            with self._lock:
                if row is not None:
                    self._fresh.add(burst, row)
                newest, latest = self._catalogue.newest, self._catalogue.latest
                for number, time, reading in zip(numbers, times, readings, strict=True):
                    if time >= newest[number]:
                        newest[number] = time
                        latest[number] = reading
                for number, text in zip(text_numbers, texts, strict=True):
                    self._catalogue.note(number, text)

    def _numbers_of(self, readings: Sequence[Reading]) -> list[int]:
        numbers = self._catalogue.numbers
        try:
            return [numbers[reading.device][reading.signal] for reading in readings]
        except KeyError:
            self._introduce(self._catalogue.unknown(readings))
            return [numbers[reading.device][reading.signal] for reading in readings]

    def _introduce(self, names: Sequence[tuple[str, str]]) -> None:
        """Number the series that are new; durable before any reading uses the number."""
        with self._file.transaction() as connection:
            query = "INSERT INTO series (device, signal) VALUES (?, ?)"
            numbers = [connection.execute(query, name).lastrowid or 0 for name in names]
        with self._lock:
            for number, (device, signal) in zip(numbers, names, strict=True):
                self._catalogue.add(number, device, signal)

    # -- sealing -------------------------------------------------------------------------------------------

    def seal_due(self, now: Instant) -> bool:
        """Whether what is fresh is old or long enough to be packed, or a sealing broke off."""
        unsealed = len(self._fresh)
        late = unsealed > 0 and now - self._sealed_at >= _SEAL_AFTER
        return late or unsealed >= _SEAL_READINGS or bool(self._set_aside)

    @property
    def damage(self) -> Text | None:
        """What was found damaged while writing; None while nothing was."""
        return self._file.damage

    def upkeep(self, now: Instant) -> None:
        if self.seal_due(now):
            self.seal(now)
        self._file.checkpoint()

    def seal(self, now: Instant) -> None:
        """Pack what is fresh and forget the log behind it. What comes meanwhile stays for the next time.

        If it breaks off with StoreUnavailable, all stays readable, and the next call goes on with it.
        """
        with self._sealing:
            with self._lock:
                if len(self._fresh):
                    self._set_aside.append(self._fresh)
                    self._fresh = Fresh()
            while self._set_aside:
                fresh = self._set_aside[0]
                for group in _groups(fresh.numbers(), _SERIES_A_TRANSACTION):
                    self._seal_group(fresh, group)
                self._forget_log(fresh.log_row)
                with self._lock:
                    self._set_aside.remove(fresh)
            self._sealed_at = now

    def _seal_group(self, fresh: Fresh, numbers: Sequence[int]) -> None:
        # Ends are forgotten until it is certain that they are right.
        ends = [self._ends.pop(number, UNKNOWN) for number in numbers]
        with self._file.reading() as connection:
            plans = [
                sealed(connection, number, fresh.of(number), end) for number, end in zip(numbers, ends, strict=True)
            ]
        with self._lock:
            latest = [(number, self._catalogue.latest[number]) for number in numbers]
        with self._file.transaction() as connection:
            for plan in plans:
                plan.write(connection)
            write_latest(connection, [(number, reading) for number, reading in latest if reading is not None])
        self._ends.update((number, plan.end) for number, plan in zip(numbers, plans, strict=True))

    def _forget_log(self, covered: int) -> None:
        some = "DELETE FROM log WHERE id IN (SELECT id FROM log WHERE id <= ? ORDER BY id LIMIT ?)"
        deleted = 1
        while deleted:
            with self._file.transaction() as connection:
                deleted = connection.execute(some, (covered, _LOG_ROWS_A_TRANSACTION)).rowcount

    def retain(self, before: Instant) -> int:
        """Forget sealed readings and texts older than ``before``; returns how many.

        Whole stretches go at once; one that lies across ``before`` is cut when it has a week's worth to forget.
        The latest reading of a series stays known however old it is.
        """
        forgotten = 0
        with self._sealing:
            with self._lock:
                numbers = range(1, len(self._catalogue.names))
            for group in _groups(numbers, _SERIES_A_TRANSACTION):
                with self._file.transaction() as connection:
                    forgotten += sum(forget(connection, number, before) for number in group)
        return forgotten

    # -- reading -------------------------------------------------------------------------------------------

    def receipts(self) -> list[Receipt]:
        with self._file.reading() as connection:
            return read_receipts(connection)

    def latest(self) -> dict[tuple[str, str], Reading]:
        with self._lock:
            return self._catalogue.all_latest()

    def latest_of(self, device: str) -> list[Reading]:
        with self._lock:
            return self._catalogue.latest_of(device)

    def range(
        self,
        device: str,
        signal: str,
        start: Instant,
        end: Instant,
        step: Instant | None = None,
        aggregate: Aggregate = "mean",
    ) -> list[Point]:
        # Memory first, the file second: what is sealed in between is then seen twice, and not missed.
        with self._lock:
            number = self._catalogue.number_of(device, signal)
            if number is None or start >= end:
                return []
            parts = (*self._set_aside, self._fresh)
        fresh = [part.of(number) for part in parts]
        with self._file.reading() as connection:
            stored = stored_between(connection, number, start, end)
            texts = texts_between(connection, number, start, end)
        in_memory = [cut(in_order(columns), start, end - 1)[1] for columns in fresh]
        times, values, qualities = _as_were(joined([*stored, *in_memory]), texts)
        if step is not None:
            return aggregated(times, values, qualities, start, step, aggregate)
        return list(map(Point, times, values, qualities))

    def close(self) -> None:
        with self._appending:
            self._file.close()
            self._folder_lock.release()


def _as_were(
    columns: Columns, texts: Sequence[tuple[Instant, str, int]]
) -> tuple[Sequence[Instant], Sequence[Value], Sequence[int]]:
    """Stored columns with the values as they were, booleans and texts among them, in time order."""
    times, values, qualities = columns
    if max(qualities, default=0) < FLAG and not texts:
        return times, values, qualities
    words: list[Value] = [bool(v) if quality & FLAG else v for v, quality in zip(values, qualities, strict=True)]
    bits = [quality & ~FLAG for quality in qualities]
    if not texts:
        return times, words, bits
    points: dict[Instant, tuple[Value, int]] = dict(zip(times, zip(words, bits, strict=True), strict=True))
    points |= {time: (text, quality) for time, text, quality in texts}
    in_time = sorted(points)
    return in_time, [points[time][0] for time in in_time], [points[time][1] for time in in_time]


def _groups(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for first in range(0, len(numbers), size):
        yield numbers[first : first + size]
