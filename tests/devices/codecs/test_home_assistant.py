"""Home Assistant discovery: what a device announces, moves, takes away, and where it is listened to."""

import json
from typing import Any

import pytest

from devices.codec import KEPT, Message
from devices.codecs.home_assistant.session import HomeAssistantDecoder
from devices.errors import MalformedMessage
from tests.devices.codecs.home_assistant_peers import HALL, announce, decoder, say, sound, values
from tests.devices.codecs.test_recordings import NOW
from tests.words import refused, words


def test_an_announcement_asks_for_its_topics_once() -> None:
    listener = decoder()
    config = {"dev_cla": "smoke", "stat_t": "~/smoke", "~": "hall", "avty_t": "~/status", "dev": HALL}
    assert ("hall/smoke", "hall/status") == announce(listener, "binary_sensor/hall/smoke", **config).subscribe
    assert () == announce(listener, "binary_sensor/hall/smoke", **config).subscribe
    config = {"dev_cla": "heat", "stat_t": "heat/~", "~": "hall", "avty": {"t": "hall/status"}, "dev": HALL}
    assert ("heat/hall",) == announce(listener, "binary_sensor/hall/heat", **config).subscribe


@pytest.mark.parametrize(
    "topic", ["#", "+/state", "hall/#", "hall/+/state", "$SYS/broker/uptime", "", "a" * 300, "a\n"]
)
@pytest.mark.parametrize("key", ["stat_t", "avty_t", "json_attr_t"])
def test_nobody_makes_the_gateway_listen_to_more_than_single_topics(key: str, topic: str) -> None:
    config = {"dev_cla": "smoke", "stat_t": "hall/smoke", "dev": HALL, key: topic}
    with pytest.raises(MalformedMessage):
        announce(decoder(), "binary_sensor/hall/smoke", **config)


def test_a_state_is_never_looked_for_where_devices_announce_themselves() -> None:
    with refused("announce themselves", MalformedMessage):
        announce(decoder(), "binary_sensor/a/b", dev_cla="smoke", stat_t="homeassistant/binary_sensor/c/d/config")


def test_an_entity_that_is_malformed_costs_no_sibling() -> None:
    listener = decoder()
    parts = {
        "bad": {"p": "binary_sensor", "dev_cla": "smoke", "val_tpl": "{{ states('x') }}"},
        "good": {"p": "binary_sensor", "dev_cla": "heat", "val_tpl": "{{ value_json.heat }}"},
    }
    decoded = announce(listener, "device/hall", dev=HALL, stat_t="hall/state", cmps=parts)
    assert "bad: a template asks for states" in words(decoded.malformed)
    assert {"hall": {"heat": True}} == values(say(listener, "hall/state", {"heat": "ON"}))


def test_a_malformed_announcement_leaves_what_was_announced_before() -> None:
    listener = decoder()
    announce(listener, "binary_sensor/hall/smoke", dev_cla="smoke", stat_t="hall/smoke", dev=HALL)
    with pytest.raises(MalformedMessage):
        say(listener, "homeassistant/binary_sensor/hall/smoke/config", b"{")
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))


def test_an_empty_announcement_takes_its_entities_away_and_a_later_one_brings_them_back() -> None:
    listener = decoder()
    announce(listener, "binary_sensor/hall/smoke", dev_cla="smoke", stat_t="hall/smoke", dev=HALL)
    say(listener, "homeassistant/binary_sensor/hall/smoke/config", b"")
    assert () == say(listener, "hall/smoke", b"ON").reports
    announce(listener, "binary_sensor/hall/smoke", dev_cla="smoke", stat_t="hall/smoke", dev=HALL)
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))


SMOKE = {"dev_cla": "smoke", "stat_t": "hall/smoke", "uniq_id": "hall-smoke", "dev": HALL}


MOVED: dict[str, Any] = {"dev": HALL, "cmps": {"smoke": {"p": "binary_sensor", **SMOKE}}}


def keeping() -> HomeAssistantDecoder:
    """A listener for whom the hall is installed, and nobody else."""
    return HomeAssistantDecoder("homeassistant", lambda address: address == "hall")


@pytest.mark.parametrize("payload", [b"", b" ", b'{"migr_discvry": true}', b'{"dev_cla": "blind", "stat_t": "x"}'])
def test_nobody_makes_an_installed_detector_deaf_by_taking_its_announcement_away(payload: bytes) -> None:
    """It is heard as before, and that somebody tried is told."""
    listener = keeping()
    announce(listener, "binary_sensor/hall/smoke", **SMOKE)
    decoded = say(listener, "homeassistant/binary_sensor/hall/smoke/config", payload)
    assert "is installed" in words(decoded.malformed)
    assert () == decoded.stands
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))
    changed = announce(listener, "binary_sensor/hall/smoke", **{**SMOKE, "stat_t": "hall/new"})
    assert ("hall/new",) == changed.subscribe
    assert () == say(listener, "hall/smoke", b"ON").reports
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/new", b"ON"))
    assert sound(listener)


@pytest.mark.parametrize("source", ["mqtt", KEPT])
def test_an_installed_devices_entity_that_moves_is_one_entity(source: str) -> None:
    """From its own announcement to that of the device: live, or while the gateway was away and knew the old one."""
    listener = keeping()
    old, new = "homeassistant/binary_sensor/hall/smoke/config", "homeassistant/device/hall/config"
    first = listener.decode(Message(source, old, json.dumps(SMOKE).encode(), NOW))
    assert ((old, ("hall",)),) == first.stands
    if source == "mqtt":
        say(listener, old, b'{"migrate_discovery": true}')
    moved = say(listener, new, MOVED)
    assert ("", {(new, ("hall",)), (old, ())}) == (words(moved.malformed), set(moved.stands))
    assert ((old, ()),) == say(listener, old, b"").stands
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))
    assert sound(listener)


def test_what_is_announced_live_is_no_longer_only_what_was_kept() -> None:
    """So another place cannot take the entity over."""
    listener = keeping()
    place = "homeassistant/binary_sensor/hall/smoke/config"
    listener.decode(Message(KEPT, place, json.dumps(SMOKE).encode(), NOW))
    assert ((place, ("hall",)),) == say(listener, place, SMOKE).stands
    assert "announced already" in words(say(listener, "homeassistant/device/hall/config", MOVED).malformed)


def test_what_an_installed_device_announces_no_longer_is_told() -> None:
    """A component left out, or a stranger at its place: nobody is to find out by a fire."""
    listener = keeping()
    smoke = {"p": "binary_sensor", "dev_cla": "smoke", "stat_t": "hall/smoke"}
    heat = {"p": "binary_sensor", "dev_cla": "heat", "stat_t": "hall/heat"}
    announce(listener, "device/hall", dev=HALL, cmps={"smoke": smoke, "heat": heat})
    fewer = announce(listener, "device/hall", dev=HALL, cmps={"smoke": smoke})
    assert "'hall' is installed and announces no longer: heat" == words(fewer.malformed)
    stolen = announce(listener, "device/hall", dev={"ids": ["liar"]}, cmps={"smoke": smoke})
    assert "'hall' is installed and announces no longer: smoke" == words(stolen.malformed)


def test_a_component_that_is_announced_no_more_is_gone() -> None:
    listener = decoder()
    smoke = {"p": "binary_sensor", "dev_cla": "smoke", "stat_t": "hall/smoke"}
    heat = {"p": "binary_sensor", "dev_cla": "heat", "stat_t": "hall/heat"}
    announce(listener, "device/hall", dev=HALL, cmps={"smoke": smoke, "heat": heat})
    announce(listener, "device/hall", dev=HALL, cmps={"smoke": smoke, "heat": {"p": "binary_sensor"}})
    assert () == say(listener, "hall/heat", b"ON").reports
    assert {"hall": {"smoke": False}} == values(say(listener, "hall/smoke", b"OFF"))


def test_an_entity_that_moves_to_the_devices_announcement_is_one_entity() -> None:
    """migrate_discovery, then the device's own announcement, then the old one emptied."""
    listener = decoder()
    smoke = {"dev_cla": "smoke", "stat_t": "hall/smoke", "uniq_id": "hall-smoke"}
    announce(listener, "binary_sensor/hall/smoke", dev=HALL, **smoke)
    again = announce(listener, "device/hall", dev=HALL, cmps={"smoke": {"p": "binary_sensor", **smoke}})
    assert "announced already" in words(again.malformed)
    announce(listener, "binary_sensor/hall/smoke", migr_discvry=True)
    announce(listener, "device/hall", dev=HALL, cmps={"smoke": {"p": "binary_sensor", **smoke}})
    say(listener, "homeassistant/binary_sensor/hall/smoke/config", b"")
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))
