"""The families behind radio gateways (OpenMQTTGateway, ChirpStack, The Things Stack) against hostile messages."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from devices.errors import MalformedMessage
from devices.families import mqtt_families
from tests.devices.codecs.radio_networks_peers import decode, told, up
from tests.devices.codecs.recordings import recordings
from tests.words import words

FAMILIES = ["chirpstack", "openmqttgateway", "things_stack"]


_KEYS = st.sampled_from([
    "id", "mac", "model", "model_id", "type", "channel", "value", "message", "protocol", "rssi", "tempc", "tempf",
    "temperature_C", "battery_ok", "open", "contact", "state", "event", "cmd", "UTCtime", "unixtime", "pres",
    "switch1", "subtype", "learn", "deviceInfo", "devEui", "deviceProfileName", "object", "objectJSON", "data",
    "rxInfo", "time", "level", "code", "description", "batteryLevel", "externalPowerSource", "end_device_ids",
    "device_id", "uplink_message", "decoded_payload", "normalized_payload", "decoded_payload_warnings",
    "rx_metadata", "last_battery_percentage", "version_ids", "air", "temperature", "battery", "smoke", "received_at",
])  # fmt: skip


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)


_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS | st.text(max_size=6), inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.data())
def test_a_recording_with_anything_in_its_place_is_refused_in_words(family: str, data: st.DataObject) -> None:
    """One value of a real message becomes something else: understood or refused, and never more than it may hold."""
    case = data.draw(st.sampled_from(recordings(family)))
    topic, payload = case.topic, case.payload
    with contextlib.suppress(ValueError):
        message = json.loads(payload)
        place = message
        while isinstance(place, dict) and place:
            key = data.draw(st.sampled_from(sorted(place)))
            if not isinstance(place[key], dict) or data.draw(st.booleans()):
                place[key] = data.draw(_VALUES)
                break
            place = place[key]
        payload = told(message)
    with contextlib.suppress(MalformedMessage):
        decoded = decode(family, topic, payload)
        assert len(decoded.reports) <= 51
        assert len(decoded.raw) <= 200
        assert len(words(decoded.malformed)) <= 400


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@given(payload=st.dictionaries(_KEYS, _VALUES, max_size=8))
def test_any_object_is_refused_in_words(family: str, payload: dict[str, Any]) -> None:
    topics = sorted({case.topic for case in recordings(family)})
    for topic in topics:
        with contextlib.suppress(MalformedMessage):
            decode(family, topic, told(payload))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 100_000,
        b'{"object":' * 100_000,
        b"\xff\xfe",
        b"",
        b"null",
        b"[]",
        b'"' + b"\\ud800" + b'"',
    ],
    ids=["brackets", "objects", "not UTF-8", "empty", "null", "list", "half a character"],
)
def test_what_is_no_event_is_refused_in_words(family: str, payload: bytes) -> None:
    topic = {
        "chirpstack": "application/1/device/24e124128c147204/event/up",
        "openmqttgateway": "home/g/BTtoMQTT/A4C138123456",
        "things_stack": "v3/a@t/devices/a/up",
    }[family]
    with pytest.raises(MalformedMessage):
        decode(family, topic, payload)


@pytest.mark.parametrize(("family", "topic", "payload"), up({f"smoke_{n}": 1 for n in range(5_000)}))
def test_a_wide_payload_is_cut(family: str, topic: str, payload: bytes) -> None:
    """Five thousand smoke detectors in one device are five hundred at most."""
    (report,) = decode(family, topic, payload).reports
    assert len(report.values) <= 501


@pytest.mark.parametrize(
    "gateways", [[{"rssi": -71}] * 10_000, [None, "x", {"rssi": "loud"}, {"rssi": True}, {"rssi": -71}]]
)
def test_odd_gateways_cost_nothing(gateways: list[Any]) -> None:
    """The strength is the best of what can be read of the first fifty."""
    for family, topic, payload in up({"door": True}, rxInfo=gateways, rx_metadata=gateways):
        (report,) = decode(family, topic, payload).reports
        assert {"door": True, "rssi": -71.0} == dict(report.values)


def test_what_a_device_says_of_its_signal_is_not_the_network_server_s() -> None:
    """An object without anything known leaves the radio's own strength."""
    for family, topic, payload in up({"fw": "1.2"}, rxInfo=[{"rssi": -90}], rx_metadata=[{"rssi": -90}]):
        decoded = decode(family, topic, payload)
        assert {"rssi": -90.0} == dict(decoded.reports[0].values)
        assert "" == words(decoded.malformed)


@pytest.mark.parametrize(
    ("port", "said"),
    [(100, {"door": True}), (102, {"occupancy": True}), (103, {}), (None, {}), ("100", {})],
)
def test_a_bare_status_means_what_its_port_says(port: Any, said: dict[str, Any]) -> None:
    """Browan's contact and motion sensors write the same object."""
    decoded = {"Status": 1, "Battery": 3.6, "Temp": 21, "Time": 3, "Count": 12}
    for family, topic, payload in up(decoded, fPort=port, f_port=port):
        (report,) = decode(family, topic, payload).reports
        assert {"voltage": 3.6, "temperature": 21.0, "count": 12.0} | said == dict(report.values)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_raw_payload_says_what_to_do(family: str) -> None:
    """In the words of that server's own screens."""
    for speaker, topic, payload in up(None, frm_payload="AA=="):
        if speaker == family:
            note = words(decode(family, topic, payload).malformed)
            assert note.startswith("raw bytes only: give the device")
            assert {"chirpstack": "ChirpStack", "things_stack": "The Things Stack"}[family] in note


@pytest.mark.parametrize(
    ("family", "base"), [("chirpstack", "site/a"), ("openmqttgateway", "site/a"), ("things_stack", "site/v3")]
)
def test_a_base_of_one_s_own_is_a_prefix(family: str, base: str) -> None:
    """And what does not begin with it is another's."""
    case = next(case for case in recordings(family) if "impostor" not in case.name)
    topic, payload = case.topic, case.payload
    codec = mqtt_families()[family]
    moved = base + "/" + (topic.removeprefix(codec.base + "/") if codec.base else topic)
    assert decode(family, topic, payload) == decode(family, moved, payload, base)
    with pytest.raises(MalformedMessage):
        decode(family, topic, payload, base)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_recorded_is_subscribed_to(family: str) -> None:
    """A message that nobody asked the broker for never comes. Commands are not asked for."""
    codec = mqtt_families()[family]
    filters = codec.topics(codec.base)
    for topic in (case.topic for case in recordings(family)):
        if "/commands/" not in topic:
            assert any(topic_matches_sub(topic_filter, topic) for topic_filter in filters), topic


def test_two_gateways_hear_one_sensor() -> None:
    """Its address is its own: the same reading twice, not two devices."""
    payload = told({"id": "58:2D:34:60:10:75", "model_id": "CGH1", "open": True})
    heard = {decode("openmqttgateway", f"home/{name}/BTtoMQTT/582D34601075", payload).reports for name in ("a", "b")}
    assert 1 == len(heard)


@pytest.mark.parametrize("written", ["58:2d:34:60:10:75", "58-2D-34-60-10-75", "582d34601075"])
def test_a_mac_is_written_one_way(written: str) -> None:
    """Whichever way the gateway's firmware writes it."""
    payload = told({"id": written, "model_id": "CGH1", "open": True})
    assert "58:2D:34:60:10:75" == decode("openmqttgateway", "home/a/BTtoMQTT/582D34601075", payload).reports[0].address
