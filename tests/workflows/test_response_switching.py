"""A step of a procedure switches an output on: by whom, until when, beside what alarms want, and over a restart."""

from typing import Any

import pytest

from alerts.alert import AlertClass, Disposition
from alerts.command import Acknowledge, Close, Reset
from alerts.output import Output
from alerts.output_rule import OutputRule
from alerts.response_asks import Tick, Undo
from alerts.response_case import Responding
from alerts.response_plan import Procedure, Step, Switch
from alerts.site_facts import ConfigFault, SiteFacts
from devices.message import Text
from devices.reading import SECOND
from tests.alerts.kernel.room import FIRE, SMOKE, KernelRoom
from tests.alerts.timeline import START, device
from tests.workflows.responding import OPERATOR, the_case
from workflows.incident import Incidents, Join
from workflows.response import Response, ResponseConfig

LEAVE = "leave the building"
BOUND = (
    Output("voice", "voice", (AlertClass.INTRUSION,), value=LEAVE),
    Output("siren", "siren", (AlertClass.FIRE,)),
    Output("gate", "lock", (AlertClass.INTRUSION,), value=False),
    Output("board", "relay", (AlertClass.INTRUSION,), channel="1"),
    Output("board", "relay", (AlertClass.INTRUSION,), channel="2"),
)
NAMES = ("voice", "siren", "gate", "board")
DEVICES = (
    SMOKE,
    device("s2", "office", kind="smoke", signals=("smoke",)),
    *(device(name, "hall") for name in NAMES),
)
OWN = OutputRule(
    name="gateway-output", title="Output", alert_class=AlertClass.FAULT, priority=1, procedure="look",
    devices=NAMES, outputs=BOUND,
)  # fmt: skip


def step(name: str, *devices: str, output: str = "") -> Step:
    switches = tuple(Switch(device=each, output=output) for each in devices)
    return Step(id=name, name=name, within_s=600, switches=switches)


CONFIG = ResponseConfig(
    procedures=(
        Procedure(
            name="fire",
            classes=(AlertClass.FIRE,),
            steps=(
                step("speak", "voice"),
                step("again", "voice", "siren"),
                step("lock", "gate"),
                step("second", "board", output="relay:2"),
                step("look"),
            ),
        ),
    )
)


def room() -> KernelRoom:
    site = SiteFacts(outputs=BOUND, devices=DEVICES)
    return KernelRoom(Incidents(), Response(CONFIG), rules=(FIRE, OWN), devices=DEVICES, site=site)


def on_fire(a_room: KernelRoom, at: float = 1, detector: str = "s1") -> Responding:
    a_room.step(at, f"{detector}.smoke=on")
    a_room.step(at)
    return next(case for case in cases(a_room) if case.started_at == START + int(at * SECOND))


def cases(a_room: KernelRoom) -> list[Responding]:
    return [case for case in a_room.kernel.cases.of("response").values() if isinstance(case, Responding)]


def tick(a_room: KernelRoom, at: float, case: Responding, name: str, **more: Any) -> list[tuple[str, object]]:
    return ordered(a_room, at, Tick(case=case.id, step=name, **OPERATOR | more))


def ordered(a_room: KernelRoom, at: float, *events: Any) -> list[tuple[str, object]]:
    return [(order.device, order.value) for order in a_room.step(at, *events).outputs]


def over(a_room: KernelRoom, at: float, case: Responding, detector: str = "s1") -> list[tuple[str, object]]:
    """Its alarm is reset and closed; the orders of that turn."""
    a_room.step(at, f"{detector}.smoke=off")
    for command in (Acknowledge(case.first, "op"), Reset(case.first, "op")):
        a_room.step(at, command)
    return ordered(a_room, at, Close(case.first, "op", Disposition.CONFIRMED, "out"))


def test_a_tick_switches_it_on_and_the_end_of_the_response_off() -> None:
    a_room = room()
    case = on_fire(a_room)
    assert [("voice", LEAVE)] == tick(a_room, 5, case, "speak")
    assert [] == tick(a_room, 6, case, "look")
    assert ("voice", "") in over(a_room, 9, case)
    assert [] == ordered(a_room, 10)


def test_what_is_not_done_after_all_is_switched_off_unless_another_step_wants_it() -> None:
    """Nor does it take an alarm's siren away."""
    a_room = room()
    case = on_fire(a_room)
    tick(a_room, 5, case, "speak")
    assert [] == tick(a_room, 6, case, "again"), "both sound already"
    assert [] == ordered(a_room, 7, Undo(case=case.id, step="speak", **OPERATOR))
    assert [("voice", "")] == ordered(a_room, 8, Undo(case=case.id, step="again", **OPERATOR))


def test_of_several_outputs_the_named_one_is_switched() -> None:
    a_room = room()
    tick(a_room, 5, on_fire(a_room), "second")
    (order,) = a_room.effects.outputs
    assert ("relay:2", True, "op") == (order.key, order.value, order.by)


@pytest.mark.parametrize(
    ("name", "more", "key"),
    [
        ("speak", {"role": "guard"}, "response.not_yours_to_switch"),
        ("lock", {}, "response.people_get_out"),
    ],
)
def test_what_nobody_may_switch_so_is_refused(name: str, more: dict[str, Any], key: str) -> None:
    a_room = room()
    case = on_fire(a_room)
    a_room.step(5, Tick(case=case.id, step=name, **OPERATOR | more))
    (refused,) = a_room.effects.refused
    assert key in str(refused)
    assert [] == a_room.effects.outputs
    a_room.step(6, Tick(case=case.id, step="look", **OPERATOR | {"role": "guard"}))
    assert [] == a_room.effects.refused


def test_what_was_done_without_the_network_switches_nothing_hours_later() -> None:
    a_room = room()
    case = on_fire(a_room)
    assert "voice" not in dict(tick(a_room, 4_000, case, "speak", done_at=START + 5 * SECOND))
    assert (case.id, ()) == (the_case(a_room).id, the_case(a_room).switched)


def test_it_stays_on_over_a_restart_and_goes_off_with_the_response() -> None:
    a_room = room()
    case = on_fire(a_room)
    tick(a_room, 5, case, "speak")
    a_room.restart(2)
    again = a_room.step(8)
    assert {"voice"} >= {order.device for order in again.outputs if order.value == LEAVE}
    assert ("voice", "") in over(a_room, 9, case)


def test_two_incidents_that_were_one_keep_it_on_without_a_break() -> None:
    a_room = room()
    one, other = on_fire(a_room, 1), on_fire(a_room, 2, "s2")
    tick(a_room, 5, other, "speak")  # the later one goes to the number of the earlier
    assert [] == ordered(a_room, 6, Join(case=one.id, other=other.id, **OPERATOR))
    (left,) = cases(a_room)
    assert ["voice"] == [each.switch.device for each in left.switched]
    over(a_room, 9, one)
    assert ("voice", "") in over(a_room, 10, other, "s2")


@pytest.mark.parametrize(
    ("one", "key"),
    [
        (step("speak", "horn"), "response.no_output"),
        (step("speak", "board"), "response.no_output"),
        (
            Step(id="confirm", kind="confirm", switches=(Switch(device="voice"),)),
            "response.confirm_switches",
        ),
    ],
)
def test_a_step_that_could_switch_nothing_is_a_fault_of_the_file(one: Step, key: str) -> None:
    site = SiteFacts(outputs=BOUND, devices=DEVICES)
    config = ResponseConfig(procedures=(Procedure(name="p", classes=(AlertClass.FIRE,), steps=(one,)),))
    (fault,) = config.check(site)
    assert isinstance(fault, ConfigFault)
    assert (key, ("procedures", 0, "steps", 0, "switches")) == (fault.text.key, fault.path[:5])
    assert [] == list(CONFIG.check(site))


def test_the_checklist_says_what_a_step_switches() -> None:
    title = CONFIG.procedures[0].steps[1].title
    assert Text.of("response.switching", title=step("again").title, outputs=("voice", "siren")) == title
