"""Rounds whatever happens: clock changes, the 53rd week, restarts, scans late, twice, forged, from clocks that jump."""

from datetime import date, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.calendar import Calendar, Shift
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.workflows.test_patrols import AT_TWO, CONFIG, DEVICES, MINUTE, ROUTE, SITE, room, scan
from workflows.patrols import Patrols
from workflows.patrols.rounds import Round

HOUR_NS = 3_600 * SECOND
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
TURNS = (
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 12, 31),
    date(2027, 1, 3),
    date(2028, 2, 29),
)
"""Clock changes, and the end of a year whose last week is the 53rd."""
days = st.one_of(st.sampled_from(TURNS), st.dates(date(2026, 1, 1), date(2028, 12, 31)))
routes = st.builds(
    lambda every, starts, weekdays: replace(
        ROUTE, shift="night", every_min=every, starts=tuple(starts), days=tuple(sorted(weekdays))
    ),
    st.sampled_from((15, 60, 90, 121)),
    st.lists(st.sampled_from(("00:00", "02:30", "23:59")), unique=True),
    st.sets(st.integers(1, 7), min_size=1),
)


def calendar(zone: str) -> Calendar:
    return Calendar(zone, shifts=(Shift("night", "22:00", "06:00"),))


@settings(max_examples=25)
@given(st.sampled_from(ZONES), days)
def test_a_night_has_a_round_in_each_of_its_hours_however_many_it_has(zone: str, day: date) -> None:
    found = list(replace(ROUTE, starts=(), shift="night", every_min=60).slots(calendar(zone), day))
    begins, ends = calendar(zone).at(day, 22 * 60), calendar(zone).at(day, 30 * 60)
    assert [begins + hour * HOUR_NS for hour in range(ceil((ends - begins) / HOUR_NS))] == found


@pytest.mark.slow
@given(st.sampled_from(ZONES), days, routes, st.integers(1, 72), st.integers(0, 72))
def test_a_beginning_is_found_once_wherever_one_begins_to_look(
    zone: str, day: date, route: Any, first: int, second: int
) -> None:
    config, clock = replace(CONFIG, routes=(route,)), calendar(zone)
    since = clock.at(day, 0)
    middle, until = since + first * HOUR_NS, since + (first + second) * HOUR_NS
    whole = sorted(at for at, _ in config.starts(clock, since, until))
    parts = [at for at, _ in config.starts(clock, since, middle)] + [
        at for at, _ in config.starts(clock, middle, until)
    ]
    assert whole == sorted(parts)
    assert all(since < at <= until for at in whole)


@pytest.mark.slow
@given(st.sampled_from(ZONES), days, routes)
def test_no_round_begins_on_a_day_that_does_not_count(zone: str, day: date, route: Any) -> None:
    """A shift belongs to the day on which it begins."""
    found = list(route.slots(calendar(zone), day))
    assert bool(found) == (day.isoweekday() in route.days)
    local = [date.fromordinal(calendar(zone).day(at).toordinal()) for at in found]
    assert all(day <= each <= day + timedelta(days=1) for each in local)
    assert ZoneInfo(zone)


what = st.one_of(
    st.tuples(st.just("scan"), st.sampled_from(("gate", "store", "tower")), st.sampled_from(("wang", "li"))),
    st.tuples(st.just("late"), st.sampled_from(("gate", "store", "tower")), st.integers(0, 5_000)),
    st.tuples(st.just("jumped"), st.sampled_from(("gate", "store", "tower")), st.integers(-90_000, 90_000)),
    st.tuples(st.just("forged"), st.just("nowhere"), st.just(0)),
    st.tuples(st.just("again"), st.just(""), st.just(0)),
    st.tuples(st.just("restart"), st.just(""), st.sampled_from((0, 60, 1_200))),
    st.tuples(st.just("wait"), st.just(""), st.integers(1, 2_400)),
)


@pytest.mark.slow
@given(st.lists(what, max_size=12))
def test_whatever_happens_a_checkpoint_is_scanned_missed_or_unseen_and_told_once(history: list[Any]) -> None:
    a_room = room()
    a_room.run_until(AT_TWO)
    at, told, last = float(AT_TWO), list[str](), None
    for kind, tag, more in history:
        at += 1
        if kind in ("wait", "restart"):
            if kind == "restart":
                a_room.restart(more)
            at += more
            told += a_room.run_until(at)
            told += facts(a_room.step(at))
            continue
        ask = _ask(kind, tag, more, at) if kind != "again" else last
        if ask is None:
            continue
        effects = a_room.step(at, ask)
        told += facts(effects)
        if kind == "forged":
            assert ["patrols.no_such_tag"] == keys(effects)
        elif kind == "again":
            assert [] == facts(effects), "a scan that is handed in again changes nothing"
        elif not effects.refused:
            last = ask
        _check(a_room, at)
    told += a_room.run_until(at + 80 * MINUTE)
    _check(a_room, at + 80 * MINUTE)
    assert 1 >= told.count("patrols.missed") + told.count("patrols.not_observed") + told.count("patrols.too_few")


def _ask(kind: str, tag: str, more: Any, at: float) -> Any:
    now = START / SECOND + at
    match kind:
        case "late":
            return scan(tag, id=f"{at}", phone_at=now - more, sent_at=now, ago_s=more)
        case "jumped":
            return scan(tag, id=f"{at}", phone_at=now - 300, sent_at=now + more, ago_s=300)
        case "scan":
            return scan(tag, by=more, id=f"{at}")
    return scan("nowhere")


def _check(a_room: KernelRoom, at: float) -> None:
    for each in a_room.kernel.cases.of("patrols").values():
        assert isinstance(each, Round)
        seen = [visit.checkpoint for visit in each.visits]
        assert len(seen) == len(set(seen))
        assert not {*seen} & {*each.missed, *each.unseen}
        assert not each.is_over or {*each.left} == {*each.missed, *each.unseen}
        assert [visit.done_at for visit in each.visits] == sorted(visit.done_at for visit in each.visits)
        assert all(visit.done_at <= visit.received <= START + int(at * SECOND) for visit in each.visits)


def test_a_restart_in_a_round_changes_nothing_of_it() -> None:
    """Asks, restarts between each of them, and the same again without."""
    rounds = []
    for is_restarted in (False, True):
        a_room = KernelRoom(Patrols(CONFIG), devices=DEVICES, site=SITE)
        a_room.run_until(AT_TWO)
        for minute, tag in ((5, "gate"), (10, "tower"), (20, "store")):
            if is_restarted:
                a_room.restart(0)
            a_room.ask(AT_TWO + minute * MINUTE, scan(tag))
        (found,) = a_room.kernel.cases.of("patrols").values()
        rounds.append(found)
    assert rounds[0] == replace(rounds[1], asks=rounds[0].asks)
