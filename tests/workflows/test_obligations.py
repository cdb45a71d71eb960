"""Obligations of the plan, and those that do not apply."""

from typing import Any

import pytest

from alerts.kernel.consent import Give
from alerts.obligation import Obligation
from alerts.site_facts import SiteFacts
from devices.reading import SECOND
from ledger.duties import duties_of
from tests.alerts.kernel.room import KernelRoom, keys
from tests.alerts.timeline import CALENDAR, START
from workflows.obligations import Declare, End, Obligations, ObligationsConfig

WEEKLY = "plan-d1-weekly-inspection"
DAY = 86_400


def room_of() -> KernelRoom:
    flow = Obligations(ObligationsConfig(plan="safe_enterprise"))
    return KernelRoom(flow, rules=(), devices=(), site=SiteFacts(calendar=CALENDAR))


def declare(room: KernelRoom, **more: Any) -> None:
    room.step(10, Declare(id="e1", by="ma", role="manager", rule_name=WEEKLY, reason="closed", **more))
    effects = room.step(20, Give(case=next(case for _, case in room.cases), by="ada", role="admin"))
    assert not effects.refused, effects.refused


def test_without_a_plan_nothing_is_owed() -> None:
    assert not Obligations().rules()


def test_each_duty_of_the_plan_is_whole() -> None:
    """A title and what to do in both languages, a clause, a name that says so."""
    rules = duties_of("safe_enterprise")
    assert len(rules) == len({rule.name for rule in rules})
    for rule in rules:
        assert isinstance(rule, Obligation)
        assert rule.name.startswith(f"plan-{rule.clause.lower()}-")
        assert rule.title
        assert rule.title_zh
        assert rule.procedure_zh


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (Declare(by="ma", role="manager", rule_name="smoke", reason="none"), "no_obligation"),
        (Declare(by="ma", role="manager", rule_name=WEEKLY, reason="none", until=START), "until_is_over"),
        (End(by="ma", role="manager", case="x"), "none_such"),
    ],
)
def test_refused(ask: Any, why: str) -> None:
    assert [f"obligations.{why}"] == keys(room_of().step(1, ask))


def test_what_does_not_apply_is_not_told_until_it_applies_again() -> None:
    """Approved by another; the rule goes on counting, so that it is missed the moment it applies again."""
    room = room_of()
    declare(room)
    assert ["obligations.already"] == keys(
        room.step(30, Declare(by="ma", role="manager", rule_name=WEEKLY, reason="closed"))
    )
    room.run_until(8 * DAY)
    assert not room.open(WEEKLY)
    case = next(case for name, case in room.cases if name == "obligations")
    room.ask(8 * DAY, End(by="ma", role="manager", case=case))
    assert ["obligation.missed"] == [alert.text.params["text"].key for alert in room.open(WEEKLY)]


def test_a_duty_that_stands_may_not_apply_either() -> None:
    """It is no rule; the case says which one."""
    room = room_of()
    room.step(10, Declare(id="e1", by="ma", role="manager", rule_name="plan-c6-reported", reason="none here"))
    room.step(20, Give(case=next(case for _, case in room.cases), by="ada", role="admin"))
    assert "obligations.declared" in keys_of_facts(room)


def keys_of_facts(room: KernelRoom) -> list[str]:
    return [fact.text.key for fact in room.effects.facts]


def test_it_ends_by_itself_also_after_a_restart() -> None:
    room = room_of()
    declare(room, until=START + 8 * DAY * SECOND)
    room.run_until(3 * DAY)
    room.restart()
    room.run_until(8 * DAY - 1)
    assert not room.open(WEEKLY)
    assert "obligations.ended" in room.run_until(8 * DAY + 1)
    assert room.open(WEEKLY)
