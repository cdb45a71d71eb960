"""The review: alerts as rows of a list, and the entries of the ledger under their titles, page by page."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from alerts.alert import Alert
from api.console.alert_words import LETTERS, AlertWords
from api.console.web_page import Asked
from devices.reading import SECOND, Instant
from ledger.entry import Entry
from ledger.in_words import entry_in_words, signers, title_of
from ledger.values_beside import as_seen_by

AT = "/manager"
A_PAGE = 100
ENTRIES_A_PAGE = 50
_MOST_OF_VALUE = 300


class AlertRow(msgspec.Struct, frozen=True):
    """One alert, ready to draw. ``path``: its timeline."""

    id: str
    path: str
    priority: int
    letter: str
    raised: str
    area: str
    what: str
    device: str
    state: str
    owner: str
    finding: str
    closed: str


class EntryRow(msgspec.Struct, frozen=True):
    """One entry, ready to draw. ``told``: title and value of what it holds."""

    number: int
    at: str
    book: str
    path: str
    by: str
    told: Sequence[tuple[str, str]]
    hash: str


def alert_rows(asked: Asked, alerts: Sequence[Alert]) -> list[AlertRow]:
    words = AlertWords(asked)
    return [_alert_row(asked, words, alert) for alert in alerts]


def _alert_row(asked: Asked, words: AlertWords, alert: Alert) -> AlertRow:
    say = asked.say
    return AlertRow(
        id=alert.id,
        path=f"{AT}/alerts/{quote(alert.id, safe='')}",
        priority=alert.priority,
        letter=LETTERS[alert.priority],
        raised=asked.second(alert.raised),
        area=words.area(alert),
        what=words.what(alert),
        device=words.about(alert),
        state=say("state." + alert.state),
        owner=alert.acknowledged_by,
        finding=say("disposition." + alert.disposition) if alert.disposition else "",
        closed=asked.second(alert.closed) if alert.closed else say("review.open"),
    )


def entries(asked: Asked, book: str, before: int) -> list[Entry]:
    """The newest page of a book, "" of all of them, under that number, newest first. Asks the store."""
    ledger = asked.gateway.ledger
    if book:
        return ledger.newest(book, ENTRIES_A_PAGE, before)
    last = (before or asked.gateway.health.health().ledger_entries + 1) - 1
    first = max(0, last - ENTRIES_A_PAGE)
    return ledger.ledger(after=first, limit=last - first)[::-1] if last > 0 else []


def entry_row(asked: Asked, entry: Entry) -> EntryRow:
    """As whoever looks may see it; a long value is cut, and whole on the page of its book."""
    known = entry.draft.book
    book, words = asked.gateway.ledger.books().get(known), asked.say.words
    seen = as_seen_by(asked.person.role, entry, book)
    return EntryRow(
        number=entry.sequence,
        at=asked.second(entry.draft.at),
        book=title_of(book, known, words),
        path=f"/console/books/{quote(known, safe='')}?before={entry.sequence + 1}" if book is not None else "",
        by=signers(entry.draft),
        told=[(title, _cut(value)) for title, value in entry_in_words(seen, book, words)],
        hash=entry.hash[:16],
    )


def _cut(value: str) -> str:
    return value if len(value) <= _MOST_OF_VALUE else f"{value[:_MOST_OF_VALUE]}…"


def end_of_day(text: str, zone: str) -> Instant | None:
    """The instant at which that day (``2026-12-01``) is over there; None for what is no day."""
    try:
        day = datetime.fromisoformat(text).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=ZoneInfo(zone))
        return int((day + timedelta(days=1)).timestamp()) * SECOND
    except (ValueError, OverflowError):
        return None
