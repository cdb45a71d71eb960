"""Orders to outputs by people: who, why, until when, beside what alarms want, and over a restart."""

from typing import Any

import pytest

from alerts.alert import AlertClass, State
from alerts.command import Acknowledge, Reset
from alerts.kernel.consent import Give
from alerts.output import Output
from alerts.output_event import OutputAnswered, SilenceOutputs
from alerts.output_rule import OutputRule, OutputState
from alerts.rule import Rule
from alerts.site_facts import SiteFacts
from devices.message import Text
from devices.output_orders import OutputOrder
from tests.alerts.kernel.room import FIRE, KernelRoom, facts, keys
from tests.alerts.timeline import device
from workflows.output_order import End, OutputOrders, Stop, SwitchOn

BOUND = (
    Output("siren", "siren", (AlertClass.FIRE,)),
    Output("fan", "relay", (AlertClass.FIRE,), starts="smoke_fan"),
    Output("gate", "lock", (AlertClass.INTRUSION,), value=False),
    Output("board", "relay", (AlertClass.INTRUSION,), channel="1"),
    Output("board", "relay", (AlertClass.INTRUSION,), channel="2"),
    Output("foam-release", "relay", (AlertClass.INTRUSION,)),
)
NAMES = ("siren", "fan", "gate", "board", "foam-release")
DEVICES = (
    device("s1", kind="smoke_detector", signals=("smoke",)),
    device("s2", kind="smoke_detector", signals=("smoke",)),
    *(device(name, "hall") for name in NAMES),
)
OWN = OutputRule(
    name="gateway-output", title="Output", alert_class=AlertClass.FAULT, priority=1, procedure="look",
    devices=NAMES, outputs=BOUND,
)  # fmt: skip


class OutputRoom(KernelRoom):
    """All that was ordered."""

    def __init__(self, *further: Rule[Any]) -> None:
        self.orders: list[str] = []
        site = SiteFacts(outputs=BOUND, devices=DEVICES)
        super().__init__(OutputOrders(), rules=(FIRE, OWN, *further), devices=DEVICES, site=site)

    def _step(self, events: Any, now: int) -> Any:
        effects = super()._step(events, now)
        self.orders += [f"{one.device} {'on' if one.value == on_of(one) else 'off'}" for one in effects.outputs]
        return effects

    def state(self, name: str) -> OutputState:
        return next(state for state in self.engine.outputs.states() if state.device == name)

    def fire(self, at: float) -> None:
        self.step(at, "s1.smoke=on", "s2.smoke=on")

    def reset(self, at: float) -> None:
        self.step(at, "s1.smoke=off", "s2.smoke=off", *(Acknowledge(alert.id, "li") for alert in self.open("fire")))
        self.step(at, *(Reset(alert.id, "li") for alert in self.open("fire")))


def on_of(order: OutputOrder) -> bool | str:
    return next(output.value for output in BOUND if (output.device, output.key) == (order.device, order.key))


def on(device: str = "siren", **more: Any) -> SwitchOn:
    return SwitchOn(**{"device": device, "reason": "evacuate", "by": "li", "role": "operator"} | more)


def stop(device: str = "siren", **more: Any) -> Stop:
    return Stop(**{"device": device, "reason": "over", "by": "li", "role": "operator"} | more)


def test_a_person_switches_one_on_and_takes_it_back() -> None:
    a_room = OutputRoom()
    case = a_room.ask(1, on())
    assert (a_room.orders, facts(a_room.effects)) == (["siren on"], ["output_order.ordered"])
    ordered = a_room.state("siren").ordered
    assert ordered is not None
    assert (ordered.order.by, ordered.order.reason.key) == ("li", "output_order.reason")
    a_room.ask(2, End(case=case, by="wu", role="operator"))
    assert (a_room.orders, facts(a_room.effects)) == (["siren on", "siren off"], ["output_order.ended"])
    assert ["output_order.gone"] == keys(a_room.step(3, End(case=case, by="wu", role="operator")))


def test_its_end_comes_by_the_clock_and_over_a_restart() -> None:
    a_room = OutputRoom()
    a_room.ask(1, on(period="5min"))
    a_room.step(2, OutputAnswered(a_room.effects.outputs[0], "sent"))
    a_room.restart(after_s=10)
    a_room.step(15)
    assert a_room.orders == ["siren on", "siren on"]  # again, under its old id
    assert ["output_order.over"] == a_room.run_until(302)
    assert a_room.orders[-1] == "siren off"


def test_what_an_alarm_wants_goes_on_when_the_order_is_taken_back() -> None:
    a_room = OutputRoom()
    case = a_room.ask(1, on())
    a_room.fire(2)
    a_room.ask(3, End(case=case, by="li", role="operator"))
    assert "siren off" not in a_room.orders
    a_room.reset(4)
    assert a_room.orders.count("siren off") == 1


def test_an_order_outlasts_the_alarm() -> None:
    a_room = OutputRoom()
    a_room.fire(1)
    a_room.ask(2, on())
    a_room.reset(3)
    assert "siren off" not in a_room.orders
    assert "fan off" in a_room.orders


def test_a_fan_is_started_by_hand_without_an_input_and_goes_off_with_the_order() -> None:
    a_room = OutputRoom()
    case = a_room.ask(1, on("fan"))
    a_room.step(2, "s1.smoke=on")
    a_room.ask(3, End(case=case, by="li", role="operator"))
    assert [order for order in a_room.orders if order.startswith("fan")] == ["fan on", "fan off"]


def test_silence_quiets_an_ordered_siren_and_a_new_order_sounds_it() -> None:
    a_room = OutputRoom()
    case = a_room.ask(1, on())
    a_room.step(2, SilenceOutputs("wu"))
    assert (a_room.orders, a_room.state("siren").silenced_by) == (["siren on", "siren off"], "wu")
    a_room.ask(3, End(case=case, by="li", role="operator"))
    a_room.ask(4, on())
    assert a_room.orders == ["siren on", "siren off", "siren on"]


def test_a_stop_holds_until_a_new_alarm_and_no_alert_moves() -> None:
    a_room = OutputRoom()
    a_room.step(1, "s1.smoke=on")
    a_room.ask(2, stop())
    assert (a_room.orders, a_room.state("siren").stopped_by) == (["siren on", "siren off"], "li")
    assert [State.UNACKNOWLEDGED] == [alert.state for alert in a_room.open("fire")]
    a_room.restart(after_s=5)
    a_room.step(8)
    assert a_room.orders == ["siren on", "siren off"]
    a_room.step(9, "s2.smoke=on")
    assert (a_room.orders[-1], a_room.state("siren").stopped_by) == ("fan on", "")
    assert "siren on" in a_room.orders[2:]


def test_to_stop_a_fan_in_a_fire_takes_two() -> None:
    a_room = OutputRoom()
    a_room.fire(1)
    effects = a_room.step(2, stop("fan"))
    assert [True] == [answer.waits for answer in effects.answered]
    assert "fan off" not in a_room.orders
    a_room.step(3, Give(case=effects.answered[0].case, by="wu", role="operator"))
    assert "fan off" in a_room.orders
    a_room.reset(4)
    a_room.ask(5, on("fan"))
    assert [False] == [answer.waits for answer in a_room.step(6, stop("fan")).answered]


@pytest.mark.parametrize(("ask", "why"), [
    (on("organ"), "output_order.none_such"),
    (on("board"), "output_order.none_such"),
    (on(reason=" "), "output_order.no_reason"),
    (stop(reason=""), "output_order.no_reason"),
    (on("foam-release"), "output_orders.extinguishing"),
    (stop("foam-release"), "output_orders.extinguishing"),
    (on(until=1), "output_order.longest"),
    (on(until=1 << 62), "output_order.longest"),
    (on("gate"), "output_order.people_get_out"),
    (on(role="guard"), "asking.role"),
])  # fmt: skip
def test_what_is_refused(ask: Any, why: str) -> None:
    a_room = OutputRoom()
    a_room.fire(1)
    before = [*a_room.orders]
    refused = keys(a_room.step(2, ask))
    assert refused == [why] or (why == "asking.role" and refused)
    assert a_room.orders == before


def test_the_same_twice_is_refused_and_one_of_several_outputs_has_a_name() -> None:
    a_room = OutputRoom()
    a_room.ask(1, on("board", output="relay:2"))
    assert ["output_order.already"] == keys(a_room.step(2, on("board", output="relay:2")))
    a_room.ask(3, on("board", output="relay:1"))
    assert a_room.orders == ["board on", "board on"]


@pytest.mark.parametrize("origin", ["drill", "test", "canary", "simulator"])
def test_what_is_not_real_is_not_switched(origin: Any) -> None:
    a_room = OutputRoom()
    effects = a_room.step(1, on(origin=origin))
    assert a_room.orders == []
    assert ["refused"] == [fact.step for fact in effects.output_facts]


def test_no_order_of_any_workflow_reaches_what_puts_fires_out() -> None:
    a_room = OutputRoom()
    order = OutputOrder("x", "foam-release", "relay", True, 0, Text.of("output_control.over"))
    a_room.engine._effects.outputs.append(order)
    a_room.engine.outputs.follow(a_room.engine._effects, a_room.now)
    assert [order] != a_room.engine._effects.outputs
    assert [] == a_room.engine._effects.outputs
    assert ["refused"] == [fact.step for fact in a_room.engine._effects.output_facts]
