"""Every family over MQTT against its own recordings with something else in their place, and against their memory."""

import contextlib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Message
from devices.errors import MalformedMessage
from devices.families import mqtt_families
from devices.payloads.not_understood import MOST_NOTES
from devices.signals import SIGNALS, base_name
from tests.devices.codecs.recordings import recordings
from tests.devices.codecs.test_recordings import NOW, earlier
from tests.words import words

SPEAK_OUR_NAMES = {"keyarea"}
"""Families that pass names on as they come; the registry refuses what is no signal."""

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["ON", "-1", "1e999"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@cache
def conversations(family: str) -> tuple[tuple[str, bytes, tuple[Message, ...]], ...]:
    """Topic, payload and what came before, of each recording."""
    return tuple((case.topic, case.payload, earlier(case)) for case in recordings(family))


@pytest.mark.parametrize("family", sorted(mqtt_families()))
@given(data=st.data())
def test_one_value_of_a_real_message_may_be_anything(family: str, data: st.DataObject) -> None:
    """Understood or refused in words; never a signal that nobody knows, never more than a message may say."""
    topic, payload, before = data.draw(st.sampled_from(conversations(family)))
    with contextlib.suppress(ValueError):
        message = json.loads(payload)
        place: Any = message
        while isinstance(place, dict) and place:
            key = data.draw(st.sampled_from(sorted(place)))
            if not isinstance(place[key], dict) or data.draw(st.booleans()):
                place[key] = data.draw(_VALUES)
                break
            place = place[key]
        payload = json.dumps(message).encode("utf-8", "surrogatepass")
    hear(family, topic, payload, before)


def hear(family: str, topic: str, payload: bytes, before: tuple[Message, ...]) -> None:
    codec = mqtt_families()[family]
    decoder = codec.open(codec.base)
    for said in before:
        decoder.decode(said)
    with contextlib.suppress(MalformedMessage):
        decoded = decoder.decode(Message("mqtt", topic, payload, NOW))
        assert len(decoded.reports) <= 1_001
        assert len(decoded.raw) <= 200
        assert len(words(decoded.malformed)) <= 500
        assert len(decoded.notes) <= MOST_NOTES + 1
        assert all(len(words(note.text)) <= 200 for note in decoded.notes)
        for report in decoded.reports:
            assert len(report.values) <= 161
            assert family in SPEAK_OUR_NAMES or all(base_name(signal) in SIGNALS for signal, _ in report.values)


def places(message: Any) -> Iterator[tuple[Any, Any]]:
    """Every value in a message: what holds it, and under which key or number."""
    inner = message.items() if isinstance(message, dict) else enumerate(message) if isinstance(message, list) else ()
    for key, value in list(inner):
        yield message, key
        yield from places(value)


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(mqtt_families()))
def test_no_value_of_a_real_message_has_to_be_of_its_kind(family: str) -> None:
    """Each in turn is something of each other kind."""
    for topic, payload, before in conversations(family):
        with contextlib.suppress(ValueError):
            message = json.loads(payload)
            for holder, key in places(message):
                good = holder[key]
                for odd in (None, True, -1, "x", [], {}, [{"x": []}]):
                    holder[key] = odd
                    hear(family, topic, json.dumps(message).encode(), before)
                holder[key] = good


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "topic", "payload"),
    [
        ("tasmota", "tele/b{}/INFO1", {"Info1": {"Module": "m" * 10_000}}),
        ("tasmota", "tele/b{}/SENSOR", {"ZbReceived": {"0x1": {"ZoneStatusChange": 0x80, "Contact": 0}}}),
        ("shelly", "shellies/announce", {"id": "s{}", "model": "m" * 10_000}),
        ("shelly", "s{}/status/flood:0", {"alarm": False, "errors": ["read"]}),
    ],
)
def test_what_is_remembered_of_strangers_has_an_end(family: str, topic: str, payload: dict[str, Any]) -> None:
    """Three thousand of them fill no more than two thousand places, each of a line's length."""
    codec = mqtt_families()[family]
    decoder = codec.open(codec.base)
    for number in range(3_000):
        said = json.dumps(payload).replace("{}", str(number)) if "{}" in json.dumps(payload) else json.dumps(payload)
        decoder.decode(Message("mqtt", topic.replace("{}", str(number)), said.encode(), NOW))
    kept = [each for each in (vars(decoder), vars(vars(decoder).get("_second", decoder))) for each in each.values()]
    for memory in kept:
        if isinstance(memory, dict | set):
            assert len(memory) <= 2_000
            assert all(len(str(entry)) <= 200 for entry in (memory.values() if isinstance(memory, dict) else memory))


@pytest.mark.parametrize(
    ("family", "topic", "payload", "address"),
    [
        ("tasmota", "tele/evil/SENSOR", {"ZbReceived": {"0x1": {"Name": "boiler", "Fire": 0}}}, "evil/boiler"),
        ("tasmota", "tele/evil/SENSOR", {"ZbReceived": {"0x1": {"Name": "../boiler", "Fire": 0}}}, "evil/../boiler"),
        ("tasmota", "tele/evil/RESULT", {"RfReceived": {"Data": "boiler"}}, "evil/boiler"),
        (
            "shelly",
            "evil/events/rpc",
            {"src": "good", "method": "NotifyStatus", "params": {"ts": 1, "smoke:0": {"alarm": False}}},
            "evil",
        ),
        (
            "shelly",
            "evil/events/rpc",
            {
                "method": "NotifyEvent",
                "params": {"events": [{"event": "shelly-blu", "data": {"address": "good", "smoke": False}}]},
            },
            "evil/GOOD",
        ),
    ],
)
def test_nobody_speaks_for_another(family: str, topic: str, payload: dict[str, Any], address: str) -> None:
    """Whatever name stands in the message: an address begins with the sender's own topic."""
    codec = mqtt_families()[family]
    decoded = codec.open(codec.base).decode(Message("mqtt", topic, json.dumps(payload).encode(), NOW))
    assert [address] == [report.address for report in decoded.reports]


def test_mains_is_told_only_of_what_had_it() -> None:
    """A battery contact has no mains fault either; a panel that lost its mains has them back."""
    decoder = mqtt_families()["tasmota"].open("")
    told = []
    for zone in (0x00, 0x80, 0x00, 0x00):
        said = {"ZbReceived": {"0x1": {"Name": "panel", "Contact": 0, "ZoneStatusChange": zone}}}
        decoded = decoder.decode(Message("mqtt", "tele/zb/SENSOR", json.dumps(said).encode(), NOW))
        told.append(dict(decoded.reports[0].values).get("mains"))
    assert [None, False, True, None] == told
