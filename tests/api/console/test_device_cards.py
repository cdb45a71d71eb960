"""Which devices fit what somebody looks for, and what a card shows first."""

from types import SimpleNamespace
from typing import Any

import pytest

from api.console.device_cards import Wanted, card, fits, path_of, wanted_of, worth_showing
from api.console.locale import Say
from api.device_rank import DeviceRow
from devices.device import Device
from devices.reading import Reading

HALL = DeviceRow(
    Device("smoke-1", "keyarea", "ABC", "store", name="Hall", name_zh="大厅", kind="smoke_detector", tags=("north",)),
    heard=None,
    marks=("lost", "never"),
)
WELL = DeviceRow(Device("door-1", "zigbee2mqtt", "d1", "office", kind="door_contact"), heard=5, marks=())
CHOICES = {"area": {"": "", "store": ""}, "kind": {"": "", "door_contact": ""}, "state": {"": "", "lost": ""}}


@pytest.mark.parametrize(
    ("wanted", "hall", "well"),
    [
        (Wanted(), True, True),
        (Wanted(text=" HALL "), True, False),
        (Wanted(text="大厅"), True, False),
        (Wanted(text="north"), True, False),
        (Wanted(text="zigbee"), False, True),
        (Wanted(area="store"), True, False),
        (Wanted(kind="door_contact"), False, True),
        (Wanted(state="never"), True, False),
        (Wanted(state="wrong"), True, False),
        (Wanted(state="alarm"), False, False),
        (Wanted(text="hall", area="office"), False, False),
    ],
)
def test_a_device_fits(wanted: Wanted, hall: bool, well: bool) -> None:
    assert (hall, well) == (fits(HALL, wanted), fits(WELL, wanted))


def test_an_address_asks_for_what_there_is() -> None:
    assert Wanted(text="x", area="store") == wanted_of({"text": "x", "area": "store", "state": "<b>"}, CHOICES)
    assert 100 == len(wanted_of({"text": "y" * 500}, CHOICES).text)


def test_what_a_device_is_there_for_comes_first() -> None:
    said = [
        Reading("smoke-1", name, value, 0, 0)
        for name, value in (("battery", 90.0), ("online", True), ("temperature", 21.0), ("smoke", False))
    ]
    assert ["smoke", "temperature", "battery"] == [one.signal for one in worth_showing(("smoke", "temperature"), said)]
    silent = [Reading("smoke-1", "online", False, 0, 0)]
    assert silent == worth_showing(("smoke",), silent)


def test_a_list_tells_no_card_number() -> None:
    said = [
        Reading("gate", name, value, 0, 0) for name, value in (("credential", "26:20:22591"), ("access", "granted"))
    ]
    gateway: Any = SimpleNamespace(
        devices=SimpleNamespace(device_name=lambda device, language: device),
        areas=SimpleNamespace(area_name=lambda area, language: area),
        readings=SimpleNamespace(latest=lambda device: said),
    )
    assert "credential …591, access granted" == card(HALL, gateway, Say("en")).latest


def test_an_address_holds_any_id() -> None:
    assert "/console/devices/a%2Fb%20%E7%83%9F" == path_of("a/b 烟")
