"""Who signs in at the broker, and what each may say there."""

import pytest

from devices.broker_access import GATEWAY, Login, logins
from devices.codec import DeviceTopics
from devices.device import Device
from devices.families import mqtt_families


def only(*devices: Device, **bases: str) -> list[Login]:
    """Their logins, without the gateway's."""
    return logins(devices, bases)[1:]


@pytest.mark.parametrize(
    ("device", "write", "read"),
    [
        (
            Device("s1", "keyarea", "smoke-1", "store"),
            ("keyarea/smoke-1/readings", "keyarea/smoke-1/status"),
            ("keyarea/smoke-1/command",),
        ),
        (
            Device("s2", "tasmota", "boiler", "store"),
            ("tele/boiler/#", "boiler/tele/#", "stat/boiler/#", "boiler/stat/#", "tasmota/discovery/#"),
            ("cmnd/boiler/#", "boiler/cmnd/#"),
        ),
        (
            Device("s2", "tasmota", "site/boiler", "store"),
            (
                *("tele/site/boiler/#", "site/boiler/tele/#", "site/tele/boiler/#"),
                *("stat/site/boiler/#", "site/boiler/stat/#", "site/stat/boiler/#", "tasmota/discovery/#"),
            ),
            ("cmnd/site/boiler/#", "site/boiler/cmnd/#", "site/cmnd/boiler/#"),
        ),
        (
            Device("s3", "shelly", "shellyht-A1", "store"),
            ("shellies/shellyht-A1/#", "shellyht-A1/#", "shellies/announce"),
            ("shellies/shellyht-A1/#", "shellyht-A1/#", "shellies/command"),
        ),
        (
            Device("s4", "esphome", "hall", "store"),
            ("hall/#", "esphome/discover/hall", "homeassistant/+/hall/+/config"),
            ("hall/#", "esphome/discover", "esphome/ping/hall"),
        ),
    ],
)
def test_a_device_that_signs_in_itself_has_its_own_topics(
    device: Device, write: tuple[str, ...], read: tuple[str, ...]
) -> None:
    assert [Login(device.id, write, read, (device.id,))] == only(device)


def test_those_behind_a_converter_share_its_login() -> None:
    devices = [Device(f"z{n}", "zigbee2mqtt", f"0x{n}", "store") for n in (1, 2)]
    assert [Login("zigbee2mqtt", ("z/#",), ("z/#",), ("z1", "z2"))] == only(*devices, zigbee2mqtt="z")


def test_the_gateway_hears_all_and_speaks_where_its_families_listen() -> None:
    (gateway,) = logins([], {"keyarea": "k", "zigbee2mqtt": ""})
    assert (GATEWAY, ("k/#", "zigbee2mqtt/#", "cmnd/#"), ("#",)) == (gateway.user, gateway.write, gateway.read)


@pytest.mark.parametrize("address", ["+", "a+", "#", "a/#", "$SYS", " a", "a ", "a\n", "a\nuser admin", "\x85"])
def test_an_address_opens_no_other_topic(address: str) -> None:
    """A wildcard, or the beginning of another line of the file."""
    for family in ("keyarea", "tasmota", "shelly", "esphome"):
        (login,) = only(Device("s1", family, address, "store"))
        assert ((), (), "its address is no part of a topic") == (login.write, login.read, login.note)


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (Device("s1", "shelly", "zigbee2mqtt", "store"), "where another family's topics begin"),
        (Device("s1", "shelly", "keyarea/x", "store"), "where another family's topics begin"),
        (Device("s1", "shelly", "tele", "store"), "where another family's topics begin"),
        (Device("s1", "esphome", "cmnd", "store"), "where another family's topics begin"),
        (Device("s1", "esphome", "esphome", "store"), "where another family's topics begin"),
        (Device("keyarea", "tasmota", "x", "store"), "the name of another login"),
        (Device("zigbee2mqtt", "tasmota", "x", "store"), "the name of another login"),
    ],
)
def test_no_device_takes_the_place_of_another_login(device: Device, words: str) -> None:
    (login,) = only(device)
    assert ((), ()) == (login.write, login.read)
    assert words in login.note


def test_what_is_not_on_mqtt_has_no_login() -> None:
    devices = [Device("m1", "modbus", "1", "store", line="bus-1"), Device("own", "gateway", "x", "store")]
    assert [] == only(*devices)


@pytest.mark.parametrize("family", [name for name, codec in mqtt_families().items() if hasattr(codec, "device_topics")])
def test_what_a_device_may_say_is_what_its_family_hears_and_names_it(family: str) -> None:
    """Each topic holds the address; at least one of them is listened to."""
    codec = mqtt_families()[family]
    topics = codec.device_topics(codec.base, "dev-17")  # type: ignore[attr-defined]
    assert isinstance(topics, DeviceTopics)
    own = [topic for topic in topics.write if "dev-17" in topic.split("/")]
    assert own
    levels = {topic.replace("+", "dev-17").partition("#")[0].split("/")[0] for topic in codec.topics(codec.base)}
    assert {topic.split("/")[0] for topic in own} & levels
