"""What decoded LoRaWAN payloads say: bounds, dangers named twice, hostile shapes, notes."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.payloads.decoded_values import merge
from devices.payloads.lorawan_fields import _FIELDS, known_field
from devices.payloads.lorawan_firmware import firmware_in
from devices.payloads.lorawan_payload import told_in
from devices.reading import Value
from devices.signals import SIGNALS, base_name
from tests.devices.lorawan_signals import signals_in
from tests.words import words


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        ({"TempC_DS": 327.67, "Hum_SHT": 50}, {"humidity": 50.0}),
        ({"temperature": "hot", "leak": 1}, {"leak": True}),
        ({"temperature": True, "leak": 1}, {"leak": True}),
        ({"temperature": {"value": 20, "unit": "furlong"}, "leak": 0}, {"leak": False}),
        ({"battery": 0.85, "door": "open"}, {"door": True}),
        ({"contact": True, "motion": 0}, {"motion": False}),
        ({"lock": 1, "door": 0}, {"door": False}),
        ({"water": 1, "door": 0}, {"door": False}),
        ({"type": "smoke sensor", "event": "sings", "battery": 90}, {"battery": 90.0}),
        ({"co2": 10**400, "motion": 10**400}, {"motion": True}),
        ({"humidity": math.inf, "tvoc": math.nan, "pir": 1}, {"motion": True}),
    ],
)
def test_what_cannot_be_read_costs_nothing_else(payload: dict[str, Any], kept: dict[str, Value]) -> None:
    """And is told: no sensor connected, no number, an unknown unit, a 1 that nobody explains."""
    found, problem = signals_in(payload)
    assert kept == found
    assert problem


@pytest.mark.parametrize("payload", [{"smoke": True, "fire": False}, {"fire": False, "smoke": True}])
def test_a_danger_named_twice_stands_if_either_says_so(payload: dict[str, Any]) -> None:
    assert ({"smoke": True}, "") == signals_in(payload)


def test_the_nearer_to_the_top_is_believed() -> None:
    """What lies deeper is often a copy, a limit or the measurement that set off an alarm."""
    assert ({"temperature": 21.0}, "") == signals_in({"alarms": {"temperature": 60}, "temperature": 21})


def test_a_danger_finds_room_when_there_is_none() -> None:
    """A payload with too many measurements must not hide its smoke."""
    payload = {f"temperature_{number}": 20 for number in range(1, 400)} | {"smoke": 1}
    found, _ = signals_in(payload)
    assert found["smoke"] is True
    assert len(found) <= 61


def test_only_a_rise_of_danger_overrules() -> None:
    found: dict[str, Value] = {"door": True, "leak": True}
    merge(found, "door", False)
    merge(found, "leak", False)
    assert {"door": True, "leak": True} == found


@pytest.mark.slow
def test_a_payload_of_any_size_is_searched_within_bounds() -> None:
    """A hundred thousand fields, or as many levels, cost no more than some hundred."""
    wide = {f"smoke_{number}": 1 for number in range(100_000)}
    found, _ = signals_in(wide)
    assert len(found) <= 500
    deep: dict[str, Any] = {"smoke": 1}
    for _ in range(100_000):
        deep = {"data": deep}
    assert ({}, "") == signals_in(deep)
    listed = {
        "a": [{"type": "smoke", "value": 1}] * 100_000,
        "temperature": {str(number): 1 for number in range(100_000)},
    }
    found, _ = signals_in(listed)
    assert len(found) <= 500


@pytest.mark.parametrize("payload", [None, 1, "smoke", [], [{"smoke": 1}], True, {}])
def test_what_is_no_object_says_nothing(payload: Any) -> None:
    assert ({}, "") == signals_in(payload)


_NAMES = st.sampled_from([
    "smoke", "temperature", "battery", "Volt", "event", "type", "alarm", "pm1_0", "history", "value", "unit",
    "status", "temperatureSensor", "TempC1", "TempC_SHT", "press", "OnOff", "Bat_status", "burning_alarm_trigger",
    "lock", "1",
])  # fmt: skip


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(10**400)


_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES | st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("payload", "firmware"),
    [
        ({"firmware_version": "v1.13", "hardware_version": "v1.2", "tsl_version": "v1.0"}, "v1.13"),
        ({"FIRMWARE_VERSION": "1.4.0", "SENSOR_MODEL": "LHT65N"}, "1.4.0"),
        ({"FW": 160}, "160"),
        ({"Type": "RESET", "Reset": {"Device": "Contact Sensor", "Firmware": "2.1.4", "Hardware": "1.0"}}, "2.1.4"),
        ({"version": {"sw": 2, "prot": 1}}, "2"),
        ({"deviceVersions": {"hardware": 1, "software": 14}}, "14"),
        ({"messages": [{"Firmware Version": "1.9", "Hardware Version": "2.0"}]}, "1.9"),
        ({"software_version": "9", "firmware": {"major": 1, "minor": 2}}, "1.2"),
        ({"firmware": True, "fw": None, "x": {"y": {"z": {"fw": 1}}}}, ""),
        ({"SWver": 1.2, "HWver": 3, "Device": "RA02C"}, "1.2"),
        ({"type": "downlink ack", "fwMaj": 1, "fwMin": 7}, "1.7"),
        ({"version": "1"}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_a_device_tells_its_firmware(payload: Any, firmware: str) -> None:
    """Whatever its maker calls it, and before the software if it tells both; never the hardware's or the protocol's."""
    assert firmware == firmware_in(payload)


@given(_VALUES)
def test_whatever_the_shape_only_known_signals_come_out(payload: Any) -> None:
    """Each in its signal's type; never an error."""
    found, problem = signals_in(payload)
    assert isinstance(words(problem), str)
    assert len(firmware_in(payload)) <= 40
    for signal, value in found.items():
        known = SIGNALS[base_name(signal)]
        assert isinstance(value, known.python_type), signal


@pytest.mark.slow
@given(st.text(max_size=80))
def test_any_name_may_be_asked_for(name: str) -> None:
    known = known_field(name)
    assert known is None or known.channel == "" or known.channel.startswith(".")


@pytest.mark.slow
@pytest.mark.parametrize("value", [True, 1, 20, "alarm", "short press", "3.1(low battery)", {"value": 1}])
def test_every_field_of_the_table_speaks_the_vocabulary(value: Any) -> None:
    """A misspelt signal would be found by a device in the field only."""
    for name in _FIELDS:
        found, _ = signals_in({name: value})
        assert {base_name(signal) for signal in found} <= set(SIGNALS), name


def noted(payload: Any) -> list[str]:
    return [words(note.text) for note in told_in(payload).notes]


@pytest.mark.parametrize(
    ("payload", "notes"),
    [
        ({"cryoAlarm": True}, ["cryoAlarm: true"]),
        ({"smokeless": {"fire_zone": {"3": "burning"}}}, ["smokeless.fire_zone: 'burning'"]),
        ({"event": "emergency"}, ["event: 'emergency'"]),
        ({"event_type": "Emergency", "smoke": True}, []),  # what it is about, the smoke says
        ({"history": [{"leak": "leak"}, {"leak": "dry"}]}, ["history.leak: 'leak'"]),
        ({"records": [{"timestamp": 1, "smoke": True}]}, ["records.smoke: true"]),
        ({"electrode_is_wet": [True, False]}, ["electrode_is_wet: true"]),
        ({"alarm_volume": 3, "leak_threshold": 4, "cfg_tamper": 1, "smokeConfig": {"alarm": 1}}, []),
        ({"smoke": "purple", "fire": "green"}, ["fire: 'green' says neither yes nor no in any way that is known here"]),
        ({"type": "smoke sensor", "model": "Gas detector", "battery": 9}, []),
        ({"co": 3, "status": "warming up"}, ["co: a figure from a sensor that is warming up"]),
        ({"co": 3, "status": "warm-up finished"}, []),
        ({"a": {"b": {"c": {"d": {"fire": 1}}}}}, ["a.b.c.d.fire: 1"]),
    ],
)
def test_what_speaks_of_a_danger_and_is_not_read_is_noted(payload: dict[str, Any], notes: list[str]) -> None:
    assert notes == noted(payload)


def test_a_danger_beyond_the_five_hundredth_field_is_noted() -> None:
    assert noted({f"x{n}": 1 for n in range(600)} | {"leakage": True}) == ["leakage: true"]
    wide = {"a": {f"x{n}": 1 for n in range(498)}, "b": {"leakage": True}}
    assert noted(wide) == ["b.leakage: true"]


@pytest.mark.parametrize("figure", [3, "3", {"value": 3}])
def test_a_figure_without_a_unit_that_everybody_agrees_on_is_no_reading(figure: Any) -> None:
    """TVOC comes in ppb, µg/m³ and as an index of 1 to 5."""
    assert ({}, True) == ((told := told_in({"tvoc": figure})).values, bool(told.problem))
    assert {"tvoc": 3.0} == told_in({"tvoc": {"value": 3, "unit": "ppb"}}).values
    assert {"tvoc": 3.0} == told_in({"tvoc_ppb": 3}).values
