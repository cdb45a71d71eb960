"""What is wrong with a round is one alert, which ends when it turns out to have been right."""

from typing import Any

import pytest

from alerts.alert import AlertClass
from alerts.facts import PATROL_CLOSED, PATROL_DEVIATION, PATROL_SET_RIGHT, Fact
from alerts.rules.patrol import PatrolMemory, PatrolRule
from devices.message import At, Name, Text
from devices.reading import Instant
from tests.words import chinese, english

GATE, STORE = Name("Gate", "大门"), Name("Store")


def rule(**changed: Any) -> PatrolRule:
    return PatrolRule(**{"name": "rounds", "alert_class": AlertClass.DUTY, "priority": 3, "procedure": "p"} | changed)


def fact(topic: str, *names: Name, deviations: tuple[str, ...] = ("missed",)) -> Fact:
    text = Text.of("patrols.missed", route=Name("Night", "夜间"), starts=At(0), checkpoints=names)
    return Fact(
        workflow="patrols", case="r", step="s", at=0, text=text, topics=(topic,), fields={"deviations": deviations}
    )


def after(a_rule: PatrolRule, *facts: Fact, memory: PatrolMemory | None = None) -> PatrolMemory:
    memory = memory or a_rule.start()
    for now, each in enumerate(facts):
        memory = a_rule.step(memory, each, now)
    return memory


def since(memory: PatrolMemory) -> Instant | None:
    return memory.breach.since if memory.breach is not None else None


def test_all_that_is_wrong_with_a_round_is_told_in_both_languages() -> None:
    memory = after(
        rule(),
        fact(PATROL_DEVIATION, GATE, deviations=("late", "too_fast")),
        fact(PATROL_DEVIATION, STORE),
    )
    assert memory.breach is not None
    text = memory.breach.text
    assert "Night, 1970-01-01 00:00: late: Gate; missed: Store; faster than a walk: Gate" == english(text)
    assert "夜间，1970-01-01 00:00：迟到：大门；漏检：Store；快于步行速度：大门" == chinese(text)


def test_what_joins_is_told_anew_and_what_is_set_right_is_not() -> None:
    first = after(rule(), fact(PATROL_DEVIATION, GATE))
    assert 0 == since(first)
    joined = rule().step(first, fact(PATROL_DEVIATION, STORE), 5)
    assert 5 == since(joined)
    assert 5 == since(rule().step(joined, fact(PATROL_SET_RIGHT, GATE), 6))
    right = after(rule(), fact(PATROL_SET_RIGHT, GATE, STORE), memory=joined)
    assert right.breach is None


def test_what_cannot_be_set_right_ends_when_the_round_is_closed() -> None:
    odd = after(rule(), fact(PATROL_DEVIATION, GATE, deviations=("twice",)))
    assert rule().step(odd, fact(PATROL_SET_RIGHT, GATE), 1).breach is not None
    assert rule().step(odd, fact(PATROL_CLOSED), 1).breach is None


def test_what_a_site_does_not_want_to_be_told_is_not() -> None:
    a_rule = rule(tells=("missed",))
    start = a_rule.start()
    assert a_rule.step(start, fact(PATROL_DEVIATION, GATE, deviations=("late",)), 1) is start


@pytest.mark.parametrize(("checkpoints", "per"), [((), "case"), (("gate",), "site")])
def test_of_rounds_each_has_its_alert_and_of_checkpoints_the_site(checkpoints: tuple[str, ...], per: str) -> None:
    assert per == rule(checkpoints=checkpoints).per


def test_a_scan_of_an_old_checkpoint_by_phone_counts_from_when_it_was_done() -> None:
    a_rule = rule(checkpoints=("gate",), every_s=100)
    scan = Fact(workflow="patrols", case="", step="scanned", at=50, text=Text.of("x.y"), fields={"checkpoint": "gate"})
    assert {"gate": 50} == a_rule.step(PatrolMemory(scanned={"gate": 1}), scan, 60).scanned
