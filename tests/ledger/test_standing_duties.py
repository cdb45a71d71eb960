"""Every duty of the plan that stands: kept, nearly broken and broken, as standing_duties.toml says.

The rules that watch it are those that workflows ship, and are told facts.
"""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts.alert import Alert, AlertClass, State
from alerts.facts import Fact
from alerts.rule import Rule
from api.catalogue import language
from api.workflow_finder import workflows
from devices.message import Name, Text
from ledger.coverage import Shares
from ledger.duties import duties_of, standing_of
from ledger.standing_duty import StandingDuty, standing, told
from tests.alerts.timeline import START
from tests.workflows.test_plan_borders import BORDERS
from workflows.agreements import AgreementsConfig

DUTIES = {duty.name: duty for duty in standing_of("safe_enterprise")}
ON = {"agreements": AgreementsConfig(is_on=True)}
RULES = {rule.name: rule for name, workflow in workflows().items() for rule in workflow(ON.get(name)).rules()}
OTHERS = {
    "patrol-rounds": "patrol",
    "coverage-under-agreed": "fact",
    "fridge-temperature": "threshold",
    "store-alone": "two_person",
}
"""Shipped where the site file has routes, fridges or stores; told more than facts."""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"word": "is"}):
    """``state`` it stands for; ``word``: how the board says it, where it knows no such state of that duty.

    ``cannot``: why that state cannot be, in one sentence.
    """

    state: str
    why: str
    facts: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    percent: tuple[int, ...] = ()
    word: str = ""
    cannot: str = ""


ROWS = msgspec.toml.decode(Path(__file__).with_name("standing_duties.toml").read_bytes(), type=dict[str, list[Row]])


def alert(rule: str, **more: Any) -> Alert:
    found = Alert(
        id=rule,
        rule=rule,
        rule_version="1",
        area="store",
        key="k",
        alert_class=AlertClass.DUTY,
        priority=3,
        text=Text("plain.words", {"words": "x"}),
        state=next(iter(State)),
        raised=START,
        changed=START,
        causes=(),
    )
    return msgspec.structs.replace(found, **more)


def standing_alerts(duty: StandingDuty, row: Row) -> list[Alert]:
    """Of its rules, those that are breached once they were told the facts."""
    found = [alert(name) for name in row.alerts]
    for name in (*duty.rules, *duty.near):
        rule: Rule[Any] | None = RULES.get(name)
        memory = rule.start() if rule is not None else None
        for number, topic in enumerate(row.facts):
            workflow, step = topic.split(".")
            fact = Fact(workflow=workflow, case="c", step=step, at=START + number, text=Text(""))
            if rule is not None and rule.hears(topic):
                memory = rule.step(memory, fact, START + number)
        if memory is not None and memory.breach is not None:
            found.append(alert(name))
    return found


def shares(duty: StandingDuty, row: Row) -> dict[str, Shares]:
    whole = Shares(None, None, None, None, ())
    return {
        f"a{place}": msgspec.structs.replace(whole, **{duty.coverage: percent / 100})
        for place, percent in enumerate(row.percent)
    }


@pytest.mark.parametrize(
    ("name", "row"), [pytest.param(name, row, id=f"{name}: {row.why}") for name, its in ROWS.items() for row in its]
)
def test_as_it_stands(name: str, row: Row) -> None:
    duty = DUTIES[name]
    found = standing(duty, standing_alerts(duty, row), shares(duty, row), 0.9)
    assert (row.word or row.state) == found.state
    if row.state == "kept":
        its = [RULES[rule] for rule in (*duty.rules, *duty.near) if rule in RULES]
        assert all(any(rule.hears(topic) for rule in its) for topic in row.facts)
    assert bool(found.wanting) == (found.state in ("near", "broken"))
    assert language("en", "UTC").render(told(found))


def test_each_duty_is_kept_nearly_broken_and_broken() -> None:
    """By rules that there are, on topics that there are."""
    assert ROWS.keys() == DUTIES.keys()
    lacking = {name: {"kept", "near", "broken"} - {row.state for row in rows} for name, rows in ROWS.items()}
    assert {} == {name: states for name, states in lacking.items() if states}
    named = {rule for duty in DUTIES.values() for rule in (*duty.rules, *duty.near)}
    assert named <= RULES.keys() | OTHERS.keys()


def test_what_is_never_near_is_taken_to_its_border_and_what_cannot_be_says_why() -> None:
    odd = {
        (name, row.state): row.cannot for name, rows in ROWS.items() for row in rows if row.word not in ("", row.state)
    }
    near = {name for name, state in odd if state == "near"}
    assert BORDERS.keys() == near
    assert all(odd[name, state] for name, state in odd if state != "near")


def test_the_manual_names_each_duty() -> None:
    """In the table of the plan, row by row; and none that there is not."""
    manual = (Path(__file__).parents[2] / "docs" / "plan.md").read_text(encoding="utf-8")
    table = manual[manual.index("## The plan, row by row") :]
    assert {*DUTIES, *(rule.name for rule in duties_of("safe_enterprise"))} == set(
        re.findall(r"`(plan-[a-z0-9-]+)`", table)
    )


@pytest.mark.parametrize(
    "more", [{"active": False}, {"origin": "drill"}, {"silent": True}], ids=["over", "drill", "silent"]
)
def test_what_breaks_nothing(more: dict[str, Any]) -> None:
    """An alert whose cause is over, a drill's; and of a silent one the board says nothing."""
    assert "kept" == standing(DUTIES["plan-d3-overdue"], [alert("hazard-overdue", **more)], {}, 1).state


def test_an_area_without_anything_of_that_kind_says_nothing() -> None:
    """And without any area that has it nobody knows."""
    duty = DUTIES["plan-c2-physical"]
    nothing = Shares(1.0, None, 1.0, 1.0, ())
    assert "not_yet" == standing(duty, [], {"store": nothing}, 0.9).state
    found = standing(duty, [], {"store": nothing, "hall": Shares(None, 1.0, None, None, ())}, 0.9)
    assert ("kept", 1, 1) == (found.state, found.areas, found.whole)


def test_not_applicable_says_so_whatever_stands() -> None:
    found = standing(DUTIES["plan-d3-overdue"], [alert("hazard-overdue")], {}, 1, is_exempt=True)
    assert ("exempt", 1) == (found.state, found.wanting)


def test_a_duty_that_no_rule_watches_is_not_kept() -> None:
    """No routes, so no rule of rounds; a rule that watches it is enough."""
    duty = DUTIES["plan-b1-manned"]
    assert "not_yet" == standing(duty, [], {}, 1, known=()).state
    assert "kept" == standing(duty, [], {}, 1, known=("duty-absent",)).state


def test_an_empty_register_keeps_no_duty() -> None:
    """Whatever is open is still told."""
    duty = DUTIES["plan-a1-agreements"]
    found = standing(duty, [], {}, 1, is_empty=True)
    assert ("not_yet", Text.of("standing_duty.empty")) == (found.state, told(found))
    assert "broken" == standing(duty, [alert("agreement-missing")], {}, 1, is_empty=True).state


def test_what_a_duty_is_kept_for_are_cases_of_a_workflow_that_there_is() -> None:
    assert {duty.of for duty in DUTIES.values() if duty.of} <= workflows().keys()
    named = {name for name, duty in DUTIES.items() if not duty.of and not duty.coverage}
    # Nothing of these is registered; none open is as it must be.
    matters = {"plan-f4-conflicts", "plan-f6-concerns", "plan-f7-complaints", "plan-g2-infections"}
    others = {
        "plan-b4-armed",
        "plan-b5-permits",
        "plan-c6-reported",
        "plan-d1-signed",
        "plan-d3-overdue",
        "plan-d3-major",
    }
    assert others | matters == named


def test_areas_are_named() -> None:
    duty = DUTIES["plan-c1-technical"]
    low = {"store": Shares(None, None, 0.5, None, ())}
    found = standing(duty, [], low, 0.9, [START - 1, START], START, names={"store": Name("Store")})
    assert "Store: 50 %" in language("en", "UTC").render(told(found))
    assert 1 == found.broken
