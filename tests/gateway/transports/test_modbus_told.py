"""One unit, devices of several areas: each part hears what its channel says, and nothing is said twice."""

from pathlib import Path

import pytest

from devices.codec import Report
from devices.families import bus_families
from devices.modbus_map import Block, Point, RegisterMap, channels
from gateway.site.modbus_maps import load_maps
from gateway.transports.modbus_told import Parts
from simulators.modbus_slaves import Slave, on_tcp
from tests.gateway.transports.test_modbus import Bus, Slaves, device_of, tcp
from tests.rim.processes import free_port

PANEL = """\
model = "fire-panel"
description = "Fire panel"
description_zh = "Fire panel"
source = "none"
[[blocks]]
name = "zones"
kind = "holding"
first = 0
count = 2
[[blocks.points]]
signal = "smoke.1"
at = 0
mask = 1
[[blocks.points]]
signal = "smoke.2"
at = 0
mask = 2
[[blocks.points]]
signal = "mains"
at = 1
"""
ALL = Report("7", (("smoke.1", True), ("smoke.2", False), ("mains", True)), model="m")
ONLINE = Report("7", (("online", False),), model="m")


POINTS = tuple(
    Point(signal, at, broken=(9,)) for at, signal in enumerate(("smoke.1", "smoke.2", "mains", "leak", "leak.2"))
)
MAPS = {"m": RegisterMap("m", "", "", "", (Block("b", "holding", 0, 5, POINTS),))}


def told(report: Report, *addresses: str) -> dict[str, dict[str, object]]:
    installed = [device_of(address, "m") for address in addresses]
    return {one.address: dict(one.values) for one in Parts(installed, MAPS).told(report)}


def test_what_a_part_says_is_not_said_of_its_unit() -> None:
    assert {"7": {"smoke.1": True, "smoke.2": False, "mains": True}} == told(ALL, "7")
    assert {"7": {"smoke.2": False, "mains": True}, "7/1": {"smoke": True}} == told(ALL, "7", "7/1")
    assert {"7": {"mains": True}, "7/1": {"smoke": True}, "7/2": {"smoke": False}} == told(ALL, "7/1", "7/2")
    leaks = Report("7", (("leak", True), ("leak.2", False)), model="m")
    assert {"7/1": {"leak": True}, "7/2": {"leak": False}} == told(leaks, "7/1", "7/2")
    broken = Report("7", (("fault.smoke.1", True),), model="m")
    assert {"7/1": {"fault.smoke": True}} == told(broken, "7/1")


def test_presence_is_told_of_the_unit_or_where_it_is_not_installed_of_each_part() -> None:
    assert {"7": {"online": False}} == told(ONLINE, "7", "7/1")
    assert {"7/1": {"online": False}, "7/2": {"online": False}} == told(ONLINE, "7/1", "7/2")


def test_the_same_channel_of_another_unit_or_model_is_not_meant() -> None:
    assert ["7"] == list(told(ALL, "7", "8/1"))
    assert ["7"] == [one.address for one in Parts([device_of("7/1", "other")], MAPS).told(ALL)]


def test_zones_of_one_unit_are_read_in_one_question(tmp_path: Path) -> None:
    (tmp_path / "panel.toml").write_text(PANEL)
    port = free_port()
    panel = Slave(7, holding={0: 2, 1: 1})
    zones = [device_of(address, "fire-panel") for address in ("7/1", "7/2")]
    with Slaves(lambda: on_tcp("127.0.0.1", port, panel)), Bus(tcp(port, maps=str(tmp_path)), *zones) as bus:
        bus.until("7/2", "smoke", True)
        panel.holding[0] = 1
        bus.until("7/1", "smoke", True)
        bus.until("7/2", "smoke", False)


@pytest.mark.parametrize(("address", "is_good"), [
    ("7", True), ("7/3", True), ("7/zone-1", True), ("0", False), ("07", False), ("7/", False), ("7/a/b", False),
    ("7/1.2", False), ("7/\n", False), ("x/1", False),
])  # fmt: skip
def test_an_address_is_a_unit_or_a_part_of_one(address: str, is_good: bool) -> None:
    assert is_good == (not bus_families()["modbus"].refuses(address))


def test_the_parts_of_a_map_are_its_channels() -> None:
    maps, _ = load_maps()
    found = channels(maps["waveshare-io8"])
    assert [("1", "switch"), ("2", "switch")] == [found["switch"], found["switch.2"]]
    assert not channels(maps["th-transmitter"])
    assert not channels(maps["gas-4-20ma"])
