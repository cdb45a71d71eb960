"""Time series in one SQLite file: a log of bursts in front, packed chunks behind it.

Theory of operation. ``append`` writes one row for a whole burst (columns packed side by side) and commits it: that
is durable, and cheap enough for 60,000 readings a second. The same readings stand in memory, in a *tail* for each
series, so the newest are read without touching the file. Once an hour, or when the tails have grown too long,
``upkeep`` seals them: each tail is packed into chunk rows, in small transactions so that no append waits long, and
only then the log rows that they cover are deleted. A kill in between leaves readings in both places, which reading
and the next sealing notice, because (series, time) is the identity of a reading.
"""

from __future__ import annotations

import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devices.errors import StoreUnavailable
from devices.reading import SECOND, Instant, Reading, Value
from gateway.ports import Aggregate, Point
from gateway.stores.aggregate import aggregated
from gateway.stores.series_chunk import pack, unpack

_SEAL_AFTER: Instant = 3600 * SECOND
_SEAL_READINGS = 1_500_000
_CHUNK_READINGS = 2_048
_MERGE_BELOW = 512
_CHUNKS_A_TRANSACTION = 250
_SCHEMA = """
CREATE TABLE IF NOT EXISTS series (
    number INTEGER PRIMARY KEY, device TEXT NOT NULL, signal TEXT NOT NULL, UNIQUE (device, signal));
CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, burst BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS texts (
    series INTEGER NOT NULL, time INTEGER NOT NULL, received INTEGER NOT NULL, quality INTEGER NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY (series, time)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunk (
    series INTEGER NOT NULL, start INTEGER NOT NULL, finish INTEGER NOT NULL, readings INTEGER NOT NULL,
    is_flag INTEGER NOT NULL, packed BLOB NOT NULL, PRIMARY KEY (series, start)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (
    series INTEGER PRIMARY KEY, time INTEGER NOT NULL, received INTEGER NOT NULL, quality INTEGER NOT NULL,
    is_flag INTEGER NOT NULL, value REAL NOT NULL);
PRAGMA user_version = 1;
"""


class _Tail:
    """The readings of one series that are not sealed, in the order in which they came."""

    __slots__ = ("latest", "number", "qualities", "sealing", "times", "values")

    def __init__(self, number: int) -> None:
        self.number = number
        self.times: array[int] = array("q")
        self.values: array[float] = array("d")
        self.qualities = bytearray()
        self.latest: Reading | None = None
        self.sealing: tuple[array[int], array[float], bytearray] | None = None

    def add(self, reading: Reading) -> None:
        if type(reading.value) is not str:
            self.times.append(reading.time)
            self.values.append(reading.value)
            self.qualities.append(reading.quality)
        if self.latest is None or reading.time >= self.latest.time:
            self.latest = reading


class SeriesSqlite:
    """gateway.ports.SeriesStore on ``folder``/series.sqlite. ``append`` belongs to one thread, reads to any."""

    def __init__(self, folder: Path, now: Callable[[], Instant]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / "series.sqlite"
        self._lock = threading.Lock()
        self._tails: dict[tuple[str, str], _Tail] = {}
        self._by_device: dict[str, dict[str, _Tail]] = {}
        self._unsealed = 0
        self._in_tails = 0
        self._sealed_at = now()
        with _unavailable(self._path):
            self._writer = self._open()
            self._writer.executescript(_SCHEMA)
            self._replay()

    # -- writing -------------------------------------------------------------------------------------------

    def append(self, readings: Sequence[Reading]) -> None:
        with _unavailable(self._path), self._transaction(self._writer):
            tails = [self._tails.get((reading.device, reading.signal)) or self._tail(reading) for reading in readings]
            numbers = [tail.number for tail in tails]
            burst, texts = _burst(numbers, readings)
            log_id = self._writer.execute("INSERT INTO log (burst) VALUES (?)", (burst,)).lastrowid
            if texts:
                self._writer.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?)", texts)
        with self._lock:
            for tail, reading in zip(tails, readings, strict=True):
                tail.add(reading)
            self._unsealed += len(readings)
            self._in_tails = log_id or 0

    def _tail(self, reading: Reading) -> _Tail:
        key = (reading.device, reading.signal)
        self._writer.execute("INSERT OR IGNORE INTO series (device, signal) VALUES (?, ?)", key)
        row = self._writer.execute("SELECT number FROM series WHERE device = ? AND signal = ?", key).fetchone()
        return self._remember(key, int(row[0]))

    def _remember(self, key: tuple[str, str], number: int) -> _Tail:
        tail = _Tail(number)
        with self._lock:
            self._tails[key] = tail
            self._by_device.setdefault(key[0], {})[key[1]] = tail
        return tail

    # -- sealing -------------------------------------------------------------------------------------------

    def upkeep(self, now: Instant) -> None:
        """Seal if it is time to. From a thread of its own; raises StoreUnavailable."""
        if self._unsealed >= _SEAL_READINGS or (self._unsealed and now - self._sealed_at >= _SEAL_AFTER):
            self.seal(now)

    def seal(self, now: Instant) -> None:
        """Pack every tail into chunks and forget the log behind them."""
        with _unavailable(self._path):
            connection = self._open()
            try:
                boundary, tails = self._set_aside()
                try:
                    self._write_chunks(connection, tails)
                    with self._transaction(connection):
                        connection.execute("DELETE FROM log WHERE id <= ?", (boundary,))
                except BaseException:
                    self._take_back(tails)
                    raise
                with self._lock:
                    for tail in tails:
                        tail.sealing = None
                self._sealed_at = now
            finally:
                connection.close()

    def _set_aside(self) -> tuple[int, list[_Tail]]:
        with self._lock:
            # A burst that is committed but not in the tails yet lies behind the boundary and stays in the log.
            tails = [tail for tail in self._tails.values() if tail.times]
            boundary = self._in_tails
            for tail in tails:
                tail.sealing = (tail.times, tail.values, tail.qualities)
                tail.times, tail.values, tail.qualities = array("q"), array("d"), bytearray()
            self._unsealed = 0
        return boundary, tails

    def _take_back(self, tails: Sequence[_Tail]) -> None:
        """Sealing failed: what was set aside is a tail again; the log still has it."""
        with self._lock:
            for tail in tails:
                if tail.sealing is not None:
                    times, values, qualities = tail.sealing
                    times.extend(tail.times)
                    values.extend(tail.values)
                    qualities.extend(tail.qualities)
                    tail.times, tail.values, tail.qualities = times, values, qualities
                    tail.sealing = None
                    self._unsealed += len(times)

    def _write_chunks(self, connection: sqlite3.Connection, tails: Sequence[_Tail]) -> None:
        for first in range(0, len(tails), _CHUNKS_A_TRANSACTION):
            group = tails[first : first + _CHUNKS_A_TRANSACTION]
            old, new, latest = [], [], []
            for tail in group:
                replaced, rows = self._chunks_of(connection, tail)
                old += replaced
                new += rows
                if tail.latest is not None:
                    newest = tail.latest
                    flag = isinstance(newest.value, bool)
                    latest.append((tail.number, newest.time, newest.received, newest.quality, flag, newest.value))
            with self._transaction(connection):
                connection.executemany("DELETE FROM chunk WHERE series = ? AND start = ?", old)
                connection.executemany("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?)", new)
                connection.executemany("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?, ?)", latest)

    def _chunks_of(
        self, connection: sqlite3.Connection, tail: _Tail
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int, int, int, bool, bytes]]]:
        """Chunk rows to delete and to write for what a tail has set aside, merged with what it overlaps."""
        assert tail.sealing is not None
        merged = {
            time: (value, quality) for time, value, quality in zip(*tail.sealing, strict=True)
        }  # the last word on an instant wins
        overlapped = connection.execute(
            "SELECT start, packed FROM chunk WHERE series = ? AND start <= ? AND finish >= ? "
            "UNION SELECT start, packed FROM (SELECT start, packed, readings FROM chunk WHERE series = ? "
            "ORDER BY start DESC LIMIT 1) WHERE readings < ?",
            (tail.number, max(merged), min(merged), tail.number, _MERGE_BELOW),
        ).fetchall()
        for _, packed in overlapped:
            for time, value, quality in zip(*unpack(packed), strict=True):
                merged.setdefault(time, (value, quality))
        times = sorted(merged)
        is_flag = tail.latest is not None and isinstance(tail.latest.value, bool)
        rows = []
        for first in range(0, len(times), _CHUNK_READINGS):
            part = times[first : first + _CHUNK_READINGS]
            packed = pack(part, [merged[time][0] for time in part], [merged[time][1] for time in part])
            rows.append((tail.number, part[0], part[-1], len(part), is_flag, packed))
        return [(tail.number, start) for start, _ in overlapped], rows

    # -- reading -------------------------------------------------------------------------------------------

    def latest(self) -> dict[tuple[str, str], Reading]:
        with self._lock:
            return {key: tail.latest for key, tail in self._tails.items() if tail.latest is not None}

    def latest_of(self, device: str) -> list[Reading]:
        """The newest reading of each signal of one device."""
        with self._lock:
            tails = self._by_device.get(device, {}).values()
            return [tail.latest for tail in tails if tail.latest is not None]

    def range(
        self,
        device: str,
        signal: str,
        start: Instant,
        end: Instant,
        step: Instant | None = None,
        aggregate: Aggregate = "mean",
    ) -> list[Point]:
        tail = self._tails.get((device, signal))
        if tail is None or end <= start:
            return []
        found: dict[Instant, tuple[Value, int]] = {}
        with _unavailable(self._path):
            connection = self._open()
            try:
                rows = connection.execute(
                    "SELECT packed FROM chunk WHERE series = ? AND start < ? AND finish >= ? ORDER BY start",
                    (tail.number, end, start),
                ).fetchall()
                texts = connection.execute(
                    "SELECT time, value, quality FROM texts WHERE series = ? AND time >= ? AND time < ?",
                    (tail.number, start, end),
                ).fetchall()
            finally:
                connection.close()
        for (packed,) in rows:
            for time, value, quality in zip(*unpack(packed), strict=True):
                if start <= time < end:
                    found[time] = (value, quality)
        for time, text, quality in texts:
            found[time] = (text, quality)
        with self._lock:
            parts = [part for part in (tail.sealing, (tail.times, tail.values, tail.qualities)) if part is not None]
            for times, values, qualities in parts:
                for place, time in enumerate(times):
                    if start <= time < end:
                        found[time] = (values[place], qualities[place])
            is_flag = tail.latest is not None and isinstance(tail.latest.value, bool)
        points = [
            Point(time, bool(value) if is_flag and step is None else value, quality)
            for time, (value, quality) in sorted(found.items())
        ]
        return points if step is None else aggregated(points, start, step, aggregate)

    def retain(self, before: Instant) -> int:
        """Forget sealed readings and texts older than ``before``: whole chunks, so a few older ones may stay."""
        with _unavailable(self._path):
            connection = self._open()
            try:
                with self._transaction(connection):
                    row = connection.execute("SELECT sum(readings) FROM chunk WHERE finish < ?", (before,)).fetchone()
                    connection.execute("DELETE FROM chunk WHERE finish < ?", (before,))
                    texts = connection.execute("DELETE FROM texts WHERE time < ?", (before,)).rowcount
            finally:
                connection.close()
        return int(row[0] or 0) + texts

    def close(self) -> None:
        self._writer.close()

    # -- inside --------------------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _replay(self) -> None:
        """Tails and newest readings as they were before the stop."""
        by_number: dict[int, tuple[str, str, _Tail]] = {}
        for number, device, signal in self._writer.execute("SELECT number, device, signal FROM series"):
            by_number[number] = (device, signal, self._remember((device, signal), number))
        newest = self._writer.execute("SELECT series, time, received, quality, is_flag, value FROM latest").fetchall()
        for number, time, received, quality, is_flag, value in newest:
            device, signal, tail = by_number[number]
            tail.latest = Reading(device, signal, bool(value) if is_flag else value, time, received, quality)
        texts = "SELECT series, max(time), received, quality, value FROM texts GROUP BY series"
        for number, time, received, quality, value in self._writer.execute(texts):
            device, signal, tail = by_number[number]
            tail.latest = Reading(device, signal, value, time, received, quality)
        for log_id, burst in self._writer.execute("SELECT id, burst FROM log ORDER BY id"):
            for number, time, received, quality, is_flag, value in _unburst(burst):
                device, signal, tail = by_number[number]
                tail.add(Reading(device, signal, bool(value) if is_flag else value, time, received, quality))
                self._unsealed += 1
            self._in_tails = log_id


_IS_FLAG = 0x80


def _burst(
    numbers: Sequence[int], readings: Sequence[Reading]
) -> tuple[bytes, list[tuple[int, int, int, int, str]]]:
    """Numbers and flags of a burst as columns side by side; its texts as rows."""
    texts = [
        (number, reading.time, reading.received, reading.quality, reading.value)
        for number, reading in zip(numbers, readings, strict=True)
        if type(reading.value) is str
    ]
    if texts:
        kept = [(n, reading) for n, reading in zip(numbers, readings, strict=True) if type(reading.value) is not str]
        numbers, readings = [n for n, _ in kept], [reading for _, reading in kept]
    columns = (
        array("I", numbers),
        array("q", [reading.time for reading in readings]),
        array("q", [reading.received for reading in readings]),
        array("d", [reading.value for reading in readings]),  # type: ignore[misc]
        bytes([r.quality | _IS_FLAG if type(r.value) is bool else r.quality for r in readings]),
    )
    return b"".join(bytes(column) if isinstance(column, bytes) else column.tobytes() for column in columns), texts


def _unburst(burst: bytes) -> Iterator[tuple[int, int, int, int, bool, float]]:
    count = len(burst) // 29
    numbers: array[int] = array("I", burst[: 4 * count])
    times: array[int] = array("q", burst[4 * count : 12 * count])
    received: array[int] = array("q", burst[12 * count : 20 * count])
    values: array[float] = array("d", burst[20 * count : 28 * count])
    for number, time, at, value, quality in zip(numbers, times, received, values, burst[28 * count :], strict=True):
        yield number, time, at, quality & ~_IS_FLAG, bool(quality & _IS_FLAG), value


@contextmanager
def _unavailable(path: Path) -> Iterator[None]:
    """What SQLite complains of, as StoreUnavailable with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        advice = "look at the disk"
        if "full" in text:
            advice = "the disk is full; make room, nothing that was acknowledged is lost"
        elif "malformed" in text or "not a database" in text:
            advice = "the file is damaged; stop the gateway and restore a backup"
        raise StoreUnavailable(f"{path.name}: {text}: {advice}") from error
    except ValueError as error:
        raise StoreUnavailable(f"{path.name}: {error}") from error
