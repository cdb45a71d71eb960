"""Shelly: which words tell how things stand, and which that something happened. What they mean is in the recordings."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Message
from devices.codecs.shelly import CODEC
from devices.errors import MalformedMessage
from tests.devices.codecs.test_recordings import NOW
from tests.words import words


@pytest.mark.parametrize(
    ("topic", "method", "ts", "is_snapshot"),
    [
        ("events/rpc", "NotifyFullStatus", 1_795_480_215, True),
        ("events/rpc", "NotifyFullStatus", 2.46, True),
        ("events/rpc", "NotifyStatus", 1_795_480_215, False),
        ("events/rpc", "NotifyStatus", 2.46, False),
        ("status/smoke:0", "", 0, False),
    ],
)
def test_a_full_status_is_a_snapshot_whatever_the_clock(topic: str, method: str, ts: float, is_snapshot: bool) -> None:
    """A detector that wakes tells all that it knows before it has asked anybody for the time."""
    status = {"id": 0, "alarm": True, "mute": False}
    said = {"method": method, "params": {"ts": ts, "smoke:0": status}} if method else status
    message = Message("mqtt", f"shellyplussmoke-80/{topic}", json.dumps(said).encode(), NOW)
    assert [is_snapshot] == [report.snapshot for report in CODEC.open("").decode(message).reports]


_LEVEL = st.text(st.characters(codec="ascii", categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=10)


@pytest.mark.slow
@given(leaf=st.lists(_LEVEL, min_size=1, max_size=3).map("/".join), word=st.sampled_from(["true", "1", "fire", "12.5"]))
def test_a_topic_of_the_first_generation_that_nobody_knows_leaves_a_trace(leaf: str, word: str) -> None:
    try:
        decoded = CODEC.open("").decode(Message("mqtt", f"shellies/hall/{leaf}", word.encode(), NOW))
    except MalformedMessage:
        return
    assert decoded.reports or decoded.notes or leaf.startswith(("announce", "command", "info", "settings", "status"))


_KIND = st.text(st.characters(codec="ascii", categories=["Lu"]), min_size=1, max_size=10)  # its own are lower case


@given(kind=_KIND, field=_LEVEL, value=st.booleans() | st.integers(1, 300) | st.sampled_from(["alarm", "x"]))
def test_a_component_that_nobody_knows_leaves_a_trace(kind: str, field: str, value: object) -> None:
    payload = json.dumps({"id": 0, field: value}).encode()
    try:
        decoded = CODEC.open("").decode(Message("mqtt", f"shellyplus1-1/status/{kind}:0", payload, NOW))
    except MalformedMessage:
        return
    assert decoded.reports or decoded.notes or words(decoded.malformed)


@pytest.mark.parametrize("data", ["", "40", "41", "4029", "44000102", "zz", "40" * 400])
def test_bytes_of_bthome_that_are_none_are_refused_in_words(data: str) -> None:
    payload = json.dumps({"srcBle": {"mac": "00:11:22:33:44:55"}, "payload": data}).encode()
    with pytest.raises(MalformedMessage):
        CODEC.open("").decode(Message("mqtt", "shellyplus1-1/events/ble", payload, NOW))
