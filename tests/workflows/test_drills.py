"""Drills: who plans and ends one, what is timed, how it scores itself, who is told."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerts.command import Acknowledge
from alerts.drill_asks import Arrived, Assess, Pause, Start, Stop
from alerts.facts import CENTRE_TEST, DISPATCH, EVIDENCE
from devices.reading import SECOND
from ledger import cases as ledger_cases
from tests.alerts.kernel.room import keys
from tests.alerts.timeline import START
from tests.words import english
from tests.workflows.drilling import (
    SITE,
    Roster,
    at,
    begun,
    drill_of,
    drilled,
    ended,
    handled,
    measured,
    plan,
    room,
    scan,
)
from workflows.contacts import Contacts, Give
from workflows.drills import DrillConfig

# -- a drill from beginning to end --------------------------------------------------------------------------------


def test_a_drill_that_is_handled_in_time_has_passed_and_is_evidence() -> None:
    a_room = room()
    begun(a_room, participants=("wang", "zhao"), leader="boss", plan="P1")
    assert [("fire", "drill", "s1")] == [(a.rule, a.origin, a.key) for a in a_room.open("fire")]
    a_room.step(11, Acknowledge(drilled(a_room)[0].id, "li"))
    a_room.step(41, at(scan(), 41))
    a_room.run_until(95)
    handled(a_room, 95)
    told = ended(a_room)
    assert ("held", "real", True) == (told.step, told.origin, EVIDENCE in told.topics)
    assert {
        "detected": (0.0, "passed", ""),
        "acknowledged": (10.0, "passed", "li"),
        "on_scene": (40.0, "passed", "wang"),
        "handled": (94.0, "passed", "li"),
    } == measured(drill_of(a_room))
    assert ("passed", "drill", 2, "evacuation") == tuple(
        told.fields[name] for name in ("result", "kind", "participants", "purpose")
    )
    assert 64 == len(told.seal)
    assert [] == a_room.open("fire")


def test_what_is_late_is_missed_and_what_never_came_is_not_reached() -> None:
    a_room = room()
    begun(a_room, lasts_min=5)
    a_room.step(61, Acknowledge(drilled(a_room)[0].id, "li"))
    assert ["drills.held"] == a_room.run_until(400)
    results = {name: result for name, (_, result, _) in measured(drill_of(a_room)).items()}
    assert {
        "detected": "passed",
        "acknowledged": "missed",
        "on_scene": "not_reached",
        "handled": "not_reached",
    } == results
    assert ("missed", "drills.why_time") == (drill_of(a_room).outcome, drill_of(a_room).why.key)  # type: ignore[union-attr]
    assert [] == drilled(a_room)


def test_the_targets_are_the_sites() -> None:
    a_room = room(DrillConfig(acknowledged_s=90))
    begun(a_room)
    a_room.step(61, Acknowledge(drilled(a_room)[0].id, "li"))
    assert (60.0, "passed", "li") == measured(drill_of(a_room))["acknowledged"]


def test_somebody_who_says_so_is_on_the_scene_and_only_what_is_there_counts() -> None:
    a_room = room()
    case = begun(a_room)
    a_room.step(20, at(scan("yard"), 20))
    assert measured(drill_of(a_room))["on_scene"][0] is None
    a_room.ask(31, Arrived(case=case, by="wang", role="guard"))
    assert (30.0, "passed", "wang") == measured(drill_of(a_room))["on_scene"]


def test_a_ticked_step_of_the_checklist_is_somebody_on_the_scene_and_a_dispatch_is_not() -> None:
    a_room = room()
    begun(a_room)
    for second, is_there in ((20, False), (25, True)):
        sent = replace(scan(by="zhao"), topics=(DISPATCH,), fields={"is_there": is_there}, origin="drill")
        a_room.step(second, at(sent, second))
    assert (24.0, "passed", "zhao") == measured(drill_of(a_room))["on_scene"]


def test_a_second_detector_says_it_half_a_minute_later_and_all_is_off_again() -> None:
    a_room = room()
    begun(a_room)
    a_room.run_until(40)
    assert ["s1", "s2"] == sorted(alert.key for alert in drilled(a_room))
    a_room.run_until(95)
    assert [False, False] == [alert.active for alert in drilled(a_room)]


def test_steps_of_ones_own_may_be_figures() -> None:
    a_room = room()
    begun(a_room, scenario="own", steps=("5 s1 temperature 80", "30 s1 temperature 20", "0 b1 call_point"))
    a_room.run_until(6)
    assert ["call", "hot"] == sorted(alert.rule for alert in drilled(a_room))


def test_each_step_in_the_book_says_that_it_is_of_a_drill_and_the_result_counts() -> None:
    a_room = room()
    begun(a_room)
    said = {fact.step: fact.origin for fact in a_room.effects.facts}
    assert {"started": "real", "detected": "drill"} == said
    texts = [english(fact.text) for fact in a_room.effects.facts]
    assert "DRILL: detected after 0 s (target 10 s): evacuation" in texts
    drafts = ledger_cases.drafts_of(a_room.effects, english)
    assert ["", "drill"] == [draft.fields.get("origin", "") for draft in drafts]


def test_an_assessment_ends_it_and_none_within_a_fortnight_too() -> None:
    a_room = room()
    case = begun(a_room)
    a_room.ask(2, Stop(case=case, by="li", role="operator"))
    a_room.ask(3, Assess(case=case, assessment="slow", problems="radio", by="boss", role="manager"))
    (told,) = a_room.effects.facts
    assert ("slow", "radio") == (told.fields["assessment"], told.fields["problems"])
    assert not a_room.kernel.cases.of("drills")
    begun(a_room, 10)
    a_room.run_until(1_000)
    a_room.step(15 * 86_400)
    assert not a_room.kernel.cases.of("drills")


# -- who may, and what may not be ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("more", "why"), [
    ({"role": "operator"}, "workflow.not_your_role"),
    ({"area": "moon"}, "drills.no_area"),
    ({"purpose": " "}, "drills.no_purpose"),
    ({"lasts_min": 0.5}, "drills.too_long"),
    ({"lasts_min": 61}, "drills.too_long"),
    ({"lasts_min": 1}, "drills.too_short"),
    ({"lasts_min": float("nan")}, "drills.too_long"),
    ({"start_at": START - SECOND}, "drills.no_time"),
    ({"start_at": START + 400 * 86_400 * SECOND}, "drills.no_time"),
    ({"area": "yard", "scenario": "gas"}, "drills.nobody_says"),
    ({"steps": ("1 s1 smoke",)}, "drills.steps_of_own"),
    ({"scenario": "own"}, "drills.no_steps"),
    ({"scenario": "own", "steps": ("1 s1 smoke",) * 51}, "drills.most_steps"),
    ({"scenario": "own", "steps": ("s1 smoke",)}, "drills.not_a_step"),
    ({"scenario": "own", "steps": ("nan s1 smoke",)}, "drills.not_a_step"),
    ({"scenario": "own", "steps": ("1 s1 smoke maybe",)}, "drills.not_a_step"),
    ({"scenario": "own", "steps": ("1 s1 temperature inf",)}, "drills.not_a_step"),
    ({"scenario": "own", "steps": ("1 x9 smoke",)}, "drills.no_device"),
    ({"scenario": "own", "steps": ("1 s2 temperature 5",)}, "drills.no_signal"),
    ({"area": "yard", "scenario": "own", "steps": ("1 s1 smoke",)}, "drills.elsewhere"),
    ({"scenario": "own", "steps": (f"1 s1 smoke{' ' * 300}",)}, "drills.not_a_step"),
    ({"participants": tuple(f"p{number}" for number in range(101))}, "drills.too_many_people"),
    ({"participants": ("x" * 65,)}, "drills.too_many_people"),
])  # fmt: skip
def test_what_cannot_be_planned(more: dict[str, Any], why: str) -> None:
    assert [why] == keys(room().step(1, plan(**more)))


def test_what_cannot_be_done_now() -> None:
    a_room = room()
    case = a_room.ask(1, plan())
    someone: dict[str, Any] = {"case": case, "by": "boss", "role": "manager"}
    assert ["drills.not_now"] == keys(a_room.step(2, Pause(**someone)))
    a_room.ask(3, Start(**someone))
    assert ["drills.not_now"] == keys(a_room.step(4, Start(**someone)))
    other = a_room.ask(5, plan())
    assert ["drills.one_runs"] == keys(a_room.step(6, Start(case=other, by="boss", role="manager")))
    assert ["drills.not_now"] == keys(a_room.step(7, Assess(**someone, assessment="x")))
    a_room.ask(8, Stop(**someone))
    assert ["drills.say_how"] == keys(a_room.step(9, Assess(**someone, assessment=" ")))
    assert ["drills.no_drill"] == keys(a_room.step(10, Start(case="x", by="boss", role="manager")))


@pytest.mark.parametrize(("config", "on_duty", "scenario", "takes_two"), [
    ("manned", ("li",), "smoke", True), ("manned", (), "smoke", False), ("manned", ("li",), "own", False),
    ("always", (), "smoke", True), ("never", ("li",), "smoke", False),
])  # fmt: skip
def test_where_people_are_on_duty_somebody_else_consents_to_a_fire_drill(
    config: Any, on_duty: tuple[str, ...], scenario: str, takes_two: bool
) -> None:
    a_room = room(DrillConfig(consent=config), Roster(*on_duty))
    steps = ("0 d1 door",) if scenario == "own" else ()
    (answer,) = a_room.step(1, plan(scenario=scenario, steps=steps)).answered
    assert takes_two is answer.waits


# -- who is told --------------------------------------------------------------------------------------------------


def test_those_who_take_part_are_told_that_it_is_a_drill_and_nobody_else_is() -> None:
    a_room = room(None, Contacts())
    a_room.ask(0.5, Give(person="wang", channel="mail", address="wang@x", by="boss", role="manager"))
    case = begun(a_room, participants=("wang", "nobody"), tells_people=True)
    told = a_room.effects.notifications
    assert [(("wang",), "drill")] * 2 == [(each.to, each.origin) for each in told]
    assert all(english(each.text).startswith("DRILL, Store: ") for each in told)
    a_room.ask(9, Stop(case=case, by="li", role="operator"))
    (over,) = a_room.effects.notifications
    assert not over.is_urgent
    begun(a_room, 20, participants=("wang",), tells_people=True)
    (over,) = a_room.step(25, "far.smoke=on").notifications
    assert (True, "DRILL, Store: the drill is over. REAL ALARM: fire, Yard.") == (over.is_urgent, english(over.text))
    a_room = room(None, Contacts())
    begun(a_room, 20, participants=("wang",))
    assert [] == a_room.effects.notifications


@pytest.mark.parametrize("tells", [True, False])
def test_a_centre_is_told_its_test_code_only_where_the_plan_says_so(tells: bool) -> None:
    a_room = room()
    case = begun(a_room, tells_centre=tells)
    found = [fact.fields["is_on"] for fact in a_room.effects.facts if CENTRE_TEST in fact.topics]
    a_room.ask(9, Stop(case=case, by="li", role="operator"))
    found += [fact.fields["is_on"] for fact in a_room.effects.facts if CENTRE_TEST in fact.topics]
    assert ([True, False] if tells else []) == found


def test_a_table_of_the_site_file_is_looked_through() -> None:
    assert ["drills.not_a_length"] == [fault.text.key for fault in DrillConfig(handled_s=0).check(SITE)]
