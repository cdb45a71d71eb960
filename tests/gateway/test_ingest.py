"""What arrives becomes readings, or is kept for the technician, in bounds; nothing in it raises."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.event import PanelReset
from devices.callers import Callers
from devices.codec import Decoded, Message, Report
from devices.device import Device, SenderKey
from devices.device_directory import DeviceDirectory
from devices.families import mqtt_families
from devices.malformed import MalformedLog
from devices.payloads.not_understood import Note
from devices.quarantine import Quarantine
from devices.reading import SECOND, Quality, Reading
from gateway.inbox import FromLine
from gateway.ingest.ingest import Ingest
from gateway.transports.topic_filter import matches

NOW = 1_763_000_000 * SECOND


class Arrived(msgspec.Struct):
    topic: str
    payload: bytes
    retain: bool = False


class NotUtf8:
    """A topic that its sender did not encode properly; paho raises on looking at it."""

    payload, retain = b"x", False

    @property
    def topic(self) -> str:
        return b"\xff".decode()


def ingest(**codecs: object) -> Ingest:
    devices = [
        Device(id="s1", family="keyarea", address="s1", area="a", signals=("smoke", "temperature")),
        Device(id="z1", family="zigbee2mqtt", address="z 1", area="a"),
        Device(id="t1", family="tasmota", address="t1", area="a"),
        Device(id="h1", family="home_assistant", address="hall", area="a"),
        Device(id="wire", family="keyarea", address="wire", area="a", line="tty"),
    ]
    return Ingest(
        DeviceDirectory(devices, 300 * SECOND),
        {**mqtt_families(), **codecs},  # type: ignore[dict-item]
        {},
        matches=matches,
        quarantine=Quarantine(),
        malformed=MalformedLog(),
    )


def test_a_burst_keeps_its_order_whatever_lies_between() -> None:
    taker = ingest()
    readings = taker.read(
        [
            Arrived("keyarea/s1/readings", b'{"readings": {"temperature": 1}}'),
            NotUtf8(),
            Arrived("keyarea/s1/readings", b"{"),
            Arrived("keyarea/s1/readings", b'{"readings": {"temperature": 2, "smoke": "purple"}}'),
            Arrived("nobody/speaks/here", b"{}"),
            Arrived("keyarea/s1/readings", b'{"readings": {"temperature": 3}}', retain=True),
        ],
        NOW,
    )
    assert [(reading.value, reading.quality) for reading in readings] == [(1, 0), (2, 0), (3, int(Quality.SNAPSHOT))]
    assert taker.malformed.total == 4
    reasons = " ".join(sample.reason for sample in taker.malformed.samples())
    assert "not UTF-8" in reasons
    assert "no family" in reasons


@pytest.mark.parametrize(("time", "quality"), [(NOW + 200 * SECOND, 0), (NOW + 400 * SECOND, 2), (0, 2)])
def test_a_clock_that_is_off_is_not_believed(time: int, quality: int) -> None:
    payload = msgspec.json.encode({"readings": {"smoke": True}, "time": time // 1_000_000})
    (reading,) = ingest().read([Arrived("keyarea/s1/readings", payload)], NOW)
    assert (reading.quality, reading.received) == (quality, NOW)
    assert reading.time == (NOW if quality else time)


def test_a_device_of_a_wire_may_not_speak_over_mqtt() -> None:
    taker = ingest()
    assert [] == taker.read([Arrived("keyarea/wire/readings", b'{"readings": {"smoke": true}}')], NOW)
    assert taker.malformed.total == 1
    heard = Decoded((Report("wire", (("smoke", True),)),))
    said = FromLine("tty", "keyarea", heard)
    assert ["wire"] == [reading.device for reading in taker.read_line(said, NOW)]


def test_routes_samples_and_senders_are_bounded() -> None:
    """Someone who invents topics, reasons and devices fills counters, never memory."""
    taker = ingest()
    noise = [Arrived(f"noise/{n}", b"x" * 1000) for n in range(70_000)]
    strangers = [Arrived(f"keyarea/stranger{n}/readings", b'{"readings": {"smoke": true}}') for n in range(3_000)]
    assert [] == taker.read([*noise, *strangers], NOW)
    assert len(taker._routes.known) <= 65_536
    assert taker.malformed.total == 70_000
    assert len(taker.malformed.samples()) <= 200
    assert all(len(sample.payload) <= 200 for sample in taker.malformed.samples())
    assert len(taker.quarantine.senders()) + taker.quarantine.turned_away == 3_000
    assert len(taker.quarantine.senders()) <= 1_000


def test_a_codec_that_fails_costs_its_message_and_no_other() -> None:
    """A bug in one family is counted and named; the others' alarms go on."""

    class Broken:
        family, base = "broken", "broken"

        def topics(self, base: str) -> tuple[str, ...]:
            return (f"{base}/#",)

        def open(self, base: str) -> "Broken":
            return self

        def decode(self, message: Message) -> Decoded:
            raise ZeroDivisionError

    taker = ingest(broken=Broken())
    readings = taker.read(
        [Arrived("broken/x", b"1"), Arrived("keyarea/s1/readings", b'{"readings": {"smoke": true}}')], NOW
    )
    assert [True] == [reading.value for reading in readings]
    assert taker.codec_faults == 1
    assert "broken codec" in taker.malformed.samples()[0].reason


def announcement(address: str, topic: str, **more: str) -> Arrived:
    """A smoke detector that announces itself by Home Assistant discovery."""
    config = {"dev_cla": "smoke", "stat_t": topic, "dev": {"ids": [address]}, **more}
    return Arrived(f"homeassistant/binary_sensor/{address}/smoke/config", msgspec.json.encode(config))


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


CONFIG = "homeassistant/binary_sensor/hall/smoke/config"


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
    assert "'hall' is installed" in taker.malformed.samples()[0].reason
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


def test_what_was_kept_of_a_family_that_is_switched_off_harms_nobody() -> None:
    taker = ingest()
    taker.recall([("elsewhere/config", b"{")], NOW)
    taker.recall([(CONFIG, b"{")], NOW)  # nor does what cannot be read
    assert {CONFIG: None} == taker.announcements.unsaved


_TOPICS = st.sampled_from(
    [
        "homeassistant/binary_sensor/hall/smoke/config",
        "hall/smoke",
        "keyarea/s1/readings",
        "keyarea/s1/status",
        "zigbee2mqtt/z 1",
        "zigbee2mqtt/z 1/availability",
        "zigbee2mqtt/bridge/devices",
        "zigbee2mqtt/bridge/state",
        "tele/t1/SENSOR",
        "tele/t1/STATE",
        "tele/t1/LWT",
        "stat/t1/RESULT",
        "stat/t1/STATUS8",
        "tasmota/discovery/A/sensors",
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8)
            | st.sampled_from(
                ["readings", "time", "device", "smoke", "temperature", "contact", "state", "Time", "SMOKE", "POWER"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
).map(msgspec.json.encode)


@given(st.lists(st.tuples(_TOPICS | st.text(max_size=20), st.binary(max_size=200) | _JSON, st.booleans()), max_size=8))
def test_no_input_raises(arrivals: list[tuple[str, bytes, bool]]) -> None:
    """Whatever the bytes: each message is a reading, in quarantine, or counted; and every reading is sound."""
    taker = ingest()
    for reading in taker.read([Arrived(*arrival) for arrival in arrivals], NOW):
        assert reading.device in {"s1", "z1", "t1", "h1"}
        assert abs(reading.time - NOW) <= 300 * SECOND
        msgspec.json.encode(reading)
    assert taker.codec_faults == 0, taker.malformed.samples()
    msgspec.json.encode(list(taker.quarantine.senders()))


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("zigbee2mqtt/status/lobby", b'{"smoke": true}'),
        ("zigbee2mqtt/tele/x", b'{"smoke": true}'),
        ("zigbee2mqtt/online", b'{"smoke": true}'),
    ],
)
def test_a_family_with_a_base_of_its_own_is_asked_first(topic: str, payload: bytes) -> None:
    """A friendly name may look like another family's topic; a smoke detector must not fall silent for its name."""
    taker = ingest()
    assert [] == taker.read([Arrived(topic, payload)], NOW)
    (sender,) = taker.quarantine.senders()
    assert ("zigbee2mqtt", topic.removeprefix("zigbee2mqtt/")) == (sender.family, sender.address)
    assert {"smoke": True} == sender.signals


@pytest.mark.parametrize("topic", ["tele/leak1/x", "stat/leak1/INFO2", "tele/leak1", "shellies/leak1/state", "leak1"])
def test_a_family_that_finds_nothing_takes_no_announced_topic_from_another(topic: str) -> None:
    """Nobody is installed: the leak is shown all the same, and a word that is none of its own is noted."""
    config = {"dev_cla": "moisture", "stat_t": topic, "dev": {"ids": ["leak1"]}}
    announced = Arrived("homeassistant/binary_sensor/leak1/leak/config", msgspec.json.encode(config))
    taker = ingest()
    taker.read([announced, Arrived(topic, b"ON")], NOW)
    assert [("home_assistant", {"leak": True})] == [(one.family, one.signals) for one in taker.quarantine.senders()]
    taker = ingest()
    taker.read([announced, Arrived(topic, b"strange")], NOW)
    assert ["leak: 'strange' is none of its words"] == [sample.reason for sample in taker.malformed.samples()]


def test_what_came_under_a_familys_prefix_before_its_announcement_is_not_lost() -> None:
    taker = ingest()
    assert [] == taker.read([Arrived("tele/hall/x", b"ON")], NOW)
    (reading,) = taker.read([announcement("hall", "tele/hall/x")], NOW + SECOND)
    assert ("h1", True, NOW) == (reading.device, reading.value, reading.received)


def test_what_follows_besides_from_a_message_follows_though_another_shows_it() -> None:
    """A family that has nothing to report of an announced topic may still have learnt from it."""

    class Learner:
        family = base = "learner"

        def topics(self, base: str) -> tuple[str, ...]:
            return ("learner/#",)

        def open(self, base: str) -> "Learner":
            return self

        def decode(self, message: Message) -> Decoded:
            return Decoded(subscribe=("else/where",))

    taker = ingest(learner=Learner())
    (reading,) = taker.read([announcement("hall", "learner/x"), Arrived("learner/x", b"ON")], NOW)
    assert ("h1", True) == (reading.device, reading.value)
    assert ["else/where"] == taker.subscribe


def test_what_a_device_asks_for_takes_no_topic_from_another_family() -> None:
    """Topics that come to be known by messages stand behind those that the families have from the start."""

    class Greedy:
        family = base = "greedy"

        def topics(self, base: str) -> tuple[str, ...]:
            return ("greedy/#",)

        def open(self, base: str) -> "Greedy":
            return self

        def decode(self, message: Message) -> Decoded:
            return Decoded((Report("thief", (("smoke", False),)),), subscribe=("zigbee2mqtt/z 1", "else/where"))

    taker = ingest(greedy=Greedy())
    taker.read([Arrived("greedy/hello", b"")], NOW)
    (reading,) = taker.read([Arrived("zigbee2mqtt/z 1", b'{"smoke": true}')], NOW)
    assert ("z1", True) == (reading.device, reading.value)


def test_a_bridge_may_tell_of_its_devices_at_length_and_nobody_else() -> None:
    """A hundred definitions are more than a megabyte; a state that long is none."""
    taker = ingest()
    long = (
        b"["
        + b",".join([b'{"friendly_name": "z 1", "definition": {"description": "%s"}}' % (b"x" * 9_000)] * 100)
        + b"]"
    )
    taker.read([Arrived("zigbee2mqtt/bridge/devices", long)], NOW)
    assert 0 == taker.malformed.total
    taker.read([Arrived("keyarea/s1/readings", long), Arrived("zigbee2mqtt/bridge/devices", long * 3)], NOW)
    assert ["larger than", "larger than"] == [sample.reason[:11] for sample in taker.malformed.samples()]


def test_what_an_installed_device_runs_is_known_and_bounded() -> None:
    taker = ingest()
    said = Report("wire", (("smoke", False),), firmware="1.2.3")
    stranger = Report("stranger", (("smoke", False),), firmware="6")
    taker.read_line(FromLine("tty", "keyarea", Decoded((said, stranger))), NOW)
    assert {"wire": "1.2.3"} == taker.firmware
    taker.read_line(FromLine("tty", "keyarea", Decoded((msgspec.structs.replace(said, firmware="x" * 1000),))), NOW)
    taker.read_line(FromLine("tty", "keyarea", Decoded((msgspec.structs.replace(said, firmware=""),))), NOW)
    assert {"wire": "x" * 100} == taker.firmware


def panels() -> Ingest:
    """A fire panel of which two detectors are installed, and another panel's."""
    taker = ingest()
    parts = [("p1", "e903/1.1.01"), ("p2", "e903/1.1.02"), ("q1", "e904/1.1.01")]
    taker.registry.install(Device(id=name, family="gbt26875", address=at, area="a", line="tcp") for name, at in parts)
    return taker


def said(*reports: Report) -> FromLine:
    return FromLine("tcp", "gbt26875", Decoded(reports))


def test_a_reset_of_a_panel_ends_what_stood_behind_it_before_what_it_says_next() -> None:
    taker = panels()
    fire = (("smoke", True), ("fault", True))
    taker.read_line(said(Report("e903/1.1.01", fire), Report("e903/1.1.02", fire), Report("e904/1.1.01", fire)), NOW)
    burning = Report("e903/1.1.02", (("smoke", True),), event=True)
    readings = taker.read_line(said(Report("e903/1.1", (), time=NOW + 1, reset=True), burning), NOW + 2)
    deduced, event = int(Quality.DEDUCED), int(Quality.EVENT)
    assert readings == [
        Reading("p1", "smoke", False, NOW + 1, NOW + 2, deduced),
        Reading("p2", "smoke", False, NOW + 1, NOW + 2, deduced),
        Reading("p2", "smoke", True, NOW + 2, NOW + 2, event),
    ]
    assert [] == taker.read_line(said(Report("e903/2.1", (), reset=True)), NOW + 3)
    assert ["p2"] == [reading.device for reading in taker.read_line(said(Report("e903", (), reset=True)), NOW + 4)]


def test_a_cancel_ends_what_it_is_of_and_no_fire() -> None:
    """On every channel of that signal; what the report says by itself is told once; strangers wait for their own."""
    taker = panels()
    burgled = (("intrusion.perimeter", True), ("intrusion", True), ("smoke", True))
    taker.read_line(said(Report("e903/1.1.01", burgled), Report("e903/1.1.09", (("panic", True),))), NOW)
    waiting = len(taker.strangers)
    restored = Report("e903/1.1.01", (("intrusion", False),), reset=True, reset_of=("intrusion",))
    readings = taker.read_line(said(restored), NOW + 1)
    assert [("intrusion.perimeter", False), ("intrusion", False)] == [(one.signal, one.value) for one in readings]
    assert waiting == len(taker.strangers)
    assert [] == taker.read_line(said(Report("e903", (), reset=True, reset_of=("intrusion",))), NOW + 2)
    assert ["smoke"] == [one.signal for one in taker.read_line(said(Report("e903", (), reset=True)), NOW + 3)]


def test_a_reset_ends_what_was_known_before_the_start() -> None:
    taker = panels()
    taker.prime([Reading("p1", "smoke", True, NOW, NOW), Reading("s1", "smoke", True, NOW, NOW)])
    assert ["p1"] == [r.device for r in taker.read_line(said(Report("e903", (), reset=True)), NOW + 1)]


def test_a_reset_ends_the_dangers_of_parts_that_nobody_has_registered() -> None:
    taker = panels()
    taker.read_line(said(Report("e903/1.1.09", (("smoke", True),))), NOW)
    assert ["smoke"] == [signal for sender in taker.quarantine.senders() for signal in sender.dangers]
    taker.read_line(said(Report("e903/1.1", (), reset=True)), NOW + 1)
    assert [] == [signal for sender in taker.quarantine.senders() for signal in sender.dangers]
    assert taker.strangers[-1] == PanelReset(SenderKey("tcp", "gbt26875", "e903/1.1"))


def test_an_event_of_a_panel_says_so_unless_it_only_tells_how_it_stands() -> None:
    taker = panels()
    (live,) = taker.read_line(said(Report("e903/1.1.01", (("smoke", True),), event=True)), NOW)
    (found,) = taker.read_line(said(Report("e903/1.1.01", (("smoke", True),), snapshot=True, event=True)), NOW)
    assert (live.quality, found.quality) == (int(Quality.EVENT), int(Quality.SNAPSHOT))


class _Noting:
    """A family that speaks on one topic and says only what it did not understand."""

    base = ""

    def __init__(self, family: str, decoded: Decoded) -> None:
        self.family, self._decoded = family, decoded

    def topics(self, base: str) -> tuple[str, ...]:
        return ("hall/alarm",)

    def open(self, base: str) -> "_Noting":
        return self

    def decode(self, message: Message) -> Decoded:
        return self._decoded


def test_words_of_danger_that_nobody_understood_are_kept_with_the_message() -> None:
    noting = _Noting("noting", Decoded(notes=(Note("alarm: 'odd'"), Note("leak: false", is_calm=True))))
    taker = ingest(noting=noting)
    assert [] == taker.read([Arrived("hall/alarm", b"odd")], NOW)
    assert {"alarm: 'odd'", "leak: false"} == {sample.reason for sample in taker.malformed.samples()}
    assert {b"odd"} == {sample.payload for sample in taker.malformed.samples()}
    assert (0, 1) == (taker.malformed.total, taker.malformed.noted)


def test_what_several_claim_and_none_understands_leaves_a_note() -> None:
    noting = _Noting("noting", Decoded(notes=(Note("alarm: 'odd'"),)))
    taker = ingest(noting=noting)
    taker.read([announcement("hall", "hall/alarm")], NOW)
    taker.read([Arrived("hall/alarm", b"odd")], NOW)
    assert "alarm: 'odd'" in {sample.reason for sample in taker.malformed.samples()}


def test_the_line_of_a_bus_notes_as_well() -> None:
    taker = ingest()
    taker.read_line(FromLine("tty", "keyarea", Decoded(notes=(Note("fault: 9"),), raw=b"9")), NOW)
    assert ["fault: 9"] == [sample.reason for sample in taker.malformed.samples()]


def test_from_a_wrong_address_a_restore_is_refused_and_a_fire_is_not() -> None:
    """Also of a part that waits in quarantine; the line tells of the second caller, and names both."""
    taker = panels()
    taker._admission._callers = Callers({}, ("gbt26875",))

    def came(host: str, at: int, *values: tuple[str, bool], part: str = "e903/1.1.01") -> list[tuple[str, object]]:
        line = FromLine("tcp", "gbt26875", Decoded((Report(part, values),)), f"{host}:4711")
        return [(reading.signal, reading.value) for reading in taker.read_line(line, NOW + at)]

    assert [("action.caller-e903", "10.0.0.7"), ("smoke", True)] == came("10.0.0.7", 0, ("smoke", True))
    told = came("10.0.0.9", 1, ("smoke", False))
    assert ([("tamper.e903-called-from-10.0.0.9-and-10.0.0.7", True)], True) == (told, bool(taker.refused))
    assert ([("heat", True)], "") == (came("10.0.0.9", 2, ("heat", True), ("fault", True)), taker.refused)
    assert ([], True) == (came("10.0.0.9", 400 * SECOND, ("smoke", False)), bool(taker.refused))
    assert ([("smoke", False)], "") == (came("10.0.0.7", 401 * SECOND, ("smoke", False)), taker.refused)
    stranger = "e905/1.1.09"
    came("10.0.0.7", 0, ("smoke", True), part=stranger)
    came("10.0.0.9", 400 * SECOND, ("smoke", False), part=stranger)
    assert taker.refused
    again = panels()
    again._admission._callers = Callers({}, ("gbt26875",))
    known = [("line:tcp", "action.caller-e903", "10.0.0.7"), ("p1", "smoke", True)]
    again.prime([Reading(device, signal, value, NOW, NOW) for device, signal, value in known])
    restored = FromLine("tcp", "gbt26875", Decoded((Report("e903/1.1.01", (("smoke", False),)),)), "10.0.0.9:4711")
    again.read_line(restored, NOW + 900 * SECOND)
    assert again.refused


def test_what_a_family_passes_over_is_counted_and_looked_at_for_dangers() -> None:
    taker = ingest()
    silent = [
        Arrived("tele/board/UPTIME", b'{"Uptime": 7}'),
        Arrived("zigbee2mqtt/siren/set", b'{"alarm": "ON"}'),
        Arrived("shelly-1/events/rpc", b'{"id": 1, "result": {"zone_alarm": true}}'),
        Arrived("application/1/device/24e124128c147204/event/txack", b"not even JSON"),
    ]
    assert [] == taker.read(silent, NOW)
    assert {"tasmota": 1, "zigbee2mqtt": 1, "shelly": 1, "chirpstack": 1} == dict(taker.malformed.passed_over)
    assert ["result.zone_alarm: true"] == [sample.reason for sample in taker.malformed.samples()]
    assert (0, 1) == (taker.malformed.total, taker.malformed.noted)
