"""Several families on one topic, what a family asks for, and whatever arrives."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded, Message, Report
from devices.reading import SECOND
from gateway.inbox import FromLine
from tests.gateway.ingest_peers import CONFIG, NOW, Arrived, announcement, ingest
from tests.words import words


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
    assert ["leak: 'strange' is none of its words"] == [words(sample.reason) for sample in taker.malformed.samples()]


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
    assert ["larger than", "larger than"] == [words(sample.reason)[:11] for sample in taker.malformed.samples()]


def test_what_an_installed_device_runs_is_known_and_bounded() -> None:
    taker = ingest()
    said = Report("wire", (("smoke", False),), firmware="1.2.3")
    stranger = Report("stranger", (("smoke", False),), firmware="6")
    taker.read_line(FromLine("tty", "keyarea", Decoded((said, stranger))), NOW)
    assert {"wire": "1.2.3"} == taker.firmware
    taker.read_line(FromLine("tty", "keyarea", Decoded((msgspec.structs.replace(said, firmware="x" * 1000),))), NOW)
    taker.read_line(FromLine("tty", "keyarea", Decoded((msgspec.structs.replace(said, firmware=""),))), NOW)
    assert {"wire": "x" * 100} == taker.firmware
