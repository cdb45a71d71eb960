"""The figures of alarm management as far as they are counted: read on from the steps that are committed, in the upkeep.

An alarm never waits for any of it. What was counted is stored by day, with the number of the newest step that it holds,
in one transaction; so a start reads on where it was left, and another time zone counts anew. docs/adr/0286
"""

from collections import deque
from collections.abc import Callable
from threading import Lock

import msgspec
from sqlalchemy import func, select

from alerts.calendar import Calendar
from alerts.kpi.counting import Count, Counted, days_between, quarters
from alerts.kpi.day import HALF_HOUR_MIN, Day, Piece, joined
from alerts.kpi.step import Arrival, Step, read_step
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.stores import tables
from gateway.stores.documents import UNDECODABLE, document
from gateway.stores.obligation_evidence import PROJECTION
from gateway.stores.records import SqlRecords
from ledger.chain import Head
from ledger.entry import Entry

DAY_OF_FIGURES = "kpi_day"
"""Kind of document; the id is the local day."""
_NAME = "kpi"
_FORM = 1
"""Of what is counted: another one counts from the beginning."""
_PAGE = 500
_A_TURN = 4_000
"""Steps that are read in the background at once: a fifth of a second of a core."""
_AT_ONCE = 1_000
"""Steps that whoever asks waits for."""
_SAVED_EVERY = 2_000
_SAVED_EVERY_S: Instant = 60 * SECOND
_APART_DAYS, _KEPT_DAYS = 35, 800
"""So long half hours are told apart, and days are kept."""
_DAY: Instant = 86_400 * SECOND


class _Kept(msgspec.Struct, frozen=True):
    """What is stored beside the days."""

    form: int
    zone: str
    counted: Counted


class SumOf(msgspec.Struct, frozen=True):
    """A span: the sum of its pieces, how many alerts were stale on each of its days, seconds in flood."""

    whole: Piece
    stale_days: tuple[int, ...]
    flood_s: float


class AlarmFigures:
    """Asked from any thread. ``positions``: how many people are at operator positions then."""

    def __init__(self, records: SqlRecords, calendar: Calendar, positions: Callable[[Instant], int]) -> None:
        self._records, self._calendar, self._positions = records, calendar, positions
        self._lock = Lock()
        self._count: Count | None = None
        self._whole: dict[str, Piece] = {}
        self._arrivals: deque[tuple[int, Arrival]] = deque()
        self._scanned = self._saved = 0
        self._saved_at: Instant = 0

    # -- reading -------------------------------------------------------------------------------------------

    def read_on(self, now: Instant) -> None:
        """Some of what is new; between two pages others may ask. Raises StoreUnavailable."""
        for _ in range(_A_TURN // _PAGE):
            with self._lock:
                if not self._follow():
                    break
        with self._lock:
            if self._is_to_save(now):
                self._save(now)

    def progress(self) -> tuple[int, int]:
        """So many steps are counted, of so many; a little that is left is read first. Raises StoreUnavailable."""
        with self._lock:
            newest, count = self._newest(), self._current()
            if newest - count.counted.step <= _AT_ONCE:
                while count.counted.step < newest and self._follow():  # in a storm there are more by then
                    pass
            return min(count.counted.step, newest), newest

    # -- what is asked -------------------------------------------------------------------------------------

    def first(self) -> Instant | None:
        """When the first step was."""
        with self._lock:
            return self._current().counted.first or None

    def standing_for(self, now: Instant) -> list[tuple[str, Instant]]:
        """(source, since) of what stands for more than a day now, oldest first."""
        with self._lock:
            return self._current().standing_for(now)

    def sum_of(self, since: Instant, until: Instant, now: Instant) -> SumOf:
        """Of a span that begins and ends where local half hours do, or with now."""
        with self._lock:
            count = self._current()
            if since >= until:
                return SumOf(Piece(), (), 0)
            names = list(days_between(self._calendar, since, until - 1))
            pieces = []
            for place, name in enumerate(names):
                day = count.days.get(name)
                is_cut = place in (0, len(names) - 1)
                if day is not None:
                    pieces.append(self._cut(name, day, since, until) if is_cut else self._of(name, day))
            whole = joined(pieces)
            flood_s = whole.flood_s + _open_flood(count, since, until, now)
            return SumOf(whole, self._stale(count, names, now), flood_s)

    def days(self, since: Instant, until: Instant) -> list[tuple[str, int, int]]:
        """(local day, how many alerts, seconds in flood) of each whole day from ``since`` until before ``until``."""
        with self._lock:
            count, found = self._current(), []
            for name in days_between(self._calendar, since, until - 1):
                day = count.days.get(name)
                its = self._of(name, day) if day is not None else Piece()
                found.append((name, its.raised, its.flood_s))
            return found

    def _cut(self, name: str, day: Day, since: Instant, until: Instant) -> Piece:
        """The part of a day that lies within."""
        starts = self._calendar.day(since).isoformat() == name
        ends = self._calendar.day(until).isoformat() == name
        first = self._calendar.minute(since) // HALF_HOUR_MIN if starts else 0
        after = -(-self._calendar.minute(until) // HALF_HOUR_MIN) if ends else 2 * 24
        if day.folded is not None or (first == 0 and after >= 2 * 24):
            return self._of(name, day)
        return joined(piece for number, piece in sorted(day.pieces.items()) if first <= number < after)

    def _of(self, name: str, day: Day) -> Piece:
        if name not in self._whole:
            self._whole[name] = day.whole()
        return self._whole[name]

    def _stale(self, count: Count, names: list[str], now: Instant) -> tuple[int, ...]:
        """Those that are over are counted; what stands now is stale since a day after it began."""
        found = {name: count.days[name].stale if name in count.days else 0 for name in names}
        for _, since in count.standing_for(now):
            for name in days_between(self._calendar, since + _DAY, now):
                if name in found:
                    found[name] += 1
        today = self._calendar.day(now).isoformat()
        return tuple(stale for name, stale in found.items() if name <= today)

    # -- the store -----------------------------------------------------------------------------------------

    def _current(self) -> Count:
        """As it is stored, at the first look."""
        if self._count is None:
            documents = self._records.documents
            found = documents.one(PROJECTION, _NAME)
            kept = documents.read([found] if found is not None else [], _Kept).whole.get(_NAME)
            if kept is not None and (kept.form, kept.zone) == (_FORM, self._calendar.zone):
                days = documents.read(documents.open_of(DAY_OF_FIGURES), Day).whole
                self._count = Count(self._calendar, self._positions, kept.counted, days)
            else:
                self._count = Count(self._calendar, self._positions)
            self._saved, self._scanned = self._count.counted.step, self._count.counted.entry
        return self._count

    def _newest(self) -> int:
        with self._records.database.reading() as connection:
            return connection.scalar(select(func.max(tables.alert_events.c.id))) or 0

    def _follow(self) -> bool:
        """A page of steps, and whoever arrived meanwhile. Whether there was something to read."""
        count, table = self._current(), tables.alert_events
        self._scan(self._records.ledger_head())
        rows = select(table.c.id, table.c.content).where(table.c.id > count.counted.step)
        with self._records.database.reading() as connection:
            found = connection.execute(rows.order_by(table.c.id).limit(_PAGE)).all()
        for row in found:
            step = self._read(row.id, row.content)
            if step is not None:
                self._arrive(count, step.at)
                count.step(step)
            count.counted.step = row.id
        had_arrivals = bool(self._arrivals)
        if len(found) < _PAGE:
            self._arrive(count, None)
            count.counted.entry = self._scanned
        for name in count.changed:
            self._whole.pop(name, None)
        return bool(found) or had_arrivals

    def _read(self, number: int, content: str | bytes) -> Step | None:
        try:
            return read_step(content)
        except UNDECODABLE as error:
            name = f"step {number} of an alert"
            self._records.damaged.setdefault(name, Text.of("records.damaged", name=name, reason=str(error)))
            return None

    def _scan(self, head: Head) -> None:
        """Entries which say that whoever was sent has arrived (alerts.facts.DISPATCH)."""
        if head.sequence <= self._scanned:
            return
        table = tables.ledger
        its = select(table.c.sequence).where(
            table.c.site == self._records.site,
            table.c.sequence > self._scanned,
            table.c.sequence <= head.sequence,
            table.c.content.like('%"is_there":true%'),
        )
        with self._records.database.reading() as connection:
            numbers = list(connection.scalars(its.order_by(table.c.sequence)))
        for start in range(0, len(numbers), _PAGE):
            for entry in self._records.ledger_entries_of(numbers[start : start + _PAGE]):
                fields = entry.draft.fields
                if fields.get("is_there") is True and "origin" not in fields:  # one that is told is not real
                    self._arrivals.append((entry.sequence, _arrival(entry)))
        self._scanned = head.sequence

    def _arrive(self, count: Count, until: Instant | None) -> None:
        """Those that were there before that time; None: all."""
        while self._arrivals and (until is None or self._arrivals[0][1].at < until):
            sequence, arrival = self._arrivals.popleft()
            count.arrival(arrival)
            count.counted.entry = sequence

    def _is_to_save(self, now: Instant) -> bool:
        count = self._current()
        new = count.counted.step - self._saved
        return new >= _SAVED_EVERY or (bool(count.changed) and not 0 <= now - self._saved_at < _SAVED_EVERY_S)

    def _save(self, now: Instant) -> None:
        """The days that were counted on, and how far; old ones are folded, and at last forgotten."""
        count, documents = self._current(), self._records.documents
        folds = self._calendar.day(count.counted.last - _APART_DAYS * _DAY).isoformat()
        keeps = self._calendar.day(count.counted.last - _KEPT_DAYS * _DAY).isoformat()
        for name, day in count.days.items():
            if name < folds and day.pieces:
                day.fold()
                count.changed.add(name)
        gone = [name for name in count.days if name < keeps]
        kept = _Kept(_FORM, self._calendar.zone, count.counted)
        rows = [document(DAY_OF_FIGURES, name, count.days[name]) for name in sorted(count.changed) if name not in gone]
        with documents.database.writing() as connection:
            documents.put(connection, [*rows, document(PROJECTION, _NAME, kept)])
            documents.forget(connection, DAY_OF_FIGURES, gone)
        for name in gone:
            del count.days[name]
        count.changed.clear()
        self._saved, self._saved_at = count.counted.step, now


def _arrival(entry: Entry) -> Arrival:
    fields = entry.draft.fields
    """A response is a case of its incident, and names the first alert of it."""
    named = fields.get("alerts") or (fields.get("alert", ""),)
    alerts = tuple(str(each) for each in named if each) if isinstance(named, tuple | list) else ()
    incident = str(fields.get("incident", "") or (fields.get("case", "") if alerts else ""))
    return Arrival(entry.draft.at, entry.draft.area, incident, alerts)


def _open_flood(count: Count, since: Instant, until: Instant, now: Instant) -> float:
    """Seconds of the flood that goes on, or whose end nobody has counted yet."""
    flood = count.flood(now)
    if flood is None:
        return 0.0
    return sum(ends - begins for begins, ends in quarters(max(since, flood[0]), min(until, flood[1]))) / SECOND
