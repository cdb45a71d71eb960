"""Home Assistant discovery: whatever anybody says, nothing breaks and memory and time are bounded."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.home_assistant import CODEC, session
from devices.codecs.home_assistant.session import HomeAssistantDecoder
from devices.codecs.home_assistant.template import ValueTemplate
from devices.errors import MalformedMessage
from devices.signals import check
from gateway.transports.topic_filter import matches
from tests.devices.codecs.home_assistant_peers import HALL, announce, decoder, say, sound, values
from tests.devices.codecs.recordings import recordings
from tests.words import refused, words

_KEYS = st.sampled_from(
    [
        "dev_cla", "stat_t", "val_tpl", "dev", "ids", "avty", "avty_t", "t", "cmps", "p", "~", "pl_on", "pl_off",
        "uniq_id", "unit_of_meas", "name", "json_attr_t", "topic", "identifiers", "connections", "model", "mf",
        "platform", "components", "availability_mode", "atype", "type", "stype", "pos_t", "state_locked",
    ]
)  # fmt: skip


_WORDS = st.sampled_from(
    ["smoke", "temperature", "door", "lock", "~/x", "hall", "a/b", "#", "{{ value_json.a }}", "{{ value }}", "ON", "°C",
     "all", "any", "binary_sensor", "sensor", "lock", "trigger", "problem", "homeassistant/x/y/config", ""]
)  # fmt: skip


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _WORDS | st.text(max_size=6)


_CONFIGS = st.dictionaries(
    _KEYS,
    st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4)),
    max_size=8,
)


_PLACES = st.sampled_from(
    [
        "binary_sensor/a/config", "sensor/a/b/config", "device/a/config", "lock/a/b/config", "cover/a/config",
        "tag/a/config", "event/a/config", "device_automation/a/b/config", "alarm_control_panel/a/config",
        "siren/a/config", "config", "a/config",
    ]
)  # fmt: skip


_TOPICS = st.sampled_from(["hall", "a/b", "hall/x", "nobody"])


_STATES = st.binary(max_size=20) | _LEAVES.map(lambda leaf: json.dumps(leaf).encode("utf-8", "surrogatepass"))


@given(
    st.lists(
        st.tuples(_PLACES.map("homeassistant/".__add__), _CONFIGS | st.just(b"")) | st.tuples(_TOPICS, _STATES),
        max_size=12,
    ),
    st.booleans(),
)
def test_no_conversation_breaks_the_decoder(conversation: list[tuple[str, Any]], is_installed: bool) -> None:
    """Any announcements and states in any order: understood or refused; every topic asked for is a single one."""
    listener = HomeAssistantDecoder("homeassistant", lambda address: is_installed)
    for topic, payload in conversation:
        with contextlib.suppress(MalformedMessage):
            decoded = say(listener, topic, payload)
            assert not [one for one in decoded.subscribe if "#" in one or "+" in one or one.startswith("$")]
            for report in decoded.reports:
                for signal, value in report.values:
                    with contextlib.suppress(MalformedMessage):
                        check(signal, value)
    assert sound(listener)


@given(st.data())
def test_a_recording_with_anything_in_its_place_is_refused_in_words(data: st.DataObject) -> None:
    """One value of a real announcement or state becomes something else."""
    case = data.draw(st.sampled_from(recordings("home_assistant")))
    conversation = [*case.before, (case.topic, case.payload)]
    chosen = data.draw(st.integers(0, len(conversation) - 1))
    topic, payload = conversation[chosen]
    with contextlib.suppress(ValueError):
        said = json.loads(payload)
        if isinstance(said, dict) and said:
            said[data.draw(st.sampled_from(sorted(said)))] = data.draw(_LEAVES | st.lists(_LEAVES, max_size=2))
            conversation[chosen] = topic, json.dumps(said).encode("utf-8", "surrogatepass")
    listener = decoder()
    for topic, payload in conversation:
        with contextlib.suppress(MalformedMessage):
            say(listener, topic, payload)
    assert sound(listener)


@pytest.mark.slow
def test_memory_is_bounded_whoever_announces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entities, entities of a device, entities on a topic, topics: each has an end, and the end is told."""
    monkeypatch.setattr(session, "MOST_ENTITIES", 50)
    monkeypatch.setattr(session, "MOST_TOPICS", 60)
    monkeypatch.setattr(session, "MOST_OF_A_DEVICE", 10)
    monkeypatch.setattr(session, "MOST_ON_A_TOPIC", 20)

    def flood(topic: str, ids: str) -> tuple[HomeAssistantDecoder, str]:
        listener, last = decoder(), ""
        for n in range(100):
            config = {"dev_cla": "door", "stat_t": topic.format(n), "dev": {"ids": ids.format(n)}}
            last = words(announce(listener, f"binary_sensor/a/d{n}", **config).malformed)
        assert sound(listener)
        return listener, last

    assert "50 entities" in flood("x/{}", "d{}")[1]
    assert "10 entities of 'd'" in flood("x/{}", "d")[1]
    assert "20 entities are announced on 'x'" in flood("x", "d{}")[1]
    listener = decoder()
    for n in range(100):
        last = announce(listener, "binary_sensor/a/b", dev_cla="door", stat_t=f"x/{n}", dev=HALL)
    assert "60 topics" in words(last.malformed)
    assert len(listener._asked) <= 60
    assert len(listener._states) <= 1


def test_a_device_with_too_many_components_is_refused() -> None:
    parts = {f"c{n}": {"p": "binary_sensor", "dev_cla": "door", "stat_t": f"x/{n}"} for n in range(301)}
    with refused("300 components", MalformedMessage):
        announce(decoder(), "device/hall", dev=HALL, cmps=parts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "limit"),
    [
        ("{{ value ~ '" + "x" * 1_900 + "%d' }}", "65536 characters"),
        ("{{ value" + " ~ value" * 100 + " ~ '%d' }}", "2000 parts"),
    ],
)
def test_templates_that_take_long_to_compile_are_few_in_a_message(template: str, limit: str) -> None:
    """What there is room for is heard."""
    listener = decoder()
    parts = {"smoke": {"p": "binary_sensor", "dev_cla": "smoke", "stat_t": "x/smoke", "val_tpl": "{{ value | upper }}"}}
    for n in range(40):
        parts[f"c{n}"] = {"p": "binary_sensor", "dev_cla": "door", "stat_t": f"x/{n}", "val_tpl": template % n}
    decoded = announce(listener, "device/hall", dev=HALL, cmps=parts)
    assert limit in words(decoded.malformed)
    assert len(decoded.subscribe) < 40
    assert {"hall": {"smoke": True}} == values(say(listener, "x/smoke", b"on"))


SLOW = "{% if " + " and ".join(["value_json.l == value_json.l"] * 20) + " %}{{ value_json.s }}{% endif %}"
"""Far slower than any real template: it compares long lists again and again."""


def crowd(is_installed: Callable[[str], bool], size: int) -> HomeAssistantDecoder:
    """A listener whose topic ``x`` is claimed by many strangers, each with a slow template, and by the hall."""
    listener = HomeAssistantDecoder("homeassistant", is_installed)
    slow = {"stat_t": "x", "val_tpl": SLOW, "avty_t": "x", "avty_tpl": SLOW, "pl_avail": "ON", "pl_not_avail": "OFF"}
    for n in range(size):
        announce(listener, f"binary_sensor/a/{n}", **slow, dev_cla="smoke", dev={"ids": [f"stranger{n}"]})
    for place, device_class in (("door", "door"), ("smoke", "smoke")):
        announce(listener, f"binary_sensor/hall/{place}", **slow, dev_cla=device_class, dev=HALL)
    return listener


@pytest.mark.slow
def test_many_slow_templates_share_a_budget_and_danger_goes_first() -> None:
    """Strangers on its topic cost an installed detector nothing, and what is left out is told."""
    listener = crowd(lambda address: address == "hall", 200)
    decoded = say(listener, "x", {"s": "ON", "l": [1] * 60})
    assert {"smoke": True, "door": True, "online": True} == values(decoded)["hall"]
    assert "templates are not asked: those of 'x' cost too much" in words(decoded.malformed)
    assert len([report for report in decoded.reports if "smoke" in dict(report.values)]) < 50


@pytest.mark.slow
def test_an_installed_devices_smoke_is_read_before_the_rest_of_it() -> None:
    listener = HomeAssistantDecoder("homeassistant", lambda address: address == "hall")
    names = [f"n{n:02}" for n in range(60)]
    for name in [*names, "zz"]:
        config = {"dev_cla": "smoke" if name == "zz" else "door", "stat_t": "x", "val_tpl": SLOW, "name": name}
        announce(listener, f"binary_sensor/hall/{name}", dev=HALL, **config)
    decoded = say(listener, "x", {"s": "ON", "l": [1] * 60})
    heard = values(decoded)["hall"]
    assert heard["smoke"] is True
    assert len(heard) < 60
    assert "not asked" in words(decoded.malformed)


@pytest.mark.slow
def test_a_few_slow_templates_and_many_quick_ones_are_all_read() -> None:
    assert "" == words(say(crowd(lambda address: False, 2), "x", {"s": "ON", "l": [1] * 60}).malformed)
    listener = decoder()
    for n in range(250):
        config = {"dev_cla": "smoke", "stat_t": "x", "val_tpl": "{{ value_json.s | default('OFF') | upper }}"}
        announce(listener, f"binary_sensor/a/{n}", dev={"ids": [f"d{n}"]}, **config)
    decoded = say(listener, "x", {"s": "on"})
    assert (250, "") == (len(decoded.reports), words(decoded.malformed))


def test_what_all_templates_together_need_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_NODES_HELD", 300)
    listener = decoder()
    for _ in range(3):  # what is announced anew takes no further room
        told = [announce(listener, f"lock/a/{n}", stat_t="x", val_tpl=SLOW, dev={"ids": [f"d{n}"]}) for n in range(4)]
        assert ["", "", True] == [
            words(told[0].malformed),
            words(told[1].malformed),
            "300 parts" in words(told[3].malformed),
        ]
    for n in range(4):
        say(listener, f"homeassistant/lock/a/{n}/config", b"")
    assert (0, 0) == (listener._nodes, listener._entities)


def test_the_subscriptions_are_announcements_and_nothing_else() -> None:
    filters = CODEC.topics("homeassistant")
    heard = ["homeassistant/sensor/a/config", "homeassistant/sensor/a/b/config", "homeassistant/device/a/config"]
    assert all(any(matches(one, topic) for one in filters) for topic in heard)
    assert not any(matches(one, "homeassistant/sensor/a/state") for one in filters)


def test_templates_are_values() -> None:
    assert ValueTemplate("{{ value }}") == ValueTemplate("{{ value }}") != ValueTemplate("{{ value_json.a }}")
