"""Duty checks: they sound until a person answers, the answer goes out, and one that nobody answers is an alert."""

from typing import Any

import pytest

from alerts.alert import AlertEvent
from alerts.command import Acknowledge
from alerts.effects import Effects
from alerts.facts import DUTY_ANSWERED, DUTY_ASKED, Fact
from alerts.lifecycle import Action
from devices.message import Text
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from workflows.duty_check import Answer, DutyCheck

RULE = "workflow:duty_check"


def asked(at: float, case: str = "city-9", minutes: int = 10, centre: str = "city") -> Fact:
    return Fact(
        workflow="centre",
        case=case,
        step="duty_asked",
        at=START + int(at * SECOND),
        text=Text.of("plain.words", words="?"),
        fields={"centre": centre, "minutes": minutes},
        topics=(DUTY_ASKED,),
        book="",
    )


def who(**more: Any) -> dict[str, Any]:
    return {"by": "ada", "role": "operator"} | more


def sounded(effects: Effects) -> list[str]:
    events: list[AlertEvent] = [event for event in effects.alerts if event.alert.rule == RULE]
    return [event.action for event in events]


def test_it_sounds_until_somebody_answers_and_the_answer_is_a_fact() -> None:
    room = KernelRoom(DutyCheck())
    assert [Action.RAISED] == sounded(room.step(0, asked(0)))
    room.step(20, Acknowledge(room.open(RULE)[0].id, "ada"))
    assert [Action.CAUSE_AGAIN] == sounded(room.step(60)), "to acknowledge it is no answer"
    room.restart(30)
    assert [Action.CAUSE_AGAIN] == sounded(room.step(130))
    room.ask(140, Answer(case="city-9", operator=7, **who()))
    (fact,) = [each for each in room.effects.facts if DUTY_ANSWERED in each.topics]
    assert ("city-9", "ada", {"centre": "city", "operator": 7}) == (fact.case, fact.by, fact.fields)
    assert not any(alert.active for alert in room.open(RULE))
    assert [] == room.run_until(10_000)
    assert [] == room.open("duty-check-missed")


def test_one_that_nobody_answers_is_an_alert_until_the_next_is_answered() -> None:
    room = KernelRoom(DutyCheck())
    room.step(0, asked(0, minutes=3))
    assert [] == room.run_until(179)
    assert ["duty_check.missed"] == room.run_until(180)
    assert any(alert.active for alert in room.open("duty-check-missed"))
    assert not any(alert.active for alert in room.open(RULE))
    assert ["duty_check.none_waits"] == keys(room.step(181, Answer(case="city-9", **who())))
    room.step(200, asked(200, "city-10"))
    room.ask(210, Answer(case="city-10", **who()))
    assert not any(alert.active for alert in room.open("duty-check-missed"))


def test_it_sounds_for_ten_minutes_at_most() -> None:
    room = KernelRoom(DutyCheck())
    room.step(0, asked(0, minutes=60))
    loud = [at for at in range(60, 3_600, 60) if sounded(room.step(at))]
    assert [*range(60, 600, 60)] == loud
    assert ["duty_check.missed"] == room.run_until(3_600)


def test_a_new_check_takes_the_place_of_the_old_and_the_same_is_none() -> None:
    room = KernelRoom(DutyCheck())
    room.step(0, asked(0))
    assert [] == sounded(room.step(1, asked(1))), "sent again: its confirm was lost"
    room.step(5, asked(5, "other-1", centre="other"))
    effects = room.step(10, asked(10, "city-10"))
    assert ["duty_check.replaced", "duty_check.asked"] == [each for each in facts(effects) if "duty_check" in each]
    assert {"other-1", "city-10"} == {alert.key for alert in room.open(RULE) if alert.active}


@pytest.mark.parametrize("case", ["", "city-8"])
def test_what_was_not_asked_is_not_answered(case: str) -> None:
    room = KernelRoom(DutyCheck())
    room.step(0, asked(0))
    assert ["duty_check.none_waits"] == keys(room.step(1, Answer(case=case, **who())))
