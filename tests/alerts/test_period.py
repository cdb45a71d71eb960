"""Periods in which something is owed, in time zones with and without clock changes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.calendar import Calendar, Shift
from alerts.period import Every, Period
from devices.reading import SECOND, Instant

SHIFTS = (Shift("day", "08:00", "20:00"), Shift("night", "20:00", "08:00"))
CHINA = Calendar("Asia/Shanghai", frozenset({"2026-10-01", "2026-10-02"}), frozenset({"2026-10-10"}), SHIFTS)


def at(day: str, hour: int = 0, calendar: Calendar = CHINA) -> Instant:
    return calendar.at(date.fromisoformat(day), hour * 60)


@pytest.mark.parametrize(
    ("period", "now", "begins", "ends"),
    [
        (Period("day"), at("2026-12-31", 5), at("2026-12-31"), at("2027-01-01")),
        (Period("day", only="workdays"), at("2026-10-01", 5), at("2026-10-05"), at("2026-10-06")),
        (Period("day", only="workdays"), at("2026-10-10", 5), at("2026-10-10"), at("2026-10-11")),
        (Period("day", only="holidays"), at("2026-10-05", 5), at("2026-10-11"), at("2026-10-12")),
        (Period("day", days=(3,)), at("2026-10-05", 5), at("2026-10-07"), at("2026-10-08")),
        (Period("shift", "day"), at("2026-10-05", 5), at("2026-10-05", 8), at("2026-10-05", 20)),
        (Period("shift", "night"), at("2026-10-05", 5), at("2026-10-04", 20), at("2026-10-05", 8)),
        (Period("week"), at("2026-12-31", 5), at("2026-12-28"), at("2027-01-04")),
        (Period("week", days=(4,), only="workdays"), at("2026-09-30"), at("2026-10-05"), at("2026-10-12")),
        (Period("month"), at("2026-12-31", 5), at("2026-12-01"), at("2027-01-01")),
        (Period("quarter"), at("2026-11-30", 5), at("2026-10-01"), at("2027-01-01")),
        (Period("quarter"), at("2026-02-28", 5), at("2026-01-01"), at("2026-04-01")),
        (Period("year"), at("2028-02-29", 5), at("2028-01-01"), at("2029-01-01")),
    ],
)
def test_the_period_that_is_not_over(period: Period, now: Instant, begins: Instant, ends: Instant) -> None:
    assert (begins, ends) == period.span(CHINA, now)


def test_where_no_day_ever_counts_there_is_no_period() -> None:
    assert Period("day", days=(1,), only="holidays").span(Calendar("UTC"), at("2026-10-05")) is None


_PERIODS: list[Every] = ["day", "shift", "week", "month", "quarter", "year"]


@given(
    st.sampled_from(_PERIODS),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
    st.integers(0, 3_000_000_000),
)
def test_periods_follow_each_other_and_none_is_over(every: Every, zone: str, second: int) -> None:
    calendar, now = Calendar(zone, shifts=SHIFTS), second * SECOND
    period = Period(every, "night" if every == "shift" else "")
    span = period.span(calendar, now)
    assert span is not None
    begins, ends = span
    assert begins < ends > now
    assert every == "shift" or begins <= now
    after = period.span(calendar, ends)
    assert after is not None
    assert after[0] >= ends
    assert every == "shift" or after[0] == ends
