"""Days on which a site works, and what is known of them."""

from datetime import UTC, date, datetime

import pytest

from alerts.calendar import Calendar
from alerts.schedule import Schedule, minutes
from devices.reading import SECOND, Instant

FEAST = Calendar("Asia/Shanghai", frozenset({"2026-10-01", "2026-10-02"}), frozenset({"2026-10-10"}))
EVERY_DAY = frozenset(range(1, 8))


def at(text: str) -> Instant:
    """A wall clock's time in Shanghai."""
    return (int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) - 8 * 3600) * SECOND


def schedule(only: str, *spans: tuple[str, str], days: frozenset[int] = EVERY_DAY) -> Schedule:
    return Schedule(days, tuple((minutes(a), minutes(b)) for a, b in spans), FEAST, only)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "is_off"),
    [
        ("2026-09-30", False),
        ("2026-10-01", True),
        ("2026-10-03", True),
        ("2026-10-10", False),
        ("2026-10-11", True),
        ("2027-10-01", False),
    ],
)
def test_a_day_is_off_by_what_is_listed_else_by_its_weekday(day: str, *, is_off: bool) -> None:
    assert is_off == FEAST.is_day_off(date.fromisoformat(day))
    for clock in ("00:00:00", "23:59:59"):
        assert is_off == FEAST.is_holiday(at(f"{day}T{clock}"))


@pytest.mark.parametrize(
    ("calendar", "day", "year"),
    [
        (FEAST, "2026-11-30T23:59:59", None),
        (FEAST, "2026-12-01T00:00:00", 2027),
        (FEAST, "2027-01-01T00:00:00", 2027),
        (FEAST, "2025-06-01T00:00:00", 2025),
        (Calendar("Asia/Shanghai"), "2026-06-01T00:00:00", 2026),
        (Calendar("Asia/Shanghai", frozenset({"2026-10-01", "2027-10-01"})), "2026-12-31T00:00:00", None),
    ],
)
def test_a_year_of_which_nothing_is_listed_is_told_from_december_on(
    calendar: Calendar, day: str, year: int | None
) -> None:
    assert year == calendar.year_without(at(day))


@pytest.mark.parametrize(
    ("when", "worked", "off"),
    [
        ("2026-09-30T12:00:00", True, False),
        ("2026-10-01T12:00:00", False, True),
        ("2026-10-10T12:00:00", True, False),
        ("2026-10-11T12:00:00", False, True),
        ("2026-10-11T21:00:00", False, False),
    ],
)
def test_a_schedule_may_count_only_days_that_are_worked_or_only_the_others(
    when: str, *, worked: bool, off: bool
) -> None:
    assert (worked, off) == tuple(
        schedule(only, ("08:00", "20:00")).is_on(at(when)) for only in ("workdays", "holidays")
    )


def test_a_night_belongs_to_the_day_that_it_starts_on() -> None:
    nights = schedule("workdays", ("20:00", "08:00"))
    assert nights.is_on(at("2026-10-01T07:59:59"))  # begun on the last day before the feast
    assert not nights.is_on(at("2026-10-01T20:00:00"))
    assert at("2026-10-01T08:00:00") == nights.next_change(at("2026-10-01T07:00:00"))


def test_of_several_spans_each_counts() -> None:
    shifts = schedule("", ("06:00", "14:00"), ("22:00", "06:00"))
    on = [shifts.is_on(at(f"2026-09-30T{clock}:00")) for clock in ("05:00", "13:59", "14:00", "21:59", "22:00")]
    assert [True, True, False, False, True] == on
    assert at("2026-09-30T14:00:00") == shifts.next_change(at("2026-09-30T01:00:00"))


def test_what_changes_in_none_of_the_next_days_is_looked_at_again() -> None:
    mondays_off = schedule("holidays", ("00:00", "24:00"), days=frozenset({1}))
    now = at("2026-09-01T00:00:00")
    assert not mondays_off.is_on(now)
    again = mondays_off.next_change(now)
    assert again is not None
    assert now < again <= now + 9 * 86_400 * SECOND
    assert schedule("", ("00:00", "24:00")).next_change(now) is None
