"""The vocabulary: whole, and strict about values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import MalformedMessage
from devices.signals import SIGNALS, base_name, check, counts_in_snapshot
from tests.words import refused

_ASKED_FOR = [
    "smoke", "smoke_density", "heat", "temperature", "humidity", "co", "co2", "oxygen", "h2s", "tvoc", "pm", "gas",
    "gas_alarm", "flame", "call_point", "motion", "occupancy", "door", "lock", "glass_break", "vibration",
    "panic", "duress", "leak", "pressure", "level", "tamper", "fault", "mains", "battery", "battery_low",
    "rssi", "linkquality", "credential", "access", "checkpoint", "siren", "test",
]  # fmt: skip


def test_the_vocabulary_is_whole_and_bilingual() -> None:
    """Every signal that the design names, each with meaning and Chinese label."""
    assert set(_ASKED_FOR) <= set(SIGNALS)
    assert all(signal.meaning and signal.label_zh for signal in SIGNALS.values())
    assert all(signal.lowest is not None for signal in SIGNALS.values() if signal.python_type is float)


@pytest.mark.parametrize(
    ("signal", "counts"), [("smoke", True), ("smoke.2", True), ("panic", True), ("door", False), ("motion", False)]
)
def test_dangers_count_when_found(signal: str, counts: bool) -> None:
    """Smoke found at a start is a fire; a door found open was opened by nobody knows whom, when."""
    assert counts_in_snapshot(signal) == counts


def test_a_second_channel_is_the_same_quantity() -> None:
    assert base_name("temperature.2") == "temperature"
    assert check("temperature.2", 20) == 20.0


@pytest.mark.parametrize(
    ("signal", "value"),
    [
        ("smoke", 1.0),
        ("smoke", "true"),
        ("temperature", True),
        ("temperature", "21"),
        ("temperature", math.nan),
        ("temperature", math.inf),
        ("temperature", -300.0),
        ("temperature", 10**400),
        ("battery", 101.0),
        ("checkpoint", 5.0),
        ("checkpoint", "x" * 300),
        ("wind", 3.0),
    ],
)
def test_what_a_signal_cannot_be_is_refused(signal: str, value: bool | float | str) -> None:
    with refused(signal, MalformedMessage):
        check(signal, value)


@given(st.sampled_from(sorted(SIGNALS)), st.booleans() | st.floats() | st.integers() | st.text(max_size=300))
def test_what_passes_has_the_signals_type(signal: str, value: bool | float | str) -> None:
    """Nothing else comes out of ``check``."""
    try:
        passed = check(signal, value)
    except MalformedMessage:
        return
    assert type(passed) is SIGNALS[signal].python_type
