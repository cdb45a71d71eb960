"""What is no number in JSON is a float that nobody takes for one, and nothing else of the message changes."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded, Message
from devices.errors import MalformedMessage
from devices.families import mqtt_families
from devices.payloads.json_payload import json_of, object_of
from tests.devices.codecs.test_recordings import NOW, opened
from tests.words import words

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(max_size=8) | st.just("NaN"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.just("Infinity"), inner),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    """Equal, where no number is itself."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (
        isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other)
    )


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=4), _JSON, max_size=4))
def test_what_python_writes_is_read(said: dict[str, Any]) -> None:
    assert same(said, object_of(json.dumps(said).encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((word, math.nan) for word in ("nan", "NaN", "-nan", "NAN", "nan(0x8000)", "-nan(ind)", "1.#QNAN", "-1.#IND")),
        *((word, math.inf) for word in ("inf", "Infinity", "+inf", "INF", "1e999", "1.#INF", "9" * 5_000)),
        *((word, -math.inf) for word in ("-inf", "-Infinity", "-1e999", "-1.#INF")),
    ],
)
def test_no_number_in_any_spelling_is_a_float_that_is_not_finite(written: str, meant: float) -> None:
    said = object_of(f'{{"a": {written}, "nan": "nan, inf", "b": [{written}], "smoke": true}}')
    assert same({"a": meant, "nan": "nan, inf", "b": [meant], "smoke": True}, said)


def test_a_mark_of_byte_order_is_no_part_of_the_message() -> None:
    assert {"a": 1} == object_of(b"\xef\xbb\xbf" + b'{"a": 1}')


@pytest.mark.parametrize(
    "payload",
    [
        *(b"NaN", b"[NaN]", b'{"a": NaN', b'{"a": nano}', b'{"a": xnan}', b'{"a": 1.nan}'),
        *(b'{"a": "' + b"\\" * 100_001 + b"NaN", b'{"a": NaN, "b": "\\ud800"}', b'{"a": NaN, "b": "\xff"}'),
    ],
)
def test_what_is_no_object_is_refused(payload: bytes) -> None:
    with pytest.raises(MalformedMessage):
        object_of(payload)


@pytest.mark.parametrize("payload", [b"[" * 100_000 + b"nan", b'{"a":' * 100_000 + b"nan"])
def test_nests_without_end_are_refused(payload: bytes) -> None:
    with pytest.raises(MalformedMessage):
        object_of(payload)


def test_the_way_of_a_good_message_is_msgspec_s() -> None:
    assert [1, 2.5, None, "x"] == json_of(b'[1, 2.5, null, "x"]')


_SPELLINGS = ("nan", "-inf", "Infinity", "1e999", "NaN")

_MESSAGES = {
    "keyarea": ("keyarea/a/readings", '{"readings": {"temperature": %s, "smoke": true}}'),
    "zigbee2mqtt": ("zigbee2mqtt/a", '{"temperature": %s, "smoke": true}'),
    "tasmota": ("tele/a/SENSOR", '{"DS18B20": {"Temperature": %s}, "ZbReceived": {"0x1": {"Name": "x", "Fire": 1}}}'),
    "openmqttgateway": ("home/g/BTtoMQTT", '{"id": "a", "model_id": "x", "tempc": %s, "smoke": true}'),
    "chirpstack": (
        "application/1/device/24e124128c147204/event/up",
        '{"deviceInfo": {"devEui": "24e124128c147204"}, "object": {"temperature": %s, "smoke": true}}',
    ),
    "things_stack": (
        "v3/a@t/devices/a/up",
        '{"end_device_ids": {"device_id": "a"}, "uplink_message": {"decoded_payload": {"tempc": %s, "smoke": 1}}}',
    ),
    "shelly": (
        "s/events/rpc",
        '{"src": "s", "method": "NotifyStatus", "params": {"temperature:0": {"tC": %s}, "smoke:0": {"alarm": true}}}',
    ),
}


def smoke_in(decoded: Decoded) -> list[Any]:
    return [value for report in decoded.reports for signal, value in report.values if signal in ("smoke", "fire")]


@pytest.mark.parametrize("written", _SPELLINGS)
@pytest.mark.parametrize("family", sorted(_MESSAGES))
def test_what_is_no_number_costs_only_its_own_field_and_is_noted(family: str, written: str) -> None:
    """In every family that speaks JSON: a thermometer that broke must not silence the smoke beside it."""
    topic, payload = _MESSAGES[family]
    codec = mqtt_families()[family]
    decoded = codec.open(codec.base).decode(Message("mqtt", topic, (payload % written).encode(), NOW))
    assert [True] == smoke_in(decoded)
    assert not any(signal.startswith("temperature") for report in decoded.reports for signal, _ in report.values)
    assert (
        "emperature" in words(decoded.malformed)
        or "tC" in words(decoded.malformed)
        or "tempc" in words(decoded.malformed)
    )


@pytest.mark.parametrize("written", _SPELLINGS)
def test_a_line_loses_no_smoke_to_a_broken_thermometer(written: str) -> None:
    payload = f'{{"device": "d", "readings": {{"temperature": {written}, "smoke": true}}}}\n'
    (decoded,) = opened("ndjson").receive(payload.encode(), NOW)
    assert ("smoke", True) in decoded.reports[0].values
