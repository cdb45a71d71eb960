"""What known devices say becomes readings; what cannot be believed is said so."""

from collections.abc import Mapping

import pytest

from devices.codec import Message, Report
from devices.device import Device
from devices.device_directory import DeviceDirectory
from devices.errors import MalformedMessage
from devices.families import families_of_panels
from devices.reading import SECOND, Quality, Reading, Value
from tests.words import refused, words

NOW = 1_795_480_215 * SECOND
DEVICES = [
    Device("door", "tasmota", "hall", "a", rename={"switch": "door"}),
    Device("smoke", "keyarea", "s1", "a"),
    Device("wired", "ndjson", "w", "a", line="com1"),
]


def admit(
    family: str,
    address: str,
    values: Mapping[str, Value],
    *,
    time: int | None = None,
    retained: bool = False,
    line: str = "",
) -> tuple[list[Reading], str] | None:
    """What a registry of three devices makes of a report received now."""
    report = Report(address, tuple(values.items()), time)
    return DeviceDirectory(DEVICES, 300 * SECOND).admit(family, report, Message("mqtt", "t", b"", NOW, retained), line)


def test_a_component_speaks_through_its_transmitter() -> None:
    """Of the same family, on the same line, and installed; the nearest of several."""
    head = Device("head", "gbt26875", "e903/1.1.02001100", "a", line="com1")
    lamp = Device("lamp", "shelly", "board/zb/lamp", "a")
    others = [
        Device("uitd", "gbt26875", "e903", "a", line="com1"),
        Device("other-line", "gbt26875", "e903", "a", line="com2"),
        Device("board", "shelly", "board", "a"),
        Device("bridge", "shelly", "board/zb", "a"),
        Device("other-family", "keyarea", "board/zb", "a"),
    ]
    registry = DeviceDirectory([head, lamp, *others], 0)
    assert ("uitd", "bridge", "board") == (
        registry.carrier(head),
        registry.carrier(lamp),
        registry.carrier(others[3]),
    )
    assert {""} == {registry.carrier(device) for device in (others[0], others[2], others[4])}
    assert "" == DeviceDirectory([head], 0).carrier(head)


def test_a_part_of_a_panel_that_names_no_interval_is_watched_through_it() -> None:
    registry = DeviceDirectory(
        [
            Device("uitd", "gbt26875", "e903", "a"),
            Device("head", "gbt26875", "e903/1.1.02", "a"),
            Device("own", "gbt26875", "e903/1.1.03", "a", interval_s=60),
            Device("orphan", "gbt26875", "e904/1.1.02", "a"),
            Device("board", "tasmota", "board", "a"),
            Device("lamp", "tasmota", "board/lamp", "a"),
        ],
        0,
    )
    assert {"head": "uitd"} == registry.behind_panels(families_of_panels())


def test_an_unknown_device_is_nobody() -> None:
    """Neither by address nor by another family's address."""
    assert admit("keyarea", "s2", {"smoke": True}) is None
    assert admit("tasmota", "s1", {"smoke": True}) is None


def test_an_installers_names_are_used() -> None:
    """``rename`` says what is wired to an input."""
    assert admit("tasmota", "hall", {"switch": True}) == ([Reading("door", "door", True, NOW, NOW)], [])


@pytest.mark.parametrize(
    ("off_s", "is_believed"), [(0, True), (299, True), (-299, True), (301, False), (-301, False), (-(10**9), False)]
)
def test_a_clock_that_is_off_is_not_believed(off_s: int, is_believed: bool) -> None:
    """Beyond the allowed skew, to either side, the gateway's time counts and the reading says so."""
    admitted = admit("keyarea", "s1", {"smoke": True}, time=NOW + off_s * SECOND)
    assert admitted is not None
    reading = admitted[0][0]
    assert reading.time == (NOW + off_s * SECOND if is_believed else NOW)
    assert bool(reading.quality & Quality.CLOCK_SUSPECT) != is_believed


def test_a_retained_message_is_a_snapshot() -> None:
    """It tells how things stand, not that something happened."""
    admitted = admit("keyarea", "s1", {"smoke": True}, retained=True)
    assert admitted is not None
    assert admitted[0][0].quality == Quality.SNAPSHOT


def test_one_bad_value_costs_no_other() -> None:
    """Smoke beside an impossible temperature is still smoke, and the fault is told."""
    admitted = admit("keyarea", "s1", {"temperature": -400.0, "smoke": True, "nonsense": 1.0})
    assert admitted is not None
    readings, faults = admitted
    assert [("smoke", True)] == [(reading.signal, reading.value) for reading in readings]
    assert [True, True] == ["temperature" in words(faults[0]), "nonsense" in words(faults[1])]


def test_whole_numbers_are_numbers() -> None:
    """A sensor that says 21 means 21.0."""
    admitted = admit("keyarea", "s1", {"temperature": 21})
    assert admitted is not None
    assert isinstance(admitted[0][0].value, float)


def test_a_device_of_a_line_is_known_on_that_line_alone() -> None:
    """Who speaks as another's device is refused."""
    with refused("com1", MalformedMessage):
        admit("ndjson", "w", {"door": True}, line="com2")
    assert admit("ndjson", "w", {"door": True}, line="com1")


def test_units_of_two_buses_may_share_a_number() -> None:
    """The line tells them apart."""
    buses = [Device("a-1", "modbus", "1", "a", line="a"), Device("b-1", "modbus", "1", "a", line="b")]
    registry = DeviceDirectory(buses, 300 * SECOND)
    report, message = Report("1", (("temperature", 20.0),)), Message("b", "", b"", NOW)
    admitted = registry.admit("modbus", report, message, "b")
    assert admitted is not None
    assert ["b-1"] == [reading.device for reading in admitted[0]]
    assert registry.find("modbus", "1", "a") == buses[0]


def test_what_is_installed_may_change_while_it_runs() -> None:
    """A retired device is nobody; its successor is known by the same id."""
    registry = DeviceDirectory(DEVICES, 300 * SECOND)
    registry.install([Device("smoke", "keyarea", "s9", "a")])
    message = Message("mqtt", "t", b"", NOW)
    assert registry.admit("keyarea", Report("s1", (("smoke", True),)), message) is None
    admitted = registry.admit("keyarea", Report("s9", (("smoke", True),)), message)
    assert admitted == ([Reading("smoke", "smoke", True, NOW, NOW)], [])
    assert ["smoke"] == [device.id for device in registry.devices()]


def test_the_panel_of_a_part_is_registered_itself_or_by_another_part() -> None:
    zone, panel = (Device(name, "sia_dc09", at, "a", line="l1") for name, at in (("zone", "12/1.7"), ("panel", "12")))
    for devices, expected in (((zone,), zone), ((zone, panel), panel), ((panel, zone), panel)):
        registry = DeviceDirectory(devices, 300 * SECOND)
        assert registry.panel("sia_dc09", "12/1.8", "l1") == expected == registry.panel("sia_dc09", "12", "l1")
        assert registry.panel("sia_dc09", "123/1.8", "l1") is None
        assert registry.panel("sia_dc09", "12/1.8", "l2") is None
        assert registry.panel("gbt26875", "12/1.8", "l1") is None
    assert DeviceDirectory([Device("board", "tasmota", "zb", "a")], SECOND).panel("tasmota", "zb/door", "") is None
