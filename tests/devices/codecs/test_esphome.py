"""ESPHome against strangers, and beside the other families at the broker's root.

What its components say is in the recordings; here is what must hold whatever anybody says.
"""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Decoded, Message
from devices.codecs import esphome
from devices.codecs.esphome import CODEC
from devices.errors import MalformedMessage
from devices.families import mqtt_families
from devices.reading import Value
from devices.signals import check
from gateway.transports.topic_filter import matches
from tests.devices.codecs.recordings import recordings
from tests.devices.codecs.test_recordings import NOW

SAID = [(case.topic, case.payload) for case in recordings("esphome")]


def say(decoder: esphome.Decoder, topic: str, payload: bytes) -> Decoded:
    return decoder.decode(Message("mqtt", topic, payload, NOW))


def values(decoded: Decoded) -> dict[str, dict[str, Value]]:
    return {report.address: dict(report.values) for report in decoded.reports}


def covered(filters: tuple[str, ...], topic: str) -> bool:
    return any(matches(one, topic) for one in filters)


def test_every_recorded_state_is_subscribed_to() -> None:
    for case in recordings("esphome"):
        if case.expected is not None and case.expected.get("reports"):
            assert covered(CODEC.topics(""), case.topic), case.topic


@pytest.mark.parametrize("family", sorted(set(mqtt_families()) - {"esphome"}))
def test_no_topic_of_another_family_is_swallowed(family: str) -> None:
    """What another family recorded is that family's: by order where it has own topics, else by none of ours fitting."""
    codec = mqtt_families()[family]
    for topic in (case.topic for case in recordings(family)):
        if topic and not covered(codec.topics(codec.base), topic):
            assert CODEC.yields or not covered(CODEC.topics(""), topic)


def test_a_base_is_where_boards_are_looked_for() -> None:
    filters = CODEC.topics("esp")
    assert covered(filters, "esp/hall/binary_sensor/smoke/state")
    assert covered(filters, "esp/hall/status")
    assert not covered(filters, "hall/binary_sensor/smoke/state")
    decoder = CODEC.open("esp")
    assert {"hall": {"smoke": True}} == values(say(decoder, "esp/hall/binary_sensor/smoke/state", b"ON"))
    with pytest.raises(MalformedMessage):
        say(decoder, "hall/binary_sensor/smoke/state", b"ON")


def test_a_status_waits_until_its_sender_is_known_to_be_a_board() -> None:
    """Retained topics come in any order, and many things that are no boards have a status."""
    decoder = CODEC.open("")
    assert {} == values(say(decoder, "hall/status", b"offline"))
    said = say(decoder, "hall/binary_sensor/smoke/state", b"OFF")
    assert {"hall": {"smoke": False, "online": False}} == values(said)
    assert {"hall": {"online": True}} == values(say(decoder, "hall/status", b"online"))


def test_a_lock_that_jammed_is_mended_when_it_moves_again() -> None:
    decoder = CODEC.open("")
    topic = "gate/lock/front_lock/state"
    assert {"gate": {"fault.lock_front": True}} == values(say(decoder, topic, b"JAMMED"))
    assert {} == values(say(decoder, topic, b"LOCKING"))
    assert {"gate": {"lock.front": False, "fault.lock_front": False}} == values(say(decoder, topic, b"LOCKED"))
    assert {"gate": {"lock.front": True}} == values(say(decoder, topic, b"UNLOCKED"))


def test_names_of_signals_do_not_hang_on_what_else_a_board_has() -> None:
    """No board tells all that it has: a name must not change when another sensor speaks."""
    for order in (["rack_smoke", "smoke"], ["smoke", "rack_smoke"]):
        decoder = CODEC.open("")
        heard = {name: values(say(decoder, f"a/binary_sensor/{name}/state", b"ON"))["a"] for name in order}
        assert {"smoke": {"smoke": True}, "rack_smoke": {"smoke.rack": True}} == heard


def test_two_things_of_a_board_never_share_a_signal() -> None:
    """Whose name repeats the board's, and whose does not: one that says no must not take back what the other says."""
    decoder = CODEC.open("")
    assert {"hall": {"smoke": True}} == values(say(decoder, "hall/binary_sensor/hall_smoke/state", b"ON"))
    other = values(say(decoder, "hall/binary_sensor/smoke/state", b"OFF"))
    assert {"hall": {"smoke.binary_sensor_smoke": False}} == other
    assert {"hall": {"smoke": True}} == values(say(decoder, "hall/binary_sensor/hall_smoke/state", b"ON"))


@pytest.mark.slow
def test_memory_is_bounded_whoever_speaks() -> None:
    decoder = CODEC.open("")
    for n in range(3_000):
        say(decoder, f"esphome/discover/b{n}", json.dumps({"board": "x" * 500}).encode())
        say(decoder, f"c{n}/status", b"online")
        say(decoder, f"d{n}/lock/front/state", b"JAMMED")
    for known in ("_models", "_versions", "_status", "_heard", "_jammed"):
        assert 2_000 == len(getattr(decoder, known)), known
    for n in range(25_000):
        say(decoder, f"e/binary_sensor/a{n}_smoke/state", b"ON")
    assert 20_000 == len(decoder._owners)
    assert all(len(model) <= 100 for model in decoder._models.values())


@given(
    st.lists(
        st.tuples(
            st.sampled_from([topic for topic, _ in SAID]) | st.text(max_size=30),
            st.sampled_from([payload for _, payload in SAID]) | st.binary(max_size=30),
        ),
        max_size=10,
    )
)
def test_no_conversation_breaks_the_decoder(conversation: list[tuple[str, bytes]]) -> None:
    """Topics and payloads in any combination: understood, or refused in words; every signal is one of ours."""
    decoder = CODEC.open("")
    for topic, payload in conversation:
        with contextlib.suppress(MalformedMessage):
            for report in say(decoder, topic, payload).reports:
                for signal, value in report.values:
                    with contextlib.suppress(MalformedMessage):
                        check(signal, value)
                    assert len(signal) < 100
