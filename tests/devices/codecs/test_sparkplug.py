"""Sparkplug B: births, data, gaps, orders, deaths."""

import contextlib

import pytest

from devices.codec import Decoded
from devices.codecs.sparkplug import session, wire
from devices.errors import MalformedMessage
from devices.reading import SECOND
from simulators.sparkplug_node import (
    BOOLEAN,
    FLOAT,
    REBIRTH,
    STRING,
    Node,
    Tag,
    metric,
    payload,
    plant,
)
from tests.devices.codecs.sparkplug_host import _PAYLOAD, NOW, NOW_MS, ORDER, Host, orders, values
from tests.words import words


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
    assert [] == [decoded for decoded in said if decoded.publish or words(decoded.malformed)]


def test_a_gap_is_told_and_the_node_is_asked_to_be_born_again() -> None:
    """What the message says counts all the same."""
    node = plant("plant", "hall")
    host = Host().knows(node)
    node.says("detector", "Temperature", 1.0, NOW_MS)
    said = host.hears(node.says("detector", "Zone 1/Smoke", True, NOW_MS))
    assert {"plant/hall/detector": {"smoke.zone_1": True}} == values(said)
    assert "seq 3 came after 1: something was lost" == words(said.malformed)
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
    assert "alias 99 is in no birth that is remembered" == words(said.malformed)


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
    assert ({"plant/hall": {"online": True}}, "", ()) == (values(said), words(said.malformed), said.notes)


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
    assert "waits for a birth" in words(said.malformed)


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
    assert ("seq 3 came after 0: something was lost", []) == (words(said.malformed), orders(said)), (
        "it has just been asked"
    )
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
