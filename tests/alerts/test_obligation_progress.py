"""How obligations stand around the borders of periods, and what the forecast says."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.calendar import Calendar
from alerts.obligation import Obligation
from alerts.obligation_progress import progress, told
from api.catalogue import language
from devices.reading import SECOND, Instant
from tests.alerts.timeline import rule

ZONE = "Asia/Shanghai"
CALENDAR = Calendar(ZONE)
ENGLISH = language("en", ZONE)


def at(text: str, zone: str = ZONE) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND


def duty(**parameters: Any) -> Obligation:
    made = rule("obligation", alert_class="duty", priority=3, books=["inspections"], **parameters)
    assert isinstance(made, Obligation)
    return made


WEEKLY, YEARLY = duty(every="week"), duty(every="year", times=40)
FOUR_DAYS = duty(every="month", times=4, at_most_one_a="day")


@pytest.mark.parametrize(
    ("obligation", "done", "now", "state", "count", "missed"),
    [
        pytest.param(WEEKLY, ["2026-11-29T23:59:59"], "2026-11-30T00:00:00", "open", 0, 0, id="Sunday is last week's"),
        pytest.param(WEEKLY, ["2026-11-30T00:00:00"], "2026-11-30T00:00:00", "done", 1, 1, id="Monday is this week's"),
        pytest.param(WEEKLY, [], "2026-12-07T00:00:00", "missed", 0, 2, id="missed the moment it ends"),
        pytest.param(WEEKLY, [], "2026-12-06T23:59:59", "missed", 0, 1, id="not before"),
        pytest.param(WEEKLY, ["2026-12-31T10:00:00"], "2027-01-02T00:00:00", "done", 1, 5, id="week 53"),
        pytest.param(YEARLY, ["2026-12-31T23:59:59"], "2027-01-01T00:00:00", "missed", 0, 1, id="a year is over"),
        pytest.param(FOUR_DAYS, ["2026-12-01T08:00:00"] * 4, "2026-12-02T00:00:00", "open", 1, 0, id="one a day"),
        pytest.param(
            FOUR_DAYS, [f"2028-02-{day}T08:00:00" for day in (26, 27, 28, 29)], "2028-02-29T23:00:00", "done", 4, 14,
            id="the leap day is a day",
        ),
    ],
)  # fmt: skip
def test_around_borders(obligation: Obligation, done: list[str], now: str, state: str, count: int, missed: int) -> None:
    """Weeks are ISO weeks, days are local; the period in which counting began is not judged."""
    since = at("2026-11-23T00:00:00") if obligation is WEEKLY else at("2025-12-31T00:00:00")
    if obligation is FOUR_DAYS:
        since = at("2026-11-15T00:00:00")
    found = progress(obligation, [(at(each), 1) for each in done], CALENDAR, at(now), since)
    assert (state, count, missed) == (found.state, found.done, found.missed)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
def test_a_day_is_the_sites_own(zone: str) -> None:
    """Also where the clock changes within it."""
    daily, calendar = duty(every="day"), Calendar(zone)
    for day in ("2026-03-29", "2026-11-01", "2026-10-04", "2026-10-25"):
        begins, ends = at(f"{day}T00:00:00", zone), at(f"{day}T23:59:59", zone)
        found = progress(daily, [(begins, 1)], calendar, ends, begins)
        assert ("done", begins) == (found.state, found.begins)


def test_eleven_of_forty_at_mid_year() -> None:
    """Twenty-two at this pace; with one a week, out of reach since the Monday after which too few weeks are left."""
    since, now = at("2026-01-01T00:00:00"), at("2026-07-02T00:00:00")
    done = [(at(f"2026-0{month}-{day:02}T09:00:00"), 1) for month in (1, 2, 3, 4, 5) for day in (6, 20)]
    found = progress(YEARLY, [*done, (at("2026-06-03T09:00:00"), 1)], CALENDAR, now, since)
    assert found.forecast is not None
    assert (11, 22, "week") == (found.done, found.forecast.by_pace, found.forecast.step)
    assert at("2026-06-22T00:00:00") == found.forecast.lost_from
    assert "11 of 40 so far: 22 by " in ENGLISH.render(told(found, now))
    assert "out of reach since 2026-06-2" in ENGLISH.render(told(found, now))


def test_not_owed_is_counted_all_the_same() -> None:
    """Declared as not applicable, it is shown so whatever was done."""
    now = at("2026-12-05T00:00:00")
    found = progress(WEEKLY, [], CALENDAR, now, at("2026-11-23T00:00:00"), is_exempt=True)
    assert ("exempt", 0) == (found.state, found.done)
    assert "does not apply" in ENGLISH.render(told(found, now))


def test_a_period_that_began_before_the_counting_is_not_judged() -> None:
    """What is missing in it says nothing: no pace, nothing out of reach."""
    now = at("2026-12-05T00:00:00")
    found = progress(YEARLY, [], CALENDAR, now, at("2026-12-01T00:00:00"))
    assert "not judged" in ENGLISH.render(told(found, now))
