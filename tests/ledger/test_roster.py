"""The roster held against what posts need: over midnight, clock changes, year ends, holidays, swaps."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.calendar import Calendar, Shift
from devices.reading import SECOND
from ledger.posts import Post, Raised, needs
from ledger.roster import Finding, Line, Stint, all_stints, findings, gaps

HOUR, MINUTE = 3_600 * SECOND, 60 * SECOND
SHANGHAI, BERLIN = Calendar("Asia/Shanghai"), Calendar("Europe/Berlin")
GATE = Post(id="gate", longest_h=8)


def line(person: str, start: str, end: str, **more: Any) -> Line:
    said: dict[str, Any] = {"post": "gate", "first": "2026-11-30", "rule": "FREQ=DAILY;COUNT=60"}
    return Line(id=f"{person}{start}", person=person, start=start, end=end, **said | more)


THREE = (line("a", "00:00", "08:00"), line("b", "08:00", "16:00"), line("c", "16:00", "00:00"))


def unfit(person: str, _post: Post, _day: date) -> Literal["", "uncertified", "left"]:
    return {"old": "left", "new": "uncertified"}.get(person, "")  # type: ignore[return-value]


def found(
    lines: Sequence[Line],
    *posts: Post,
    calendar: Calendar = SHANGHAI,
    first: str = "2026-12-01",
    days: int = 7,
    raised: Sequence[Raised] = (),
) -> list[str]:
    since = calendar.at(date.fromisoformat(first), 0)
    until = calendar.at(date.fromisoformat(first), days * 1440)
    stints = all_stints(lines, calendar, since - 48 * HOUR, until)
    return [_told(each, calendar) for each in findings(posts or (GATE,), stints, calendar, raised, unfit, since, until)]


def _told(each: Finding, calendar: Calendar) -> str:
    begins, ends = (
        datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(calendar.zone)).strftime("%d %H:%M")
        for at in (each.begins, each.ends)
    )
    who = each.person or f"{each.people}/{each.needed}"
    return f"{each.kind} {each.post} {who} {begins}-{ends}"


def test_three_shifts_leave_no_gap() -> None:
    assert [] == found(THREE)


def test_who_is_missing_at_night_is_a_gap_each_night() -> None:
    assert ["gap gate 0/1 01 00:00-01 08:00", "gap gate 0/1 02 00:00-02 08:00"] == found(THREE[1:], days=2)


def test_times_that_touch_are_one_gap_over_midnight() -> None:
    assert ["gap gate 0/1 01 16:00-02 08:00"] == found(THREE[1:2], first="2026-12-01", days=2)[1:2]


def test_the_end_of_a_year_and_its_week_53_are_days_as_any() -> None:
    assert [] == found(THREE, first="2026-12-28", days=14)
    assert ["gap gate 0/1 29 00:00-01 00:00"] == found(
        [
            line(each.person, each.start, each.end, first="2028-02-20", rule="FREQ=DAILY;UNTIL=20280228")
            for each in THREE
        ],
        first="2028-02-27",
        days=3,
    )


@pytest.mark.parametrize(
    ("first", "expected"),
    [("2026-03-29", []), ("2026-10-25", ["too_long gate a 25 00:00-25 08:00"])],
    ids=["an hour is skipped", "an hour comes twice"],
)
def test_a_change_of_the_clock_leaves_no_gap_and_its_hour_is_counted(first: str, expected: list[str]) -> None:
    lines = [line(each.person, each.start, each.end, first="2026-03-01", rule="FREQ=DAILY;COUNT=300") for each in THREE]
    assert expected == found(lines, calendar=BERLIN, first=first, days=1)


def test_one_person_twice_at_a_post_is_one_person() -> None:
    two = Post(id="gate", least=2, longest_h=24)
    whole, half = line("a", "00:00", "00:00", first="2026-12-01", rule=""), line("a", "08:00", "16:00")
    assert "gap gate 1/2 01 00:00-02 00:00" in found([whole, half], two, days=1)
    assert [] == found([whole, line("b", "00:00", "00:00", first="2026-12-01", rule="")], two, days=1)


def test_two_places_at_once_are_told() -> None:
    tower = Post(id="tower", longest_h=24, cover="day")
    lines = [*THREE, line("b", "15:00", "20:00", post="tower")]
    assert ["too_long gate b 01 08:00-01 20:00", "double tower b 01 15:00-01 16:00"] == found(
        lines, GATE, tower, days=1
    )


def test_without_a_break_shifts_add_up_across_midnight() -> None:
    lines = [*THREE, line("a", "08:00", "09:00")]
    assert "too_long gate a 01 00:00-01 09:00" in found(lines, days=1)
    assert ["too_long gate a 30 00:00-09 00:00"] == [
        each
        for each in found([line("a", "00:00", "00:00", rule="FREQ=DAILY;COUNT=9")], first="2026-11-30", days=9)
        if each.startswith("too_long")
    ]


def test_who_left_or_has_no_certificate_is_named_and_not_counted() -> None:
    lines = [THREE[0], line("new", "08:00", "16:00"), line("old", "16:00", "00:00")]
    assert [
        "uncertified gate new 01 08:00-01 16:00",
        "gap gate 0/1 01 08:00-02 00:00",
        "left gate old 01 16:00-02 00:00",
    ] == found(lines, days=1)


def test_leaders_are_there_on_each_day_at_some_time() -> None:
    leader = Post(id="leader", cover="day", longest_h=24)
    lines = [line("boss", "08:00", "18:00", post="leader", rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=20")]
    assert ["gap leader 0/1 05 00:00-06 00:00", "gap leader 0/1 06 00:00-07 00:00"] == found(lines, leader)


def test_only_the_shifts_that_a_post_names_must_be_covered() -> None:
    calendar = Calendar("Asia/Shanghai", shifts=(Shift("night", "22:00", "06:00"), Shift("day", "06:00", "22:00")))
    dogs = Post(id="gate", cover="shifts", shifts=("night",))
    lines = [line("a", "22:00", "05:00")]
    assert ["gap gate 0/1 01 05:00-01 06:00"] == found(lines, dogs, calendar=calendar, days=1)


def test_public_holidays_and_raised_days_take_more_people() -> None:
    calendar = Calendar("Asia/Shanghai", holidays=frozenset({"2026-12-02"}))
    post = Post(id="gate", longest_h=8, holiday_times=2)
    assert ["gap gate 1/2 02 00:00-03 00:00"] == found(THREE, post, calendar=calendar)
    fair = Raised(name="fair", first="2026-12-02", last="2026-12-03", duty=3, posts=("gate",))
    assert ["gap gate 1/3 02 00:00-04 00:00"] == found(THREE, post, calendar=calendar, raised=[fair])
    elsewhere = Raised(name="fair", first="2026-12-02", last="2026-12-03", duty=3, posts=("tower",))
    assert [] == found(THREE, raised=[elsewhere])


def test_a_swap_moves_one_stint_and_an_end_ends_the_line() -> None:
    swapped = line("a", "00:00", "08:00", given=(("2026-12-02", "z"),), last="2026-12-03")
    stints = all_stints([swapped], SHANGHAI, SHANGHAI.at(date(2026, 12, 1), 0), SHANGHAI.at(date(2026, 12, 9), 0))
    assert [("2026-12-01", "a"), ("2026-12-02", "z"), ("2026-12-03", "a")] == [
        (each.day, each.person) for each in stints
    ]


_TIMES = st.integers(0, 47).map(lambda half: f"{half // 2:02d}:{half % 2 * 30:02d}")
_LINES = st.lists(st.tuples(st.sampled_from("abc"), _TIMES, _TIMES, st.integers(1, 3)), max_size=5)


@pytest.mark.slow
@given(_LINES, st.integers(1, 3), st.sampled_from(["2026-03-28", "2026-10-24", "2026-12-30", "2028-02-28"]))
def test_the_gaps_are_those_that_counting_every_half_hour_finds(
    lines: list[tuple[str, str, str, int]], least: int, first: str
) -> None:
    post = Post(id="gate", least=least)
    since, until = (BERLIN.at(date.fromisoformat(first), minute) for minute in (0, 3 * 1440))
    made = [
        Line(
            id=str(place),
            post="gate",
            person=person,
            first=first,
            start=start,
            end=end,
            rule=f"FREQ=DAILY;COUNT={count}",
        )
        for place, (person, start, end, count) in enumerate(lines)
    ]
    stints = all_stints(made, BERLIN, since, until)
    found_ = gaps(post, needs(post, BERLIN, (), since, until), stints, since, until)
    for at in range(since, until, 30 * MINUTE):
        there = {each.person for each in stints if each.begins <= at < each.ends}
        assert (len(there) < least) == any(gap.begins <= at < gap.ends for gap in found_)
    assert all(earlier.ends < later.begins for earlier, later in pairwise(found_))


def test_a_stint_is_known_by_its_line_and_day() -> None:
    (stint,) = all_stints(
        [THREE[2]], SHANGHAI, SHANGHAI.at(date(2026, 12, 1), 900), SHANGHAI.at(date(2026, 12, 1), 1000)
    )
    assert Stint(stint.begins, stint.begins + 8 * HOUR, "gate", "c", "c16:00", "2026-12-01") == stint
