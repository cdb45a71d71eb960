"""Units as makers write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import MalformedMessage
from devices.payloads.units import UNITS, in_our_unit, is_unit_of, plain_unit
from devices.signals import SIGNALS
from tests.words import refused


@pytest.mark.parametrize(
    ("signal", "number", "unit", "ours"),
    [
        ("temperature", 71.6, "°F", 22.0),
        ("temperature.2", 300.0, "K", 26.85),
        ("temperature", 21.5, "℃", 21.5),
        ("pressure", 1013.0, "hPa", 101.3),
        ("pressure", 760.0, "mmHg", 101.325),
        ("pressure", 2.0, "bar", 200.0),
        ("voltage", 3015.0, "mV", 3.015),
        ("current", 120.0, "mA", 0.12),
        ("formaldehyde", 40.0, "µg/m³", 0.04),
        ("tvoc", 0.3, "ppm", 300.0),
        ("humidity", 45.0, "%", 45.0),
        ("gas", 12.0, "% LEL", 12.0),
        ("linkquality", 105.0, "lqi", 105.0),
        ("temperature", 21.0, "", 21.0),
    ],
)
def test_a_number_comes_into_our_unit(signal: str, number: float, unit: str, ours: float) -> None:
    assert ours == pytest.approx(in_our_unit(signal, number, plain_unit(unit)), abs=1e-4)


@pytest.mark.parametrize(("signal", "unit"), [("temperature", "%"), ("tvoc", "µg/m³"), ("gas", "m³"), ("power", "mW")])
def test_a_number_in_another_unit_is_refused(signal: str, unit: str) -> None:
    """A wrong number is worse than none."""
    assert not is_unit_of(signal, plain_unit(unit))
    with refused("use one of", MalformedMessage):
        in_our_unit(signal, 1.0, plain_unit(unit))


def test_units_are_of_signals_that_are_numbers() -> None:
    assert all(SIGNALS[signal].python_type is float for signal in UNITS)


@given(text=st.text(), number=st.floats(-1e9, 1e9))
def test_any_unit_is_known_or_refused(text: str, number: float) -> None:
    unit = plain_unit(text)
    for signal in UNITS:
        if is_unit_of(signal, unit):
            assert math.isfinite(in_our_unit(signal, number, unit))
