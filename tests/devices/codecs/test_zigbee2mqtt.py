"""Zigbee2MQTT's memory of its bridge: bounded, and never believed against a danger.

What is understood of single messages is in the recordings.
"""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import KEPT, Decoded, Decoder, Message
from devices.codecs.zigbee2mqtt.fields import FIELDS
from devices.codecs.zigbee2mqtt.states import is_housekeeping
from devices.codecs.zigbee2mqtt.things import thing_of
from devices.errors import MalformedMessage
from devices.families import mqtt_families
from devices.signals import SIGNALS, base_name
from tests.devices.codecs.test_recordings import NOW
from tests.words import words


def opened() -> Decoder:
    return mqtt_families()["zigbee2mqtt"].open("zigbee2mqtt")


def hear(decoder: Decoder, topic: str, said: Any) -> Decoded:
    payload = said if isinstance(said, bytes) else json.dumps(said).encode("utf-8", "surrogatepass")
    return decoder.decode(Message("mqtt", f"zigbee2mqtt/{topic}", payload, NOW))


def described(name: str, *exposes: Any, **more: Any) -> dict[str, Any]:
    return {
        "ieee_address": f"0x{name}",
        "friendly_name": name,
        "definition": {"model": "m", "exposes": exposes},
        **more,
    }


_WORDS = st.sampled_from(["smoke", "contact", "gas", "°C", "mV", "ON", "property", "features", True, False])
_KEYS = [
    *("friendly_name", "ieee_address", "definition", "exposes", "features", "property", "unit", "value_on"),
    *("value_off", "model", "type", "data", "state", "disabled"),
]
_ANY = st.recursive(
    st.none() | st.integers() | st.text(max_size=6) | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(_KEYS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@pytest.mark.slow
@given(told=st.lists(_ANY, max_size=6), state=st.dictionaries(st.sampled_from(["smoke", "contact", "gas"]), _ANY))
def test_whatever_a_bridge_tells_a_device_is_still_heard(told: list[Any], state: dict[str, Any]) -> None:
    """Odd definitions are not known; nothing but MalformedMessage comes of them."""
    decoder = opened()
    for subject in ("devices", "groups", "event", "state", "info"):
        for said in (told, told[:1], told[0] if told else None):
            with contextlib.suppress(MalformedMessage):
                hear(decoder, f"bridge/{subject}", said)
    with contextlib.suppress(MalformedMessage):
        hear(decoder, "a/b", state)


@pytest.mark.parametrize("field", ["smoke", "carbon_monoxide", "gas", "water_leak", "tamper", "sos"])
def test_no_definition_turns_a_danger_round(field: str) -> None:
    """``true`` is smoke, whatever the bridge is made to say of the field."""
    decoder = opened()
    hear(decoder, "bridge/devices", [described("a", {"property": field, "value_on": False, "value_off": True})])
    assert [True] == [value for _, value in hear(decoder, "a", {field: True}).reports[0].values]


@pytest.mark.slow
def test_a_thousand_devices_are_remembered_and_no_more() -> None:
    decoder = opened()
    for number in range(3_000):
        hear(decoder, f"d{number}", {"contact": True})
    assert 1_001 == len(hear(decoder, "bridge/state", b"offline").reports)
    hear(decoder, "bridge/devices", [described(f"e{number}") for number in range(3_000)])
    assert len(hear(decoder, "bridge/state", b"online").reports) <= 1_001


def test_a_deep_or_wide_definition_costs_little() -> None:
    """Ten thousand features, or features within features: five hundred are looked at, and the device is still heard."""
    wide = [{"property": f"voltage_{n % 90}", "unit": "mV"} for n in range(10_000)]
    deep: dict[str, Any] = {"property": "contact", "value_on": True, "value_off": False}
    for _ in range(100):
        deep = {"features": [deep]}
    decoder = opened()
    hear(decoder, "bridge/devices", [described("a", *wide), described("b", deep)])
    assert {"voltage.5": 0.9} == dict(hear(decoder, "a", {"voltage_5": 900}).reports[0].values)
    assert {"door": True} == dict(hear(decoder, "b", {"contact": True}).reports[0].values)


def test_a_device_that_came_back_with_the_bridge_is_online_once() -> None:
    """The bridge falls silent, returns, and says so again each time somebody subscribes."""
    decoder = opened()
    hear(decoder, "door", {"contact": True})
    addresses = [
        [report.address for report in hear(decoder, "bridge/state", word).reports]
        for word in (b"online", b"offline", b"offline", b"online", b"online")
    ]
    assert [["bridge"], ["bridge", "door"], ["bridge"], ["bridge", "door"], ["bridge"]] == addresses


def test_every_field_names_a_signal_of_ours() -> None:
    """Whatever a state holds, what comes out is in the vocabulary."""
    decoder = opened()
    for value in (True, 1, "ON", "low", "checking", "open", "locked", 21.5):
        for field in FIELDS:
            with contextlib.suppress(MalformedMessage):
                for report in hear(decoder, "x", {field: value}).reports:
                    assert all(base_name(signal) in SIGNALS for signal, _ in report.values)


@pytest.mark.parametrize(
    ("description", "signal"),
    [
        ("Smart heat alarm", "heat"),
        ("Fire detector with siren", "smoke"),
        ("Smart carbon monoxide sensor", "co_alarm"),
        ("CO2 smart monitor", ""),
        ("LPG gas sensor", "gas_alarm"),
        ("Dual smoke CO sensor", "alarm"),
        ("Smart water leakage alarm sensor", "leak"),
        ("Zigbee smart energy meter with leakage and prepayment", "fault"),
        ("Door & window sensor", "door"),
        ("Outdoor solar alarm", ""),
        ("Smart door lock S2", ""),
        ("Indoor sound and light alarm", "siren"),
        ("SOS panic button", "panic"),
        ("PIR motion sensor", "motion"),
        ("Smart toilet T1", ""),
    ],
)
def test_what_a_device_is_its_description_says(description: str, signal: str) -> None:
    assert signal == thing_of(description)


def test_a_cached_state_that_an_event_contradicted_is_not_believed_until_it_changes() -> None:
    """Or the next word on its battery would lock a door that was just opened by hand."""
    decoder = opened()
    said = [
        {"action": "manual_unlock", "lock_state": "locked"},
        {"battery": 70, "lock_state": "locked"},
        {"battery": 70, "lock_state": "unlocked"},
        {"battery": 70, "lock_state": "locked"},
    ]
    heard = [dict(hear(decoder, "front", state).reports[0].values).get("lock") for state in said]
    assert [True, None, True, False] == heard


def test_a_detector_whose_alarm_cannot_be_read_has_a_fault_until_it_can() -> None:
    decoder = opened()
    heard = [hear(decoder, "co", {"carbon_monoxide": value, "battery": 90}) for value in (0, True, True)]
    assert [True, False, None] == [dict(one.reports[0].values).get("fault.carbon_monoxide") for one in heard]
    assert [None, True, True] == [dict(one.reports[0].values).get("co_alarm") for one in heard]
    assert [True, False, False] == [bool(words(one.malformed)) for one in heard]


@pytest.mark.slow
def test_what_cannot_be_read_is_remembered_within_bounds() -> None:
    decoder = opened()
    for number in range(5_000):
        hear(decoder, f"d{number}", {"smoke": 1})
        hear(decoder, f"l{number}", {"action": "unlock", "lock_state": "locked"})
    assert {"fault.smoke": True} == dict(hear(decoder, "d4999", {"smoke": 1}).reports[0].values)


def test_what_was_kept_of_the_bridge_tells_nothing_by_itself() -> None:
    """It gives the devices' words their meaning, and is none of them."""
    kept = json.dumps([described("a", {"property": "alarm"})]).encode()
    decoder = opened()
    decoded = decoder.decode(Message(KEPT, "zigbee2mqtt/bridge/devices", kept, NOW))
    assert ((), (("zigbee2mqtt/bridge/devices", ("a",)),)) == (decoded.reports, decoded.stands)


_STATE = st.dictionaries(
    st.sampled_from([*FIELDS, "interconnect_alarm", "mystery", "brightness", "last_seen", "linkage_alarm"]),
    st.none() | st.booleans() | st.integers(-2, 300) | st.sampled_from(["alarm", "normal", "ON", "strange"]),
    min_size=1,
    max_size=5,
)


@given(state=_STATE)
def test_nothing_that_a_device_says_leaves_no_trace(state: dict[str, Any]) -> None:
    """A reading, a note, a fault: or all of it is null, a word for nothing, or known housekeeping."""
    try:
        decoded = hear(opened(), "x", state)
    except MalformedMessage:
        return
    told = {field for field, value in state.items() if value is not None and not is_housekeeping(field)}
    assert decoded.reports or words(decoded.malformed) or decoded.notes or not told
