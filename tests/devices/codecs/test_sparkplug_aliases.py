"""Sparkplug B: a metric is the same by its name and by its alias, in birth and data."""

from typing import Any

import pytest

from devices.codec import KEPT, Message
from devices.codecs.sparkplug import session
from devices.errors import MalformedMessage
from simulators.sparkplug_node import (
    BOOLEAN,
    INT64,
    Node,
    Tag,
    block,
    metric,
    number,
    payload,
)
from tests.devices.codecs.sparkplug_host import NOW, NOW_MS, ORDER, Host, data, orders, values
from tests.words import refused, words

DETECTORS = {"d": [Tag("Zone 1/Smoke", BOOLEAN, False), Tag("Zone 2/Smoke", BOOLEAN, False)]}


FIRE = {"plant/hall/d": {"smoke.zone_2": True}}


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
    with refused("alias 0 is that of several", MalformedMessage):
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
        assert "" == words(host.hears(node.birth(NOW_MS)[0]).malformed)
        host.hears(node.will())


def test_what_speaks_of_a_danger_and_is_no_signal_is_noted() -> None:
    """By the birth's name where data have the alias alone; settings and orders are not."""
    tags = [Tag("Zone/Cryo Alarm", BOOLEAN, False), Tag("Setpoints/High Alarm", BOOLEAN, False)]
    node = Node("plant", "hall", tags)
    host = Host()
    born = host.hears(node.birth(NOW_MS)[0])
    assert [("Zone/Cryo Alarm: false", True)] == [(words(note.text), note.is_calm) for note in born.notes]
    said = [host.hears(node.says("", tag.name, True, NOW_MS)) for tag in tags]
    assert [["Zone/Cryo Alarm: true"], []] == [[words(note.text) for note in one.notes] for one in said]
