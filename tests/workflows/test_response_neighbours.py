"""Response beside its neighbours: who is on the scene by one is so for all, and everything is said once."""

from collections.abc import Callable

import pytest

from alerts.drill_asks import Stop
from alerts.escalation_chain import Chain, Step
from alerts.response_asks import Tick
from tests.alerts.kernel.room import FIRE, KernelRoom
from tests.workflows import drilling
from tests.workflows.register import Register
from tests.workflows.responding import DEVICES, LI, OPERATOR, SITE, WANG, ZHAO, Town, fire, scan, the_case
from workflows.contacts import Contacts, Give
from workflows.escalation import Escalation, EscalationConfig
from workflows.guards import Guards
from workflows.incident import Incidents
from workflows.response import Response

NOT_THERE = Chain(name="not there", steps=(Step(after_s=120, condition="not_on_scene", roles=("leader",)),))


def house() -> KernelRoom:
    town = Town({"guard": ("wang.account",), "leader": ("zhao.account",)}, here=("wang",))
    flows = (Escalation(EscalationConfig(chains=(NOT_THERE,))), Guards(), Incidents(), Response(), Contacts())
    a_room = KernelRoom(*flows, town, Register(LI, WANG, ZHAO), rules=(FIRE,), devices=DEVICES, site=SITE)
    a_room.ask(0.5, Give(person="zhao", channel="sms", address="zhao", by="boss", role="manager"))
    return a_room


def nobody(a_room: KernelRoom) -> None:
    """Nothing is done."""


def scans(a_room: KernelRoom) -> None:
    scan(a_room, 20)


def scans_when_the_smoke_is_gone(a_room: KernelRoom) -> None:
    """Of which guards say nothing: the alert calls nobody any more."""
    a_room.step(19, "s1.smoke=off")
    scan(a_room, 20)


def ticks(a_room: KernelRoom) -> None:
    a_room.ask(20, Tick(case=the_case(a_room).id, step="scene", **OPERATOR))


@pytest.mark.parametrize(
    ("comes", "is_told"), [(nobody, True), (scans, False), (scans_when_the_smoke_is_gone, False), (ticks, False)]
)
def test_escalation_calls_nobody_to_a_scene_where_somebody_is(
    comes: Callable[[KernelRoom], None], is_told: bool
) -> None:
    a_room = house()
    fire(a_room)
    comes(a_room)
    effects = a_room.step(121)
    told = [each.to for each in effects.notifications if not each.id.startswith("late.")]
    assert [("zhao",)] * is_told == told
    assert not a_room.kernel.failures


def test_a_scan_is_noted_once_on_the_alert() -> None:
    a_room = house()
    fire(a_room)
    effects = scan(a_room, 20)
    assert ["comment"] == [event.action for event in effects.alerts]


@pytest.mark.parametrize("is_ticked", [True, False])
def test_a_tick_in_a_drill_is_on_the_scene_for_its_score_and_the_drill_ends_the_checklist(is_ticked: bool) -> None:
    a_room = drilling.room(None, Incidents(), Response())
    drill = drilling.begun(a_room)
    a_room.step(2)
    case = the_case(a_room)
    assert "drill" == case.origin
    if is_ticked:
        a_room.ask(20, Tick(case=case.id, step="scene", **OPERATOR))
    seconds, _, _ = drilling.measured(drilling.drill_of(a_room))["on_scene"]
    assert (19 if is_ticked else None) == seconds
    a_room.ask(30, Stop(case=drill, by="boss", role="manager"))
    a_room.step(31)
    assert not a_room.kernel.cases.of("response")
    assert not a_room.kernel.failures
