"""Nothing that a device says of a danger, in good syntax, leaves no trace: it is read, refused by name, or noted.

Through the real intake, from every recording of every family over MQTT: a field that nobody knows, a word that nobody
knows in a field that somebody does, a topic that nobody knows. Lines: every frame that was recorded, and objects with
more in them. What speaks of no danger is counted at least (``MalformedLog.passed_over``).
"""

import contextlib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Message
from devices.device_directory import DeviceDirectory
from devices.families import line_families, mqtt_families
from devices.malformed import MalformedLog
from devices.payloads.not_understood import note_of
from devices.quarantine import Quarantine
from devices.reading import SECOND
from devices.signals import SIGNALS, base_name
from gateway.ingest.ingest import Ingest
from gateway.transports.topic_filter import matches
from tests.devices.codecs.recordings import Recording
from tests.devices.codecs.test_hostile_states import conversations, places
from tests.devices.codecs.test_recordings import LINE_CASES, NOW, opened
from tests.words import words

_NAMES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["xq_", "zone7_", "qq", ""]),
    st.sampled_from(["smoke", "fire", "leak", "gas", "tamper", "panic", "火警", "漏水", "燃气", "故障"]),
    st.sampled_from(["_zq", "_alarm_zq", "_zqx_state"]),
)
"""A danger at the heart, and around it what makes the name nobody's."""
_VALUES = st.sampled_from([True, 1, 7, "ON", "zq", "ALARM", "报警", {"state": "zq"}, ["ALARM"]])

WHERE_DEVICES_SPEAK: dict[str, tuple[tuple[str, ...], ...]] = {
    "chirpstack": (("object",),),
    "esphome": (),
    "home_assistant": ((),),
    "keyarea": (("readings",), ()),
    "openmqttgateway": ((),),
    "shelly": (("params",),),
    "sparkplug": (),
    "tasmota": ((), ("StatusSNS",)),
    "things_stack": (("uplink_message", "decoded_payload"),),
    "zigbee2mqtt": ((),),
}
"""Where in an object the device itself speaks; around it are its bridge's or network's own words."""

FRAMES = {"StatusSNS", "StatusSTS", "ZbReceived", "ZbInfo", "Status", "StatusPRM"}
"""Where a board wraps what it says, it says nothing beside it."""

OTHERS_WORDS = (
    *("/config", "/set", "/commands/", "zigbee2mqtt/bridge/", "/availability", "NotifyEvent", "BUTTON", "TEMPRES"),
    "/ZbReceived",
)
"""Announcements, orders, what a bridge says of itself, and events, which are read one by one."""


class Heard(msgspec.Struct):
    """``said`` is what strangers were heard to say, ``noted`` all reasons and notes together."""

    said: dict[str, dict[str, Any]]
    noted: str
    passed_over: int


def hear(topic: str, payload: bytes, before: tuple[Message, ...] = ()) -> Heard:
    """What an intake without any device makes of it."""
    log, quarantine = MalformedLog(), Quarantine()
    taker = Ingest(
        DeviceDirectory([], 300 * SECOND), mqtt_families(), {}, matches=matches, quarantine=quarantine, malformed=log
    )
    taker.read([Arrived(said.address, said.payload) for said in before], NOW)
    taker.read([Arrived(topic, payload)], NOW)
    said = {f"{sender.family} {sender.address}": dict(sender.signals) for sender in quarantine.senders()}
    noted = " ".join(f"{words(sample.reason)} {sample.payload!r}"[:200] for sample in log.samples())
    return Heard(said, noted, sum(log.passed_over.values()))


class Arrived(msgspec.Struct):
    topic: str
    payload: bytes
    retain: bool = False


def at(message: Any, way: tuple[str, ...]) -> Any:
    for step in way:
        message = message.get(step) if isinstance(message, dict) else None
    return message


@cache
def spoken(family: str) -> list[tuple[str, bytes, tuple[Message, ...], tuple[str, ...]]]:
    """(topic, payload, what came before, where in it) of each recorded object in which the device speaks."""
    found = []
    for topic, payload, before in conversations(family):
        if any(word in topic or word in repr(payload) for word in OTHERS_WORDS):
            continue
        with contextlib.suppress(ValueError):
            message = json.loads(payload)
            for way in WHERE_DEVICES_SPEAK[family]:
                inner = at(message, way)
                if isinstance(inner, dict) and inner and not (way == () and FRAMES & inner.keys()):
                    found.append((topic, payload, before, way))
    return found


def test_it_is_known_of_every_family_where_its_devices_speak() -> None:
    assert set(WHERE_DEVICES_SPEAK) == set(mqtt_families())
    assert all(spoken(family) for family, ways in WHERE_DEVICES_SPEAK.items() if ways)


@pytest.mark.parametrize("family", sorted(family for family, ways in WHERE_DEVICES_SPEAK.items() if ways))
@given(data=st.data(), name=_NAMES, value=_VALUES)
def test_a_danger_in_a_field_that_nobody_knows_is_noticed(
    family: str, data: st.DataObject, name: str, value: Any
) -> None:
    topic, payload, before, way = data.draw(st.sampled_from(spoken(family)))
    message = json.loads(payload)
    at(message, way)[name] = value
    plain, richer = hear(topic, payload, before), hear(topic, json.dumps(message).encode(), before)
    assert name in richer.noted or plain.said != richer.said or plain.noted != richer.noted


NO_DANGERS = ("action", "type", "battery_ok")
"""A press, what a message is about, a charge: without them others mean less, and any word may stand there."""


def dangers(family: str) -> Iterator[tuple[str, Any, tuple[Message, ...], Any, Any]]:
    """Each value of each recorded object without which the message says one danger less."""
    for topic, payload, before, _ in spoken(family):
        message = json.loads(payload)
        whole = hear(topic, payload, before).said
        for holder, key in places(message):
            good = holder[key]
            if isinstance(good, dict | list) or good is None or key in NO_DANGERS:
                continue
            holder[key] = None
            less = hear(topic, json.dumps(message).encode(), before).said
            holder[key] = good
            if alarms(whole) - alarms(less):
                yield topic, message, before, holder, key


def alarms(said: dict[str, dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (who, signal)
        for who, signals in said.items()
        for signal in signals
        if base_name(signal) in SIGNALS and SIGNALS[base_name(signal)].alarm
    }


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(family for family, ways in WHERE_DEVICES_SPEAK.items() if ways))
def test_a_word_that_nobody_knows_in_the_field_of_a_danger_is_noticed(family: str) -> None:
    for topic, message, before, holder, key in dangers(family):
        good = holder[key]
        for odd in ("zqx alarm", "zqx"):
            if odd == "zqx" and note_of(str(key), True) is None:
                continue  # neither the field nor the word speaks of a danger
            holder[key] = odd
            heard = hear(topic, json.dumps(message).encode(), before)
            told = f"{heard.noted} {heard.said}"
            assert alarms(heard.said) or str(key) in told or odd in told, (topic, key, odd)
        holder[key] = good


TOPICS = (
    *(
        "zigbee2mqtt/store/x/zqx",
        "zigbee2mqtt/zqx",
        "tele/board/ZQX",
        "stat/board/ZQX",
        "stat/board/ZQX9",
        "tele/b/x/SENSOR",
    ),
    *("shellies/shelly-1/sensor/zqx", "shellies/shelly-1/zqx", "shelly-1/status/zqx:0", "shelly-1/events/rpc"),
    *("home/gateway/ZQXtoMQTT", "home/gateway/BTtoMQTT/A4C138123456", "home/gateway/zqx", "hall/sensor/zqx/state"),
    *("hall/binary_sensor/zqx/state", "hall/text_sensor/zqx/state", "keyarea/x/readings", "keyarea/x/status"),
    *("application/1/device/24e124128c147204/event/up", "application/1/device/24e124128c147204/event/zqx"),
    *("v3/a@t/devices/a/up", "v3/a@t/devices/a/zqx", "v3/a@t/devices/a/service/data", "spBv1.0/g/DDATA/n/d"),
    *("zqx", "zqx/y/z", "homeassistant/zqx", "homeassistant/binary_sensor/a/b/state", "esphome/zqx"),
)


@pytest.mark.parametrize("topic", TOPICS)
@given(name=_NAMES, value=_VALUES)
def test_a_danger_on_a_topic_that_nobody_knows_is_noticed(topic: str, name: str, value: Any) -> None:
    """In an object, and as a text under a topic that speaks of it."""
    heard = hear(topic, json.dumps({name: value}).encode())
    assert heard.noted or heard.said
    stem = topic.rpartition("/")[0]
    told = hear(f"{stem}/{name}" if stem else name, b"ALARM")
    assert told.noted or told.said


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(mqtt_families()))
def test_a_recorded_message_is_read_noted_or_counted(family: str) -> None:
    for topic, payload, before in conversations(family):
        heard = hear(topic, payload, before)
        is_announcement = any(word in topic for word in OTHERS_WORDS)
        assert heard.said or heard.noted or heard.passed_over or is_announcement, topic


@pytest.mark.parametrize("case", LINE_CASES, ids=str)
def test_a_recorded_frame_leaves_a_trace(case: Recording) -> None:
    heard = opened(case.family).receive(case.payload, NOW)
    assert heard
    assert all(one.reports or words(one.malformed) or one.notes or one.confirm or one.said for one in heard)


@given(name=_NAMES, value=_VALUES, beside=st.booleans())
def test_a_danger_that_newline_json_does_not_know_is_noticed(name: str, value: Any, beside: bool) -> None:
    message: dict[str, Any] = {"device": "d", "readings": {"door": True}}
    (message if beside else message["readings"])[name] = value
    (heard,) = opened("ndjson").receive(json.dumps(message).encode() + b"\n", NOW)
    told = " ".join((words(heard.malformed), *(words(note.text) for note in heard.notes)))
    assert name in told or name in dict(heard.reports[0].values)


def test_every_line_is_among_these() -> None:
    assert set(line_families()) == {case.family for case in LINE_CASES}
