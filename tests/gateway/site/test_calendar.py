"""Shifts and holidays of the site file: what they make, what is wrong with them, what is told when they run out."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.calendar import Calendar
from devices.errors import ConfigError
from devices.reading import SECOND
from gateway.site.calendar import calendar_of, schedules_of, year_wanting
from gateway.site.load import parse
from gateway.site.model import Site
from gateway.site.workflow_tables import site_facts
from gateway.stores.database import Database
from gateway.stores.documents import Document, Documents
from gateway.upkeep_jobs import holidays_are_counted
from tests.words import chinese, english

FILE = """\
id = "works"
name = "Works"
public_holidays = ""
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


BARE = 'id = "a"\nname = "A"\n'
COUNTS = BARE + '[[schedules]]\nname = "s"\nonly = "holidays"\n'
NONE = 'public_holidays = ""\n'
AREA = '[[areas]]\nid = "store"\nname = "Store"\n'
TIMETABLE = '[[workflows.timetable.entries]]\nname = "e"\nareas = ["store"]\nmode = "disarmed"\nat = "19:00"\n'
POST = '[[workflows.duty.posts]]\nid = "gate"\n'
DUTY = """
[[rules]]
kind = "obligation"
name = "inspected"
alert_class = "duty"
priority = 3
procedure = "1. Inspect."
every = "day"
books = ["inspections"]
"""


@pytest.mark.parametrize(
    ("text", "days", "year"),
    [
        (FILE, 0, None),
        (FILE, 60, None),
        (FILE, 61, "2027"),
        (FILE, 400, "2027"),
        (BARE, 61, None),
        (COUNTS, 0, None),
        (BARE + AREA + TIMETABLE, 61, None),
        (BARE + AREA + TIMETABLE + 'only = "workdays"\n', 61, "2027"),
        (BARE + DUTY, 61, None),
        (BARE + DUTY + 'only = "workdays"\n', 61, "2027"),
        (BARE + POST, 61, None),
        (BARE + POST + "holiday_times = 2\n", 61, "2027"),
        (NONE + COUNTS, 0, "2026"),
        (COUNTS, 3_000, "2034"),
        (COUNTS + '[[holidays]]\nname = "h"\nfirst = "2034-12-18"\n', 3_000, "2035"),
    ],
)
def test_a_year_that_nobody_knows_is_told_from_december_on(text: str, days: int, year: str | None) -> None:
    """Of this year as a fault; of the next as a reminder: nothing is wrong before it begins."""
    now = OCTOBER + days * DAY
    this, following = (year_wanting(site(text), lambda: now, is_ahead=ahead)() for ahead in (False, True))
    assert None in (this, following)
    said = this or following
    assert (following is not None) == (year is not None and year > str(calendar_of(site(text)).day(now).year))
    if year is None:
        assert said is None
    else:
        assert said is not None
        assert f"the holidays of {year} are not known" in english(said)
        assert f"不知道 {year} 年的节假日" in chinese(said)


def test_a_rule_that_a_workflow_brings_counts_as_one_of_the_file() -> None:
    (duty,) = site(BARE + DUTY + 'only = "public_holidays"\n').rules
    december = OCTOBER + 61 * DAY
    assert [True, False] == [
        year_wanting(site(BARE), lambda: december, rules, is_ahead=True)() is not None for rules in ([duty], [])
    ]


@pytest.mark.parametrize("table", ["", "[workflows.hot_work]\nround_every_min = 30\n"])
def test_hot_work_counts_them_from_the_first_ticket_on_or_by_its_table(table: str, tmp_path: Path) -> None:
    """A ticket counts as one grade higher on a holiday, whether or not the site file says a word about hot work."""
    made = site(BARE + table)
    with Database.in_folder(tmp_path) as database:
        documents = Documents(database)
        is_used = partial(holidays_are_counted, made, documents)
        look = year_wanting(made, lambda: OCTOBER + 61 * DAY, (), is_used, is_ahead=True)
        assert bool(table) == (look() is not None)
        with database.writing() as connection:
            documents.put(connection, [Document("case:hot_work", "t1", "{}", is_open=False)])
        assert look() is not None


def test_a_site_without_any_of_it_has_weekdays() -> None:
    assert Calendar("Asia/Shanghai") == calendar_of(site(NONE + BARE))


@pytest.mark.parametrize(
    ("day", "is_off"),
    [  # what the State Council announced on 2025-11-04 for 2026, and a weekday and a weekend that it says nothing of
        *((f"2026-02-{day}", True) for day in range(15, 24)),
        *((day, False) for day in ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")),
        *((day, True) for day in ("2026-01-01", "2026-04-06", "2026-05-05", "2026-06-19", "2026-09-25", "2026-10-07")),
        ("2026-03-11", False),
        ("2026-03-14", True),
    ],
)
def test_public_holidays_and_the_weekends_worked_for_them(day: str, is_off: bool) -> None:
    assert is_off == calendar_of(site(BARE)).is_day_off(date.fromisoformat(day))


def test_of_a_day_that_the_file_names_the_word_of_the_file_counts() -> None:
    text = BARE + '[[holidays]]\nname = "h"\nfirst = "2026-02-14"\nworkdays = ["2026-02-21"]\n'
    days = [date(2026, 2, 14), date(2026, 2, 21), date(2026, 2, 22)]
    assert [True, False, True] == [calendar_of(site(text)).is_day_off(day) for day in days]


@pytest.mark.parametrize("year", range(2004, 2027))
def test_a_known_year_has_as_many_working_days_as_the_law_leaves(year: int) -> None:
    """11 days off a year by law (13 since 2025, 10 before 2008) leave 248 to 252 of its weekdays."""
    calendar = calendar_of(site(BARE))
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert 246 <= sum(not calendar.is_day_off(day) for day in days) <= 254


_FIELDS = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(["Asia/Shanghai", "UTC", "America/St_Johns", "Asia/Urumqi"]),
        "of": st.sampled_from(["china", ""]),
        "first": st.dates(date(1990, 1, 1), date(2090, 1, 1)),
        "days": st.integers(0, 30),
        "only": st.sampled_from(["", "workdays", "holidays"]),
    }
)


@given(_FIELDS, st.integers(0, 4_000_000_000))
def test_nothing_ever_fails_on_holidays(fields: dict[str, Any], second: int) -> None:
    """Whatever is listed and whenever it is asked: a schedule is on or off, and changes later than now or never."""
    last = fields["first"] + timedelta(days=fields["days"])
    made = site(
        f"{BARE}time_zone = {fields['zone']!r}\npublic_holidays = {fields['of']!r}\n"
        f"[[holidays]]\nname = 'h'\nfirst = '{fields['first']}'\nlast = '{last}'\n"
        f"[[schedules]]\nname = 's'\nonly = {fields['only']!r}\nstart = '22:00'\nend = '06:00'\n"
    )
    now = second * SECOND
    schedule = schedules_of(made)["s"]
    assert schedule.is_on(now) in (True, False)
    change = schedule.next_change(now)
    assert change is None or change > now
    for said in (year_wanting(made, lambda: now, is_ahead=ahead)() for ahead in (False, True)):
        assert said is None or english(said)
