"""Devices adopted, senders turned away, versions of the site file: kept across restarts."""

import pytest

from devices.device import Device
from gateway.stores.installation import Installation

SMOKE = Device(
    id="sd-9", family="zigbee2mqtt", address="0x00158d", area="store", signals=("smoke",), interval_s=60.0, tags=("a",)
)


@pytest.fixture
def installation(open_database):
    return Installation(open_database())


def test_an_adopted_device_comes_back_whole(installation, open_database):
    installation.adopt(SMOKE, "tom", 1)
    assert Installation(open_database()).adopted() == [SMOKE]


def test_a_device_adopted_again_takes_the_place_of_the_first(installation):
    moved = Device(id="sd-9", family="tasmota", address="x", area="gate")
    installation.adopt(SMOKE, "tom", 1)
    installation.adopt(moved, "tom", 2)
    assert installation.adopted() == [moved]
    installation.dismiss("sd-9")
    assert installation.adopted() == []


def test_a_rejected_sender_stays_rejected_until_it_is_adopted(installation):
    installation.reject("zigbee2mqtt", "0x00158d", "tom", 1)
    installation.reject("zigbee2mqtt", "0x00158d", "tom", 2)
    installation.reject("tasmota", "0x00158d", "tom", 3)
    assert installation.rejected() == {("zigbee2mqtt", "0x00158d"), ("tasmota", "0x00158d")}
    installation.adopt(SMOKE, "tom", 4)
    assert installation.rejected() == {("tasmota", "0x00158d")}


def test_a_version_of_the_site_file_is_kept_once(installation, open_database):
    first = installation.note_site("id = 'a'", 1)
    assert installation.note_site("id = 'a'", 2) == first
    assert installation.note_site("id = 'b' # 部位", 3) != first
