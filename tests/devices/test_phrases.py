"""What a phrase tells of a danger; one that is not understood word by word tells nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.payloads.phrases import said_by
from devices.signals import SIGNALS


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("water_leak_alert", [("leak", True)]),
        ("heartbeat,water_leak_alert,cable_break_alert", [("leak", True), ("fault", True)]),
        ("Smoke/Vape Detected", [("smoke", True)]),
        ("fireAlarm", [("smoke", True)]),
        ("smoke alarm cleared", [("smoke", False)]),
        ("water not present", [("leak", False)]),
        ("CO alarm", [("co_alarm", True)]),
        ("SOS Start", [("panic", True)]),
        ("Man Down End", [("panic", False)]),
        ("smoke detector low battery", [("battery_low", True)]),
        ("sensor failure", [("fault", True)]),
        ("sensor recover", [("fault", False)]),
        ("AC Power Off", [("mains", False)]),
        ("power restored", [("mains", True)]),
        ("device tampered", [("tamper", True)]),
        ("self_test", [("test", True)]),
        ("smoke alarm test", [("test", True)]),
        ("alarm silenced", [("silenced", True)]),
        ("alarm", [("supervisory", True)]),
        ("no alarm", [("supervisory", False)]),
        ("火警", [("smoke", True)]),
        ("火警解除", [("smoke", False)]),
        ("燃气泄漏报警", [("gas_alarm", True)]),
        ("漏水;故障", [("leak", True), ("fault", True)]),
    ],
)
def test_an_event_is_understood_word_by_word(phrase: str, said: list[tuple[str, bool]]) -> None:
    assert said == list(said_by(phrase))


@pytest.mark.parametrize(
    "phrase",
    [
        *("Emergency", "help", "fall", "CO Alarm Status", "Smoke_Alarm_Status_Message", "fire extinguisher removed"),
        *("fire door open", "noise alarm", "Motion On End", "button pressed", "", "Downlink command failed", "heating"),
        "smoke " * 20,
    ],
)
def test_anything_else_tells_nothing(phrase: str) -> None:
    assert () == said_by(phrase)


@given(st.text(max_size=300))
def test_a_phrase_tells_signals_of_the_vocabulary(phrase: str) -> None:
    assert all(SIGNALS[signal].python_type is bool for signal, _ in said_by(phrase))
