"""Emergency plans: one for each emergency that is named, reviewed and drilled in its period; supplies that run out."""

from typing import Any

import pytest

from alerts.facts import Fact
from devices.message import Text
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.workflows.terms import BY, DAY, TODAY, after, consented, midnight, room, standing
from workflows.emergency_plans import Drill, EmergencyPlans, Enter, Plan, PlansConfig, Review, Withdraw
from workflows.emergency_supplies import Add, EmergencySupplies, Report, Service

CONFIG = PlansConfig(needed=("fire", "flood"), drill_days=90)


def asked_for() -> KernelRoom:
    here = room(EmergencyPlans(CONFIG), EmergencySupplies())
    here.run_until(1)
    return here


def enter(kind: Any = "fire", **more: Any) -> Enter:
    plan = {"kind": kind, "heading": "Fire plan", "edition": "1", "lead": "li", "team": ("wu", "bo")}
    return Enter(**{**plan, **more}, **BY)


def plans(here: KernelRoom) -> dict[str, Plan]:
    return dict(here.kernel.cases.of("emergency_plans"))


def late(here: KernelRoom) -> int:
    return standing(here, "emergency-plans-late")


def test_an_emergency_without_a_plan_is_missing_and_then_late() -> None:
    here = asked_for()
    assert {"fire", "flood"} == set(plans(here))
    here.run_until(midnight(31) - 1)
    assert 0 == late(here)
    here.run_until(midnight(31))
    assert 2 == late(here)
    consented(here, midnight(31) + 1, enter())
    consented(here, midnight(31) + 2, enter("flood", item="flood-east", area="store"))
    assert 0 == late(here)
    assert {"fire", "flood-east"} == set(plans(here))


@pytest.mark.parametrize(
    ("fields", "is_drilled"),
    [
        ({"plan": "fire plan"}, True),
        ({"plan": "", "scenario": "smoke"}, True),
        ({"plan": "", "scenario": "call_point"}, True),
        ({"plan": "", "scenario": "gas"}, False),
        ({"plan": "another", "scenario": "gas"}, False),
    ],
)
def test_a_drill_on_the_live_system_counts_for_its_plan(fields: dict[str, Any], is_drilled: bool) -> None:
    here = asked_for()
    consented(here, 2, enter())
    held = Fact(workflow="drills", case="d1", step="held", at=START, area="store", text=Text("x.y"), fields=fields)
    moves = EmergencyPlans(CONFIG).step(held, plans(here), here.kernel.world, START)
    assert [TODAY] * is_drilled == [case.drilled for case in moves.cases]


def test_it_is_drilled_and_reviewed_in_its_period_over_a_restart() -> None:
    here = asked_for()
    consented(here, 2, enter())
    consented(here, 3, enter("flood"))
    here.run_until(midnight(91) - 1)
    assert 0 == late(here)
    here.restart(5)
    here.run_until(midnight(91) + 5)
    assert 2 == late(here)
    drilled = Drill(case="fire", drilled=after(80), note="went well", **BY)
    assert ["emergency_plans.drilled", "emergency_plans.in_order"] == facts(here.step(midnight(91) + 6, drilled))[:2]
    here.run_until(midnight(171))
    assert 2 == late(here)
    here.step(midnight(171) + 1, Drill(case="fire", note="again", **BY))
    here.restart(1_000 * DAY)
    here.run_until(midnight(1_175))
    assert "late_review" in plans(here)["fire"].told
    here.step(midnight(1_175) + 1, Review(case="fire", note="stays", **BY))
    assert "late_review" not in plans(here)["fire"].told


def test_what_is_withdrawn_is_missing_again_where_it_is_asked_for() -> None:
    here = asked_for()
    consented(here, 2, enter(item="f1"))
    assert "fire" not in plans(here)
    consented(here, 3, Withdraw(case="f1", note="replaced", **BY))
    assert plans(here)["fire"].reviewed is None
    consented(here, 4, enter("gas"))
    consented(here, 5, Withdraw(case="gas", note="no gas", **BY))
    assert "gas" not in plans(here)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (enter(heading=" "), "terms.field"),
        (enter(lead="ghost"), "terms.field"),
        (enter(team=("li", "gone")), "terms.field"),
        (enter(area="moon"), "emergency_plans.no_area"),
        (enter(item="a b"), "emergency_plans.bad_item"),
        (enter(item="flood"), "emergency_plans.bad_item"),
        (Review(case="fire", note="x", **BY), "emergency_plans.none_yet"),
        (Drill(case="nothing", note="x", **BY), "terms.no_case"),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, why: str) -> None:
    assert [why] == keys(asked_for().step(2, ask))


def test_an_emergency_is_named_once() -> None:
    site: Any = None
    assert ["needed"] == [fault.path[0] for fault in PlansConfig(needed=("fire", "fire")).check(site)]


def test_supplies_run_out_on_their_day() -> None:
    here = asked_for()
    kept = {"item": "M-1", "area": "store", "kind": "medicine", "place": "cabinet", "amount": "20 boxes"}
    here.ask(2, Add(**kept, next_service=after(40), scrap=after(60), **BY))
    here.run_until(midnight(41) - 1)
    assert [1, 0] == [standing(here, f"emergency-supplies-{word}") for word in ("due", "not-in-order")]
    here.run_until(midnight(41))
    assert 1 == standing(here, "emergency-supplies-not-in-order")
    here.step(midnight(41) + 1, Service(case="M-1", next_service=after(200), **BY))
    assert 0 == standing(here, "emergency-supplies-not-in-order")
    here.run_until(midnight(61))
    assert 1 == standing(here, "emergency-supplies-not-in-order"), "it has run out"
    here.step(midnight(62), Report(case="M-1", note="used up", by="g", role="guard"))
    assert 1 == standing(here, "emergency-supplies-not-in-order")
