"""The writing side of the relational store: one transaction for all that follows from one turn of the pipeline.

Only the pipeline's thread calls ``commit``. The numbers that a commit counts on (head of the chain, newest feed
id) are kept in memory, move only after the database has confirmed, and are read anew after every failure. If the
confirmation itself was lost (a server that died in COMMIT), that reading also tells whether the commit had
happened; the repeat of the same batch then returns what the first attempt wrote instead of writing it twice.

Three reads before each commit, or 2,000 statements with RETURNING in a storm, are what the numbers in memory save. Two
gateways on one database are found out by the triggers (tables.py).
"""

import secrets
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select

from alerts.alert import AlertEvent
from alerts.effects import Effects
from alerts.lifecycle import Action
from alerts.restored import Restored
from devices.errors import StoreUnavailable
from devices.reading import Instant
from gateway.ports import RECEIPTS_KEPT, Committed, Receipt, RestoredRecords, Session
from gateway.stores import cases, installation, kept_facts, ledger_values, scrub, tables
from gateway.stores.database import Database
from gateway.stores.evidence import Evidence
from gateway.stores.prepared import Prepared
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
from ledger.chain import Head, append_written
from ledger.commitment import SALT_BYTES
from ledger.entry import Draft, Entry
from ledger.values_beside import erased_by

_FEED_KEPT = 100_000
_FEED_SLACK = 1_000
_KEY_BYTES = 32
_THE_SESSION = 1
_IDS_IN_ONE_QUERY = 500


Turn: TypeAlias = tuple[Sequence[Draft], Instant]
"""What the ledger says of a turn, and when it was."""


class _Place(msgspec.Struct, frozen=True):
    """Where the counted things stand."""

    head: Head
    feed: int
    pruned: int


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
        self._place: _Place | None = None
        self.evidence: Evidence | None = None
        self._attempt: _Attempt | None = None

    def restore(self) -> RestoredRecords:
        """What survived the last stop. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            memories = connection.execute(select(tables.rule_memory)).all()
            receipts = connection.execute(select(tables.receipts)).all()
            session = connection.execute(select(tables.mqtt_session)).first()
        return RestoredRecords(
            engine=Restored(
                alerts=tuple(self.open_alerts()),
                memories={(row.rule, row.key): row.memory for row in memories},
                cases=self.open_cases(),
            ),
            modes=self.modes(),
            session=Session(session.key, session.first, session.connection) if session else _first_session(),
            receipts=[Receipt(*row) for row in receipts],
        )

    def commit(self, effects: Effects, drafts: Sequence[Draft], receipts: Sequence[Receipt], now: Instant) -> Committed:
        """One durable transaction, or StoreUnavailable and nothing written.

        An alert that is stored already is not raised again: its ``raised`` event and draft are left out.
        """
        place = self._place or self._read_place()
        if self._attempt is not None and (done := self._done_after_all(self._attempt, place, effects, drafts, now)):
            return done
        self._attempt = None
        try:
            with self.database.writing() as connection:
                attempt = self._write(connection, place, effects, [(drafts, now)], receipts)
                self._attempt = attempt
        except StoreUnavailable:
            self._place = None
            raise
        self._place, self._attempt = attempt.place, None
        if attempt.committed.entries and self.evidence is not None:
            self.evidence.note(attempt.place.head)
        return attempt.committed

    def confirm(self) -> None:
        """Whether these records are still ours, for what is acknowledged without a commit. Raises StoreUnavailable."""
        self.database.confirm()

    def note_session(self, session: Session) -> None:
        """Durable when it returns. Raises StoreUnavailable."""
        with self.database.writing() as connection:
            row = {"id": _THE_SESSION, **msgspec.structs.asdict(session)}
            self.database.upsert(connection, tables.mqtt_session, [row])

    def close(self) -> None:
        self.database.close()

    # -- writing -------------------------------------------------------------------------------------------

    def _write(
        self,
        connection: Connection,
        place: _Place,
        effects: Effects,
        turns: Sequence[Turn],
        receipts: Sequence[Receipt],
    ) -> _Attempt:
        """All that followed from one turn, or from several together."""
        drafts, now = turns[-1]
        stored = _stored(connection, effects.alerts)
        events = first_raised(effects.alerts, stored)
        written, head = list[tuple[Entry, bytes]](), place.head
        for its, at in turns:
            new, head = append_written(head, first_drafts(its, stored), self.site, at, _salt)
            written += new
        entries = [entry for entry, _content in written]
        out = published(effects, entries, place.feed)
        self._upsert(connection, tables.alerts, alert_rows(events))
        _insert(connection, tables.alert_events, event_rows(events))
        _insert(connection, tables.ledger, entry_rows(written))
        ledger_values.write(connection, entries)
        self._erase(connection, entries, now)
        self._upsert(connection, tables.rule_memory, _memory_rows(effects))
        self._upsert(connection, tables.modes, _mode_rows(effects))
        installation.write(connection, self.documents, effects.devices)
        cases.write(connection, self.documents, effects)
        kept_facts.write(connection, self.documents, effects)
        _insert(connection, tables.feed, feed_rows(out))
        after = _Place(
            head=head,
            feed=place.feed + len(out),
            pruned=_prune_feed(connection, place.feed + len(out), place.pruned),
        )
        if receipts:
            self._upsert(connection, tables.receipts, [msgspec.structs.asdict(receipt) for receipt in receipts])
            _FORGET_RECEIPTS.execute(connection, [{"before": receipts[-1].first - RECEIPTS_KEPT}])
        told = len(effects.alerts) + len(effects.modes)
        committed = Committed(
            feed_ids=tuple(event.id for event in out[:told] if event.id is not None),
            entries=ledger_values.unsalted(entries),
            published=tuple(out),
        )
        return _Attempt(drafts, effects, now, after, committed)

    def _erase(self, connection: Connection, entries: Sequence[Entry], now: Instant) -> None:
        """What new entries of the book of erasures say is gone."""
        gone = {name: each for entry in entries for name, each in erased_by(entry).items()}
        if gone:
            scrub.redact(connection, self.documents, self.site, list(gone))
            ledger_values.erase(connection, self.site, gone)
            scrub.mark(connection, self.documents, now)

    def _upsert(self, connection: Connection, table: Table, rows: list[Row]) -> None:
        if rows:
            self.database.upsert(connection, table, rows)

    # -- counting ------------------------------------------------------------------------------------------

    def _read_place(self) -> _Place:
        """Where things stand, from the database. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            oldest, newest = connection.execute(select(func.min(tables.feed.c.id), func.max(tables.feed.c.id))).one()
        head = self.ledger_head()
        if self.evidence is not None:
            self.evidence.compare(head)
        self._place = _Place(head, newest or 0, (oldest or 1) - 1)
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
    if len(raised) == 1:  # a statement that is made once: of an alarm alone, half of what it costs to store
        return {row[0] for row in _STORED_ONE.execute(connection, [{"id": raised[0]}])}
    found: set[str] = set()
    for start in range(0, len(raised), _IDS_IN_ONE_QUERY):
        ids = raised[start : start + _IDS_IN_ONE_QUERY]
        found.update(connection.scalars(select(tables.alerts.c.id).where(tables.alerts.c.id.in_(ids))))
    return found


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        _INSERTS[table.name].execute(connection, rows)


_INSERTS = {table.name: Prepared(insert(table).inline()) for table in (tables.alert_events, tables.ledger, tables.feed)}
_STORED_ONE = Prepared(select(tables.alerts.c.id).where(tables.alerts.c.id == bindparam("id")))
_FORGET_FEED = delete(tables.feed).where(tables.feed.c.id <= bindparam("last"))
_FORGET_RECEIPTS = Prepared(delete(tables.receipts).where(tables.receipts.c.first < bindparam("before")))


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


def _salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def _first_session() -> Session:
    """Of a gateway that has none yet."""
    return Session(secrets.token_bytes(_KEY_BYTES))
