"""What an alert of the kind ``fault`` says, and which parameters it refuses."""

import pytest

from alerts.rules.fault import FaultRule
from tests.alerts.timeline import START, Room, device, reading, rule
from tests.words import english


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a.fault=on", "fault of a"),
        ("a.fault.smoke=on", "fault of a (smoke)"),
        ("a.tamper=on", "a opened or removed"),
        ("a.battery_low=on", "battery of a low"),
        ("a.battery=7.5", "battery of a at 7.5 %"),
        ("a.mains=off", "mains power of a lost"),
        ("a.disabled=on", "a switched off on purpose"),
    ],
)
def test_the_text_says_what_it_is(word: str, expected: str) -> None:
    room = Room((rule("fault", alert_class="fault"),), (device("a"),))
    (event,) = room.step([reading(word, START)], START).alerts
    assert expected == english(event.alert.text)


@pytest.mark.parametrize(
    "parameters",
    [
        {"signals": ()},
        {"hold_s": -1},
        {"battery_below": 0},
        {"battery_below": 100},
        {"battery_below": 60, "battery_hysteresis": 50},
        {"battery_hysteresis": float("nan")},
    ],
)
def test_parameters_that_make_no_sense_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must|at least"):
        FaultRule(name="f", alert_class="fault", priority=3, procedure="look", **parameters)  # type: ignore[arg-type]
