"""Every family against its recordings: a message as it came, and what must be understood of it.

A bug report becomes a case in the family's file before it is mended (tests/devices/codecs/recordings.py).
"""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoder, Line, Message
from devices.errors import MalformedMessage
from devices.families import bus_families, families, line_families, mqtt_families
from devices.reading import SECOND
from tests.devices.codecs.recordings import Recording, recorded_families, recordings, told
from tests.words import words

CASES = [case for family in sorted(recorded_families()) for case in recordings(family)]
LINE_CASES = [case for case in CASES if case.family in line_families()]
NOW = 1_795_480_215 * SECOND


def decoding(family: str) -> Decoder:
    """A fresh decoder of a family that is none of a line."""
    if family in bus_families():
        return bus_families()[family].open_bus()
    codec = mqtt_families()[family]
    return codec.open(codec.base)


def opened(family: str) -> Line:
    """A fresh line with the family's default options and no keys."""
    codec = line_families()[family]
    return codec.open_line("line", codec.options(), lambda name: None)()


def fed(family: str, pieces: list[bytes]) -> list[dict[str, Any]]:
    """What a fresh line makes of these pieces."""
    line = opened(family)
    return [told(decoded) for piece in pieces for decoded in line.receive(piece, NOW)]


def earlier(case: Recording) -> tuple[Message, ...]:
    """What came before the message of a case."""
    return tuple(Message("before", topic, payload, NOW) for topic, payload in case.before)


def test_every_family_has_recordings() -> None:
    """A codec without recorded messages is a guess."""
    assert set(families()) == {case.family for case in CASES} == recorded_families()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_recorded_message_is_understood(case: Recording) -> None:
    """Whole, as it came."""
    if case.family in line_families():
        assert case.expected == fed(case.family, [case.payload])
        return
    decoder = decoding(case.family)
    for message in earlier(case):
        decoder.decode(message)
    message = Message("mqtt", case.topic, case.payload, NOW)
    if case.expected is None:
        with pytest.raises(MalformedMessage):
            decoder.decode(message)
    else:
        assert case.expected == told(decoder.decode(message))


@pytest.mark.slow
@pytest.mark.parametrize("case", LINE_CASES, ids=str)
def test_a_line_may_break_anywhere(case: Recording) -> None:
    """Split at every byte, fed byte by byte, doubled, and between rubbish."""
    payload, expected = case.payload, case.expected
    for place in range(len(payload)):
        assert expected == fed(case.family, [payload[:place], payload[place:]])
    assert expected == fed(case.family, [payload[place : place + 1] for place in range(len(payload))])
    assert expected + case.again == fed(case.family, [payload + payload])
    around = fed(case.family, [b"\x00\xffrubbish\n" + payload + b"\n\xfe\n"])
    assert expected == around[1 : 1 + len(expected)]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
_KNOWN = st.sampled_from(
    ["smoke", "contact", "readings", "time", "DS18B20", "POWER", "last_seen", "battery", "Wifi", "params"]
)
_OBJECTS = st.dictionaries(_KNOWN | st.text(max_size=8), _VALUES, max_size=6)
_PAYLOADS = st.binary(max_size=200) | _OBJECTS.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(mqtt_families()))
@given(data=st.data(), payload=_PAYLOADS)
def test_hostile_messages_are_refused_in_words(family: str, data: st.DataObject, payload: bytes) -> None:
    """Whatever the bytes and the topic: understood, or MalformedMessage, nothing else."""
    codec = mqtt_families()[family]
    decoder = codec.open(codec.base)
    topic = data.draw(st.sampled_from([case.topic for case in recordings(family)]) | st.text(max_size=30))
    with contextlib.suppress(MalformedMessage):
        decoder.decode(Message("mqtt", topic, payload, NOW))


@pytest.mark.parametrize("family", sorted(line_families()))
@given(pieces=st.lists(st.binary(max_size=60), max_size=12))
def test_a_hostile_line_never_stops(family: str, pieces: list[bytes]) -> None:
    """Garbage is counted and skipped: after a silence, a good message is understood."""
    known = next(case for case in recordings(family) if case.expected[0].get("reports"))
    line = opened(family)
    for piece in pieces:
        line.receive(piece, NOW)
    line.receive(b"\n", NOW)
    line.receive(b"", NOW + 60 * SECOND)
    good = [told(decoded) for decoded in line.receive(known.payload, NOW + 60 * SECOND)]
    assert known.expected == good[-len(known.expected) :]


def test_a_line_without_end_does_not_fill_memory() -> None:
    """A megabyte without a line feed is one fault, not a megabyte."""
    line = opened("ndjson")
    faults = [decoded for _ in range(100) for decoded in line.receive(b"x" * 10_000, NOW)]
    assert ["no line feed within 65536 bytes"] == [words(fault.malformed) for fault in faults]
    assert [] == line.receive(b"\n", NOW)
    assert line.receive(b'{"device": "a", "readings": {"door": true}}\n', NOW)[0].reports
