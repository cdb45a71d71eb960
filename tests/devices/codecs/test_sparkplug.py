"""Sparkplug B as a conversation: births, data by alias, gaps, rebirths, deaths, and what happens at the bounds.

The node that speaks here is the simulator's, written from the specification; what single bytes mean is checked against
google.protobuf.
"""

import contextlib
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import KEPT, Decoded, Message
from devices.codecs.sparkplug import session, wire
from devices.errors import MalformedMessage
from devices.families import mqtt_families
from devices.reading import SECOND
from simulators.sparkplug_node import (
    BOOLEAN,
    DOUBLE,
    FLOAT,
    INT64,
    REBIRTH,
    STRING,
    Node,
    Tag,
    block,
    metric,
    number,
    payload,
    plant,
)

NOW_MS = 1_795_480_215_000
NOW = NOW_MS * 1_000_000
ORDER = "spBv1.0/plant/NCMD/hall"


class Host:
    """A decoder and its clock."""

    def __init__(self) -> None:
        codec = mqtt_families()["sparkplug"]
        self.decoder: Any = codec.open(codec.base)
        self.now = NOW

    def hears(self, said: tuple[str, bytes], *, retained: bool = False) -> Decoded:
        return self.decoder.decode(Message("mqtt", *said, self.now, retained))

    def knows(self, node: Node) -> "Host":
        for said in node.birth(NOW_MS):
            self.hears(said)
        return self


def values(decoded: Decoded) -> dict[str, dict[str, Any]]:
    """Address -> what it says, of all reports together."""
    found: dict[str, dict[str, Any]] = {}
    for report in decoded.reports:
        found.setdefault(report.address, {}).update(report.values)
    return found


def orders(decoded: Decoded) -> list[str]:
    return [topic for topic, _ in decoded.publish]


def test_a_birth_says_what_is_there_and_how_it_stands() -> None:
    """That it is online has happened; its values are how it was found."""
    host, node = Host(), plant("plant", "hall")
    births = [host.hears(said) for said in node.birth(NOW_MS)]
    assert [{"plant/hall": {"online": True, "temperature": 25.0}}] == [values(births[0])]
    detector = {"online": True, "smoke.zone_1": False, "smoke.zone_2": False, "temperature": 21.5}
    assert {"plant/hall/detector": detector} == values(births[1])
    assert [[False, True], [False, True]] == [[report.snapshot for report in birth.reports] for birth in births]
    assert [[], []] == [orders(birth) for birth in births]


def test_data_name_their_metric_by_its_alias() -> None:
    """Name, type and unit are the birth's; time is the metric's own."""
    node = plant("plant", "hall")
    host = Host().knows(node)
    said = host.hears(node.says("", "Cabinet/Temperature", 50.0, NOW_MS + 4))
    assert {"plant/hall": {"temperature": 10.0}} == values(said)
    assert [(NOW + 4_000_000, False)] == [(report.time, report.snapshot) for report in said.reports]
    assert {"plant/hall/detector": {"smoke.zone_2": True}} == values(
        host.hears(node.says("detector", "Zone 2/Smoke", True, NOW_MS))
    )


def test_seq_goes_round_without_a_rebirth() -> None:
    """After 255 comes 0."""
    node = plant("plant", "hall")
    host = Host().knows(node)
    said = [host.hears(node.says("detector", "Temperature", 20.0 + n / 100, NOW_MS)) for n in range(600)]
    assert [] == [decoded for decoded in said if decoded.publish or decoded.malformed]


def test_a_gap_is_told_and_the_node_is_asked_to_be_born_again() -> None:
    """What the message says counts all the same."""
    node = plant("plant", "hall")
    host = Host().knows(node)
    node.says("detector", "Temperature", 1.0, NOW_MS)
    said = host.hears(node.says("detector", "Zone 1/Smoke", True, NOW_MS))
    assert {"plant/hall/detector": {"smoke.zone_1": True}} == values(said)
    assert "seq 3 came after 1: something was lost" == said.malformed
    assert [ORDER] == orders(said)
    host.now += 60 * SECOND
    assert [] == orders(host.hears(node.says("detector", "Zone 1/Smoke", False, NOW_MS)))


def test_a_message_that_comes_twice_is_no_gap() -> None:
    """After a crash the broker repeats what was not acknowledged."""
    node = plant("plant", "hall")
    host = Host().knows(node)
    said = node.says("detector", "Zone 1/Smoke", True, NOW_MS)
    assert host.hears(said) == host.hears(said)


def test_an_order_is_what_the_specification_says() -> None:
    """A payload with a time and one Boolean metric, as google.protobuf reads it."""
    order = _PAYLOAD.FromString(
        Host().hears(plant("plant", "hall").says("", "Cabinet/Temperature", 1.0, 0)).publish[0][1]
    )
    assert (NOW_MS, 1, False) == (order.timestamp, len(order.metrics), order.HasField("seq"))
    told = order.metrics[0]
    assert (REBIRTH, BOOLEAN, True, NOW_MS) == (told.name, told.datatype, told.boolean_value, told.timestamp)


def test_a_node_is_not_asked_more_often_than_every_ten_seconds() -> None:
    """However often it says what nobody can understand."""
    host, node = Host(), plant("plant", "hall")
    asked = []
    for second in range(25):
        host.now = NOW + second * SECOND
        with contextlib.suppress(MalformedMessage):
            asked += [second] * len(host.hears(node.says("detector", "Zone 1/Smoke", True, NOW_MS)).publish)
    assert [0, 10, 20] == asked


def test_an_alias_that_no_birth_told_asks_for_one() -> None:
    """And is counted: a value was lost."""
    node = plant("plant", "hall")
    host = Host().knows(node)
    said = host.hears(node.says_alias("detector", 99, value=True, at_ms=NOW_MS))
    assert ((), [ORDER]) == (said.reports, orders(said))
    assert "alias 99 is in no birth that is remembered" == said.malformed


def test_an_alias_counts_for_its_own_device_alone() -> None:
    """Another device's number says nothing of this one."""
    node = Node("plant", "hall", devices={"a": [Tag("Smoke", BOOLEAN, False)], "b": [Tag("Door Open", BOOLEAN, False)]})
    host = Host().knows(node)
    alias = node.devices["a"][0].alias
    assert alias is not None
    assert () == host.hears(node.says_alias("b", alias, value=True, at_ms=NOW_MS)).reports


def test_an_alias_of_a_metric_that_is_no_signal_is_known() -> None:
    """Nothing is reported but that the node is there, nothing is wrong."""
    node = Node("plant", "hall", [Tag("Batch/Recipe", STRING, "A")])
    host = Host().knows(node)
    said = host.hears(node.says("", "Batch/Recipe", "B", NOW_MS))
    assert ({"plant/hall": {"online": True}}, "", ()) == (values(said), said.malformed, said.notes)


def test_before_a_birth_flags_are_understood_and_numbers_wait() -> None:
    """80 may be °F; smoke is smoke."""
    host = Host()
    told = [metric(True, BOOLEAN, name="Smoke"), metric(80.0, FLOAT, name="Temperature")]
    told.append(metric(50.0, FLOAT, name="Oven/Temp", unit="°F"))
    said = host.hears(("spBv1.0/plant/NDATA/hall", payload(told, at_ms=NOW_MS, seq=4)))
    assert {"plant/hall": {"smoke": True, "temperature": 10.0}} == values(said) or {
        "plant/hall": {"smoke": True, "temperature.oven": 10.0}
    } == values(said)
    assert [ORDER] == orders(said)
    assert "waits for a birth" in said.malformed


def test_a_rebirth_of_what_was_there_all_the_time_is_no_snapshot() -> None:
    """The door whose message was lost has opened, and was not found open."""
    node = Node("plant", "hall", [Tag("Door Open", BOOLEAN, False)], {"a": [Tag("Door Open", BOOLEAN, False)]})
    host = Host().knows(node)
    node.says("", "Door Open", True, NOW_MS)
    again = [host.hears(said) for said in node.birth(NOW_MS + 5)]
    assert [False] * 4 == [report.snapshot for decoded in again for report in decoded.reports]
    assert {"plant/hall": {"online": True, "door": True}} == values(again[0])


def test_a_new_session_is_a_snapshot() -> None:
    """BdSeq counts on when the node has connected anew."""
    node = Node("plant", "hall", [Tag("Door Open", BOOLEAN, False)], {"a": [Tag("Door Open", BOOLEAN, False)]})
    host = Host().knows(node)
    node.bd_seq += 1
    again = [host.hears(said) for said in node.birth(NOW_MS + 5)]
    assert [False, True] * 2 == [report.snapshot for decoded in again for report in decoded.reports]


def test_a_dead_node_takes_its_devices_with_it() -> None:
    """The time of the will is that of the connection, so none is told."""
    node = plant("plant", "hall")
    host = Host().knows(node)
    dead = host.hears(node.will())
    assert {"plant/hall": {"online": False}, "plant/hall/detector": {"online": False}} == values(dead)
    assert {None} == {report.time for report in dead.reports}
    late = host.hears(node.says("detector", "Zone 1/Smoke", True, NOW_MS))
    assert ((), [ORDER]) == (late.reports, orders(late))


def test_a_dead_node_takes_installed_devices_with_it_of_which_no_birth_is_known() -> None:
    """After a start: they may have been born long ago."""
    host, node = Host(), plant("plant", "hall")
    host.decoder.connected(["plant/hall/gate", "plant/hall", "plant/other/gate", "plant/hall/detector"])
    host.hears(node.birth(NOW_MS)[0])
    gone = [report.address for report in host.hears(node.will()).reports if report.values == (("online", False),)]
    assert ["plant/hall", "plant/hall/detector", "plant/hall/gate"] == gone


def test_who_matters_is_asked_when_the_broker_is_there_and_not_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nodes of installed devices, though they were never heard; then those that were. Who is born is not asked."""
    monkeypatch.setattr(session, "_ASKED_AT_ONCE", 2)
    host, node = Host(), plant("plant", "hall")
    host.hears(node.birth(NOW_MS)[0])
    assert () == host.decoder.to_ask(NOW)
    installed = ["plant/gate/door 1", "plant/gate/door 2", "plant/yard", "plant/roof"]
    host.decoder.connected(installed)
    host.hears(plant("plant", "gate").birth(NOW_MS)[0])
    asked = [*host.decoder.to_ask(NOW), *host.decoder.to_ask(NOW), *host.decoder.to_ask(NOW)]
    assert [f"spBv1.0/plant/NCMD/{name}" for name in ("yard", "roof", "hall")] == [topic for topic, _ in asked]
    assert {wire.rebirth_request(NOW_MS)} == {payload for _, payload in asked}
    node.says("", "Cabinet/Temperature", 1.0, NOW_MS)  # lost on the way
    said = host.hears(node.says("", "Cabinet/Temperature", 2.0, NOW_MS))
    assert ("seq 3 came after 0: something was lost", []) == (said.malformed, orders(said)), "it has just been asked"
    monkeypatch.setattr(session, "_MOST_ASKED", 3)
    host.decoder.connected(f"plant/node {number}" for number in range(5))
    assert 3 == sum(len(host.decoder.to_ask(NOW)) for _ in range(4))


def test_the_will_of_an_older_session_is_ignored() -> None:
    """A node that came back before the broker missed it is there."""
    node = plant("plant", "hall")
    old_will = node.will()
    host = Host().knows(node)
    node.bd_seq += 1
    host.knows(node)
    assert Decoded() == host.hears(old_will)
    assert {"plant/hall/detector": {"smoke.zone_1": True}} == values(
        host.hears(node.says("detector", "Zone 1/Smoke", True, NOW_MS))
    )
    assert {"plant/hall", "plant/hall/detector"} == set(values(host.hears(node.will())))


def test_a_dead_device_leaves_its_node_alive() -> None:
    """It is offline, its aliases mean nothing until it is born again, which is then a snapshot."""
    node = plant("plant", "hall")
    host = Host().knows(node)
    assert {"plant/hall/detector": {"online": False}} == values(host.hears(node.device_death("detector", NOW_MS)))
    assert [ORDER] == orders(host.hears(node.says("detector", "Zone 1/Smoke", True, NOW_MS)))
    assert {"plant/hall": {"temperature": 0.0}} == values(
        host.hears(node.says("", "Cabinet/Temperature", 32.0, NOW_MS))
    )
    born = host.hears(node.device_birth("detector", NOW_MS))
    assert [False, True] == [report.snapshot for report in born.reports]


def test_the_past_is_never_told_as_the_present() -> None:
    """A historical value keeps its time and is a snapshot; without a time it is nothing."""
    node = Node("plant", "hall", [Tag("Temperature", DOUBLE, 20.0)])
    host = Host().knows(node)
    past = [metric(90.0, DOUBLE, alias=1, at_ms=NOW_MS - 7_000, historical=True)]
    past.append(metric(21.0, DOUBLE, alias=1, at_ms=NOW_MS))
    said = host.hears(("spBv1.0/plant/NDATA/hall", payload(past, seq=1)))
    assert [(NOW - 7 * SECOND, True, 90.0), (NOW, False, 21.0)] == [
        (report.time, report.snapshot, report.values[0][1]) for report in said.reports
    ]
    timeless = payload([metric(90.0, DOUBLE, alias=1, historical=True)], seq=2)
    assert {"plant/hall": {"online": True}} == values(host.hears(("spBv1.0/plant/NDATA/hall", timeless)))


def test_null_is_no_value() -> None:
    """Neither zero nor false."""
    node = Node("plant", "hall", [Tag("Temperature", DOUBLE, 20.0), Tag("Smoke", BOOLEAN, False)])
    host = Host().knows(node)
    assert {"plant/hall": {"online": True}} == values(host.hears(node.says("", "Temperature", None, NOW_MS)))


def test_a_retained_message_is_refused() -> None:
    """It may be of any session."""
    with pytest.raises(MalformedMessage, match="retain"):
        Host().hears(plant("plant", "hall").birth(NOW_MS)[0], retained=True)


@pytest.mark.parametrize(
    ("name", "datatype", "value", "expected"),
    [
        ("Sensors/Temperature", DOUBLE, 20.5, {"temperature": 20.5}),
        ("temperature.roof", DOUBLE, 20.5, {"temperature.roof": 20.5}),
        ("Room Temperature PV", DOUBLE, 20.5, {"temperature": 20.5}),
        ("Smoke Detector/Smoke/Value", BOOLEAN, True, {"smoke": True}),
        ("smokeDetected", BOOLEAN, True, {"smoke": True}),
        ("Smoke_2", BOOLEAN, True, {"smoke.2": True}),
        ("Door/Closed", BOOLEAN, True, {"door": False}),
        ("Gas", BOOLEAN, True, {"gas_alarm": True}),
        ("Gas", DOUBLE, 12.0, {"gas": 12.0}),
        ("Gas/Level", DOUBLE, 12.0, {"gas": 12.0}),
        ("Battery/Low", BOOLEAN, True, {"battery_low": True}),
        ("Tamper", INT64, 1, {"tamper": True}),
        ("Supply/Mains Fail", BOOLEAN, True, {"mains": False}),
        ("Temperature", BOOLEAN, True, {}),
        ("Setpoints/Temperature", DOUBLE, 54.0, {}),
        ("Node Control/Test", BOOLEAN, True, {}),
        ("Zone 3 Smoke Detector", BOOLEAN, True, {"smoke": True}),
        ("Smoke Detector/Alarm", BOOLEAN, True, {"smoke": True}),
        ("Heat Detector/Alarm", BOOLEAN, False, {"heat": False}),
        ("Water Leak/Detected", BOOLEAN, True, {"leak": True}),
        ("Call Point/Pressed", BOOLEAN, True, {"call_point": True}),
        ("Fire Door/Open", BOOLEAN, True, {"door": True}),
        ("Fire Door Closed", BOOLEAN, True, {"door": False}),
        ("Supervisory/Valve Tamper", BOOLEAN, True, {"tamper": True}),
        ("Detector Fault", BOOLEAN, True, {"fault": True}),
        ("Door/State", STRING, "OPEN", {"door": True}),
        ("Door Status", STRING, "closed", {"door": False}),
        ("Smoke", STRING, "NORMAL", {"smoke": False}),
        ("Smoke", STRING, "sings", {}),
        ("Smoke", STRING, "", {}),
        ("Oil Temperature", DOUBLE, 61.5, {"temperature": 61.5}),
        ("Temp_F", DOUBLE, 50.0, {"temperature": 10.0}),
        ("Room/CO2 ppm", DOUBLE, 612.0, {"co2": 612.0}),
        ("Temperature (C)", DOUBLE, 21.5, {"temperature": 21.5}),
        ("Door/Alarm", BOOLEAN, True, {"alarm": True}),
        ("Zone 1/Alarm", BOOLEAN, True, {"alarm": True}),
        ("High Temp Alarm", BOOLEAN, True, {}),
        ("Call for Heat", BOOLEAN, True, {}),
        ("Pilot Flame", BOOLEAN, True, {}),
        ("High Fire", BOOLEAN, True, {}),
        ("No Smoke", BOOLEAN, True, {}),
        ("Smoke Alarm Enabled", BOOLEAN, True, {}),
        ("Days Since Fire", INT64, 1, {}),
        ("High Temperature", DOUBLE, 60.0, {}),
        ("Rated Power", DOUBLE, 60.0, {}),
        ("Fault", STRING, "E12", {}),
        ("Line Speed", DOUBLE, 3.0, {}),
        ("", DOUBLE, 3.0, {}),
        ("///", BOOLEAN, True, {}),
    ],
)
def test_a_metric_is_known_by_the_end_of_its_name(
    name: str, datatype: int, value: Any, expected: dict[str, Any]
) -> None:
    """And by its datatype; what fits nothing is nothing."""
    told = payload([metric(value, datatype, name=name)], seq=0)
    found = values(Host().hears(("spBv1.0/plant/NBIRTH/hall", told)))["plant/hall"]
    assert expected == {signal: value for signal, value in found.items() if signal != "online"}


def test_words_tell_two_of_a_kind_apart() -> None:
    """As folders do; the one without other words keeps the plain name."""
    names = ("Temperature", "Oil Temperature", "Tank/Temperature")
    told = [metric(float(place), DOUBLE, name=name) for place, name in enumerate(names)]
    found = values(Host().hears(("spBv1.0/plant/NBIRTH/hall", payload(told, seq=0))))["plant/hall"]
    assert {"online": True, "temperature": 0.0, "temperature.oil": 1.0, "temperature.tank": 2.0} == found


@pytest.mark.parametrize(
    ("name", "value", "datatype", "firmware"),
    [
        ("Properties/FW", "3.1.4", STRING, "3.1.4"),
        ("Node Info/Firmware Version", "v2", STRING, "v2"),
        ("firmware", 1.25, DOUBLE, "1.25"),
        ("Properties/FW", True, BOOLEAN, ""),
        ("Properties/Hardware Version", "7", STRING, ""),
    ],
)
def test_a_birth_tells_the_firmware(name: str, value: Any, datatype: int, firmware: str) -> None:
    """By the end of the metric's name."""
    told = payload([metric(value, datatype, name=name)], seq=0)
    assert {firmware} == {report.firmware for report in Host().hears(("spBv1.0/plant/NBIRTH/hall", told)).reports}


def _template(name: str, *members: bytes, is_definition: bool = False) -> bytes:
    """A metric that is a template (6.4.18), whose members are metrics in turn."""
    inner = b"".join(block(2, member) for member in members) + (number(5, 1) if is_definition else b"")
    return block(1, name) + number(4, 19) + block(18, inner)


def test_what_an_instance_of_a_template_holds_counts() -> None:
    """A detector in a template in a template must not be deaf; a definition says nothing of the world."""
    smoke, door = metric(True, BOOLEAN, name="Smoke"), metric(True, BOOLEAN, name="Door/Open")
    told = [_template("Zone 1", _template("Detector", smoke)), _template("Types/Door", door, is_definition=True)]
    host = Host()
    found = values(host.hears(("spBv1.0/plant/NBIRTH/hall", payload(told, seq=0))))
    assert {"plant/hall": {"online": True, "smoke": True}} == found
    clear = _template("Zone 1", _template("Detector", metric(False, BOOLEAN, name="Smoke")))
    assert {"plant/hall": {"smoke": False}} == values(host.hears(("spBv1.0/plant/NDATA/hall", payload([clear], seq=1))))


def test_templates_are_searched_within_bounds() -> None:
    """Neither depth nor number runs away."""
    deep = metric(True, BOOLEAN, name="Smoke")
    for _ in range(50):
        deep = _template("T", deep)
    found = values(Host().hears(("spBv1.0/plant/NBIRTH/hall", payload([deep], seq=0))))
    assert {"plant/hall": {"online": True}} == found
    wide = _template("T", *[metric(1.0, DOUBLE, name=f"t{place}") for place in range(wire.MOST_METRICS + 1)])
    assert Host().hears(("spBv1.0/plant/NBIRTH/hall", payload([wide], seq=0))).malformed


def test_a_flag_that_is_neither_0_nor_1_costs_no_other() -> None:
    """It is told, and the smoke beside it counts."""
    told = [metric(7, INT64, name="Tamper"), metric(True, BOOLEAN, name="Smoke")]
    said = Host().hears(("spBv1.0/plant/NBIRTH/hall", payload(told, seq=0)))
    assert {"plant/hall": {"online": True, "smoke": True}} == values(said)
    assert "tamper must be true or false, not '7'" == said.malformed


def test_a_broken_metric_costs_no_other() -> None:
    """Text that is no UTF-8, in the middle of a good message."""
    told = [block(1, b"\xff\xfe"), metric(True, BOOLEAN, name="Smoke")]
    said = Host().hears(("spBv1.0/plant/NBIRTH/hall", payload(told, seq=0)))
    assert {"plant/hall": {"online": True, "smoke": True}} == values(said)
    assert "metric 1: text that is not UTF-8" == said.malformed


def test_a_dead_node_makes_room_and_a_living_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the bound a new node is read as far as it speaks for itself, and counted."""
    monkeypatch.setattr(session, "_MOST_NODES", 3)
    host = Host()
    nodes = [plant("plant", f"hall {n}") for n in range(5)]
    for node in nodes[:3]:
        host.knows(node)
    born = host.hears(nodes[3].birth(NOW_MS)[0])
    assert "more than 3 living nodes: this one is not remembered" == born.malformed
    assert {"plant/hall 3": {"online": True, "temperature": 25.0}} == values(born)
    host.hears(nodes[1].will())
    assert "" == host.hears(nodes[4].birth(NOW_MS)[0]).malformed
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
    assert "not remembered" in born.malformed
    with pytest.raises(MalformedMessage, match="alias 1 is in no birth"):
        host.hears(node.says("", "Smoke 1", True, NOW_MS))


def test_what_is_remembered_is_counted_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand sessions of one node take no more room than one."""
    monkeypatch.setattr(session, "_MOST_METRICS_IN_ALL", 20)
    host, node = Host(), plant("plant", "hall")
    for session_number in range(100):
        node.bd_seq = session_number
        assert [] == [decoded.malformed for said in node.birth(NOW_MS) if (decoded := host.hears(said)).malformed]
        if session_number % 3 == 0:
            host.hears(node.device_death("detector", NOW_MS))
            host.hears(node.will())


def test_too_many_metrics_in_one_message_are_refused() -> None:
    """Before anything is made of them."""
    with pytest.raises(MalformedMessage, match="more than 2000 metrics"):
        wire.read(block(2, b"") * 2_001)


# -- bytes ------------------------------------------------------------------------------------------------


def _payload_class() -> Any:
    """google.protobuf's reader of the same message, from the field numbers in the specification."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug.proto", package="t", syntax="proto2")

    def message(name: str, *fields: tuple[str, int, int, str]) -> None:
        told = file.message_type.add(name=name)
        for field, place, kind, of in fields:
            label = kinds.LABEL_REPEATED if field in {"metrics", "keys", "values"} else kinds.LABEL_OPTIONAL
            told.field.add(name=field, number=place, type=kind, label=label, type_name=of or None)

    u32, u64, text, inner = kinds.TYPE_UINT32, kinds.TYPE_UINT64, kinds.TYPE_STRING, kinds.TYPE_MESSAGE
    scalars = [("int_value", u32), ("long_value", u64), ("float_value", kinds.TYPE_FLOAT)]
    scalars += [("double_value", kinds.TYPE_DOUBLE), ("boolean_value", kinds.TYPE_BOOL), ("string_value", text)]
    message("Property", ("type", 1, u32, ""), *((name, 3 + n, kind, "") for n, (name, kind) in enumerate(scalars)))
    message("Properties", ("keys", 1, text, ""), ("values", 2, inner, ".t.Property"))
    plain = [("name", 1, text, ""), ("alias", 2, u64, ""), ("timestamp", 3, u64, ""), ("datatype", 4, u32, "")]
    plain += [("is_historical", 5, kinds.TYPE_BOOL, ""), ("is_null", 7, kinds.TYPE_BOOL, "")]
    plain += [(name, 10 + n, kind, "") for n, (name, kind) in enumerate(scalars)]
    message("Metric", *plain, ("properties", 9, inner, ".t.Properties"))
    message("Payload", ("timestamp", 1, u64, ""), ("metrics", 2, inner, ".t.Metric"), ("seq", 3, u64, ""))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Payload"))


_PAYLOAD = _payload_class()
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


DETECTORS = {"d": [Tag("Zone 1/Smoke", BOOLEAN, False), Tag("Zone 2/Smoke", BOOLEAN, False)]}
FIRE = {"plant/hall/d": {"smoke.zone_2": True}}


def data(*metrics: bytes, seq: int | None = None) -> tuple[str, bytes]:
    return "spBv1.0/plant/DDATA/hall/d", payload(list(metrics), at_ms=NOW_MS, seq=seq)


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Zone 2/Smoke"},
        {"alias": 2},
        {"name": "Zone 2/Smoke", "alias": 2},
        {"name": "Smoke", "alias": 2},
        {"name": "d/zone2", "alias": 2},
        {"name": "/Zone 2/Smoke"},
        {"name": "zone 2/smoke"},
        {"name": "ZONE_2\\Smoke"},
        {"name": "Zone 2.Smoke"},
        {"name": "Zone 2/Smoke\0"},
    ],
    ids=str,
)
@pytest.mark.parametrize("tell_type", [True, False])
def test_a_metric_is_the_same_in_birth_and_data_however_its_library_writes_it(
    told: dict[str, Any], tell_type: bool
) -> None:
    """By name, by alias, by both, with another's punctuation, with the datatype or without."""
    host = Host().knows(Node("plant", "hall", devices=DETECTORS))
    assert FIRE == values(host.hears(data(metric(True, BOOLEAN, tell_type=tell_type, **told), seq=2)))


def test_an_alias_that_all_metrics_have_is_none() -> None:
    """A library that has no aliases writes 0 for each: the name counts."""
    host = Host()
    host.hears(("spBv1.0/plant/NBIRTH/hall", payload([metric(0, INT64, name="bdSeq", alias=0)], seq=0)))
    told = [metric(False, BOOLEAN, name=tag.name, alias=0) for tag in DETECTORS["d"]]
    host.hears(("spBv1.0/plant/DBIRTH/hall/d", payload(told, seq=1)))
    assert FIRE == values(host.hears(data(metric(True, BOOLEAN, name="Zone 2/Smoke", alias=0), seq=2)))
    new = host.hears(data(metric(True, BOOLEAN, name="Zone 3/Smoke", alias=0), seq=3))
    assert {"plant/hall/d": {"smoke.zone_3": True}} == values(new)
    with pytest.raises(MalformedMessage, match="alias 0 is that of several"):
        host.hears(data(metric(True, BOOLEAN, alias=0), seq=4))


def test_an_alias_of_0_may_be_one() -> None:
    host = Host()
    host.hears(("spBv1.0/plant/NBIRTH/hall", payload([metric(False, BOOLEAN, name="Smoke", alias=0)], seq=0)))
    said = host.hears(("spBv1.0/plant/NDATA/hall", payload([metric(True, BOOLEAN, alias=0)], seq=1)))
    assert {"plant/hall": {"smoke": True}} == values(said)


def test_an_instance_of_a_template_is_the_same_by_its_alias() -> None:
    """In data it may leave out its own name, and its members have theirs; or be flat."""
    zones = [
        block(1, f"Zone {n}") + number(2, n) + number(4, 19) + block(18, block(2, metric(False, BOOLEAN, name="Smoke")))
        for n in (1, 2)
    ]
    changed = number(2, 2) + block(18, block(2, metric(True, BOOLEAN, name="Smoke")))
    for one in (changed, metric(True, BOOLEAN, name="Zone 2/Smoke")):
        host = Host()
        host.hears(("spBv1.0/plant/NBIRTH/hall", payload([], seq=0)))
        host.hears(("spBv1.0/plant/DBIRTH/hall/d", payload(zones, seq=1)))
        assert FIRE == values(host.hears(data(one, seq=2)))


def test_names_mean_the_same_while_a_birth_is_missing() -> None:
    """After a death, and after a start of the gateway: a fire must not be told under another signal than its end."""
    node = Node("plant", "hall", devices=DETECTORS, use_aliases=False)
    host = Host().knows(node)
    host.hears(node.will())
    assert FIRE == values(host.hears(data(metric(True, BOOLEAN, name="Zone 2/Smoke"))))
    births = [(said, Host().hears(said).stands) for said in node.birth(NOW_MS)]
    started = Host()
    for (topic, told), stands in births:
        assert [topic] == [place for place, _ in stands]
        recalled = started.decoder.decode(Message(KEPT, topic, told, NOW, retained=True))
        assert ((), stands) == (recalled.reports, recalled.stands)
    said = started.hears(data(metric(True, BOOLEAN, name="Zone 2/Smoke")))
    assert (FIRE, [ORDER]) == (values(said), orders(said))


def test_an_alias_means_nothing_after_a_start_until_a_birth() -> None:
    """The node may have been born anew meanwhile, and 2 be another metric."""
    node = Node("plant", "hall", devices=DETECTORS)
    started = Host()
    for topic, told in node.birth(NOW_MS):
        started.decoder.decode(Message(KEPT, topic, told, NOW, retained=True))
    said = started.hears(data(metric(True, BOOLEAN, alias=2)))
    assert ((), [ORDER]) == (said.reports, orders(said))


def test_names_of_the_dead_make_room_for_the_living(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_MOST_METRICS_IN_ALL", 10)
    host = Host()
    for number_of_node in range(6):
        node = Node("plant", f"hall {number_of_node}", [Tag(f"Smoke {n}", BOOLEAN, False) for n in range(1, 5)])
        assert "" == host.hears(node.birth(NOW_MS)[0]).malformed
        host.hears(node.will())


def test_what_speaks_of_a_danger_and_is_no_signal_is_noted() -> None:
    """By the birth's name where data have the alias alone; settings and orders are not."""
    tags = [Tag("Zone/Cryo Alarm", BOOLEAN, False), Tag("Setpoints/High Alarm", BOOLEAN, False)]
    node = Node("plant", "hall", tags)
    host = Host()
    born = host.hears(node.birth(NOW_MS)[0])
    assert [("Zone/Cryo Alarm: false", True)] == [(note.text, note.is_calm) for note in born.notes]
    said = [host.hears(node.says("", tag.name, True, NOW_MS)) for tag in tags]
    assert [["Zone/Cryo Alarm: true"], []] == [[note.text for note in one.notes] for one in said]
