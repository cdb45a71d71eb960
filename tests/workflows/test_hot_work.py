"""A permit by two people, detectors held back by shifts, a fire watch during and after, late if it is late."""

from typing import Any

import pytest

from alerts.calendar import Calendar
from alerts.kernel.consent import Give
from alerts.kernel.fire_watch import Walked
from alerts.site_facts import SiteFacts
from devices.device import Device
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import device
from workflows.hot_work import Apply, Extend, Finish, HotWork, HotWorkConfig

HOUR = 3_600
SITE = SiteFacts(calendar=Calendar("Asia/Shanghai"))
FAR = device("s2", "hall", kind="smoke", signals=("smoke",))


def apply(**fields: Any) -> Apply:
    given = {"grade": "first", "place": "boiler", "work": "weld a pipe", "lead": "sun", "devices": ("s1",), "hours": 4}
    return Apply(**{"by": "li", "role": "technician", "gas_lel": 0.0, **given, **fields})


def begun(**fields: Any) -> tuple[KernelRoom, str]:
    room = KernelRoom(HotWork(), site=SITE)
    return room, room.ask(0, apply(**fields), second="zhao")


def walk(room: KernelRoom, at: float) -> None:
    (watch,) = room.kernel.cases.of("fire_watch").values()
    room.ask(at, Walked(case=watch.id, by="sun", role="operator"))


def test_nothing_is_held_back_before_somebody_else_approves() -> None:
    room = KernelRoom(HotWork())
    waits = room.ask(0, apply())
    assert not room.kernel.cases.holds("s1")
    assert ["consent.somebody_else"] == keys(room.step(1, Give(case=waits, by="li", role="technician")))
    room.step(2, Give(case=waits, by="zhao", role="manager"))
    assert room.kernel.cases.holds("s1")
    assert {"hot_work.begun", "fire_watch.due", "hot_work.suppression_begun"} <= set(facts(room.effects))


def test_smoke_of_the_work_is_kept_and_not_shouted_a_call_point_is() -> None:
    room, _ = begun()
    effects = room.step(10, "s1.smoke=on", "b1.call_point=on")
    shouted = {e.alert.rule: e.alert.suppression is None for e in effects.alerts if e.action == "raised"}
    assert {"fire": False, "call": True} == shouted


def test_the_bypass_ends_by_itself_after_a_shift_and_two_ask_for_more() -> None:
    room, permit = begun(grade="second", hours=20)
    room.step(10, "s1.smoke=on")
    room.run_until(8 * HOUR + 1)
    assert not room.kernel.cases.holds("s1")
    assert [False] == [alert.active for alert in room.open("workflow:hot_work")]
    assert [None] == [alert.suppression for alert in room.open("fire")]
    room.ask(8 * HOUR + 60, Extend(case=permit, by="li", role="technician"), second="zhao")
    assert room.kernel.cases.holds("s1")
    room.run_until(16 * HOUR + 61)
    assert not room.kernel.cases.holds("s1")
    assert permit in room.kernel.cases.of("hot_work")


def test_the_permit_stays_open_until_the_last_round_was_walked() -> None:
    room, permit = begun()
    walk(room, 60)
    room.ask(HOUR, Finish(case=permit, by="li", role="technician"))
    assert not room.kernel.cases.holds("s1")
    room.restart()
    room.run_until(2 * HOUR + 10)
    assert permit in room.kernel.cases.of("hot_work")
    walk(room, 2 * HOUR + 60)
    room.run_until(2 * HOUR + 61)
    assert permit not in room.kernel.cases.of("hot_work")
    assert not room.kernel.cases.of("fire_watch")
    assert [] == room.open("hot-work-late")


def test_a_watch_that_is_not_walked_to_its_end_makes_the_permit_late() -> None:
    room, permit = begun()
    room.ask(HOUR, Finish(case=permit, by="li", role="technician"))
    room.run_until(3 * HOUR)
    assert [(permit, True)] == [(alert.key, alert.active) for alert in room.open("hot-work-late")]
    walk(room, 3 * HOUR + 60)
    room.run_until(3 * HOUR + 61)
    assert [False] == [alert.active for alert in room.open("hot-work-late")]


def test_work_that_nobody_reports_done_is_late_and_the_watch_goes_on() -> None:
    room, permit = begun()
    room.run_until(4 * HOUR + 1)
    assert [(permit, True)] == [(alert.key, alert.active) for alert in room.open("hot-work-late")]
    assert not room.kernel.cases.holds("s1")
    assert room.kernel.cases.of("fire_watch")


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"hours": 9}, "too_long"),
        ({"grade": "second", "hours": 73}, "too_long"),
        ({"hours": 0}, "too_long"),
        ({"gas_lel": None}, "needs_gas_test"),
        ({"gas_min_ago": 31}, "needs_gas_test"),
        ({"gas_lel": 11}, "gas"),
        ({"devices": ()}, "unknown_devices"),
        ({"devices": ("zz",)}, "unknown_devices"),
        ({"devices": ("b1",)}, "by_hand"),
        ({"devices": ("s1", "s2")}, "several_areas"),
        ({"place": " "}, "say_what"),
    ],
)
def test_what_no_permit_is_given_for(fields: dict[str, Any], key: str) -> None:
    devices: list[Device] = [*KernelRoom(HotWork()).devices, FAR]
    room = KernelRoom(HotWork(), devices=devices, site=SITE)
    assert [f"hot_work.{key}"] == keys(room.step(1, apply(**fields)))


def test_what_is_held_back_already_is_not_held_back_twice() -> None:
    room, _ = begun()
    assert ["hot_work.held_already"] == keys(room.step(5, apply(work="cut", by="wang")))


def test_the_site_may_want_a_longer_watch_and_no_shorter_one() -> None:
    assert [] == list(HotWorkConfig(watch_after_min=120).check(SiteFacts()))
    assert [("watch_after_min",)] == [fault.path for fault in HotWorkConfig(watch_after_min=10).check(SiteFacts())]


def test_on_a_holiday_a_permit_is_one_grade_higher() -> None:
    room = KernelRoom(HotWork(), site=SiteFacts(calendar=Calendar("Asia/Shanghai", frozenset({"2026-11-23"}))))
    assert ["hot_work.too_long"] == keys(room.step(1, apply(grade="second", hours=20)))
    assert [] == keys(room.step(2, apply(grade="second", hours=8)))
