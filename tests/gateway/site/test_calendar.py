"""Shifts and holidays of the site file: what they make, what is wrong with them, what is told when they run out."""

import pytest

from alerts.calendar import Calendar
from devices.errors import ConfigError
from devices.reading import SECOND
from gateway.site.calendar import calendar_of, schedules_of, year_wanting
from gateway.site.load import parse
from gateway.site.model import Site
from gateway.site.workflow_tables import site_facts
from tests.words import chinese, english

FILE = """\
id = "works"
name = "Works"

[[shifts]]
name = "day"
start = "08:00"
end = "20:00"

[[shifts]]
name = "night"
name_zh = "夜班"
start = "20:00"
end = "08:00"

[[holidays]]
name = "National Day"
first = "2026-10-01"
last = "2026-10-03"
workdays = ["2026-10-10"]

[[schedules]]
name = "guarded"
shifts = ["night"]
only = "workdays"
"""
OCTOBER = 1_790_827_200 * SECOND
"""2026-10-01 12:00 in Shanghai."""
DAY = 86_400 * SECOND


def site(text: str = FILE) -> Site:
    return parse(text, "site.toml")


def test_the_file_makes_the_calendar_that_schedules_and_workflows_read() -> None:
    calendar = calendar_of(site())
    assert {"2026-10-01", "2026-10-02", "2026-10-03"} == calendar.holidays
    assert ({"2026-10-10"}, ["day", "night"]) == (calendar.workdays, [shift.name for shift in calendar.shifts])
    assert calendar == site_facts(site()).calendar
    guarded = schedules_of(site())["guarded"]
    nights = [OCTOBER + days * DAY + 10 * 3600 * SECOND for days in (-1, 0, 9)]
    assert [True, False, True] == [guarded.is_on(night) for night in nights]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('start = "08:00"', 'start = "8:00"', 6, "time of day"),
        ('"night"\nname_zh', '"day"\nname_zh', 10, "'day'"),
        ('first = "2026-10-01"', 'first = "2026-13-01"', 17, "a day like '2026-10-01'"),
        ('last = "2026-10-03"', 'last = "tomorrow"', 18, "a day like '2026-10-01'"),
        ('last = "2026-10-03"', 'last = "2026-09-30"', 18, "the first day or within 31 days after it"),
        ('last = "2026-10-03"', 'last = "2027-10-03"', 18, "the first day or within 31 days after it"),
        ('workdays = ["2026-10-10"]', 'workdays = ["2026-10-12"]', 19, "a Saturday or Sunday"),
        ('workdays = ["2026-10-10"]', 'workdays = ["2026-10-03"]', 19, "outside the holiday"),
        ('workdays = ["2026-10-10"]', 'workdays = ["x"]', 19, "a day like '2026-10-01'"),
        ('shifts = ["night"]', 'shifts = ["nigth"]', 23, "did you mean 'night'"),
        ('shifts = ["night"]', 'shifts = ["night"]\nstart = "07:00"', 23, "either shifts, or start and end"),
        ('only = "workdays"', 'only = "feasts"', 24, "workdays"),
        ("last =", "until =", 18, "until"),
    ],
)
def test_each_fault_is_named_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in FILE
    with pytest.raises(ConfigError) as caught:
        site(FILE.replace(old, new, 1))
    assert f"site.toml:{line}:" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "days", "year"),
    [
        (FILE, 0, None),
        (FILE, 60, None),
        (FILE, 61, "2027"),
        (FILE, 400, "2027"),
        ('id = "a"\nname = "A"\n', 61, None),
        ('id = "a"\nname = "A"\n[[schedules]]\nname = "s"\nonly = "holidays"\n', 0, "2026"),
    ],
)
def test_a_year_that_is_not_listed_is_a_fault_from_december_on(text: str, days: int, year: str | None) -> None:
    said = year_wanting(site(text), lambda: OCTOBER + days * DAY)()
    if year is None:
        assert said is None
    else:
        assert said is not None
        assert f"no holidays of {year} are listed" in english(said)
        assert f"没有 {year} 年的节假日" in chinese(said)


def test_a_site_without_any_of_it_has_weekdays() -> None:
    assert Calendar("Asia/Shanghai") == calendar_of(site('id = "a"\nname = "A"\n'))
