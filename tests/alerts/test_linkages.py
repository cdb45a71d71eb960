"""Fire equipment starts by two independent inputs, warnings by one; what is missing is said, and never guessed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass
from alerts.command import Acknowledge, Reset
from alerts.linkage import independent
from alerts.linkage_rule import LinkageRule
from alerts.moves import Stimulus
from alerts.output import Output
from alerts.output_event import OutputAnswered, SilenceOutputs
from alerts.output_rule import OutputRule
from devices.device import Device
from devices.output_orders import OutputOrder
from devices.reading import SECOND
from tests.alerts.test_outputs import Outputs
from tests.alerts.timeline import WAYS, Room, Way, device, rule

FAN = Output("fan", "relay", (AlertClass.FIRE,), starts="smoke_fan", areas=("store",))
SIREN = Output("siren", "siren", (AlertClass.FIRE,))
DOOR = Output("door", "lock", (AlertClass.FIRE,), starts="exit")
VOICE = Output("voice", "voice", (AlertClass.FIRE,), value="7")
ALL = (FAN, SIREN, DOOR, VOICE)
FIRE = [
    rule("state", name="smoke", signals=["smoke"]),
    rule("state", name="call", signals=["call_point"]),
    rule("threshold", name="dense", signal="smoke_density", above=5.0, hysteresis=0.5),
    rule("coincidence", name="knock", signals=["smoke"], per="area"),
]
LOST = rule("supervision", name="lost", alert_class="fault", priority=3, interval_s=60, learns=False)
MEMBERS = [
    device("a", kind="smoke_detector", signals=("smoke", "smoke_density")),
    device("b", kind="smoke_detector", signals=("smoke",)),
    device("m", kind="call_point", signals=("call_point",)),
]
OTHERS = [
    device("c", "hall", kind="smoke_detector", signals=("smoke",)),
    *(device(name, "hall") for name in ("fan", "siren", "door", "voice")),
]


def linkage(output: Output, **further: Any) -> LinkageRule:
    return LinkageRule(
        name=f"linkage-{output.device}", title="Linkage", alert_class=AlertClass.FAULT, priority=2, procedure="look",
        areas=output.areas, per="site", output=(output.device, output.key), starts=output.starts,
        when_short=output.when_short, **further,
    )  # fmt: skip


class Linked(Outputs):
    """A store with two detectors and a call point, a hall with one, and what they start."""

    def __init__(
        self,
        *outputs: Output,
        members: Any = MEMBERS,
        rules: Any = FIRE,
        way: Way = "plain",
        panels: dict[str, str] | None = None,
    ) -> None:
        self.bound = outputs or ALL
        own = OutputRule(
            name="gateway-output", title="Output", alert_class=AlertClass.FAULT, priority=1, procedure="look",
            devices=tuple(output.device for output in self.bound), outputs=self.bound,
        )  # fmt: skip
        short = [linkage(output) for output in self.bound if output.is_fire_equipment]
        self.room = Room([*rules, own, *short], [*members, *OTHERS], way=way, panels=panels)
        self.orders: list[OutputOrder] = []
        self.facts: list[str] = []

    def on(self, second: float, *given: Any) -> list[str]:
        """What was ordered in that second."""
        return [word for word in self.at(second, *given) if word.partition(" ")[2] in ("on", "off", "7", "")]

    def short(self) -> list[str]:
        """What the standing faults of the linkage say, by their keys."""
        alerts = self.room.alerts.values()
        return [alert.words.key for alert in alerts if alert.rule == "linkage-fan" and alert.active]


@pytest.mark.parametrize("way", WAYS[:2])
@pytest.mark.parametrize(
    ("first", "second", "starts"),
    [
        ("a.smoke=on", "b.smoke=on", True),
        ("a.smoke=on", "m.call_point=on", True),
        ("m.call_point=on", "b.smoke=on", True),
        ("a.smoke_density=9", "b.smoke=on", True),
        ("a.smoke=on", "a.smoke_density=9", False),
        ("a.smoke=on", "c.smoke=on", False),
        ("m.call_point=on", "c.smoke=on", False),
    ],
)
def test_two_independent_inputs_of_one_area_start_a_fan(first: str, second: str, starts: bool, way: Way) -> None:
    linked = Linked(FAN, way=way)
    assert "fan on" not in linked.at(1, first)
    assert ("fan on" in linked.at(2, second)) is starts
    if starts:
        assert [order.at for order in linked.orders] == [linked.room.started + 2 * SECOND]  # in the very same step


def test_two_at_one_instant_start_it_at_once() -> None:
    assert "fan on" in Linked(FAN).at(1, "a.smoke=on", "b.smoke=on")


def test_what_warns_people_or_lets_them_out_starts_by_one_and_a_call_point_never_waits() -> None:
    linked = Linked()
    assert linked.at(1, "m.call_point=on") == ["siren on", "door on", "voice 7"]
    assert [order.at for order in linked.orders] == [linked.room.started + SECOND] * 3


def test_one_rule_that_names_two_detectors_is_two_inputs_and_figures_joined_are_one() -> None:
    joined = [rule("state", name="smoke", signals=["smoke"], per="area")]
    linked = Linked(FAN, rules=joined)
    assert "fan on" not in linked.at(1, "a.smoke=on")
    assert "fan on" in linked.at(2, "b.smoke=on")


def test_it_goes_on_until_the_last_alert_is_reset() -> None:
    linked = Linked(FAN, rules=FIRE[:2])
    linked.at(1, "a.smoke=on", "b.smoke=on")
    linked.at(2, OutputAnswered(linked.orders[0], "sent"))
    linked.at(3, "a.smoke=off", "b.smoke=off")
    alerts = sorted(alert.id for alert in linked.room.alerts.values() if alert.rule == "smoke")
    linked.at(4, *(Acknowledge(alert, "li") for alert in alerts))
    assert linked.at(5, Reset(alerts[0], "li")) == []
    assert linked.at(6, Reset(alerts[1], "li")) == ["fan off"]


def test_an_input_counts_until_its_alert_is_reset() -> None:
    linked = Linked(FAN, rules=FIRE[:2])
    linked.at(1, "a.smoke=on")
    linked.at(2, "a.smoke=off")
    assert "fan on" in linked.at(60, "b.smoke=on")
    other = Linked(FAN, rules=FIRE[:2])
    other.at(1, "a.smoke=on")
    smoke = other.alert("smoke").id
    other.at(2, "a.smoke=off", Acknowledge(smoke, "li"))
    other.at(3, Reset(smoke, "li"))
    assert other.at(60, "b.smoke=on") == []


PAIR = MEMBERS[:2]
GONE = [
    ("b.test=on", "b.test=off"),
    ("b.fault=on", "b.fault=off"),
    ("b.disabled=on", "b.disabled=off"),
    ("b.online=off", "b.online=on"),
]


@pytest.mark.parametrize(("out", "back"), GONE)
def test_with_a_partner_out_one_starts_it_and_a_fault_says_so(out: str, back: str) -> None:
    linked = Linked(FAN, members=PAIR)
    linked.at(1, out)
    assert linked.short() == ["linkage_rule.by_one"]
    assert "fan on" in linked.at(2, "a.smoke=on")
    linked.at(3, back)
    assert linked.short() == []
    assert linked.bound[0].device not in [order.device for order in linked.orders if order.value is False]


def test_a_partner_that_fails_beside_an_alarm_is_what_it_waited_for() -> None:
    linked = Linked(FAN, members=PAIR)
    assert "fan on" not in linked.at(1, "a.smoke=on")
    assert "fan on" in linked.at(2, "b.fault=on")


def test_a_partner_that_is_bypassed_is_out_and_one_in_a_walk_test_is_not() -> None:
    """What breaks in on a walk test is real, and ends it (docs/adr/0202): its detectors can be counted on."""
    for asked, short in (("bypass b 600 welding", ["linkage_rule.by_one"]), ("walk b 600", [])):
        linked = Linked(FAN, members=PAIR)
        room = linked.room
        linked.take(room.step([room.event(asked, room.now)], room.now + SECOND))
        assert linked.short() == short
        assert ("fan on" in linked.at(2, "a.smoke=on")) is bool(short)


def test_a_partner_that_falls_silent_is_out() -> None:
    linked = Linked(FAN, members=PAIR, rules=[*FIRE, LOST])
    for second in range(10, 120, 10):
        linked.at(second, "a.smoke=off")
    assert linked.short() == ["linkage_rule.by_one"]
    assert "fan on" in linked.at(121, "a.smoke=on")


def test_where_the_site_says_so_one_alone_never_starts_it() -> None:
    linked = Linked(replace(FAN, when_short="by_hand"), members=PAIR)
    linked.at(1, "b.fault=on")
    assert linked.short() == ["linkage_rule.by_hand"]
    assert "fan on" not in linked.at(2, "a.smoke=on")
    assert "fan on" not in linked.at(3, "b.smoke=on")  # faulty as it is: nobody can count on that
    assert "fan on" in linked.at(4, "b.fault=off")


def test_with_two_left_of_three_it_takes_two() -> None:
    linked = Linked(FAN)
    linked.at(1, "b.fault=on")
    assert linked.short() == []
    assert "fan on" not in linked.at(2, "a.smoke=on")
    assert "fan on" in linked.at(3, "m.call_point=on")


def test_with_none_left_it_is_started_by_hand() -> None:
    linked = Linked(FAN, members=PAIR)
    linked.at(1, "a.fault=on", "b.fault=on")
    assert linked.short() == ["linkage_rule.by_hand"]


def test_a_restart_keeps_what_is_on_and_how_short_it_is() -> None:
    linked = Linked(FAN, members=PAIR)
    linked.at(1, "b.fault=on")
    linked.room.restart(30)
    assert linked.room.engine.outputs.states()[0].inputs_left is not None
    linked.at(1)
    assert linked.room.engine.outputs.states()[0].inputs_left == 1
    assert "fan on" in linked.at(2, "a.smoke=on")
    linked.at(3, OutputAnswered(linked.orders[0], "sent"))
    linked.room.restart(30)
    linked.orders.clear()
    linked.at(1)
    (again,) = linked.orders
    assert (again.value, again.attempt, again.alert_class) == (True, 2, "fire")


def test_silence_of_sirens_stops_no_fan() -> None:
    linked = Linked()
    linked.at(1, "a.smoke=on", "b.smoke=on")
    silenced = linked.at(2, SilenceOutputs("li"))
    assert silenced == ["siren off", "voice ", "silenced siren", "silenced voice"]


def test_areas_that_are_one_smoke_compartment_count_together() -> None:
    linked = Linked(replace(FAN, areas=("store", "hall"), per="site"))
    linked.at(1, "a.smoke=on")
    assert "fan on" in linked.at(2, "c.smoke=on")


def test_only_the_rules_that_it_names_start_it() -> None:
    linked = Linked(replace(FAN, rules=("call", "dense")))
    assert "fan on" not in linked.at(1, "a.smoke=on", "b.smoke=on")
    linked.at(2, "a.smoke_density=9")
    assert "fan on" in linked.at(3, "m.call_point=on")


def test_a_panel_and_the_point_that_it_speaks_for_are_one_input() -> None:
    panel = device("p", kind="smoke_detector", signals=("smoke",))
    linked = Linked(FAN, members=[MEMBERS[0], panel], panels={"a": "p"}, rules=FIRE[:1])
    linked.at(1, "a.smoke=on")
    assert "fan on" not in linked.at(2, "p.smoke=on")


@pytest.mark.parametrize(("devices", "count"), [
    ([("a", "keyarea", "x1"), ("b", "keyarea", "x2")], 2),
    ([("a", "zigbee2mqtt", "0xAB"), ("b", "home_assistant", "0xab")], 1),
    ([("a", "gbt26875", "1/1"), ("p", "gbt26875", "1")], 1),
    ([("a", "gbt26875", "1/1"), ("b", "gbt26875", "1/2"), ("p", "gbt26875", "1")], 2),
    ([], 0),
])  # fmt: skip
def test_what_is_independent(devices: list[tuple[str, str, str]], count: int) -> None:
    made = [Device(id=name, family=family, address=address, area="store") for name, family, address in devices]
    assert independent(made, lambda part: "p" if made and part != "p" and made[-1].id == "p" else "") == count


def test_a_drill_s_alarm_is_no_second_input_of_a_real_one() -> None:
    linked = Linked(replace(FAN, drills=True))
    linked.at(1, "a.smoke=on")
    real: Alert = linked.alert("smoke")
    control = linked.room.engine.outputs
    output = control._rule.outputs[0]
    drill = replace(real, id="drill", key="b", origin="drill", causes=(replace(real.causes[0], device="b"),))
    control._linkages.heard(0, output, drill, drill.causes)
    assert control._linkages.starter(0, output) is None
    control._linkages.heard(0, output, replace(drill, id="other", origin="real"), drill.causes)
    assert control._linkages.starter(0, output) is not None


def test_a_drill_starts_its_own_outputs_and_waits_for_no_other() -> None:
    """Its shadow engine orders nothing: so nothing there can fail to act."""
    own = replace(SIREN, drills=True, feedback="siren")
    linked = Linked(own, VOICE, FAN)
    linked.room.engine._shadows.stimulate(Stimulus("a", "smoke", True), "drill")
    linked.room.engine._shadows.stimulate(Stimulus("b", "smoke", True), "drill")
    linked.at(1)
    assert [(order.device, order.origin) for order in linked.orders] == [("siren", "drill")]
    linked.at(2, "siren.siren=on")
    linked.at(600)
    assert not linked.faults()
    assert {alert.alert_class for alert in linked.room.alerts.values()} == {AlertClass.FIRE}


def test_a_silent_hold_up_makes_nothing_speak() -> None:
    silent = rule("state", name="panic", signals=["panic"], alert_class="hold_up")
    voice = replace(VOICE, classes=(AlertClass.FIRE, AlertClass.HOLD_UP))
    assert Linked(voice, rules=[*FIRE, silent]).at(1, "a.panic=on") == []
    loud = replace(silent, silent=False)
    assert Linked(voice, rules=[*FIRE, loud]).at(1, "a.panic=on") == ["voice 7"]


STEPS = st.lists(
    st.sampled_from(
        [
            *(f"{name}.smoke={to}" for name in "abc" for to in ("on", "off")),
            *(f"m.call_point={to}" for to in ("on", "off")),
            *(f"{name}.fault={to}" for name in "abm" for to in ("on", "off")),
            *("reset", "restart", "a.smoke_density=9", "a.smoke_density=0"),
        ]
    ),
    max_size=14,
)


@given(STEPS)
def test_whatever_happens_one_input_starts_no_equipment_but_with_its_partners_out(steps: list[str]) -> None:
    linked = Linked(rules=FIRE[:3])
    alarming: set[str] = set()
    out: set[str] = set()
    for second, step in enumerate(steps, 1):
        was_on = linked.room.engine.outputs.states()[0].is_on
        if step == "restart":
            linked.room.restart()
            linked.at(0.1)
            continue
        open_before = {alert.id for alert in linked.room.alerts.values()}
        at = linked.room.now - linked.room.started + SECOND
        if step == "reset":
            linked.at(at / SECOND, *(Acknowledge(alert, "li") for alert in open_before))
            linked.at(at / SECOND, *(Reset(alert, "li") for alert in open_before))
        else:
            name, _, said = step.partition(".")
            if said in ("smoke=on", "call_point=on", "smoke_density=9"):
                alarming.add(name)
                siren = linked.at(at / SECOND, step)
                warned = linked.room.engine.outputs.states()[1]
                assert warned.is_on, (step, siren)
            else:
                linked.at(at / SECOND, step)
            if said.startswith("fault"):
                (out.add if said.endswith("on") else out.discard)(name)
        fan = linked.room.engine.outputs.states()[0]
        if fan.is_on and not was_on:
            inside = alarming & {"a", "b", "m"}
            assert len(inside) >= (2 if len({"a", "b", "m"} - out) >= 2 else 1), (second, steps)
