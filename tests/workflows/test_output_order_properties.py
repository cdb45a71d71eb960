"""Whatever people, alarms, faults and restarts do: no fan by one input, no alarm without siren, and all off at last."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import AlertClass, Disposition, State
from alerts.command import Acknowledge, Close, Reset
from alerts.linkage_rule import LinkageRule
from alerts.output_event import SilenceOutputs
from tests.workflows.test_output_order import OutputRoom, on, stop
from workflows.output_order import End

SHORT = LinkageRule(
    name="linkage-fan", title="Linkage", alert_class=AlertClass.FAULT, priority=2, procedure="look",
    areas=("store",), per="site", output=("fan", "relay"), starts="smoke_fan",
)  # fmt: skip
ACTS = st.lists(
    st.sampled_from(
        [
            *("s1.smoke=on", "s1.smoke=off", "s2.smoke=on", "s2.smoke=off", "s2.fault=on", "s2.fault=off"),
            *("order siren", "order fan", "end", "stop siren", "stop fan", "silence", "reset", "restart", "later"),
        ]
    ),
    max_size=16,
)


def calm(a_room: OutputRoom, at: float) -> None:
    """Every alert acknowledged, reset where its cause is gone, and closed."""
    for alert in a_room.open():
        a_room.step(at, Acknowledge(alert.id, "li"))
        a_room.step(at, Reset(alert.id, "li"))
        a_room.step(at, Close(alert.id, "li", Disposition.CONFIRMED))


@given(ACTS)
def test_no_fan_by_one_input_no_alarm_without_its_siren_and_all_off_at_last(acts: list[str]) -> None:
    a_room = OutputRoom(SHORT)
    cases: list[str] = []
    up, second_is_out = {"s1": False, "s2": False}, False
    at = 1.0
    for act in acts:
        at += 1
        was_on, word = a_room.state("fan").is_on, act.partition(" ")
        inputs = {alert.key for alert in a_room.open("fire") if alert.active or alert.latched}
        match word[0]:
            case "order" if not any(case.device == word[2] for case in a_room.kernel.cases.of("output_order").values()):
                cases.append(a_room.ask(at, on(word[2])))
            case "end":
                for case in [*a_room.kernel.cases.of("output_order")]:
                    a_room.ask(at, End(case=case, by="wu", role="operator"))
            case "stop":
                a_room.step(at, stop(word[2]))
            case "silence":
                a_room.step(at, SilenceOutputs("wu"))
            case "reset":
                calm(a_room, at)
            case "restart":
                a_room.restart()
                a_room.step(at)
            case "later":
                at += 400
                a_room.run_until(at)
            case reading if "=" in reading:
                a_room.step(at, reading)
                name, is_up = reading[:2], reading.endswith("on")
                if "fault" in reading:
                    second_is_out = is_up
                elif is_up and not up[name]:
                    assert a_room.state("siren").is_on, acts
                    inputs.add(name)
                up[name] = is_up if "smoke" in reading else up[name]
        by_hand = any(case.device == "fan" for case in a_room.kernel.cases.of("output_order").values())
        if a_room.state("fan").is_on and not was_on:
            assert by_hand or len(inputs) >= (1 if second_is_out else 2), acts
    a_room.step(at + 1, "s1.smoke=off", "s2.smoke=off", "s2.fault=off")
    for case in [*a_room.kernel.cases.of("output_order")]:
        a_room.ask(at + 2, End(case=case, by="wu", role="operator"))
    calm(a_room, at + 3)
    assert not [alert for alert in a_room.open("fire") if alert.state is not State.CLOSED]
    assert not a_room.state("siren").is_on, acts
    assert not a_room.state("fan").is_on, acts
