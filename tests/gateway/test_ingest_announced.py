"""What a device announces is listened to, kept, and known after a restart."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from devices.device import Device
from devices.reading import SECOND
from gateway.ingest.ingest import Ingest
from tests.gateway.ingest_peers import CONFIG, NOW, Arrived, announcement, ingest
from tests.words import words


def test_what_a_device_announces_is_listened_to_and_heard() -> None:
    taker = ingest()
    assert [] == taker.read([announcement("hall", "hall/smoke")], NOW)
    assert ["hall/smoke"] == taker.subscribe
    (reading,) = taker.read([Arrived("hall/smoke", b"ON")], NOW)
    assert ("h1", "smoke", True) == (reading.device, reading.signal, reading.value)


def test_a_bridge_that_also_announces_its_devices_shows_each_once() -> None:
    """Zigbee2MQTT tells Home Assistant of its devices: they are Zigbee2MQTT's here."""
    taker = ingest()
    taker.read([announcement("0x1", "zigbee2mqtt/new"), Arrived("zigbee2mqtt/new", b'{"smoke": true}')], NOW)
    assert [("zigbee2mqtt", "new")] == [(sender.family, sender.address) for sender in taker.quarantine.senders()]
    assert [] == taker.subscribe


def test_an_announcement_takes_no_installed_device_its_topic() -> None:
    """A stranger announces its topic, with a template that always says no: nothing is silenced."""
    taker = ingest()
    liar = announcement("liar", "zigbee2mqtt/z 1", val_tpl="OFF")
    (reading,) = taker.read([liar, Arrived("zigbee2mqtt/z 1", b'{"smoke": true}')], NOW)
    assert ("z1", True) == (reading.device, reading.value)
    assert [] == list(taker.quarantine.senders())
    liar = announcement("liar", "hall/smoke", val_tpl="OFF")
    readings = taker.read([announcement("hall", "hall/smoke"), liar, Arrived("hall/smoke", b"ON")], NOW)
    assert [("h1", True)] == [(reading.device, reading.value) for reading in readings]


def test_an_installed_device_is_heard_on_a_topic_that_another_family_claims_too() -> None:
    """``hall/online`` could be a Shelly's; it is what the installed device announced."""
    taker = ingest()
    config = announcement("hall", "hall/smoke", avty_t="hall/online", pl_avail="true", pl_not_avail="false")
    (reading,) = taker.read([config, Arrived("hall/online", b"false")], NOW)
    assert ("h1", "online", False) == (reading.device, reading.signal, reading.value)
    assert [] == list(taker.quarantine.senders())


def test_a_board_that_announces_itself_is_what_it_announces() -> None:
    """ESPHome tells Home Assistant of its sensors: with unit and class, and so it goes before the bare topics."""
    topic = "hall/binary_sensor/smoke/state"
    stranger = ingest()
    stranger.read([announcement("a4cf12", topic), Arrived(topic, b"ON")], NOW)
    assert ["home_assistant"] == [sender.family for sender in stranger.quarantine.senders()]
    installed = ingest()
    board = Device(id="e1", family="esphome", address="hall", area="a")
    installed.registry.install([*installed.registry.devices(), board])
    (reading,) = installed.read([announcement("a4cf12", topic, val_tpl="OFF"), Arrived(topic, b"ON")], NOW)
    assert ("e1", True) == (reading.device, reading.value)
    assert [] == list(installed.quarantine.senders())


def test_a_board_that_announces_itself_late_has_lost_nothing() -> None:
    """Its topic looks like ESPHome's all the same: the installed device gets what came before its announcement."""
    taker = ingest()
    topic = "hall/binary_sensor/smoke/state"
    assert [] == taker.read([Arrived(topic, b"ON")], NOW)
    assert [("h1", True)] == [(one.device, one.value) for one in taker.read([announcement("hall", topic)], NOW)]


def test_what_comes_before_its_announcement_is_not_lost() -> None:
    """After a restart the broker sends what it kept for the session before it repeats the announcements."""
    taker = ingest()
    assert [] == taker.read([Arrived("hall/smoke", b"ON")], NOW)
    (reading,) = taker.read([announcement("hall", "hall/smoke")], NOW + SECOND)
    assert ("h1", True, NOW) == (reading.device, reading.value, reading.received)
    assert [] == taker.read([], NOW + 2 * SECOND)


def test_what_came_before_an_announcement_is_heard_before_what_came_after_it() -> None:
    """Or a smoke detector's alarm of just now would be ended by the "clear" that the broker had kept."""
    taker = ingest()
    burst = [Arrived("hall/smoke", b"OFF"), announcement("hall", "hall/smoke"), Arrived("hall/smoke", b"ON")]
    assert [False, True] == [reading.value for reading in taker.read(burst, NOW)]


def test_what_nobody_announces_within_a_minute_is_forgotten_and_never_much() -> None:
    taker = ingest()
    taker.read([Arrived(f"noise/{n}", b"x" * 100) for n in range(2_000)] + [Arrived("large", b"x" * 5_000)], NOW)
    assert len(taker._early) <= 1_000
    assert all(len(message.payload) <= 4_096 for message in taker._early)
    taker.read([], NOW + 61 * SECOND)
    assert 0 == len(taker._early)
    assert 2_001 == taker.malformed.total


def restarted(before: Ingest) -> Ingest:
    """Another start, with what the one before it wanted to be stored."""
    after = ingest()
    after.recall([(topic, payload) for topic, payload in before.announcements.unsaved.items() if payload], NOW)
    return after


def test_an_installed_device_is_understood_after_a_restart_before_it_says_a_word_of_itself() -> None:
    """It may never have said it to the broker for keeping."""
    before = ingest()
    before.read([announcement("hall", "hall/smoke"), announcement("stranger", "stranger/smoke")], NOW)
    assert [CONFIG] == list(before.announcements.unsaved)
    after = restarted(before)
    assert (["hall/smoke"], {}) == (after.subscribe, after.announcements.unsaved)
    burst = [Arrived("hall/smoke", b"ON"), announcement("hall", "hall/smoke"), Arrived("hall/smoke", b"OFF")]
    assert [True, False] == [reading.value for reading in after.read(burst, NOW)]
    assert (0, {}) == (after.malformed.total, after.announcements.unsaved)


def test_what_a_bridge_told_of_its_devices_is_known_after_a_restart_before_it_says_so_again() -> None:
    """A heat alarm that calls itself ``alarm`` is heat at once, and not whatever somebody guesses."""
    definition = {
        "model": "HM-5HA-E",
        "description": "Smart heat alarm",
        "exposes": [{"property": "alarm", "access": 1}],
    }
    told = msgspec.json.encode([{"friendly_name": "z 1", "ieee_address": "0x1", "definition": definition}])
    before = ingest()
    before.read([Arrived("zigbee2mqtt/bridge/devices", told, retain=True)], NOW)
    assert ["zigbee2mqtt/bridge/devices"] == list(before.announcements.unsaved)
    after = restarted(before)
    (reading,) = after.read([Arrived("zigbee2mqtt/z 1", b'{"alarm": true}')], NOW)
    assert ("z1", "heat", True) == (reading.device, reading.signal, reading.value)
    assert (0, [], {}) == (after.malformed.total, list(after.quarantine.senders()), after.announcements.unsaved)


def test_an_announcement_that_is_taken_away_is_kept_as_long_as_its_device_is_installed() -> None:
    taker = ingest()
    taker.read([announcement("hall", "hall/smoke")], NOW)
    taker.announcements.unsaved.clear()
    (reading,) = taker.read([Arrived(CONFIG, b"", retain=True), Arrived("hall/smoke", b"ON")], NOW)
    assert ("h1", True) == (reading.device, reading.value)
    assert {} == taker.announcements.unsaved
    assert "'hall' is installed" in words(taker.malformed.samples()[0].reason)
    taker.registry.install([])
    taker.settle(NOW)
    assert {CONFIG: None} == taker.announcements.unsaved
    assert [] == taker.read([Arrived(CONFIG, b""), Arrived("hall/smoke", b"ON")], NOW)
    assert [] == list(taker.quarantine.senders())


def test_what_was_announced_before_its_device_was_installed_is_kept_from_then_on() -> None:
    taker = ingest()
    taker.read([announcement("stairs", "stairs/smoke")], NOW)
    assert {} == taker.announcements.unsaved
    taker.registry.install([Device(id="h2", family="home_assistant", address="stairs", area="a")])
    taker.settle(NOW)
    assert ["homeassistant/binary_sensor/stairs/smoke/config"] == list(taker.announcements.unsaved)


def test_what_was_kept_of_a_device_that_is_installed_no_longer_is_forgotten_at_the_start() -> None:
    before = ingest()
    before.registry.install([Device(id="h2", family="home_assistant", address="stairs", area="a")])
    before.read([announcement("stairs", "stairs/smoke")], NOW)
    assert {"homeassistant/binary_sensor/stairs/smoke/config": None} == restarted(before).announcements.unsaved


def _entity(name: str) -> dict[str, object]:
    return {"dev_cla": name, "stat_t": f"hall/{name}", "uniq_id": f"hall-{name}", "dev": {"ids": ["hall"]}}


def _device(*names: str) -> dict[str, object]:
    return {"dev": {"ids": ["hall"]}, "cmps": {name: {"p": "binary_sensor", **_entity(name)} for name in names}}


_ANNOUNCED = {
    "binary_sensor/hall/smoke": [_entity("smoke"), {**_entity("smoke"), "name": "Smoke"}, {"dev": {"ids": ["liar"]}}],
    "binary_sensor/hall/heat": [_entity("heat"), {"migr_discvry": True}],
    "device/hall": [_device("smoke"), _device("smoke", "heat"), _device("smoke", "door"), {"migr_discvry": True}],
}


_ANNOUNCING = st.sampled_from(
    [(place, said) for place, several in _ANNOUNCED.items() for said in [*several, None]],
)


def heard_on(taker: Ingest) -> set[tuple[str, str]]:
    """(topic, signal) of what the hall says, each of its topics asked."""
    said = [Arrived(f"hall/{name}", b"ON") for name in ("smoke", "heat", "door")]
    return {(arrived.topic, reading.signal) for arrived in said for reading in taker.read([arrived], NOW)}


@given(st.lists(_ANNOUNCING, max_size=8))
def test_whatever_is_announced_a_restart_changes_nothing_of_what_is_heard(said: list[tuple[str, object]]) -> None:
    """Announced, changed, moved, emptied, refused: what the store has is what an installed device is heard with."""
    before, stored = ingest(), dict[str, bytes]()
    for place, config in said:
        before.read([Arrived(f"homeassistant/{place}/config", msgspec.json.encode(config) if config else b"")], NOW)
        for topic, payload in before.announcements.unsaved.items():
            stored.pop(topic, None)
            stored |= {topic: payload} if payload is not None else {}
        before.announcements.unsaved.clear()
    after = ingest()
    after.recall(sorted(stored.items()), NOW)
    assert heard_on(before) == heard_on(after)
    assert not after.announcements.unsaved
