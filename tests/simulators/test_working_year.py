"""A working quarter or year: the same seed tells the same, in the order of time, and nothing after its end."""

from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise

import pytest

from gateway.site.load import parse
from simulators.working_year import staff, working_days
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Told, Written
from simulators.working_year.rounds import _TAGS

UNTIL = int(datetime(2026, 12, 1, 3, 30, tzinfo=UTC).timestamp())


def test_the_same_seed_tells_the_same_and_another_one_something_else() -> None:
    told = [repr(list(working_days(UNTIL, 14, seed))) for seed in (1, 1, 2)]
    assert told[0] == told[1]
    assert told[0] != told[2]


def test_it_is_told_in_the_order_of_time_and_ends_with_it() -> None:
    times = [each.at for each in working_days(UNTIL, 30)]
    assert all(before <= after for before, after in pairwise(times))
    assert UNTIL - 3_600 < times[-1] < UNTIL


@pytest.mark.parametrize("people", [staff.OPERATORS, staff.GUARDS])
def test_each_shift_has_its_people_and_nobody_two_shifts_within_a_day(people: tuple[staff.Person, ...]) -> None:
    shifts = [staff.on_duty(people, day, shift) for day in range(30) for shift in range(3)]
    assert {len(people) // 4} == {len(each) for each in shifts}
    for number, each in enumerate(shifts):
        assert not {one.id for one in each} & {one.id for later in shifts[number + 1 : number + 3] for one in later}


def test_what_it_names_is_there_in_the_sample_site() -> None:
    site = parse(files("gateway.site.sample").joinpath("factory.toml").read_text(encoding="utf-8"), "factory.toml")
    areas, devices = {area.id for area in site.areas}, {device.id for device in site.devices}
    told = list(working_days(UNTIL, 60))
    assert {each.area for each in told if isinstance(each, Written)} <= areas | {""}
    assert {each.device for each in told if isinstance(each, Told)} <= devices
    assert set(staff.AREAS) == areas
    checkpoints = site.workflows["patrols"].checkpoints
    assert {each.id: each.tags for each in checkpoints} == {name: (tag,) for name, tag in _TAGS.items()}


def test_a_quarter_has_what_a_quarter_has() -> None:
    asked = Counter((each.workflow, each.ask) for each in working_days(UNTIL, 91) if isinstance(each, Asked))
    assert asked["control_room_log", "log"] > 90 * 12 * 0.95
    assert asked["inspection", "begin"] > 13
    assert asked["hazard", "find"] > 20
    assert asked["patrols", "scan"] > 90 * 40


def test_days_are_those_of_the_sites_time_zone() -> None:
    span = Span.before(UNTIL, 10, 1, "Asia/Shanghai")
    assert (datetime.fromtimestamp(span.at(0, 6), UTC).hour, span.days) == (22, 10)
