"""Sparkplug B: what is remembered is bounded, and whatever the bytes, nothing breaks."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.sparkplug import session, wire
from devices.errors import MalformedMessage
from devices.reading import SECOND
from simulators.sparkplug_node import (
    BOOLEAN,
    Node,
    Tag,
    block,
    number,
    plant,
)
from tests.devices.codecs.sparkplug_host import _PAYLOAD, NOW_MS, Host, values
from tests.words import refused, words


def test_a_dead_node_makes_room_and_a_living_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the bound a new node is read as far as it speaks for itself, and counted."""
    monkeypatch.setattr(session, "_MOST_NODES", 3)
    host = Host()
    nodes = [plant("plant", f"hall {n}") for n in range(5)]
    for node in nodes[:3]:
        host.knows(node)
    born = host.hears(nodes[3].birth(NOW_MS)[0])
    assert "more than 3 living nodes: this one is not remembered" == words(born.malformed)
    assert {"plant/hall 3": {"online": True, "temperature": 25.0}} == values(born)
    host.hears(nodes[1].will())
    assert "" == words(host.hears(nodes[4].birth(NOW_MS)[0]).malformed)
    assert {"plant/hall 0/detector": {"temperature": 30.0}} == values(
        host.hears(nodes[0].says("detector", "Temperature", 30.0, NOW_MS))
    )


def test_a_birth_beyond_the_bound_is_read_but_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its aliases mean nothing later, and it is not asked for again and again."""
    monkeypatch.setattr(session, "_MOST_METRICS", 4)
    host = Host()
    node = Node("plant", "hall", [Tag(f"Smoke {n}", BOOLEAN, False) for n in range(1, 6)])
    born = host.hears(node.birth(NOW_MS)[0])
    assert 6 == len(values(born)["plant/hall"])
    assert "not remembered" in words(born.malformed)
    with refused("alias 1 is in no birth", MalformedMessage):
        host.hears(node.says("", "Smoke 1", True, NOW_MS))


@pytest.mark.slow
def test_what_is_remembered_is_counted_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand sessions of one node take no more room than one."""
    monkeypatch.setattr(session, "_MOST_METRICS_IN_ALL", 20)
    host, node = Host(), plant("plant", "hall")
    for session_number in range(100):
        node.bd_seq = session_number
        assert [] == [
            words(decoded.malformed) for said in node.birth(NOW_MS) if words((decoded := host.hears(said)).malformed)
        ]
        if session_number % 3 == 0:
            host.hears(node.device_death("detector", NOW_MS))
            host.hears(node.will())


def test_too_many_metrics_in_one_message_are_refused() -> None:
    """Before anything is made of them."""
    with refused("more than 2000 metrics", MalformedMessage):
        wire.read(block(2, b"") * 2_001)


_U64 = st.integers(0, 2**64 - 1)


_U32 = st.integers(0, 2**32 - 1)


_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


_SCALAR = st.one_of(
    st.tuples(st.just("int_value"), _U32),
    st.tuples(st.just("long_value"), _U64),
    st.tuples(st.just("float_value"), st.floats(width=32, allow_nan=False)),
    st.tuples(st.just("double_value"), st.floats(allow_nan=False)),
    st.tuples(st.just("boolean_value"), st.booleans()),
    st.tuples(st.just("string_value"), _TEXT),
)


_METRIC = st.fixed_dictionaries(
    {},
    optional={
        "name": _TEXT,
        "alias": _U64,
        "timestamp": _U64,
        "datatype": _U32,
        "is_historical": st.booleans(),
        "is_null": st.booleans(),
        "value": _SCALAR,
        "properties": st.dictionaries(_TEXT, _SCALAR, max_size=4),
    },
)


def _written(metrics: list[dict[str, Any]], timestamp: int | None, seq: int | None) -> bytes:
    """The message, as google.protobuf writes it."""
    out = _PAYLOAD()
    for place, value in (("timestamp", timestamp), ("seq", seq)):
        if value is not None:
            setattr(out, place, value)
    for told in metrics:
        one = out.metrics.add()
        for key, value in told.items():
            if key == "value":
                setattr(one, *value)
            elif key == "properties":
                for name, scalar in value.items():
                    one.properties.keys.append(name)
                    setattr(one.properties.values.add(), *scalar)
            else:
                setattr(one, key, value)
    return bytes(out.SerializeToString())


_MESSAGES = st.builds(_written, st.lists(_METRIC, max_size=5), st.none() | _U64, st.none() | _U64)


@given(metrics=st.lists(_METRIC, max_size=5), timestamp=st.none() | _U64, seq=st.none() | _U64)
def test_what_protobuf_writes_is_read_alike(
    metrics: list[dict[str, Any]], timestamp: int | None, seq: int | None
) -> None:
    """Every field, whatever its value."""
    found = wire.read(_written(metrics, timestamp, seq))
    assert (timestamp, seq, "") == (found.timestamp, found.seq, found.problem)
    expected = [
        wire.Metric(
            **{key: value for key, value in told.items() if key not in {"name", "value", "properties"}},
            name=told.get("name", "").strip("/ \0"),  # as births and data may differ in what stands around it
            value=told["value"][1] if "value" in told else None,
            properties={name: scalar for name, (_, scalar) in told.get("properties", {}).items()},
        )
        for told in metrics
    ]
    assert expected == found.metrics


_TOPICS = st.sampled_from(
    [f"spBv1.0/plant/{kind}/hall" for kind in ("NBIRTH", "NDATA", "NDEATH")]
    + [f"spBv1.0/plant/{kind}/hall/detector" for kind in ("DBIRTH", "DDATA", "DDEATH")]
)


@pytest.mark.slow
@given(said=st.lists(st.tuples(_TOPICS, _MESSAGES | st.binary(max_size=60), st.integers(0, 30)), max_size=8))
def test_no_conversation_breaks_the_decoder(said: list[tuple[str, bytes, int]]) -> None:
    """In any order, in any state: understood, or MalformedMessage; afterwards a true birth is understood."""
    host, node = Host(), plant("plant", "hall")
    for topic, content, later in said:
        host.now += later * SECOND
        with contextlib.suppress(MalformedMessage):
            host.hears((topic, content))
    host.knows(node)
    assert {"plant/hall/detector": {"smoke.zone_1": True}} == values(
        host.hears(node.says("detector", "Zone 1/Smoke", True, NOW_MS))
    )


@given(data=st.data())
def test_a_spoilt_birth_is_understood_or_refused(data: st.DataObject) -> None:
    """Bytes changed, cut out or put in, anywhere."""
    host, node = Host(), plant("plant", "hall")
    for topic, content in node.birth(NOW_MS):
        spoilt = bytearray(content)
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(spoilt)))
            spoilt[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        with contextlib.suppress(MalformedMessage):
            host.hears((topic, bytes(spoilt)))


@pytest.mark.parametrize(
    "content",
    [
        b"\x08",
        b"\x08" + b"\xff" * 10,
        b"\x12\x7f\x00",
        b"\x12\xff\xff\xff\xff\x0f",
        b"\x0b\x0c",
        b"\x02\x01",
        number(6, 1) * 5_000,
        block(4, "SPBV1.0_COMPRESSED") + block(5, b"no gzip"),
    ],
    ids=["cut", "endless number", "cut block", "huge block", "group", "field 0", "many fields", "no gzip"],
)
def test_bytes_that_are_no_payload_are_refused(content: bytes) -> None:
    """In words."""
    with pytest.raises(MalformedMessage):
        wire.read(content)
