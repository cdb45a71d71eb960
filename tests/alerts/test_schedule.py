"""Schedules: weekdays and spans of local time, over midnight and over clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.calendar import Calendar
from alerts.schedule import Schedule, from_parts
from devices.errors import ConfigError
from devices.reading import SECOND, Instant

DAILY = (1, 2, 3, 4, 5, 6, 7)
SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"


def at(text: str, zone: str = SHANGHAI, fold: int = 0) -> Instant:
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(wall.timestamp()) * SECOND


NIGHT = from_parts(DAILY, "22:00", "06:00", SHANGHAI)
WEEKDAYS = from_parts([1, 2, 3, 4, 5], "08:00", "18:00", SHANGHAI)
FRIDAY_NIGHT = from_parts([5], "20:00", "04:00", SHANGHAI)


@pytest.mark.parametrize(
    ("name", "schedule", "when", "expected"),
    [
        ("before it begins", NIGHT, "2026-11-23T21:59:59", False),
        ("its first second", NIGHT, "2026-11-23T22:00:00", True),
        ("after midnight", NIGHT, "2026-11-24T02:00:00", True),
        ("its last second", NIGHT, "2026-11-24T05:59:59", True),
        ("its end is not in it", NIGHT, "2026-11-24T06:00:00", False),
        ("a weekday", WEEKDAYS, "2026-11-23T12:00:00", True),
        ("a Sunday", WEEKDAYS, "2026-11-22T12:00:00", False),
        ("Saturday morning belongs to Friday night", FRIDAY_NIGHT, "2026-11-28T03:00:00", True),
        ("Friday morning does not", FRIDAY_NIGHT, "2026-11-27T03:00:00", False),
        ("all day", from_parts(DAILY, "00:00", "24:00", SHANGHAI), "2026-11-23T23:59:59", True),
        (
            "from a time to the same time is a day",
            from_parts([1], "08:00", "08:00", SHANGHAI),
            "2026-11-24T07:00:00",
            True,
        ),
    ],
)
def test_whether_it_applies(name: str, schedule: Schedule, when: str, expected: bool) -> None:
    assert expected == schedule.is_on(at(when)), name


@pytest.mark.parametrize(
    ("name", "schedule", "when", "expected"),
    [
        ("it begins", NIGHT, "2026-11-23T12:00:00", "2026-11-23T22:00:00"),
        ("it ends the next day", NIGHT, "2026-11-23T22:00:00", "2026-11-24T06:00:00"),
        ("over the weekend", WEEKDAYS, "2026-11-27T18:00:00", "2026-11-30T08:00:00"),
        ("a week ahead", FRIDAY_NIGHT, "2026-11-28T04:00:00", "2026-12-04T20:00:00"),
    ],
)
def test_when_it_changes_next(name: str, schedule: Schedule, when: str, expected: str) -> None:
    assert at(expected) == schedule.next_change(at(when)), name


def test_what_is_always_on_never_changes() -> None:
    always = from_parts(DAILY, "00:00", "24:00", SHANGHAI)
    assert always.next_change(at("2026-11-23T12:00:00")) is None


def test_days_that_follow_each_other_are_one_span() -> None:
    days = from_parts([1, 2], "00:00", "24:00", SHANGHAI)
    assert at("2026-11-25T00:00:00") == days.next_change(at("2026-11-23T05:00:00"))


def test_in_spring_a_night_is_an_hour_shorter_and_ends_by_the_wall_clock() -> None:
    """Berlin, 2026-03-29: 02:00 is 03:00."""
    night = from_parts(DAILY, "22:00", "06:00", BERLIN)
    start, end = at("2026-03-28T22:00:00", BERLIN), at("2026-03-29T06:00:00", BERLIN)
    assert 7 * 3600 * SECOND == end - start
    assert end == night.next_change(start)


def test_a_time_that_spring_skips_is_as_much_later() -> None:
    early = from_parts(DAILY, "02:30", "05:00", BERLIN)
    assert at("2026-03-29T03:30:00", BERLIN) == early.next_change(at("2026-03-29T01:00:00", BERLIN))


def test_an_end_that_autumn_repeats_is_the_second() -> None:
    """Berlin, 2026-10-25: 03:00 is 02:00 again."""
    night = from_parts(DAILY, "22:00", "02:30", BERLIN)
    assert at("2026-10-25T02:30:00", BERLIN, fold=1) == night.next_change(at("2026-10-24T23:00:00", BERLIN))
    begins = from_parts(DAILY, "02:30", "05:00", BERLIN)
    assert at("2026-10-25T02:30:00", BERLIN, fold=0) == begins.next_change(at("2026-10-25T00:00:00", BERLIN))


@given(
    st.frozensets(st.integers(1, 7), min_size=1),
    st.integers(0, 24 * 60 - 1),
    st.integers(0, 24 * 60),
    st.sampled_from([SHANGHAI, BERLIN, "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001 - any instant will do
)
def test_nothing_changes_before_the_next_change_and_it_changes_then(
    days: frozenset[int], start: int, end: int, zone: str, when: datetime
) -> None:
    schedule = Schedule(days, ((start, end),), Calendar(zone))
    now = int(when.replace(tzinfo=UTC, microsecond=0).timestamp()) * SECOND
    change = schedule.next_change(now)
    is_on = schedule.is_on(now)
    until = change if change is not None else now + 8 * 86_400 * SECOND
    steps = range(1, 20)
    assert all(schedule.is_on(now + (until - now) * step // 20) == is_on for step in steps)
    if change is not None:
        assert timedelta(0) < timedelta(microseconds=(change - now) // 1000) < timedelta(days=9)
        assert schedule.is_on(change - 1) == is_on
        assert schedule.is_on(change) != is_on


@pytest.mark.parametrize("text", ["8:00", "08:60", "25:00", "24:01", "0800", "aa:bb", "", "08:00:00", "٠٨:٠٠"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="time of day"):
        from_parts(DAILY, text, "18:00", SHANGHAI)


@pytest.mark.parametrize("days", [(), (0,), (8,), (1, 9)])
def test_what_are_no_weekdays_is_refused(days: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match=r"1 \(Monday\) to 7"):
        from_parts(days, "08:00", "18:00", SHANGHAI)
