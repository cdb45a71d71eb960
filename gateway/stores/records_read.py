"""The reading side of the relational store: alerts, their history, the ledger, the feed. From any thread."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row, Select, false, func, select

from alerts.alert import Alert, AlertEvent
from alerts.case import Case
from alerts.facts import Fact
from api.catalogue import language
from api.ports import Published
from devices.errors import ChainBroken, Refused, StoreDamaged
from devices.message import Text
from devices.reading import Instant
from gateway.stores import cases, kept_facts, ledger_values, tables
from gateway.stores.database import Database
from gateway.stores.documents import UNDECODABLE, Documents, is_storable
from gateway.stores.records_rows import KINDS, read_published
from ledger.chain import GENESIS, Head
from ledger.entry import Draft, Entry, entry_of, unchecked_entry_of

_PAGE = 1_000

_MOST_NAMED = 20

T = TypeVar("T")

_alert = msgspec.json.Decoder(Alert).decode
_event = msgspec.json.Decoder(AlertEvent).decode


class RecordsReader:
    """Every method opens its own short read and may raise StoreUnavailable."""

    def __init__(self, database: Database, site: str) -> None:
        self.database, self.site = database, site
        self.damaged: dict[str, Text] = {}
        """What could not be read since the start, by its name."""
        self.documents = Documents(database, self.damaged)

    def open_alerts(self) -> list[Alert]:
        """Every alert that is not closed, oldest first."""
        rows = select(tables.alerts.c.content).where(tables.alerts.c.is_open).order_by(tables.alerts.c.raised)
        with self.database.reading() as connection:
            return self._alerts(connection.execute(rows.add_columns(tables.alerts.c.id)))

    def modes(self) -> dict[str, str]:
        """The armed modes that were ever set, by area."""
        return {row.area: row.mode for row in self._all(select(tables.modes.c.area, tables.modes.c.mode))}

    def open_cases(self) -> dict[tuple[str, str], bytes]:
        """Of workflows, by (workflow, id), as they were encoded."""
        return cases.open_cases(self.documents)

    def alert(self, alert_id: str) -> Alert | None:
        """One alert as it stands."""
        if not is_storable(alert_id):
            return None
        row = select(tables.alerts.c.content).where(tables.alerts.c.id == alert_id)
        with self.database.reading() as connection:
            content = connection.scalar(row)
        if content is None:
            return None
        try:
            return _alert(content)
        except UNDECODABLE as error:
            raise StoreDamaged(self._named(f"alert {alert_id}", error)) from error

    def alerts(
        self, *, area: str | None = None, before: Instant | None = None, open_only: bool = False, limit: int = 200
    ) -> list[Alert]:
        """Stored alerts, newest first; ``before`` (by time raised) asks for the next page."""
        table = tables.alerts
        rows = select(table.c.content).order_by(table.c.raised.desc(), table.c.id).limit(limit)
        if area is not None:
            rows = rows.where(table.c.area == area if is_storable(area) else false())
        if before is not None:
            rows = rows.where(table.c.raised < before)
        if open_only:
            rows = rows.where(table.c.is_open)
        with self.database.reading() as connection:
            return self._alerts(connection.execute(rows.add_columns(table.c.id)))

    def members(self, incident: str, since: Instant, until: Instant, limit: int = 500) -> list[Alert]:
        """The alerts of an incident, open or not, in the order of joining; its first and last were raised then.

        By when they were raised, for which there is an index, and not by a column of its own: an incident is minutes.
        """
        table = tables.alerts
        its = (table.c.raised >= since, table.c.raised <= until)
        said = f'%"incident":{msgspec.json.encode(incident).decode()}%'
        rows = select(table.c.content, table.c.id).where(*its, table.c.content.like(said)).limit(limit)
        with self.database.reading() as connection:
            found = self._alerts(connection.execute(rows.order_by(table.c.raised)))
        return sorted((each for each in found if each.incident == incident), key=lambda each: each.place)

    def _alerts(self, rows: Iterable[Row[Any]]) -> list[Alert]:
        """Those that can be read; what can't is named among ``damaged``."""
        return self._decoded(_alert, ((row.content, f"alert {row.id}") for row in rows))

    def _decoded(self, decode: Callable[[Any], T], rows: Iterable[tuple[Any, str]]) -> list[T]:
        found = []
        for content, name in rows:
            try:
                found.append(decode(content))
            except UNDECODABLE as error:
                self._named(name, error)
        return found

    def _named(self, name: str, error: Exception) -> Text:
        """Somebody must hear of it: what it says, and what is said to whoever asked for it."""
        if len(self.damaged) < _MOST_NAMED:
            self.damaged[name] = Text.of("records.damaged", name=name, reason=str(error))
        return Text.of("records.restore", name=name, reason=str(error))

    def history(self, alert_id: str) -> list[AlertEvent]:
        """Every step of an alert, in order."""
        if not is_storable(alert_id):
            return []
        table = tables.alert_events
        rows = select(table.c.content, table.c.id).where(table.c.alert == alert_id).order_by(table.c.id)
        with self.database.reading() as connection:
            steps = ((row.content, f"step {row.id} of alert {alert_id}") for row in connection.execute(rows))
            return self._decoded(_event, steps)

    def ledger(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]:
        """Entries with a sequence number above ``after``, in order."""
        table = tables.ledger
        rows = (
            select(table.c.content, table.c.hash, table.c.sequence, table.c.book, table.c.previous)
            .where(table.c.site == self.site, table.c.sequence > after)
            .order_by(table.c.sequence)
            .limit(limit)
        )
        if book is not None:
            rows = rows.where(table.c.book == book if is_storable(book) else false())
        return self._entries(self._all(rows))

    def _entries(self, rows: Sequence[Row[Any]]) -> list[Entry]:
        """Each in its place with what stands beside it."""
        return ledger_values.joined(self.database, self._read(rows, entry_of))

    def _read(self, rows: Sequence[Row[Any]], read: Callable[[bytes, str, int], Entry]) -> list[Entry]:
        """Each in its place; one that can't be read says so there."""
        found = []
        for row in rows:
            try:
                found.append(read(_bytes(row.content), row.hash, row.sequence))
            except (ChainBroken, *UNDECODABLE) as error:
                said = self._named(f"entry {row.sequence} of the ledger", error)
                draft = Draft(book=row.book, at=0, fields={"damaged": language("en").render(said)})
                found.append(Entry(row.sequence, self.site, 0, draft, row.previous, row.hash))
        return found

    def ledger_of(self, books: Sequence[str], *, after: int, limit: int, with_values: bool = True) -> list[Entry]:
        """The same of several books; for counting, so an entry that somebody has rewritten is counted as it stands.

        Not ``with_values``: without what stands beside the chain, which may be ten times as much.
        """
        table = tables.ledger
        rows = select(table.c.content, table.c.hash, table.c.sequence, table.c.book, table.c.previous).where(
            table.c.site == self.site, table.c.sequence > after, table.c.book.in_(books)
        )
        found = self._read(self._all(rows.order_by(table.c.sequence).limit(limit)), unchecked_entry_of)
        return ledger_values.joined(self.database, found) if with_values else found

    def ledger_entries_of(self, numbers: Sequence[int]) -> list[Entry]:
        """Those of these numbers that there are, in order."""
        table = tables.ledger
        rows = select(table.c.content, table.c.hash, table.c.sequence, table.c.book, table.c.previous).where(
            table.c.site == self.site, table.c.sequence.in_(numbers)
        )
        return self._entries(self._all(rows.order_by(table.c.sequence)))

    def ledger_newest(self, *, book: str | None = None, limit: int = 20, before: int = 0) -> list[Entry]:
        """The newest entries under that number (0: of all), oldest of them first."""
        table = tables.ledger
        rows = (
            select(table.c.content, table.c.hash, table.c.sequence, table.c.book, table.c.previous)
            .where(table.c.site == self.site)
            .order_by(table.c.sequence.desc())
            .limit(limit)
        )
        if book is not None:
            rows = rows.where(table.c.book == book if is_storable(book) else false())
        if before:
            rows = rows.where(table.c.sequence < before)
        return self._entries(self._all(rows))[::-1]

    def ledger_lines(self, *, values: bool = False) -> Iterator[tuple[str, bytes, Entry | None]]:
        """The hash and the content of every entry as stored, in order, right or wrong: for an export.

        With ``values`` the entry, with those that stand beside it and their salts, where it can be read.
        """
        for page in self._ledger_pages():
            entries = self._whole(page) if values else {}
            for row in page:
                yield row.hash, _bytes(row.content), entries.get(row.sequence)

    def _whole(self, page: Sequence[Row[Any]]) -> dict[int, Entry]:
        found = []
        for row in page:
            with contextlib.suppress(ChainBroken):
                found.append(entry_of(_bytes(row.content), row.hash, row.sequence))
        return {entry.sequence: entry for entry in ledger_values.joined(self.database, found, salts=True)}

    def ledger_entries(self) -> Iterator[Entry]:
        """Every entry in order, its values beside with it, for ledger.chain.verify.

        Raises ChainBroken also where a column that is searched by contradicts the content that the hash covers.
        """
        before = 0
        for page in self._ledger_pages():
            entries: list[Entry] = []
            broken: ChainBroken | None = None
            try:
                entries.extend(_matching(row, place) for place, row in enumerate(page, start=before + 1))
            except ChainBroken as error:
                broken = error
            yield from ledger_values.joined(self.database, entries, salts=True)
            if broken is not None:
                raise broken
            before += len(page)

    def _ledger_pages(self) -> Iterator[Sequence[Row[Any]]]:
        table = tables.ledger
        rows = select(table).where(table.c.site == self.site).order_by(table.c.sequence).limit(_PAGE)
        page = self._all(rows)
        while page:
            yield page
            page = self._all(rows.where(table.c.sequence > page[-1].sequence)) if len(page) == _PAGE else []

    def _all(self, rows: Select[Any]) -> Sequence[Row[Any]]:
        with self.database.reading() as connection:
            return connection.execute(rows).all()

    def ledger_head(self) -> Head:
        """Where the chain of this site stands."""
        table = tables.ledger
        newest = (
            select(table.c.sequence, table.c.hash)
            .where(table.c.site == self.site)
            .order_by(table.c.sequence.desc())
            .limit(1)
        )
        with self.database.reading() as connection:
            row = connection.execute(newest).one_or_none()
        return GENESIS if row is None else Head(*row)

    def feed_newest(self) -> int:
        """The number of the newest published event, 0 if there was none."""
        with self.database.reading() as connection:
            return connection.scalar(select(func.max(tables.feed.c.id))) or 0

    def feed_after(self, number: int, limit: int = 500) -> list[Published]:
        """Published events above ``number``, in order. Raises Refused if some of them are kept no longer."""
        table = tables.feed
        with self.database.reading() as connection:
            oldest, newest = connection.execute(select(func.min(table.c.id), func.max(table.c.id))).one()
            rows = connection.execute(
                select(table.c.id, table.c.kind, table.c.content)
                .where(table.c.id > number, table.c.kind.in_(KINDS))
                .order_by(table.c.id)
                .limit(limit)
            ).all()
        if number < (oldest or 1) - 1 or number > (newest or 0):
            raise Refused(Text.of("feed.not_kept", number=number, oldest=oldest or 0, newest=newest or 0))
        return self._decoded(lambda row: read_published(*row), ((row, f"event {row.id} of the feed") for row in rows))

    # -- workflows -----------------------------------------------------------------------------------------

    def ended_cases(self, workflow: str, limit: int) -> dict[str, bytes]:
        """The newest that have ended, newest first, by id and as they were encoded."""
        return {id_: content for (_, id_), content in cases.ended_cases(self.documents, workflow, limit).items()}

    def case(self, workflow: str, case: str) -> bytes | None:
        """One, open or not, as it was encoded."""
        return cases.case(self.documents, workflow, case)

    def read_cases(self, read: Callable[[bytes], Case], stored: Mapping[str, bytes]) -> list[Case]:
        """Those that can be read; each other is named among ``damaged``."""
        return self._decoded(read, ((content, f"case {id_}") for id_, content in stored.items()))

    def newest_facts(self, topic: str) -> dict[str, Fact]:
        """The newest kept of that topic, by device."""
        return kept_facts.newest(self.documents, topic)


def sites_of(database: Database) -> list[str]:
    """The sites that have a ledger in this database."""
    rows = select(tables.ledger.c.site).distinct().order_by(tables.ledger.c.site)
    with database.reading() as connection:
        return list(connection.scalars(rows))


def _matching(row: Row[Any], place: int) -> Entry:
    entry = entry_of(_bytes(row.content), row.hash, place)
    if (entry.sequence, entry.draft.book, entry.previous) != (row.sequence, row.book, row.previous):
        raise ChainBroken(place, "its row contradicts its content; somebody has rewritten it")
    return entry


def _bytes(content: str | bytes) -> bytes:
    """The content as it lies in the database, even where somebody has made it something else than UTF-8."""
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else bytes(content)
