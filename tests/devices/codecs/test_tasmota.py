"""Tasmota: what it says under a topic or name that nobody knows. What is understood otherwise is in the recordings."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded, Message
from devices.codecs.tasmota import CODEC
from devices.errors import MalformedMessage
from tests.devices.codecs.test_recordings import NOW
from tests.words import words

_LEVEL = st.text(st.characters(codec="ascii", categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=8)
_HOUSEKEEPING = ("INFO", "UPTIME", "LOGGING", "WAKEUP", "HASS_STATE", "MARGINS", "STATUS", "COMMAND", "STATE")
_VALUES = st.booleans() | st.integers(1, 500) | st.sampled_from(["ON", "alarm", "strange"])


def decode(topic: str, payload: bytes) -> Decoded | None:
    """What is understood of it; None for what was refused in words."""
    try:
        return CODEC.open("").decode(Message("mqtt", topic, payload, NOW))
    except MalformedMessage:
        return None


@given(prefix=st.sampled_from(["tele", "stat"]), leaf=_LEVEL, word=st.sampled_from(["ON", "1", "fire", "x"]))
def test_a_topic_that_somebody_made_by_hand_leaves_a_trace(prefix: str, leaf: str, word: str) -> None:
    decoded = decode(f"{prefix}/office/{leaf}", word.encode())
    assert decoded is None or decoded.reports or leaf.startswith(_HOUSEKEEPING)


@given(said=st.dictionaries(_LEVEL, st.dictionaries(_LEVEL, _VALUES, min_size=1, max_size=3), min_size=1, max_size=3))
def test_sensors_that_nobody_knows_leave_a_trace(said: dict[str, Any]) -> None:
    decoded = decode("tele/office/SENSOR", json.dumps(said).encode())
    assert decoded is None or decoded.reports or decoded.notes or words(decoded.malformed)
