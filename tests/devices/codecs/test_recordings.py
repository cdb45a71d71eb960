"""Every family against its recordings: a message as it came, and what must be understood of it.

A bug report becomes a folder here before it is mended: ``<family>/<case>/{message,expected}.json``. ``again`` in a
message is what must be understood of it when it comes a second time, where that is not the same. ``before`` are
messages that came earlier (``toml``: the payload is that file of the product as JSON).
"""

import contextlib
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded, Decoder, Line, Message
from devices.errors import MalformedMessage
from devices.families import bus_families, families, line_families, mqtt_families
from devices.reading import SECOND
from tests.house.places import ROOT

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/message.json"))
LINE_CASES = [case for case in CASES if case.parent.name in line_families()]
NOW = 1_795_480_215 * SECOND


def told(decoded: Decoded) -> dict[str, Any]:
    """A decoded message as the recordings write it."""
    return {
        "reports": [
            {"address": r.address, "values": dict(r.values), "time": r.time, "model": r.model}
            | ({"firmware": r.firmware} if r.firmware else {})
            | ({"event": True} if r.event else {})
            | ({"reset": list(r.reset_of) or True} if r.reset else {})
            for r in decoded.reports
        ],
        "malformed": bool(decoded.malformed),
    } | ({"notes": [note.text for note in decoded.notes]} if decoded.notes else {})


def recorded(case: Path) -> tuple[str, bytes, Any]:
    """Topic, payload (``payload``, or ``payload_hex`` where it is no text) and expectation of a case."""
    message = json.loads((case / "message.json").read_text())
    payload = bytes.fromhex(message["payload_hex"]) if "payload_hex" in message else message["payload"].encode()
    return message["topic"], payload, json.loads((case / "expected.json").read_text())


def earlier(case: Path) -> Iterator[Message]:
    """What came before the message of a case."""
    for said in json.loads((case / "message.json").read_text()).get("before", ()):
        payload = tomllib.loads((ROOT / said["toml"]).read_text()) if "toml" in said else said["payload"]
        yield Message("before", said["topic"], _json(payload), NOW)


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


def test_every_family_has_recordings() -> None:
    """A codec without recorded messages is a guess."""
    assert set(families()) == {case.parent.name for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_recorded_message_is_understood(case: Path) -> None:
    """Whole, as it came."""
    topic, payload, expected = recorded(case)
    family = case.parent.name
    if family in line_families():
        assert expected == fed(family, [payload])
        return
    decoder = decoding(family)
    for message in earlier(case):
        decoder.decode(message)
    if expected == "malformed":
        with pytest.raises(MalformedMessage):
            decoder.decode(Message("mqtt", topic, payload, NOW))
    else:
        assert expected == told(decoder.decode(Message("mqtt", topic, payload, NOW)))


@pytest.mark.parametrize("case", LINE_CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_line_may_break_anywhere(case: Path) -> None:
    """Split at every byte, fed byte by byte, doubled, and between rubbish."""
    family = case.parent.name
    _, payload, expected = recorded(case)
    repeated = json.loads((case / "message.json").read_text()).get("again", expected)
    for place in range(len(payload)):
        assert expected == fed(family, [payload[:place], payload[place:]])
    assert expected == fed(family, [payload[place : place + 1] for place in range(len(payload))])
    assert expected + repeated == fed(family, [payload + payload])
    around = fed(family, [b"\x00\xffrubbish\n" + payload + b"\n\xfe\n"])
    assert expected == around[1 : 1 + len(expected)]


@pytest.mark.parametrize("family", sorted(mqtt_families()))
@given(data=st.data())
def test_hostile_messages_are_refused_in_words(family: str, data: st.DataObject) -> None:
    """Whatever the bytes and the topic: understood, or MalformedMessage, nothing else."""
    topics = [recorded(case)[0] for case in CASES if case.parent.name == family]
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
        max_leaves=8,
    )
    known = st.sampled_from(
        ["smoke", "contact", "readings", "time", "DS18B20", "POWER", "last_seen", "battery", "Wifi", "params"]
    )
    payload = data.draw(
        st.binary(max_size=200) | st.dictionaries(known | st.text(max_size=8), values, max_size=6).map(_json)
    )
    codec = mqtt_families()[family]
    decoder = codec.open(codec.base)
    topic = data.draw(st.sampled_from(topics) | st.text(max_size=30))
    with contextlib.suppress(MalformedMessage):
        decoder.decode(Message("mqtt", topic, payload, NOW))


@pytest.mark.parametrize("family", sorted(line_families()))
@given(pieces=st.lists(st.binary(max_size=60), max_size=12))
def test_a_hostile_line_never_stops(family: str, pieces: list[bytes]) -> None:
    """Garbage is counted and skipped: after a silence, a good message is understood."""
    cases = [recorded(case) for case in LINE_CASES if case.parent.name == family]
    payload, expected = next((payload, expected) for _, payload, expected in cases if expected[0]["reports"])
    line = opened(family)
    for piece in pieces:
        line.receive(piece, NOW)
    line.receive(b"\n", NOW)
    line.receive(b"", NOW + 60 * SECOND)
    good = [told(decoded) for decoded in line.receive(payload, NOW + 60 * SECOND)]
    assert expected == good[-len(expected) :]


def test_a_line_without_end_does_not_fill_memory() -> None:
    """A megabyte without a line feed is one fault, not a megabyte."""
    line = opened("ndjson")
    faults = [decoded for _ in range(100) for decoded in line.receive(b"x" * 10_000, NOW)]
    assert ["no line feed within 65536 bytes"] == [fault.malformed for fault in faults]
    assert [] == line.receive(b"\n", NOW)
    assert line.receive(b'{"device": "a", "readings": {"door": true}}\n', NOW)[0].reports


def _json(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")
