"""Outputs on the clock: what starts, ends, silences and repeats them, what is a fault, what a restart does."""

from typing import Any

import msgspec
import pytest

from alerts.alert import AlertClass, Disposition, State
from alerts.command import Acknowledge, Close, Reset
from alerts.effects import Effects
from alerts.event import Event
from alerts.output import Output
from alerts.output_event import OutputAnswered, SilenceOutputs
from alerts.output_rule import QUICK_TRIES, OutputRule
from devices.message import Text
from devices.output_orders import OutputOrder
from devices.reading import SECOND
from tests.alerts.timeline import WAYS, Room, Way, device, reading, rule

SIREN = Output("siren", "siren", (AlertClass.FIRE, AlertClass.GAS), feedback="siren")
SMOKE = rule("state", name="smoke", signals=["smoke"])
PANIC = rule("state", name="panic", signals=["panic"], alert_class="hold_up")
DOOR = rule("state", name="door", signals=["door"], alert_class="intrusion")
DEVICES = [device("a"), device("b", "hall"), device("siren", "hall"), device("lamp", "hall")]


class Outputs:
    """A room with outputs, and all that was ordered of them."""

    def __init__(self, *outputs: Output, way: Way = "plain") -> None:
        own = OutputRule(
            name="gateway-output", title="Output", alert_class=AlertClass.FAULT, priority=1, procedure="look",
            devices=tuple(output.device for output in outputs), outputs=outputs,
        )  # fmt: skip
        self.room = Room((SMOKE, PANIC, DOOR, own), DEVICES, way=way)
        self.orders: list[OutputOrder] = []
        self.facts: list[str] = []

    def at(self, second: float, *given: str | Event) -> list[str]:
        """Orders and facts of that second, after whatever was due before it."""
        room = self.room
        until = room.started + int(second * SECOND)
        while (wake_at := room.engine.wake_at) is not None and wake_at < until:
            self.take(room.step([], max(wake_at, room.now)))
        before = len(self.orders), len(self.facts)
        events = [reading(one, until) if isinstance(one, str) else one for one in given]
        self.take(room.step(events, until))
        return [*map(shown, self.orders[before[0] :]), *self.facts[before[1] :]]

    def take(self, effects: Effects) -> None:
        self.orders += effects.outputs
        self.facts += [f"{fact.step} {fact.order.device}" for fact in effects.output_facts]
        self.refused = effects.refused

    def alert(self, name: str) -> Any:
        return next(alert for alert in self.room.alerts.values() if alert.rule == name and alert.state != State.CLOSED)

    def faults(self) -> list[str]:
        alerts = self.room.alerts.values()
        return [str(alert.key) for alert in alerts if alert.rule == "gateway-output" and alert.active]


def shown(order: OutputOrder) -> str:
    return f"{order.device} {'on' if order.value is True else 'off' if order.value is False else order.value}"


@pytest.fixture(params=WAYS[:2])
def sited(request: pytest.FixtureRequest) -> Outputs:
    return Outputs(SIREN, way=request.param)


def test_a_fire_sounds_the_siren_until_it_is_reset(sited: Outputs) -> None:
    assert sited.at(1, "a.smoke=on") == ["siren on"]
    (order,) = sited.orders
    assert (order.what, order.origin, order.alert_class, order.is_urgent) == ("siren", "real", "fire", True)
    assert sited.at(2, "siren.siren=on") == ["acted siren"]
    assert sited.at(30, "a.smoke=off") == []
    smoke = sited.alert("smoke").id
    assert sited.at(40, Acknowledge(smoke, "li")) == []
    assert sited.at(50, Reset(smoke, "li")) == ["siren off"]
    assert sited.at(51, "siren.siren=off") == ["acted siren"]
    assert sited.at(60, Close(smoke, "li", Disposition.CONFIRMED)) == []
    assert sited.at(600) == []
    assert not sited.faults()


@pytest.mark.parametrize(
    ("until", "ends_at"), [("returned", 30), ("acknowledged", 40), ("reset", 50), (20.0, 21), (45.0, 46)]
)
def test_when_it_ends(until: Any, ends_at: int) -> None:
    outputs = Outputs(Output("siren", "siren", (AlertClass.FIRE,), until=until))
    outputs.at(1, "a.smoke=on")
    outputs.at(2, OutputAnswered(outputs.orders[0], "sent"))
    smoke = outputs.alert("smoke").id
    given: dict[int, Any] = {30: ["a.smoke=off"], 40: [Acknowledge(smoke, "li")], 50: [Reset(smoke, "li")]}
    ended = [second for second in range(3, 60) if "siren off" in outputs.at(second, *given.get(second, ()))]
    assert ended[0] == ends_at


def test_silence_is_no_reset_and_a_new_alarm_sounds_again(sited: Outputs) -> None:
    sited.at(1, "a.smoke=on")
    sited.at(2, "siren.siren=on")
    assert sited.at(3, SilenceOutputs("li")) == ["siren off", "silenced siren"]
    sited.at(4, "siren.siren=off")
    assert sited.alert("smoke").state is State.UNACKNOWLEDGED
    assert sited.at(5, "a.smoke=on") == []
    assert sited.at(6, "b.smoke=on") == ["siren on"]
    assert sited.at(7, "siren.siren=on") == ["acted siren"]


def test_silence_is_refused_where_nothing_sounds(sited: Outputs) -> None:
    sited.at(1, SilenceOutputs("li"))
    assert len(sited.refused) == 1
    sited.at(2, "a.smoke=on")
    sited.at(3, SilenceOutputs("li", area="store"))  # the siren hangs in the hall
    assert len(sited.refused) == 1
    sited.at(3, SilenceOutputs("li", areas=("store", "yard")))  # an account that is limited to these
    assert len(sited.refused) == 1
    assert "silenced siren" in sited.at(4, SilenceOutputs("li", area="hall", areas=("hall", "store")))


def test_a_strobe_goes_on_when_the_siren_is_silenced() -> None:
    outputs = Outputs(SIREN, Output("lamp", "strobe", (AlertClass.FIRE,)))
    outputs.at(1, "a.smoke=on")
    assert outputs.at(2, SilenceOutputs("li")) == ["siren off", "silenced siren"]


def test_no_feedback_is_a_fault_and_it_is_told_again_but_not_for_ever(sited: Outputs) -> None:
    sited.at(1, "a.smoke=on")
    assert not sited.faults()
    sited.at(10.9)
    assert not sited.faults()
    sited.at(12)
    assert sited.faults() == ["siren"]
    assert sited.facts == ["failed siren"]
    sited.at(601)
    assert len({order.id for order in sited.orders}) == 1
    assert [order.attempt for order in sited.orders] == list(range(1, len(sited.orders) + 1))
    assert QUICK_TRIES + 8 <= len(sited.orders) <= QUICK_TRIES + 10
    assert sited.at(602, "siren.siren=on") == ["acted siren"]
    assert not sited.faults()


def test_one_that_goes_its_own_way_is_told_again() -> None:
    outputs = Outputs(SIREN)
    outputs.at(1, "a.smoke=on")
    outputs.at(2, "siren.siren=on")
    assert outputs.at(3, "siren.siren=off") == ["siren on"]
    for second in range(4, 40):  # on and off and on: not an order each time
        outputs.at(second, f"siren.siren={'on' if second % 2 else 'off'}")
    assert len(outputs.orders) <= QUICK_TRIES + 1


def test_what_cannot_be_ordered_is_a_fault_at_once(sited: Outputs) -> None:
    sited.at(1, "a.smoke=on")
    why = Text.of("output_orders.no_such_output", device="siren", what="siren")
    assert sited.at(2, OutputAnswered(sited.orders[0], "refused", why)) == ["failed siren"]
    assert sited.faults() == ["siren"]


def test_a_device_that_tells_nothing_has_acted_when_it_was_told() -> None:
    outputs = Outputs(Output("siren", "siren", (AlertClass.FIRE,)))
    outputs.at(1, "a.smoke=on")
    assert outputs.at(2, OutputAnswered(outputs.orders[0], "sent")) == ["acted siren"]
    outputs.at(600)
    assert not outputs.faults()


def test_it_went_out_before_it_was_stored() -> None:
    outputs = Outputs(SIREN)
    outputs.at(1, "a.smoke=on")
    assert outputs.at(4, OutputAnswered(outputs.orders[0], "early")) == ["early siren"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [("a.smoke=on", ["siren on"]), ("b.smoke=on", []), ("a.panic=on", []), ("a.door=on", [])],
)
def test_what_starts_it(given: str, expected: list[str]) -> None:
    output = Output("siren", "siren", (AlertClass.FIRE, AlertClass.HOLD_UP), areas=("store",))
    assert Outputs(output).at(1, given) == expected


def test_a_restart_brings_back_what_should_be_on_and_ends_what_should_not() -> None:
    outputs = Outputs(SIREN, Output("lamp", "strobe", (AlertClass.FIRE,)))
    outputs.at(1, "a.smoke=on")
    outputs.at(2, "siren.siren=on")
    outputs.at(3, SilenceOutputs("li"))
    outputs.room.restart(60)
    outputs.orders.clear()
    outputs.facts.clear()
    outputs.at(1)
    assert [shown(order) for order in outputs.orders] == ["lamp on"]  # a silence outlives a restart
    smoke = outputs.alert("smoke").id
    outputs.at(3, "a.smoke=off", Acknowledge(smoke, "li"))
    outputs.at(4, Reset(smoke, "li"))
    assert [shown(order) for order in outputs.orders] == ["lamp on", "lamp off"]


def test_what_never_was_on_is_left_alone_at_a_start() -> None:
    outputs = Outputs(SIREN)
    assert outputs.at(1) == []
    outputs.room.restart(5)
    assert outputs.at(1) == []


def test_two_alerts_keep_it_on_until_the_last_is_over() -> None:
    outputs = Outputs(Output("siren", "siren", (AlertClass.FIRE,), until="returned"))
    assert outputs.at(1, "a.smoke=on", "b.smoke=on") == ["siren on"]
    assert outputs.at(5, "a.smoke=off") == []
    assert outputs.at(6, "b.smoke=off") == ["siren off"]


def test_two_tables_bind_one_siren() -> None:
    fire = Output("siren", "siren", (AlertClass.FIRE,), until="returned")
    door = Output("siren", "siren", (AlertClass.INTRUSION,), until=30.0)
    outputs = Outputs(fire, door)
    assert outputs.at(1, "a.door=off") == []
    assert outputs.at(2, "a.door=on") == ["siren on"]
    assert outputs.at(3, "a.smoke=on") == []  # a door that opens after it would be information
    assert outputs.at(10, "a.smoke=off") == []
    assert outputs.at(32) == ["siren off"]


def test_an_output_is_no_remedy_for_its_own_failure() -> None:
    outputs = Outputs(Output("siren", "siren", (AlertClass.FIRE, AlertClass.FAULT), feedback="siren", until="returned"))
    outputs.at(1, "a.smoke=on")
    outputs.at(30)
    assert outputs.faults() == ["siren"]
    assert outputs.at(31, "a.smoke=off") == ["siren off"]


def test_an_led_has_a_colour_and_a_lock_opens() -> None:
    outputs = Outputs(
        Output("lamp", "led", (AlertClass.FIRE,), value="red", until="returned"),
        Output("siren", "lock", (AlertClass.FIRE,), until="returned"),
    )
    assert outputs.at(1, "a.smoke=on") == ["lamp red", "siren on"]
    assert outputs.at(2, "a.smoke=off") == ["lamp off", "siren off"]


@pytest.mark.parametrize("wrong", [{"classes": ()}, {"within_s": 0.0}, {"until": 0.5}])
def test_what_an_output_may_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        Output(**{"device": "siren", "what": "siren", "classes": (AlertClass.FIRE,), **wrong})


def test_an_order_that_somebody_else_put_there_is_waited_for_as_well() -> None:
    """A workflow's own: a drill sounds a siren by its moves."""
    outputs = Outputs(msgspec.structs.replace(SIREN, drills=True))
    outputs.at(1, "a.smoke=off")
    order = OutputOrder("d1", "siren", "siren", True, 0, Text.of("output_control.over"), origin="drill")
    elsewhere = msgspec.structs.replace(order, id="d2", device="a")
    effects = outputs.room.engine._stepping.effects = Effects(outputs=[order, elsewhere])
    outputs.room.engine.outputs.follow(effects, outputs.room.now)
    assert sorted(one.id for one in effects.outputs) == ["d1", "d2"]
    assert outputs.at(2, "siren.siren=on") == ["acted siren"]


def test_what_orders_outputs_never_holds_up_an_alarm() -> None:
    outputs = Outputs(SIREN)
    outputs.at(1, "a.smoke=off")
    outputs.room.engine.outputs._wanting = None  # type: ignore[assignment]  # a bug of ours
    outputs.at(2, "a.smoke=on")
    assert outputs.alert("smoke").state is State.UNACKNOWLEDGED
    failed = outputs.alert("gateway-output")
    assert (failed.alert_class, failed.active) == (AlertClass.FAULT, True)
    outputs.at(3, "b.smoke=on")
    assert len([alert for alert in outputs.room.alerts.values() if alert.rule == "smoke"]) == 2


@pytest.mark.parametrize(("origin", "drills", "starts"), [
    ("real", False, True), ("drill", False, False), ("drill", True, True),
    ("test", True, False), ("canary", True, False), ("simulator", True, False),
])  # fmt: skip
def test_what_is_not_real_starts_nothing_but_a_drill_its_own(origin: Any, drills: bool, starts: bool) -> None:
    outputs = Outputs(SIREN)
    outputs.at(1, "a.smoke=on")
    alert = msgspec.structs.replace(outputs.alert("smoke"), origin=origin)
    assert msgspec.structs.replace(SIREN, drills=drills).concerns(alert) is starts
