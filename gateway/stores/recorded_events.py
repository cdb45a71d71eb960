"""What was recorded beside readings and that rules, or the people in front of them, had to do with: for a trial.

Modes, facts and records are those of the feed, which keeps the newest 100,000 events; what people did with alerts and
what they found of them is kept for ever.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import msgspec
from sqlalchemy import Select, func, select

from alerts.alert import Alert, AlertEvent
from alerts.effects import ModeChanged
from alerts.event import SIGNATURES, Corrected, Recorded, Signed
from alerts.facts import SUPPRESSION_BEGUN, SUPPRESSION_ENDED, Fact
from alerts.lifecycle import Action
from alerts.moves import SetMode
from alerts.trial.recording import Finding, Handled, HeldBack, Missed, Moment, Told, findings_of
from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.documents import UNDECODABLE
from gateway.stores.records_read import RecordsReader
from gateway.stores.records_rows import read_published
from ledger.entry import Draft, Entry
from ledger.journal import ALERTS, EVENTS, INSTALLATION

_PAGE = 1_000
_DONE = {
    Action.ACKNOWLEDGE: "acknowledge",
    Action.RESET: "reset",
    Action.CLOSE: "close",
    Action.END_CAUSE: "end_cause",
}


class RecordedEvents(msgspec.Struct, frozen=True):
    """``modes``: of each area when the span begins. ``kept_since``: what the feed had before is gone; None if not."""

    moments: tuple[Moment, ...]
    modes: Mapping[str, str]
    findings: tuple[Finding, ...]
    kept_since: Instant | None = None


def recorded_events(records: RecordsReader, modes: Mapping[str, str], since: Instant, until: Instant) -> RecordedEvents:
    """Everything from ``since`` until ``until``, in the order of time; ``modes`` are those that areas begin with.

    Raises StoreUnavailable. What cannot be read is left out.
    """
    found: list[tuple[Instant, Told]] = [(missed.since, missed) for missed in _missed(records, since, until)]
    found += _handled(records, since, until)
    at_first, seen = {**modes, **records.modes()}, set[str]()
    oldest: Instant | None = None
    for at, told in _feed(records):
        oldest = at if oldest is None else oldest
        if isinstance(told, SetMode):
            if at < since:
                at_first[told.area] = told.mode
            elif told.area not in seen and told.area in modes:
                at_first[told.area] = modes[told.area]
            seen.add(told.area)
        if since <= at < until:
            found.append((at, told))
    found.sort(key=lambda each: each[0])
    is_cut = oldest is not None and oldest > since and _first_number(records) > 1
    moments = tuple((at, (told,)) for at, told in found)
    return RecordedEvents(moments, at_first, _findings(records, since, until), oldest if is_cut else None)


def _missed(records: RecordsReader, since: Instant, until: Instant) -> Iterator[Missed]:
    table = tables.runs
    for before, after in pairwise(_rows(records, select(table).order_by(table.c.started))):
        if before.listened >= since and after.started <= until and after.started > before.listened:
            yield Missed(before.listened, after.started)


def _handled(records: RecordsReader, since: Instant, until: Instant) -> Iterator[tuple[Instant, Told]]:
    table = tables.alert_events
    its = select(table.c.at, table.c.content).where(
        table.c.action.in_([str(action) for action in _DONE]), table.c.at >= since, table.c.at < until
    )
    for row in _rows(records, its.order_by(table.c.id)):
        try:
            event = msgspec.json.decode(row.content, type=AlertEvent)
        except UNDECODABLE:
            continue
        if event.by:
            alert, action = event.alert, _DONE[Action(event.action)]
            yield row.at, Handled(alert.rule, alert.key, action, event.by, alert.disposition)  # type: ignore[arg-type]


def _findings(records: RecordsReader, since: Instant, until: Instant) -> tuple[Finding, ...]:
    table = tables.alerts
    its = select(table.c.content).where(table.c.raised >= since, table.c.raised < until)
    found: list[Alert] = []
    for row in _rows(records, its):
        try:
            found.append(msgspec.json.decode(row.content, type=Alert))
        except UNDECODABLE:
            continue
    return findings_of(alert for alert in found if alert.origin == "real")


def _first_number(records: RecordsReader) -> int:
    """Of the feed; above 1 if some of it is kept no longer."""
    with records.database.reading() as connection:
        return connection.scalar(select(func.min(tables.feed.c.id))) or 1


def _feed(records: RecordsReader) -> Iterator[tuple[Instant, Told]]:
    """When, and what rules are told of it."""
    table, after = tables.feed, 0
    while rows := _rows(records, select(table).where(table.c.id > after).order_by(table.c.id).limit(_PAGE)):
        for row in rows:
            try:
                event = read_published(row.id, row.kind, row.content).event
            except UNDECODABLE:
                continue
            yield from _told(event, records)
        after = rows[-1].id


def _told(event: Any, records: RecordsReader) -> Iterator[tuple[Instant, Told]]:
    match event:
        case ModeChanged():
            yield event.at, SetMode(event.area, event.mode)
        case Fact(origin="real"):
            at = event.recorded or event.at
            yield at, event
            for topic, is_held in ((SUPPRESSION_BEGUN, True), (SUPPRESSION_ENDED, False)):
                if topic in event.heard_as or event.step == topic:
                    yield at, HeldBack(frozenset(event.devices), is_held)
        case Entry() if event.draft.by and event.draft.book not in (ALERTS, EVENTS, INSTALLATION):
            draft = event.draft
            was = corrected(records, draft.corrects) if draft.corrects is not None else None
            texts = _texts(draft)
            signs = _signs(records, texts) if draft.book == SIGNATURES else None
            yield event.recorded, Recorded(draft.area, draft.book, draft.by, texts, was, signs)


def _texts(draft: Draft) -> dict[str, str]:
    return {name: str(value) for name, value in draft.fields.items()}


def corrected(records: RecordsReader, number: int) -> Corrected | None:
    """What is corrected by correcting that entry: as it says, and of the time of the first that was corrected."""
    found = records.ledger_entries_of([number])
    if not found:
        return None
    first, seen = found[0], {number}
    while (before := first.draft.corrects) is not None and before not in seen:
        seen.add(before)
        older = records.ledger_entries_of([before])
        if not older:
            break
        first = older[0]
    return Corrected(found[0].draft.book, first.draft.at, _texts(found[0].draft))


def signed(records: RecordsReader, number: int, signer: str) -> Signed | None:
    """What is signed by signing that entry, at the time of the first that was corrected."""
    found = corrected(records, number)
    return Signed(found.book, found.at, found.fields, signer) if found is not None else None


def _signs(records: RecordsReader, texts: Mapping[str, str]) -> Signed | None:
    number = texts.get("entry", "")
    return signed(records, int(number), texts.get("signer", "")) if number.isdecimal() else None


def _rows(records: RecordsReader, query: Select[Any]) -> Any:
    with records.database.reading() as connection:
        return connection.execute(query).all()
