"""Sparkplug B: what a metric means by its name, type and template, and that its names hold."""

from typing import Any

import pytest

from devices.codecs.sparkplug import wire
from devices.errors import MalformedMessage
from devices.reading import SECOND
from simulators.sparkplug_node import (
    BOOLEAN,
    DOUBLE,
    INT64,
    STRING,
    Node,
    Tag,
    block,
    metric,
    number,
    payload,
    plant,
)
from tests.devices.codecs.sparkplug_host import NOW, NOW_MS, Host, values
from tests.words import refused, words


def test_the_past_is_never_told_as_the_present() -> None:
    """A historical value keeps its time and is a snapshot; without a time it is nothing."""
    node = Node("plant", "hall", [Tag("Temperature", DOUBLE, 20.0)])
    host = Host().knows(node)
    past = [metric(90.0, DOUBLE, alias=1, at_ms=NOW_MS - 7_000, historical=True)]
    past.append(metric(21.0, DOUBLE, alias=1, at_ms=NOW_MS))
    said = host.hears(("spBv1.0/plant/NDATA/hall", payload(past, seq=1)))
    assert [(NOW - 7 * SECOND, True, 90.0), (NOW, False, 21.0)] == [
        (report.time, report.snapshot, report.values[0][1]) for report in said.reports
    ]
    timeless = payload([metric(90.0, DOUBLE, alias=1, historical=True)], seq=2)
    assert {"plant/hall": {"online": True}} == values(host.hears(("spBv1.0/plant/NDATA/hall", timeless)))


def test_null_is_no_value() -> None:
    """Neither zero nor false."""
    node = Node("plant", "hall", [Tag("Temperature", DOUBLE, 20.0), Tag("Smoke", BOOLEAN, False)])
    host = Host().knows(node)
    assert {"plant/hall": {"online": True}} == values(host.hears(node.says("", "Temperature", None, NOW_MS)))


def test_a_retained_message_is_refused() -> None:
    """It may be of any session."""
    with refused("retain", MalformedMessage):
        Host().hears(plant("plant", "hall").birth(NOW_MS)[0], retained=True)


@pytest.mark.parametrize(
    ("name", "datatype", "value", "expected"),
    [
        ("Sensors/Temperature", DOUBLE, 20.5, {"temperature": 20.5}),
        ("temperature.roof", DOUBLE, 20.5, {"temperature.roof": 20.5}),
        ("Room Temperature PV", DOUBLE, 20.5, {"temperature": 20.5}),
        ("Smoke Detector/Smoke/Value", BOOLEAN, True, {"smoke": True}),
        ("smokeDetected", BOOLEAN, True, {"smoke": True}),
        ("Smoke_2", BOOLEAN, True, {"smoke.2": True}),
        ("Door/Closed", BOOLEAN, True, {"door": False}),
        ("Gas", BOOLEAN, True, {"gas_alarm": True}),
        ("Gas", DOUBLE, 12.0, {"gas": 12.0}),
        ("Gas/Level", DOUBLE, 12.0, {"gas": 12.0}),
        ("Battery/Low", BOOLEAN, True, {"battery_low": True}),
        ("Tamper", INT64, 1, {"tamper": True}),
        ("Supply/Mains Fail", BOOLEAN, True, {"mains": False}),
        ("Temperature", BOOLEAN, True, {}),
        ("Setpoints/Temperature", DOUBLE, 54.0, {}),
        ("Node Control/Test", BOOLEAN, True, {}),
        ("Zone 3 Smoke Detector", BOOLEAN, True, {"smoke": True}),
        ("Smoke Detector/Alarm", BOOLEAN, True, {"smoke": True}),
        ("Heat Detector/Alarm", BOOLEAN, False, {"heat": False}),
        ("Water Leak/Detected", BOOLEAN, True, {"leak": True}),
        ("Call Point/Pressed", BOOLEAN, True, {"call_point": True}),
        ("Fire Door/Open", BOOLEAN, True, {"door": True}),
        ("Fire Door Closed", BOOLEAN, True, {"door": False}),
        ("Supervisory/Valve Tamper", BOOLEAN, True, {"tamper": True}),
        ("Detector Fault", BOOLEAN, True, {"fault": True}),
        ("Door/State", STRING, "OPEN", {"door": True}),
        ("Door Status", STRING, "closed", {"door": False}),
        ("Smoke", STRING, "NORMAL", {"smoke": False}),
        ("Smoke", STRING, "sings", {}),
        ("Smoke", STRING, "", {}),
        ("Oil Temperature", DOUBLE, 61.5, {"temperature": 61.5}),
        ("Temp_F", DOUBLE, 50.0, {"temperature": 10.0}),
        ("Room/CO2 ppm", DOUBLE, 612.0, {"co2": 612.0}),
        ("Temperature (C)", DOUBLE, 21.5, {"temperature": 21.5}),
        ("Door/Alarm", BOOLEAN, True, {"alarm": True}),
        ("Zone 1/Alarm", BOOLEAN, True, {"alarm": True}),
        ("High Temp Alarm", BOOLEAN, True, {}),
        ("Call for Heat", BOOLEAN, True, {}),
        ("Pilot Flame", BOOLEAN, True, {}),
        ("High Fire", BOOLEAN, True, {}),
        ("No Smoke", BOOLEAN, True, {}),
        ("Smoke Alarm Enabled", BOOLEAN, True, {}),
        ("Days Since Fire", INT64, 1, {}),
        ("High Temperature", DOUBLE, 60.0, {}),
        ("Rated Power", DOUBLE, 60.0, {}),
        ("Fault", STRING, "E12", {}),
        ("Line Speed", DOUBLE, 3.0, {}),
        ("", DOUBLE, 3.0, {}),
        ("///", BOOLEAN, True, {}),
    ],
)
def test_a_metric_is_known_by_the_end_of_its_name(
    name: str, datatype: int, value: Any, expected: dict[str, Any]
) -> None:
    """And by its datatype; what fits nothing is nothing."""
    told = payload([metric(value, datatype, name=name)], seq=0)
    found = values(Host().hears(("spBv1.0/plant/NBIRTH/hall", told)))["plant/hall"]
    assert expected == {signal: value for signal, value in found.items() if signal != "online"}


def test_words_tell_two_of_a_kind_apart() -> None:
    """As folders do; the one without other words keeps the plain name."""
    names = ("Temperature", "Oil Temperature", "Tank/Temperature")
    told = [metric(float(place), DOUBLE, name=name) for place, name in enumerate(names)]
    found = values(Host().hears(("spBv1.0/plant/NBIRTH/hall", payload(told, seq=0))))["plant/hall"]
    assert {"online": True, "temperature": 0.0, "temperature.oil": 1.0, "temperature.tank": 2.0} == found


@pytest.mark.parametrize(
    ("name", "value", "datatype", "firmware"),
    [
        ("Properties/FW", "3.1.4", STRING, "3.1.4"),
        ("Node Info/Firmware Version", "v2", STRING, "v2"),
        ("firmware", 1.25, DOUBLE, "1.25"),
        ("Properties/FW", True, BOOLEAN, ""),
        ("Properties/Hardware Version", "7", STRING, ""),
    ],
)
def test_a_birth_tells_the_firmware(name: str, value: Any, datatype: int, firmware: str) -> None:
    """By the end of the metric's name."""
    told = payload([metric(value, datatype, name=name)], seq=0)
    assert {firmware} == {report.firmware for report in Host().hears(("spBv1.0/plant/NBIRTH/hall", told)).reports}


def _template(name: str, *members: bytes, is_definition: bool = False) -> bytes:
    """A metric that is a template (6.4.18), whose members are metrics in turn."""
    inner = b"".join(block(2, member) for member in members) + (number(5, 1) if is_definition else b"")
    return block(1, name) + number(4, 19) + block(18, inner)


def test_what_an_instance_of_a_template_holds_counts() -> None:
    """A detector in a template in a template must not be deaf; a definition says nothing of the world."""
    smoke, door = metric(True, BOOLEAN, name="Smoke"), metric(True, BOOLEAN, name="Door/Open")
    told = [_template("Zone 1", _template("Detector", smoke)), _template("Types/Door", door, is_definition=True)]
    host = Host()
    found = values(host.hears(("spBv1.0/plant/NBIRTH/hall", payload(told, seq=0))))
    assert {"plant/hall": {"online": True, "smoke": True}} == found
    clear = _template("Zone 1", _template("Detector", metric(False, BOOLEAN, name="Smoke")))
    assert {"plant/hall": {"smoke": False}} == values(host.hears(("spBv1.0/plant/NDATA/hall", payload([clear], seq=1))))


def test_templates_are_searched_within_bounds() -> None:
    """Neither depth nor number runs away."""
    deep = metric(True, BOOLEAN, name="Smoke")
    for _ in range(50):
        deep = _template("T", deep)
    found = values(Host().hears(("spBv1.0/plant/NBIRTH/hall", payload([deep], seq=0))))
    assert {"plant/hall": {"online": True}} == found
    wide = _template("T", *[metric(1.0, DOUBLE, name=f"t{place}") for place in range(wire.MOST_METRICS + 1)])
    assert words(Host().hears(("spBv1.0/plant/NBIRTH/hall", payload([wide], seq=0))).malformed)


def test_a_flag_that_is_neither_0_nor_1_costs_no_other() -> None:
    """It is told, and the smoke beside it counts."""
    told = [metric(7, INT64, name="Tamper"), metric(True, BOOLEAN, name="Smoke")]
    said = Host().hears(("spBv1.0/plant/NBIRTH/hall", payload(told, seq=0)))
    assert {"plant/hall": {"online": True, "smoke": True}} == values(said)
    assert "tamper must be true or false, not '7'" == words(said.malformed)


def test_a_broken_metric_costs_no_other() -> None:
    """Text that is no UTF-8, in the middle of a good message."""
    told = [block(1, b"\xff\xfe"), metric(True, BOOLEAN, name="Smoke")]
    said = Host().hears(("spBv1.0/plant/NBIRTH/hall", payload(told, seq=0)))
    assert {"plant/hall": {"online": True, "smoke": True}} == values(said)
    assert "metric 1: text that is not UTF-8" == words(said.malformed)
