"""The review: spans by days, pages of entries, and what else happened at the time of an alert."""

from types import SimpleNamespace
from typing import Any

import pytest

from api.console.review_view import end_of_day, entries
from api.console.timeline import near
from devices.reading import SECOND
from tests.api.console.of_a_page import asked


@pytest.mark.parametrize(
    ("text", "zone", "hours"),
    [
        ("1970-01-01", "UTC", 24),
        ("1970-01-01", "Asia/Shanghai", 16),
        ("2026-03-29", "Europe/Berlin", 493_006),  # a day of 23 hours
    ],
)
def test_a_day_is_over_at_midnight_there(text: str, zone: str, hours: int) -> None:
    assert hours * 3_600 * SECOND == end_of_day(text, zone)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "9999-12-31"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert end_of_day(text, "UTC") is None


class _Chain:
    """Entries 1 to ``head``, by their numbers."""

    def __init__(self, head: int) -> None:
        self.numbers: Any = range(1, head + 1)

    def ledger(self, *, after: int, limit: int) -> list[int]:
        return [number for number in self.numbers if number > after][:limit]

    def newest(self, book: str, limit: int, before: int) -> list[int]:
        return [number for number in reversed(self.numbers) if not before or number < before][:limit]


@pytest.mark.parametrize("book", ["", "alerts"])
@pytest.mark.parametrize(
    ("head", "before", "first", "last"),
    [(120, 0, 120, 71), (120, 71, 70, 21), (120, 21, 20, 1), (3, 0, 3, 1), (1, 2, 1, 1)],
)
def test_entries_come_page_by_page_newest_first(book: str, head: int, before: int, first: int, last: int) -> None:
    health = SimpleNamespace(health=lambda: SimpleNamespace(ledger_entries=head))
    shown: Any = entries(asked(ledger=_Chain(head), health=health), book, before)
    assert list(range(first, last - 1, -1)) == shown


def test_before_the_first_entry_there_is_none() -> None:
    health = SimpleNamespace(health=lambda: SimpleNamespace(ledger_entries=0))
    assert [] == entries(asked(ledger=_Chain(0), health=health), "", 0)
    assert [] == entries(asked(ledger=_Chain(9), health=health), "", 1)


def test_what_happened_long_before_or_itself_is_not_beside_it() -> None:
    def alert(name: str, raised_s: int) -> Any:
        at = raised_s * SECOND
        return SimpleNamespace(id=name, area="store", raised=at, newest=at, closed=None)

    known = [alert("after", 1_400), alert("it", 1_000), alert("before", 401), alert("long ago", 399)]
    alerts = SimpleNamespace(alerts=lambda **wanted: [one for one in known if one.raised < wanted["before"]])
    assert ["after", "before"] == [one.id for one in near(asked(alerts=alerts), known[1])]
