"""The families behind radio gateways: what a field, a flag, a clock and a level mean."""

import contextlib
from typing import Any

import pytest

from devices.errors import MalformedMessage
from tests.devices.codecs.radio_networks_peers import decode, things, told, up
from tests.words import refused, words


@pytest.mark.parametrize(
    "wrong",
    [
        {"air": {"temperature": "hot"}},
        {"air": {"temperature": True}},
        {"water": {"leak": {"detected": True}}},
        {"water": {"leak": []}},
        {"water": {"leak": "yes"}},
        {"action": {"contactState": "ajar"}},
    ],
)
def test_a_normalized_value_of_the_wrong_type_costs_nothing_else(wrong: dict[str, Any]) -> None:
    """The network checks them, but who says that this is the network?"""
    decoded = things(normalized_payload=[{**wrong, "battery": 3.1}], decoded_payload={"tamper": 1})
    assert {"voltage": 3.1, "tamper": True} == dict(decoded.reports[0].values)
    assert "normalized" in words(decoded.malformed)


@pytest.mark.parametrize(("state", "door"), [("open", True), ("closed", False)])
def test_a_normalized_contact_is_a_door(state: str, door: bool) -> None:
    """The network's own two words."""
    assert (("door", door),) == things(normalized_payload=[{"action": {"contactState": state}}]).reports[0].values


@pytest.mark.parametrize(("level", "known"), [(100, {"battery": 100.0}), (0, {}), (101, {}), (True, {}), ("full", {})])
def test_the_network_s_battery_level_is_a_percentage(level: Any, known: dict[str, float]) -> None:
    """0 is mains or unknown."""
    decoded = things(last_battery_percentage={"value": level}, decoded_payload={"door": 1})
    assert {"door": True, **known} == dict(decoded.reports[0].values)


def test_a_danger_measured_earlier_does_not_hide_the_one_now() -> None:
    """The normalized measurement is ten minutes old and dry; the decoded payload is of now."""
    old = {"time": "2026-11-24T08:20:00Z", "water": {"leak": False}}
    decoded = things(normalized_payload=[old], decoded_payload={"water_leak": 1})
    assert [(("leak", False),), (("leak", True),)] == [report.values for report in decoded.reports]


@pytest.mark.parametrize("decoded", [1, "AA==", [1]])
def test_an_object_of_another_kind_is_told(decoded: Any) -> None:
    (topic, payload) = up(decoded)[0][1:]
    assert "object must be a JSON object" == words(decode("chirpstack", topic, payload).malformed)


@pytest.mark.parametrize(
    ("subject", "fields", "values"),
    [
        ("GPIOInputtoMQTT", {"gpio": "LOW"}, {"switch": False}),
        ("HCSR501toMQTT", {"hcsr501": "true"}, {"motion": True}),
        ("RTL_433toMQTT", {"model": "Govee-Water", "event": "Water Leak"}, {"leak": True}),
        ("RTL_433toMQTT", {"model": "x", "event": "Button Press"}, {"action": "button press"}),
        ("RTL_433toMQTT", {"model": "x", "state": "closed"}, {"door": False}),
        ("RTL_433toMQTT", {"model": "x", "state": "OFF"}, {"switch": False}),
        ("RTL_433toMQTT", {"model": "x", "state": 3, "event": 160, "button": 0}, {}),
        (
            "RTL_433toMQTT",
            {"model": "x", "temperature_1_C": 4, "temperature_2_C": 5},
            {"temperature": 4.0, "temperature.2": 5.0},
        ),
        (
            "RTL_433toMQTT",
            {"model": "x", "pressure_PSI": 10, "moisture": 40},
            {"pressure": 68.94757, "humidity.soil": 40.0},
        ),
        ("BTtoMQTT", {"id": "a", "model_id": "x", "tempf2": 50, "tempc2": 11}, {"temperature.2": 11.0}),
        ("RTL_433toMQTT", {"model": "x", "subtype": "motion", "switch1": "OPEN"}, {"switch": True}),
        ("RTL_433toMQTT", {"model": "x", "subtype": "contact", "battery_ok": 1}, {"battery_low": False}),
        ("BTtoMQTT", {"id": "a", "model_id": "x", "moisture": True, "lvl_cm": 25}, {"leak": True, "level": 0.25}),
        ("BTtoMQTT", {"id": "a", "model_id": "x", "co": 30, "gas": True}, {"co": 30.0, "gas_alarm": True}),
        ("BTtoMQTT", {"id": "a", "model_id": "x", "smoke": False, "fire": True}, {"smoke": True}),
        ("BTtoMQTT", {"id": "a", "model_id": "x", "button": "double press"}, {"action": "double press"}),
        ("BTtoMQTT", {"id": "a", "model_id": "TP35X/393", "batt_low": True}, {"battery_low": True}),
        ("BTtoMQTT", {"id": "a", "model_id": "IBS-P02B", "lowbatt": False}, {"battery_low": False}),
        ("BTtoMQTT", {"id": "a", "model_id": "TAG", "presence": "absent"}, {"occupancy": False}),
        ("BTtoMQTT", {"id": "a", "model_id": "TPMS", "type": "TIRE", "pres": 2.3}, {"pressure": 230.0}),
        ("BTtoMQTT", {"id": "a", "model_id": "W270160X", "open": 1, "motion": False}, {"motion": False}),
        ("DHTtoMQTT", {"temp": 21, "hum": 51}, {"temperature": 21.0, "humidity": 51.0}),
        ("LORAtoMQTT/AABBCCDDEEFF", {"rssi": -16, "tempc": "55.3"}, {"rssi": -16.0, "temperature": 55.3}),
        ("LORAtoMQTT/AABBCCDDEEFF", {"tempc": "nan", "hum": 40}, {"humidity": 40.0}),
        ("CLIMAtoMQTT/ds1820/0x28", {"temp": 50, "unit": "F", "type": "DS18B20"}, {"temperature": 10.0}),
        (
            "CLIMAtoMQTT/bme",
            {"tempc": 21, "hum": 40, "pa": 101325},
            {"temperature": 21, "humidity": 40, "pressure": 101.325},
        ),
        ("MQ2toMQTT", {"gas": 312, "detected": "true"}, {"gas_alarm": True}),
        ("WATERtoMQTT/c37_yk83_hmrd", {"detected": "false", "reading": 4095}, {"leak": False}),
        ("SRFBtoMQTT", {"raw": "2818024E013BB", "value": 9115563, "delay": 10}, {"switch": True}),
        ("RTL_433toMQTT", {"model": "status", "rssi": -38, "debug": 0}, {}),
        (
            "RTL_433toMQTT",
            {"model": "Interlogix-Security", "subtype": "heat", "switch1": "OPEN"},
            {"heat": True, "switch": True},
        ),
        (
            "RTL_433toMQTT",
            {"model": "Interlogix-Security", "subtype": "smoke", "switch1": "CLOSED"},
            {"smoke": False, "switch": False},
        ),
        (
            "RTL_433toMQTT",
            {"model": "Interlogix", "device_type": "glass", "battery": "LOW", "switch1": "CLOSED"},
            {"glass_break": True, "battery_low": True, "switch": False},
        ),
        ("RTL_433toMQTT", {"model": "Chuango-Security", "id": 1, "cmd": "24H Zone", "cmd_id": 11}, {"alarm": True}),
        ("RTL_433toMQTT", {"model": "Chuango-Security", "id": 1, "cmd": "Low Battery"}, {"battery_low": True}),
        ("RTL_433toMQTT", {"model": "Chuango-Security", "id": 1, "cmd": "Normal Zone"}, {"action": "Normal Zone"}),
        (
            "RTL_433toMQTT",
            {"model": "SimpliSafe-Sensor", "id": "2A5B7", "state": 1, "extradata": "Contact Open"},
            {"door": True},
        ),
        (
            "RTL_433toMQTT",
            {"model": "SimpliSafe Keypad", "device": "2A5B7", "extradata": "Keypad Panic Button"},
            {"panic": True},
        ),
        (
            "RTL_433toMQTT",
            {"model": "SimpliSafe-Keypad", "id": "2A5B7", "extradata": "Disarm Pin: 1234"},
            {"arm_request": "disarmed"},
        ),
        ("RTL_433toMQTT", {"model": "Kerui-Security", "id": 81, "cmd": 5, "water": 1}, {"leak": True}),
        ("RTL_433toMQTT", {"model": "Kerui Security", "id": "0x51", "cmd": "0xa", "state": "motion"}, {"motion": True}),
        ("RTL_433toMQTT", {"model": "Kerui Security", "id": "0x51", "cmd": "0xb", "state": "tamper"}, {"tamper": True}),
        ("RTL_433toMQTT", {"model": "Generic-Motion", "code": "800a2"}, {"motion": True}),
        ("RTL_433toMQTT", {"model": "Generic-Motion", "code": "80008"}, {}),
        ("RTL_433toMQTT", {"model": "Govee-Contact", "id": 7, "event": "Open"}, {"door": True}),
        ("RTL_433toMQTT", {"model": "Bresser-Leakage", "id": "80025288", "channel": 1, "alarm": 1}, {"leak": True}),
        (
            "RTL_433toMQTT",
            {"model": "Fineoffset-WH55", "id": "0CF55", "battery_ok": 0.8, "alarm": 1},
            {"battery": 80.0},
        ),
        ("RTL_433toMQTT", {"model": "Neptune-R900", "id": 5, "leak": 1, "leaknow": 0}, {}),
        ("RTL_433toMQTT", {"model": "Jasco-Security", "id": 5, "status": 1}, {"door": False}),
        ("RTL_433toMQTT", {"model": "Honeywell-ActivLink", "subtype": "PIR-Motion", "id": 5}, {"motion": True}),
        (
            "RTL_433toMQTT",
            {"model": "Yale-HSA", "id": "12ab", "stype": "ac", "state": "10", "event": "01"},
            {"door": True},
        ),
        (
            "RTL_433toMQTT",
            {"model": "Yale-HSA", "id": "12ab", "stype": "ac", "state": "18", "event": "04"},
            {"tamper": False, "battery_low": True},
        ),
        (
            "RTL_433toMQTT",
            {"model": "Yale-HSA", "id": "12ab", "stype": "15", "state": "32", "event": "04"},
            {"tamper": True},
        ),
        (
            "RTL_433toMQTT",
            {"model": "Cavius-Security", "id": 5, "message": 8, "text": "Battery low"},
            {"battery_low": True},
        ),
        ("RTL_433toMQTT", {"model": "Cavius-Security", "id": 5, "message": 128, "text": "Pairing"}, {}),
    ],
)
def test_a_field_says_what_its_source_means(subject: str, fields: dict[str, Any], values: dict[str, Any]) -> None:
    """Theengs, rtl_433 and the gateway's own pins; a number whose bits nobody explains says nothing, and is refused."""
    topic = f"home/g/{subject}"
    found: dict[str, Any] = {}
    with contextlib.suppress(MalformedMessage) if not values else contextlib.nullcontext():
        reports = decode("openmqttgateway", topic, told(fields)).reports
        found = {signal: value for report in reports for signal, value in report.values}
    assert values == found


@pytest.mark.parametrize("contact", [True, 0])
def test_a_contact_that_says_true_says_nothing(contact: Any) -> None:
    """Closed or open? A door must not be guessed; the rest of the message counts."""
    payload = told({"id": "a", "model_id": "x", "contact": contact, "batt": 90})
    decoded = decode("openmqttgateway", "home/g/BTtoMQTT", payload)
    assert (("battery", 90.0),) == decoded.reports[0].values
    assert words(decoded.malformed)


@pytest.mark.parametrize(
    ("clock", "time"),
    [
        ({"unixtime": 1795509015}, 1_795_509_015_000_000_000),
        ({"UTCtime": "2026-11-24T08:30:15Z"}, 1_795_509_015_000_000_000),
        ({"UTCtime": "2026-11-24 08:30:15"}, None),
        ({"time": "2026-11-24 16:30:15"}, None),
        ({"unixtime": 0}, None),
        ({}, None),
    ],
)
def test_only_a_clock_in_utc_is_believed(clock: dict[str, Any], time: int | None) -> None:
    """A gateway whose clock was never set says 1970, rtl_433 its local time."""
    payload = told({"id": "a", "model_id": "x", "batt": 90, **clock})
    assert time == decode("openmqttgateway", "home/g/BTtoMQTT", payload).reports[0].time


@pytest.mark.parametrize(
    ("word", "motion"),
    [
        *((word, True) for word in ("true", "ON", " yes ", "1", "HIGH", "open", 1, True, 1.0)),
        *((word, False) for word in ("false", "off", "No", "0", "low", "closed", 0, False)),
    ],
)
def test_a_flag_is_a_word_a_number_or_true(word: Any, motion: bool) -> None:
    """As five sources write it."""
    payload = told({"model": "x", "motion": word})
    assert (("motion", motion),) == decode("openmqttgateway", "home/g/RTL_433toMQTT", payload).reports[0].values


@pytest.mark.parametrize("word", ["maybe", 2, -1, 0.5, [], {}, "timeout"])
def test_any_other_word_is_refused(word: Any) -> None:
    with refused("motion: ", MalformedMessage):
        decode("openmqttgateway", "home/g/RTL_433toMQTT", told({"model": "x", "motion": word}))


@pytest.mark.parametrize("wet", [True, False])
def test_a_normalized_leak_is_one(wet: bool) -> None:
    assert (("leak", wet),) == things(normalized_payload=[{"water": {"leak": wet}}]).reports[0].values


@pytest.mark.parametrize("warnings", [[], None, "old firmware", {"a": 1}])
def test_only_a_list_of_warnings_warns(warnings: Any) -> None:
    assert "" == words(things(decoded_payload={"door": 1}, decoded_payload_warnings=warnings).malformed)


@pytest.mark.parametrize(
    ("family", "topic"),
    [
        ("chirpstack", "application/1/device/24e124128c147204/event"),
        ("chirpstack", "application/1/device/24e124128c147204/event/up/more"),
        ("chirpstack", "application/1/gateway/24e124128c147204/event/up"),
        ("chirpstack", "application/1/device/24e124128c14720/event/up"),
        ("chirpstack", "application/1/device/24e124128c147204/event/elsewhere"),
        ("things_stack", "v3/a@t/devices"),
        ("things_stack", "v3//devices/a/up"),
        ("things_stack", "v3/a@t/gateways/a/up"),
        ("things_stack", "v2/a@t/devices/a/up"),
        ("openmqttgateway", "house/g/LWT"),
    ],
)
def test_a_topic_of_another_shape_is_refused(family: str, topic: str) -> None:
    """Before anything in the message is believed."""
    payload = told({"deviceInfo": {}, "end_device_ids": {"device_id": "a"}, "uplink_message": {}})
    with pytest.raises(MalformedMessage):
        decode(family, topic, payload)
