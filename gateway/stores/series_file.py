"""The SQLite file of the time series: its tables, one writer, a few readers, and its faults in plain words.

The writing connection stands behind two locks, so that who waits is next: SQLite's own wait for a lock sleeps up to 100
ms a time. Checkpoints are made by ``upkeep``, which nobody waits for; 64 MB of write-ahead log is the bound without it.
Measured on a busy machine, the 99th percentile of an append is 27 ms alone and 55 ms while sealing.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devices.errors import StoreDamaged, StoreUnavailable
from devices.message import Text
from gateway.stores.series_columns import Damaged

_VERSION = 1
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE series (
    number INTEGER PRIMARY KEY, device TEXT NOT NULL, signal TEXT NOT NULL, UNIQUE (device, signal));
CREATE TABLE log (id INTEGER PRIMARY KEY, burst BLOB NOT NULL);
CREATE TABLE texts (
    series INTEGER NOT NULL, time INTEGER NOT NULL, received INTEGER NOT NULL, quality INTEGER NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY (series, time)) WITHOUT ROWID;
CREATE TABLE chunk (
    series INTEGER NOT NULL, start INTEGER NOT NULL, finish INTEGER NOT NULL, readings INTEGER NOT NULL,
    packed BLOB NOT NULL, UNIQUE (series, start));
CREATE TABLE latest (
    series INTEGER PRIMARY KEY, time INTEGER NOT NULL, received INTEGER NOT NULL, quality INTEGER NOT NULL,
    value);
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_ADDED = """
CREATE TABLE IF NOT EXISTS receipts (
    first INTEGER PRIMARY KEY, connection INTEGER NOT NULL, packed BLOB NOT NULL);
"""
"""Tables that a release which reads this format may do without."""
# chunk keeps its rows in the order of writing: clustered by series its pages stood half empty, and 2.05 bytes a reading
# took 4.1 on disk (2.7 now). Pages of 16 KiB would write four times as much to a flash disk for a single reading.
_IDLE_READERS = 4
_CHECKPOINT_PAGES = 16_384


class SeriesFile:
    """Every method may raise StoreUnavailable. Transactions are durable (synchronous = FULL) when they end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn, self._writing = threading.Lock(), threading.Lock()
        self._readers: list[sqlite3.Connection] = []
        self._closed = False
        self.damage: Text | None = None
        """What was found damaged while writing."""
        with self._in_plain_words():
            self._writer = self._open()
            version = self._writer.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._writer.executescript(_SCHEMA)
            elif version != _VERSION:
                self._writer.close()
                raise StoreUnavailable(
                    Text.of("series_file.other_format", file=path.name, format=version, ours=_VERSION)
                )
            self._writer.executescript(_ADDED)
        path.chmod(0o600)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; one at a time and in turn, so that nobody waits in SQLite's own back-off.

        In turn: who waits has the turn, so a thread with many small transactions lets others in between.
        """
        try:
            with self._in_plain_words(), self._in_turn():
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                    self._writer.execute("COMMIT")
                except BaseException:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    raise
        except StoreDamaged as error:
            self.damage = error.text
            raise

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        with self._turn:
            self._writing.acquire()
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that only reads; any number of threads at once, beside the writer."""
        with self._in_plain_words():
            try:
                connection = self._readers.pop()
            except IndexError:
                connection = self._open()
                connection.execute("PRAGMA query_only = ON")
            try:
                yield connection
            finally:
                if self._closed or len(self._readers) >= _IDLE_READERS:
                    connection.close()
                else:
                    self._readers.append(connection)

    def checkpoint(self) -> None:
        """Carry the write-ahead log over into the file, from a thread that nobody waits for."""
        with self.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Later calls raise StoreUnavailable."""
        with self._writing:
            self._closed = True
            while self._readers:
                self._readers.pop().close()
            self._writer.close()

    def _open(self) -> sqlite3.Connection:
        if self._closed:
            raise sqlite3.ProgrammingError("the store is closed")
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        return connection

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            kind = StoreDamaged if _is_damage(str(error)) else StoreUnavailable
            raise kind(
                Text.of("series_file.fails", file=self._path.name, reason=str(error), advice=_advice(str(error)))
            ) from error
        except Damaged as error:
            raise StoreDamaged(
                Text.of("series_file.fails", file=self._path.name, reason=str(error), advice=_DAMAGED)
            ) from error


_DAMAGED = Text.of("series_file.damaged")


def _is_damage(text: str) -> bool:
    return "malformed" in text or "not a database" in text


def _advice(text: str) -> Text:
    if "full" in text:
        return Text.of("series_file.full")
    if _is_damage(text):
        return _DAMAGED
    return Text.of("series_file.look")
