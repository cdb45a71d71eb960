"""The writing side of the relational store: one transaction for all that follows from one turn of the pipeline.

Only the pipeline's thread calls ``commit``. The numbers that a commit counts on (head of the chain, newest feed
id) are kept in memory, move only after the database has confirmed, and are read anew after every failure. If the
confirmation itself was lost (a server that died in COMMIT), that reading also tells whether the commit had
happened; the repeat of the same batch then returns what the first attempt wrote instead of writing it twice.
"""

from collections import deque
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, Executable, Table, bindparam, delete, func, insert, select

from alerts.alert import AlertEvent
from alerts.effects import Effects
from alerts.lifecycle import Action
from devices.errors import StoreUnavailable
from devices.reading import Instant
from gateway.ports import Committed, Restored
from gateway.stores import installation, permits, tables
from gateway.stores.database import Database
from gateway.stores.records_read import RecordsReader
from gateway.stores.records_rows import (
    Row,
    alert_rows,
    entry_rows,
    event_rows,
    feed_rows,
    first_drafts,
    first_raised,
    published,
)
from ledger.chain import Head, append
from ledger.entry import Draft

_FEED_KEPT = 100_000
_FEED_SLACK = 1_000
_COMMITS_REMEMBERED = 64
_FINGERPRINTS_REMEMBERED = 20_000
_IDS_IN_ONE_QUERY = 500


class _Place(msgspec.Struct, frozen=True):
    """Where the counted things stand."""

    head: Head
    feed: int
    pruned: int
    fingerprints: tuple[tuple[int, int], ...]
    """(id of the commit, how many), oldest first"""


class _Attempt(msgspec.Struct, frozen=True):
    """A commit whose confirmation is not here yet."""

    drafts: Sequence[Draft]
    effects: Effects
    now: Instant
    place: _Place
    committed: Committed


class SqlRecords(RecordsReader):
    """gateway.ports.Records on SQLite or PostgreSQL, with the reads of RecordsReader."""

    def __init__(self, database: Database, site: str) -> None:
        super().__init__(database, site)
        self.permits = permits.Permits(database)
        self._place: _Place | None = None
        self._attempt: _Attempt | None = None

    def restore(self) -> Restored:
        """What survived the last stop. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            memories = connection.execute(select(tables.rule_memory)).all()
            modes = connection.execute(select(tables.modes.c.area, tables.modes.c.mode)).all()
            packed = connection.scalars(select(tables.fingerprints.c.packed)).all()
        return Restored(
            alerts=tuple(self.open_alerts()),
            memories={(row.rule, row.key): row.memory for row in memories},
            modes={row.area: row.mode for row in modes},
            fingerprints=frozenset(number for batch in packed for number in _unpack(batch)),
            bypasses=self.permits.bypasses(),
            tests=self.permits.running(),
        )

    def commit(self, effects: Effects, drafts: Sequence[Draft], fingerprints: Sequence[int], now: Instant) -> Committed:
        """One durable transaction, or StoreUnavailable and nothing written.

        An alert that is stored already is not raised again: its ``raised`` event and draft are left out.
        """
        place = self._place or self._read_place()
        if self._attempt is not None and (done := self._done_after_all(self._attempt, place, effects, drafts, now)):
            return done
        self._attempt = None
        try:
            with self.database.writing() as connection:
                attempt = self._write(connection, place, effects, drafts, fingerprints, now)
                self._attempt = attempt
        except StoreUnavailable:
            self._place = None
            raise
        self._place, self._attempt = attempt.place, None
        return attempt.committed

    def confirm(self) -> None:
        """Whether these records are still ours, for what is acknowledged without a commit. Raises StoreUnavailable."""
        self.database.confirm()

    def close(self) -> None:
        self.database.close()

    # -- writing -------------------------------------------------------------------------------------------

    def _write(
        self,
        connection: Connection,
        place: _Place,
        effects: Effects,
        drafts: Sequence[Draft],
        fingerprints: Sequence[int],
        now: Instant,
    ) -> _Attempt:
        stored = _stored(connection, effects.alerts)
        events = first_raised(effects.alerts, stored)
        entries, head = append(place.head, first_drafts(drafts, stored), self.site, now)
        out = published(effects, entries, place.feed)
        self._upsert(connection, tables.alerts, alert_rows(events))
        _insert(connection, tables.alert_events, event_rows(events))
        _insert(connection, tables.ledger, entry_rows(entries))
        self._upsert(connection, tables.rule_memory, _memory_rows(effects))
        self._upsert(connection, tables.modes, _mode_rows(effects))
        installation.write(connection, self.database, effects.devices)
        permits.write(connection, self.database, effects)
        _insert(connection, tables.feed, feed_rows(out))
        after = _Place(
            head=head,
            feed=place.feed + len(out),
            pruned=_prune_feed(connection, place.feed + len(out), place.pruned),
            fingerprints=_remember(connection, place.fingerprints, fingerprints),
        )
        told = len(effects.alerts) + len(effects.modes)
        committed = Committed(
            feed_ids=tuple(event.id for event in out[:told]), entries=tuple(entries), published=tuple(out)
        )
        return _Attempt(drafts, effects, now, after, committed)

    def _upsert(self, connection: Connection, table: Table, rows: list[Row]) -> None:
        if rows:
            self.database.upsert(connection, table, rows)

    # -- counting ------------------------------------------------------------------------------------------

    def _read_place(self) -> _Place:
        """Where things stand, from the database. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            oldest, newest = connection.execute(select(func.min(tables.feed.c.id), func.max(tables.feed.c.id))).one()
            rows = connection.execute(select(tables.fingerprints).order_by(tables.fingerprints.c.id)).all()
        remembered = tuple((row.id, len(_unpack(row.packed))) for row in rows)
        self._place = _Place(self.ledger_head(), newest or 0, (oldest or 1) - 1, remembered)
        return self._place

    def _done_after_all(
        self, attempt: _Attempt, place: _Place, effects: Effects, drafts: Sequence[Draft], now: Instant
    ) -> Committed | None:
        """What an unconfirmed commit wrote, if it was durable and this is the repeat of it."""
        reached = (place.head, place.feed) == (attempt.place.head, attempt.place.feed)
        is_repeat = (effects, drafts, now) == (attempt.effects, attempt.drafts, attempt.now)
        if not (reached and is_repeat and attempt.committed.published):
            return None
        self._attempt = None
        return attempt.committed


def _stored(connection: Connection, events: Sequence[AlertEvent]) -> set[str]:
    """Those of the alerts being raised that are stored already."""
    raised = [event.alert.id for event in events if event.action == Action.RAISED]
    found: set[str] = set()
    for start in range(0, len(raised), _IDS_IN_ONE_QUERY):
        ids = raised[start : start + _IDS_IN_ONE_QUERY]
        found.update(connection.scalars(select(tables.alerts.c.id).where(tables.alerts.c.id.in_(ids))))
    return found


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(_INSERTS[table.name], rows)


_INSERTS: dict[str, Executable] = {
    table.name: insert(table).inline()
    for table in (tables.alert_events, tables.ledger, tables.feed, tables.fingerprints)
}
_FORGET_FEED = delete(tables.feed).where(tables.feed.c.id <= bindparam("last"))
_FORGET_FINGERPRINTS = delete(tables.fingerprints).where(tables.fingerprints.c.id <= bindparam("last"))


def _memory_rows(effects: Effects) -> list[Row]:
    return [
        {"rule": rule, "key": key, "memory": msgspec.msgpack.encode(memory)}
        for (rule, key), memory in effects.memories.items()
    ]


def _mode_rows(effects: Effects) -> list[Row]:
    newest = {change.area: change for change in effects.modes}
    return [{"area": area, "mode": c.mode, "by": c.by, "at": c.at} for area, c in newest.items()]


def _prune_feed(connection: Connection, newest: int, pruned: int) -> int:
    """Forget feed rows beyond the kept number, a thousand or more at a time; returns the last forgotten."""
    last = newest - _FEED_KEPT
    if last - pruned < _FEED_SLACK:
        return pruned
    connection.execute(_FORGET_FEED, {"last": last})
    return last


def _remember(
    connection: Connection, remembered: tuple[tuple[int, int], ...], fingerprints: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Store the fingerprints of this commit and forget those of the oldest beyond what is kept."""
    if not fingerprints:
        return remembered
    kept = deque(remembered)
    number = kept[-1][0] + 1 if kept else 1
    packed = msgspec.msgpack.encode(list(fingerprints))
    _insert(connection, tables.fingerprints, [{"id": number, "packed": packed}])
    kept.append((number, len(fingerprints)))
    total = sum(count for _number, count in kept)
    forgotten = 0
    while len(kept) > 1 and (len(kept) > _COMMITS_REMEMBERED or total > _FINGERPRINTS_REMEMBERED):
        forgotten, count = kept.popleft()
        total -= count
    if forgotten:
        connection.execute(_FORGET_FINGERPRINTS, {"last": forgotten})
    return tuple(kept)


def _unpack(packed: bytes) -> list[int]:
    return msgspec.msgpack.decode(packed, type=list[int])
