"""A permit to enter a confined space: who may, what it takes, the air, who is inside, and what stops it."""

from typing import Any

import pytest

from alerts.confined import Passage, kept
from alerts.kernel.consent import Give
from alerts.site_facts import ConfigFault
from devices.reading import SECOND
from tests.alerts.kernel.room import facts, keys
from tests.alerts.timeline import START
from tests.workflows.permitting import (
    HOUR,
    MINUTE,
    SITE,
    PermitRoom,
    accept,
    applied,
    enter,
    finish,
    leave,
    measure,
    plain,
    start,
    tick,
)
from workflows import confined_space as cs
from workflows.confined_space import ConfinedSpaceConfig
from workflows.confined_spaces import Remove


def active(room: PermitRoom) -> set[str]:
    return {alert.rule for alert in room.open() if alert.active and alert.rule.startswith("confined-space")}


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"space": "CS-9"}, "confined_space.no_space"),
        ({"ventilation": " "}, "permit.wanting"),
        ({"work": ""}, "permit.wanting"),
        ({"workers": ()}, "permit.wanting"),
        ({"workers": (" ",)}, "permit.wanting"),
        ({"watcher": "zhao "}, "permit.watches_himself"),
        ({"workers": ("gone",)}, "permit.has_left"),
        ({"workers": ("x" * 101,)}, "permit.too_many"),
        ({"certificates": ("x",) * 61}, "permit.too_many"),
        ({"devices": ("s1",)}, "permit.no_sensor"),
        ({"hours": 24}, ""),
        ({"hours": 24.01}, "permit.too_long"),
        ({"hours": 0}, "permit.too_long"),
        ({"hours": float("nan")}, "permit.too_long"),
        ({"role": "guard"}, "workflow.not_your_role"),
    ],
)
def test_what_is_applied_for(changed: dict[str, Any], key: str) -> None:
    assert ([key] if key else []) == keys(PermitRoom().step(1, applied(**changed)))


def test_a_leader_approves_with_another_and_neither_has_applied() -> None:
    room = PermitRoom()
    case = room.apply(1, by="mia", role="manager")
    asked = {"case": case, "role": "manager"}
    assert ["permit.approves_own"] == keys(room.step(2, cs.Approve(by="mia", **asked)))
    assert ["permit.higher_up"] == keys(room.step(2, cs.Approve(case=case, by="tom", role="technician")))
    waiting = room.ask(3, cs.Approve(by="max", **asked))
    assert "applied" == room.permit(case).stage  # nothing before the second
    assert ["permit.approves_own"] == keys(room.step(4, Give(case=waiting, by="mia", role="manager")))
    assert ["workflow.not_your_role"] == keys(room.step(4, Give(case=waiting, by="tom", role="technician")))
    room.step(5, Give(case=waiting, by="ada", role="admin"))
    permit = room.permit(case)
    assert ("approved", "max", "ada") == (permit.stage, permit.approved_by, permit.second)
    assert permit.valid_until == START + 5 * SECOND + 8 * HOUR * SECOND


def test_nobody_begins_before_all_is_done() -> None:
    room = PermitRoom()
    case = room.apply(1)
    assert ["permit.not_now"] == keys(room.step(1, start(case)))
    room.approve(2, case)
    assert ["permit.not_ticked"] == keys(room.step(3, start(case)))
    assert ["permit.no_measure"] == keys(room.step(3, tick(case, measures=("harness",))))
    assert ["permit.say_why"] == keys(room.step(3, tick(case, measures=("isolated",), not_needed=True)))
    room.ask(3, tick(case))
    room.ask(3, tick(case, measures=("isolated",), not_needed=True, note="no pipe leads in"))
    assert ["permit.not_briefed"] == keys(room.step(4, start(case)))
    assert ["permit.not_of_it"] == keys(room.step(4, cs.Brief(case=case, persons=("Li",), by="t", role="operator")))
    room.ask(4, cs.Brief(case=case, persons=("Sun", "wang", "Zhao"), by="tom", role="technician"))
    assert ["permit.not_briefed"] == keys(room.step(4, start(case)))
    room.ask(4, cs.Brief(case=case, persons=("Qian",), by="tom", role="technician"))
    assert ["permit.no_gas_test"] == keys(room.step(5, start(case)))
    assert ["permit.not_now"] == keys(room.step(5, enter(case, "wang")))
    room.ask(6, measure(case))
    room.ask(7, start(case))
    assert "working" == room.permit(case).stage
    assert {"isolated": False} == {
        each.measure: each.applies for each in room.permit(case).measures if not each.applies
    }


@pytest.mark.parametrize(
    ("shown", "key"),
    [
        ({"oxygen": 19.5}, ""),
        ({"oxygen": 19.4}, "permit.gas"),
        ({"oxygen": 23.5}, ""),
        ({"oxygen": 23.6}, "permit.gas"),
        ({"lel": 9.9}, ""),
        ({"lel": 10}, "permit.gas"),
        ({"h2s": 6.9}, ""),
        ({"h2s": 7}, "permit.gas"),
        ({"co": 15.9}, ""),
        ({"co": 16}, "permit.gas"),
        ({"oxygen": None}, "permit.no_gas_test"),
        ({"h2s": None}, "permit.no_gas_test"),  # the register says that it is to be tested for
        ({"oxygen": float("nan")}, "permit.no_value"),
        ({"lel": -1}, "permit.no_value"),
        ({"oxygen": 101}, "permit.no_value"),
        ({"point": " "}, "permit.nothing_measured"),
    ],
)
def test_in_which_air_anybody_may_begin(shown: dict[str, Any], key: str) -> None:
    """A row at each border, and one beyond it."""
    room = PermitRoom()
    case = room.prepared()
    found = keys(room.step(2, measure(case, **shown)))
    assert ([key] if key else []) == (found or keys(room.step(3, start(case))))


@pytest.mark.parametrize(("after", "expected"), [(30 * MINUTE, []), (30 * MINUTE + 1, ["permit.no_gas_test"])])
def test_a_test_before_the_work_counts_for_half_an_hour(after: float, expected: list[str]) -> None:
    room = PermitRoom()
    case = room.prepared()
    room.ask(2, measure(case))
    assert expected == keys(room.step(2 + after, start(case)))


@pytest.mark.parametrize(
    ("minutes", "expected"), [(60, []), (60 + 1 / 60, ["permit.no_gas_test"]), (100, ["permit.no_gas_test"])]
)
def test_after_a_break_of_more_than_an_hour_the_air_is_tested_anew(minutes: float, expected: list[str]) -> None:
    room = PermitRoom()
    case = room.begun(1)
    room.ask(10, cs.Stop(case=case, note="lunch", by="gus", role="guard"))
    assert expected == keys(room.step(10 + minutes * MINUTE, start(case)))


def test_it_stops_by_itself_when_the_air_is_not_tested_again() -> None:
    room = PermitRoom()
    case = room.begun(1)
    room.ask(2, enter(case, "wang"))
    assert [] == [step for step in room.run_until(2 * HOUR) if step.startswith("confined_space")]
    told = room.run_until(2 * HOUR + 1)
    assert {"confined_space.stopped", "confined_space.evacuate_out", "confined_space.inside_too_long"} >= set(told)
    assert ("stopped", {"confined-space-evacuate"}) == (room.permit(case).stage, active(room))
    assert ["confined_space.still_inside"] == keys(room.step(2 * HOUR + 5, start(case)))
    room.ask(2 * HOUR + 6, leave(case, "wang"))
    assert set() == active(room)
    assert ["permit.no_gas_test"] == keys(room.step(2 * HOUR + 7, start(case)))
    room.ask(2 * HOUR + 8, measure(case))
    room.ask(2 * HOUR + 9, start(case))
    assert "working" == room.permit(case).stage


def test_bad_air_stops_the_work_calls_everybody_out_and_reaches_who_has_a_telephone() -> None:
    room = PermitRoom()
    case = room.begun(1)
    room.ask(2, enter(case, "wang", "Zhao"))
    room.ask(3, measure(case, oxygen=19.4))
    assert {"confined_space.gas_tested", "confined_space.stopped", "confined_space.evacuate_gas"} == set(
        facts(room.effects)
    )
    assert [("wang",)] == [told.to for told in room.effects.notifications]
    assert room.effects.notifications[0].is_urgent
    (alert,) = (each for each in room.open("confined-space-bad-air") if each.active)
    assert (1, "gas") == (alert.priority, alert.alert_class)
    room.ask(4, leave(case, "Zhao"))
    assert {"confined-space-bad-air"} == active(room)
    room.restart(60)
    room.ask(70, leave(case, "wang"))
    assert set() == active(room)
    assert ["permit.gas"] == keys(room.step(71, start(case)))


@pytest.mark.parametrize(
    ("said", "stops"),
    [
        ("o1.oxygen=19.5", False),
        ("o1.oxygen=19.4", True),
        ("o1.gas=10.0", True),
        ("o1.h2s=6.9", False),
        ("g1.gas=9.9", False),
        ("g1.gas=10.0", True),
        ("g1.gas_alarm=on", True),
        ("s1.smoke=on", False),
    ],
)
def test_a_gas_sensor_stops_the_work_at_once(said: str, stops: bool) -> None:
    room = PermitRoom(sensors=("o1",))
    case = room.begun(1)
    room.ask(2, enter(case, "wang"))
    room.step(3, said)
    assert ("stopped" if stops else "working") == room.permit(case).stage
    assert ({"confined-space-bad-air"} if stops else set()) == active(room)


def test_a_meter_with_a_panic_button_leaves_no_trace_of_it_in_the_permit() -> None:
    """Or the permit would have to be hidden from everybody who may not know of a silent alarm (docs/adr/0305)."""
    room = PermitRoom(sensors=("o1",))
    case = room.begun(1)
    before = room.permit(case)
    assert {"gas", "oxygen", "gas_alarm"} <= set(before.notes)
    room.step(3, "o1.panic=on", "g1.panic=on")
    assert before == room.permit(case)


def test_a_sensor_inside_counts_as_a_test_and_one_elsewhere_in_the_area_does_not() -> None:
    room = PermitRoom(sensors=("o1",))
    case = room.prepared(1)
    room.step(2, "g1.gas=0.5")
    assert () == room.permit(case).gas
    room.step(3, "o1.oxygen=20.8", "o1.gas=0.0", "o1.co=0.0", "o1.h2s=0.0")
    assert ["confined_space.gas_tested"] == [step for step in facts(room.effects) if "gas" in step]
    room.ask(4, start(case))
    count = len(room.permit(case).gas)
    for second in range(5, 5 + 4 * MINUTE, 10):  # written down each five minutes, and not at each word
        room.step(second, "o1.oxygen=20.8")
    assert count == len(room.permit(case).gas)
    room.step(3 + 5 * MINUTE, "o1.oxygen=20.7")
    assert (count + 1, "o1", "") == (
        len(room.permit(case).gas), room.permit(case).gas[-1].point, room.permit(case).gas[-1].by,
    )  # fmt: skip
    for second in range(600, 5 * HOUR, 600):  # all four go on being told: nobody tests by hand
        room.run_until(second)
        room.step(second, "o1.oxygen=20.8", "o1.gas=0.0", "o1.co=0.0", "o1.h2s=0.0")
    assert "working" == room.permit(case).stage


@pytest.mark.parametrize(
    ("who", "key"),
    [
        (("wang",), "confined_space.is_in"),
        (("WANG ",), "confined_space.is_in"),
        (("Qian",), "confined_space.watcher_stays"),
        (("Li",), "permit.not_of_it"),
        ((), "confined_space.who"),
        (("Zhao",), ""),
    ],
)
def test_who_goes_in(who: tuple[str, ...], key: str) -> None:
    room = PermitRoom()
    case = room.begun(1)
    room.ask(2, enter(case, "wang"))
    assert ([key] if key else []) == keys(room.step(3, enter(case, *who)))


def test_one_watcher_for_each_space_and_nobody_in_two() -> None:
    room = PermitRoom()
    first = room.begun(1)
    room.ask(2, enter(first, "wang"))
    second = room.prepared(3, space="CS-2")
    room.ask(3, measure(second))
    assert ["permit.watches_elsewhere"] == keys(room.step(4, start(second)))
    assert ["permit.watches_himself"] == keys(
        room.step(4, cs.Relieve(case=second, watcher="Zhao", by="tom", role="technician"))
    )
    room.ask(5, cs.Relieve(case=second, watcher="Li", by="tom", role="technician"))
    room.ask(6, start(second))
    assert ["confined_space.is_in"] == keys(room.step(7, enter(second, "wang")))
    room.ask(8, leave(first, "wang"))
    room.ask(9, enter(second, "wang"))
    assert ["wang"] == [each.person for each in room.permit(second).inside]


def test_it_does_not_end_while_anybody_is_inside() -> None:
    room = PermitRoom()
    case = room.begun(1)
    room.ask(2, enter(case, "wang", "Zhao"))
    assert ["confined_space.still_inside"] == keys(room.step(3, finish(case)))
    room.ask(60, leave(case, "wang"))
    assert ["confined_space.still_inside"] == keys(room.step(61, finish(case)))
    assert ["confined_space.not_in"] == keys(room.step(61, leave(case, "wang")))
    room.ask(62, leave(case, "Zhao"))
    room.ask(63, finish(case))
    assert [(2, 60), (2, 62)] == [
        ((each.in_at - START) // SECOND, ((each.out_at or 0) - START) // SECOND) for each in room.permit(case).passages
    ]
    assert ["permit.accepts_own"] == keys(room.step(64, accept(case, by="tom")))
    room.ask(65, accept(case))
    assert {} == room.kernel.cases.of("confined_space")
    ended = room.effects.cases["confined_space", case]
    assert not any(name in plain(ended) for name in ("Zhao", "Qian", "Sun"))  # they stand in the book alone


@pytest.mark.parametrize(("after", "late"), [(8 * HOUR - 0.001, False), (8 * HOUR, True)])
def test_who_is_inside_when_the_time_is_over_is_an_alert_of_the_highest_priority(after: float, late: bool) -> None:
    room = PermitRoom(config=ConfinedSpaceConfig(retest_min=1_440, inside_max_min=1_440))
    case = room.begun(1)
    room.ask(2, enter(case, "wang"))
    room.run_until(1 + after)
    assert ({"confined-space-late", "confined-space-overstayed"} if late else set()) == active(room)
    assert all(alert.priority == 1 for alert in room.open("confined-space-overstayed"))
    if late:
        assert ["permit.not_valid"] == keys(room.step(1 + after + 1, enter(case, "Zhao")))
        room.ask(2 + after, leave(case, "wang"))
        assert {"confined-space-late"} == active(room)
        room.ask(3 + after, finish(case))
        room.ask(4 + after, accept(case))
        assert set() == active(room)


@pytest.mark.parametrize(("minutes", "long"), [(119.99, False), (120, True)])
def test_nobody_is_inside_for_too_long(minutes: float, long: bool) -> None:
    room = PermitRoom(config=ConfinedSpaceConfig(retest_min=1_440))
    case = room.begun(1)
    room.ask(2, enter(case, "wang"))
    room.ask(3, enter(case, "Zhao"))
    room.run_until(2 + minutes * MINUTE)
    assert ({"confined-space-inside-too-long"} if long else set()) == active(room)
    room.ask(4 + minutes * MINUTE, leave(case, "wang", "Zhao"))
    assert set() == active(room)


def test_what_nobody_approves_or_begins_lapses_and_what_nobody_accepts_is_late() -> None:
    room = PermitRoom()
    case = room.apply(1)
    room.run_until(24 * HOUR)
    assert case in room.kernel.cases.of("confined_space")
    assert "confined_space.lapsed" in room.run_until(24 * HOUR + 1)
    other = room.prepared(24 * HOUR + 2)
    assert "confined_space.lapsed" in room.run_until(32 * HOUR + 2)
    assert other not in room.kernel.cases.of("confined_space")
    third = room.begun(33 * HOUR)
    room.ask(33 * HOUR + 1, finish(third))
    assert "confined_space.unaccepted" in room.run_until(57 * HOUR + 1)
    assert {"confined-space-late"} == active(room)


def test_in_and_out_is_handed_in_later_with_its_own_time() -> None:
    room = PermitRoom()
    case = room.begun(1)
    at = {name: START + second * SECOND for name, second in (("in", 100), ("out", 300))}
    room.ask(400, enter(case, "wang", done_at=at["in"]))
    room.ask(401, leave(case, "wang", done_at=at["out"]))
    assert [Passage("wang", at["in"], at["out"])] == [*room.permit(case).passages]
    room.ask(402, enter(case, "wang"))
    room.ask(403, leave(case, "wang", done_at=at["in"]))  # a clock that was wrong: never before the way in
    assert START + 402 * SECOND == room.permit(case).passages[-1].out_at


def test_nobody_who_is_inside_is_ever_forgotten() -> None:
    inside = Passage("first", 1)
    every = kept((inside, *(Passage(f"p{number}", number, number) for number in range(700))))
    assert (500, inside) == (len(every), every[0])


def test_a_space_that_is_no_longer_in_the_register_takes_no_permit() -> None:
    room = PermitRoom()
    room.ask(1, Remove(case="CS-1", by="mia", role="manager"))
    assert ["confined_space.no_space"] == keys(room.step(2, applied()))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, []),
        ({"retest_min": 0}, ["retest_min"]),
        ({"oxygen_most": 19.5}, ["oxygen_most"]),
        ({"inside_max_min": -1}, ["inside_max_min"]),
        ({"longest_h": {"confined_space.entry": 12}}, []),
        ({"longest_h": {"confined_space.second": 12}}, ["longest_h"]),
        ({"longest_h": {"confined_space.entry": 1_000}}, ["longest_h"]),
        ({"certificates": {"lifting": "x"}}, ["certificates"]),
    ],
)
def test_settings_within_reason(changed: dict[str, Any], field: list[str]) -> None:
    faults = [*ConfinedSpaceConfig(**changed).check(SITE)]
    assert field == [fault.path[0] for fault in faults if isinstance(fault, ConfigFault)]


def test_who_must_hold_a_certificate() -> None:
    config = ConfinedSpaceConfig(certificates={"confined_space": "confined"})
    room = PermitRoom(config=config)
    assert ["permit.which_certificate"] == keys(room.step(1, applied()))
    assert [] == keys(room.step(1, applied(certificates=("Zhao: T 123",))))
    missing = ConfinedSpaceConfig(certificates={"confined_space": "diver"})
    assert ["permit.not_certified"] == keys(PermitRoom(config=missing).step(1, applied(certificates=("Zhao: T 1",))))
