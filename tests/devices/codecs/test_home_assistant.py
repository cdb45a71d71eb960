"""Home Assistant discovery against strangers: what is announced, by whom, how much of it, in what words.

What devices of many makers announce and say is in the recordings; here is what must hold whatever anybody says.
"""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import KEPT, Decoded, Message
from devices.codecs.home_assistant import CODEC, session
from devices.codecs.home_assistant.session import HomeAssistantDecoder
from devices.codecs.home_assistant.template import LONGEST_RESULT, ValueTemplate
from devices.errors import MalformedMessage
from devices.reading import Value
from devices.signals import check
from gateway.transports.topic_filter import matches
from tests.devices.codecs.recordings import recordings
from tests.devices.codecs.test_recordings import NOW


def decoder() -> HomeAssistantDecoder:
    return HomeAssistantDecoder("homeassistant")


def say(listener: HomeAssistantDecoder, topic: str, payload: Any) -> Decoded:
    """A payload that is no bytes is sent as JSON."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode("utf-8", "surrogatepass")
    return listener.decode(Message("mqtt", topic, body, NOW))


def announce(listener: HomeAssistantDecoder, place: str, **config: Any) -> Decoded:
    return say(listener, f"homeassistant/{place}/config", config)


def values(decoded: Decoded) -> dict[str, dict[str, Value]]:
    return {report.address: dict(report.values) for report in decoded.reports}


HALL = {"ids": ["hall"], "mf": "Acme", "mdl": "S1"}


# -- announcing ------------------------------------------------------------------------------------------------------


def test_an_announcement_asks_for_its_topics_once() -> None:
    listener = decoder()
    config = {"dev_cla": "smoke", "stat_t": "~/smoke", "~": "hall", "avty_t": "~/status", "dev": HALL}
    assert ("hall/smoke", "hall/status") == announce(listener, "binary_sensor/hall/smoke", **config).subscribe
    assert () == announce(listener, "binary_sensor/hall/smoke", **config).subscribe
    config = {"dev_cla": "heat", "stat_t": "heat/~", "~": "hall", "avty": {"t": "hall/status"}, "dev": HALL}
    assert ("heat/hall",) == announce(listener, "binary_sensor/hall/heat", **config).subscribe


@pytest.mark.parametrize(
    "topic", ["#", "+/state", "hall/#", "hall/+/state", "$SYS/broker/uptime", "", "a" * 300, "a\n"]
)
@pytest.mark.parametrize("key", ["stat_t", "avty_t", "json_attr_t"])
def test_nobody_makes_the_gateway_listen_to_more_than_single_topics(key: str, topic: str) -> None:
    config = {"dev_cla": "smoke", "stat_t": "hall/smoke", "dev": HALL, key: topic}
    with pytest.raises(MalformedMessage):
        announce(decoder(), "binary_sensor/hall/smoke", **config)


def test_a_state_is_never_looked_for_where_devices_announce_themselves() -> None:
    with pytest.raises(MalformedMessage, match="announce themselves"):
        announce(decoder(), "binary_sensor/a/b", dev_cla="smoke", stat_t="homeassistant/binary_sensor/c/d/config")


def test_an_entity_that_is_malformed_costs_no_sibling() -> None:
    listener = decoder()
    parts = {
        "bad": {"p": "binary_sensor", "dev_cla": "smoke", "val_tpl": "{{ states('x') }}"},
        "good": {"p": "binary_sensor", "dev_cla": "heat", "val_tpl": "{{ value_json.heat }}"},
    }
    decoded = announce(listener, "device/hall", dev=HALL, stat_t="hall/state", cmps=parts)
    assert "bad: a template asks for states" in decoded.malformed
    assert {"hall": {"heat": True}} == values(say(listener, "hall/state", {"heat": "ON"}))


def test_a_malformed_announcement_leaves_what_was_announced_before() -> None:
    listener = decoder()
    announce(listener, "binary_sensor/hall/smoke", dev_cla="smoke", stat_t="hall/smoke", dev=HALL)
    with pytest.raises(MalformedMessage):
        say(listener, "homeassistant/binary_sensor/hall/smoke/config", b"{")
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))


def test_an_empty_announcement_takes_its_entities_away_and_a_later_one_brings_them_back() -> None:
    listener = decoder()
    announce(listener, "binary_sensor/hall/smoke", dev_cla="smoke", stat_t="hall/smoke", dev=HALL)
    say(listener, "homeassistant/binary_sensor/hall/smoke/config", b"")
    assert () == say(listener, "hall/smoke", b"ON").reports
    announce(listener, "binary_sensor/hall/smoke", dev_cla="smoke", stat_t="hall/smoke", dev=HALL)
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))


SMOKE = {"dev_cla": "smoke", "stat_t": "hall/smoke", "uniq_id": "hall-smoke", "dev": HALL}
MOVED: dict[str, Any] = {"dev": HALL, "cmps": {"smoke": {"p": "binary_sensor", **SMOKE}}}


def keeping() -> HomeAssistantDecoder:
    """A listener for whom the hall is installed, and nobody else."""
    return HomeAssistantDecoder("homeassistant", lambda address: address == "hall")


@pytest.mark.parametrize("payload", [b"", b" ", b'{"migr_discvry": true}', b'{"dev_cla": "blind", "stat_t": "x"}'])
def test_nobody_makes_an_installed_detector_deaf_by_taking_its_announcement_away(payload: bytes) -> None:
    """It is heard as before, and that somebody tried is told."""
    listener = keeping()
    announce(listener, "binary_sensor/hall/smoke", **SMOKE)
    decoded = say(listener, "homeassistant/binary_sensor/hall/smoke/config", payload)
    assert "is installed" in decoded.malformed
    assert () == decoded.stands
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))
    changed = announce(listener, "binary_sensor/hall/smoke", **{**SMOKE, "stat_t": "hall/new"})
    assert ("hall/new",) == changed.subscribe
    assert () == say(listener, "hall/smoke", b"ON").reports
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/new", b"ON"))
    assert sound(listener)


@pytest.mark.parametrize("source", ["mqtt", KEPT])
def test_an_installed_devices_entity_that_moves_is_one_entity(source: str) -> None:
    """From its own announcement to that of the device: live, or while the gateway was away and knew the old one."""
    listener = keeping()
    old, new = "homeassistant/binary_sensor/hall/smoke/config", "homeassistant/device/hall/config"
    first = listener.decode(Message(source, old, json.dumps(SMOKE).encode(), NOW))
    assert ((old, ("hall",)),) == first.stands
    if source == "mqtt":
        say(listener, old, b'{"migrate_discovery": true}')
    moved = say(listener, new, MOVED)
    assert ("", {(new, ("hall",)), (old, ())}) == (moved.malformed, set(moved.stands))
    assert ((old, ()),) == say(listener, old, b"").stands
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))
    assert sound(listener)


def test_what_is_announced_live_is_no_longer_only_what_was_kept() -> None:
    """So another place cannot take the entity over."""
    listener = keeping()
    place = "homeassistant/binary_sensor/hall/smoke/config"
    listener.decode(Message(KEPT, place, json.dumps(SMOKE).encode(), NOW))
    assert ((place, ("hall",)),) == say(listener, place, SMOKE).stands
    assert "announced already" in say(listener, "homeassistant/device/hall/config", MOVED).malformed


def test_what_an_installed_device_announces_no_longer_is_told() -> None:
    """A component left out, or a stranger at its place: nobody is to find out by a fire."""
    listener = keeping()
    smoke = {"p": "binary_sensor", "dev_cla": "smoke", "stat_t": "hall/smoke"}
    heat = {"p": "binary_sensor", "dev_cla": "heat", "stat_t": "hall/heat"}
    announce(listener, "device/hall", dev=HALL, cmps={"smoke": smoke, "heat": heat})
    fewer = announce(listener, "device/hall", dev=HALL, cmps={"smoke": smoke})
    assert "'hall' is installed and announces no longer: heat" == fewer.malformed
    stolen = announce(listener, "device/hall", dev={"ids": ["liar"]}, cmps={"smoke": smoke})
    assert "'hall' is installed and announces no longer: smoke" == stolen.malformed


def test_a_component_that_is_announced_no_more_is_gone() -> None:
    listener = decoder()
    smoke = {"p": "binary_sensor", "dev_cla": "smoke", "stat_t": "hall/smoke"}
    heat = {"p": "binary_sensor", "dev_cla": "heat", "stat_t": "hall/heat"}
    announce(listener, "device/hall", dev=HALL, cmps={"smoke": smoke, "heat": heat})
    announce(listener, "device/hall", dev=HALL, cmps={"smoke": smoke, "heat": {"p": "binary_sensor"}})
    assert () == say(listener, "hall/heat", b"ON").reports
    assert {"hall": {"smoke": False}} == values(say(listener, "hall/smoke", b"OFF"))


def test_an_entity_that_moves_to_the_devices_announcement_is_one_entity() -> None:
    """migrate_discovery, then the device's own announcement, then the old one emptied."""
    listener = decoder()
    smoke = {"dev_cla": "smoke", "stat_t": "hall/smoke", "uniq_id": "hall-smoke"}
    announce(listener, "binary_sensor/hall/smoke", dev=HALL, **smoke)
    again = announce(listener, "device/hall", dev=HALL, cmps={"smoke": {"p": "binary_sensor", **smoke}})
    assert "announced already" in again.malformed
    announce(listener, "binary_sensor/hall/smoke", migr_discvry=True)
    announce(listener, "device/hall", dev=HALL, cmps={"smoke": {"p": "binary_sensor", **smoke}})
    say(listener, "homeassistant/binary_sensor/hall/smoke/config", b"")
    assert {"hall": {"smoke": True}} == values(say(listener, "hall/smoke", b"ON"))


def test_two_devices_on_one_topic_are_both_heard_under_their_own_names() -> None:
    listener = decoder()
    announce(listener, "binary_sensor/hall/smoke", dev_cla="smoke", stat_t="hall/smoke", dev=HALL)
    liar = {"dev_cla": "smoke", "stat_t": "hall/smoke", "val_tpl": "OFF", "dev": {"ids": ["liar"]}}
    announce(listener, "binary_sensor/liar/smoke", **liar)
    assert {"hall": {"smoke": True}, "liar": {"smoke": False}} == values(say(listener, "hall/smoke", b"ON"))


def test_names_of_signals_do_not_hang_on_the_order_of_announcements() -> None:
    """After a restart the retained announcements come in any order."""
    entities = [
        ("sensor/hall/temperature", {"name": "Temperature", "stat_t": "hall/t1"}),
        ("sensor/hall/probe_temperature", {"name": "Probe temperature", "stat_t": "hall/t2"}),
        ("sensor/hall/chip", {"name": "Chip temperature", "stat_t": "hall/t3"}),
    ]
    shared = {"dev_cla": "temperature", "unit_of_meas": "°C", "dev": HALL}
    heard = []
    for order in (entities, entities[::-1]):
        listener = decoder()
        for place, config in order:
            announce(listener, place, **shared, **config)
        heard.append([dict(say(listener, f"hall/t{n}", b"2").reports[0].values) for n in (1, 2, 3)])
    assert [[{"temperature": 2}, {"temperature.probe": 2}, {"temperature.chip": 2}]] * 2 == heard


def test_two_zones_in_one_message_are_two_signals() -> None:
    """One smells smoke and the other does not: neither speaks for the other."""
    listener = decoder()
    for zone in ("a", "b"):
        config = {"dev_cla": "smoke", "stat_t": "hall", "val_tpl": f"{{{{ value_json.{zone} }}}}", "name": zone}
        announce(listener, f"binary_sensor/hall/{zone}", dev=HALL, **config)
    assert {"hall": {"smoke.a": True, "smoke.b": False}} == values(say(listener, "hall", {"a": "ON", "b": "OFF"}))


# -- availability ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "words", "expected"),
    [
        ("all", ["a online", "b online"], [None, True]),
        ("all", ["a online", "b offline", "b online"], [None, False, True]),
        ("any", ["a offline", "b online", "b offline"], [None, True, False]),
        ("any", ["a online", "b offline"], [True, True]),
        ("latest", ["a online", "b offline", "a online"], [True, False, True]),
    ],
)
def test_availability_is_what_its_mode_says(mode: str, words: list[str], expected: list[bool | None]) -> None:
    listener = decoder()
    config = {"dev_cla": "door", "stat_t": "hall/door", "avty": [{"t": "a"}, {"t": "b"}], "dev": HALL}
    announce(listener, "binary_sensor/hall/door", avty_mode=mode, **config)
    heard = []
    for word in words:
        topic, payload = word.split()
        heard.append(values(say(listener, topic, payload.encode())).get("hall", {}).get("online"))
    assert expected == heard


def test_what_is_known_of_availability_survives_a_new_announcement() -> None:
    """Bridges announce everything again when Home Assistant starts; the broker does not repeat the states."""
    listener = decoder()
    config = {"dev_cla": "door", "stat_t": "hall/door", "avty": [{"t": "a"}, {"t": "b"}], "dev": HALL}
    announce(listener, "binary_sensor/hall/door", avty_mode="all", **config)
    say(listener, "a", b"online")
    announce(listener, "binary_sensor/hall/door", avty_mode="all", name="Front door", **config)
    assert {"hall": {"online": True}} == values(say(listener, "b", b"online"))


def test_one_bridge_that_goes_takes_all_its_devices_with_it() -> None:
    listener = decoder()
    for n in range(20):
        config = {"dev_cla": "door", "stat_t": f"door/{n}", "avty_t": "bridge", "dev": {"ids": f"d{n}"}}
        announce(listener, f"binary_sensor/d{n}/door", **config)
    assert {f"d{n}": {"online": False} for n in range(20)} == values(say(listener, "bridge", b"offline"))


def test_a_part_that_is_away_is_not_the_device_that_is_away() -> None:
    listener = decoder()
    for name, status in (("a", "hall/status"), ("b", "hall/status"), ("c", "hall/probe/status")):
        announce(listener, f"binary_sensor/hall/{name}", dev_cla="door", stat_t=f"hall/{name}", avty_t=status, dev=HALL)
    assert {"hall": {"online": False}} == values(say(listener, "hall/status", b"offline"))
    assert {"hall": {"online.hall_probe_status": False}} == values(say(listener, "hall/probe/status", b"offline"))


def test_a_lock_that_jammed_is_mended_when_it_moves_again() -> None:
    listener = decoder()
    announce(listener, "lock/hall/front", stat_t="hall/lock", dev=HALL)
    assert {"hall": {"fault.lock": True}} == values(say(listener, "hall/lock", b"JAMMED"))
    assert {"hall": {"lock": False, "fault.lock": False}} == values(say(listener, "hall/lock", b"LOCKED"))
    announce(listener, "lock/hall/back", stat_t="hall/back", name="Back", dev=HALL)
    assert {"hall": {"fault.lock.back": True}} == values(say(listener, "hall/back", b"JAMMED"))


def test_a_value_that_its_own_message_takes_back_is_none_but_danger_is_danger() -> None:
    """EMS-ESP says in one message what it has and that it has it; a detector that did so is believed all the same."""
    listener = decoder()
    for name, device_class in (("smoke", "smoke"), ("door", "door")):
        there = f"{{{{ 'online' if value_json.{name}_there else 'offline' }}}}"
        config = {"dev_cla": device_class, "stat_t": "hall", "val_tpl": f"{{{{ value_json.{name} }}}}"}
        announce(listener, f"binary_sensor/hall/{name}", dev=HALL, avty_t="hall", avty_tpl=there, **config)
    assert {"hall": {"smoke": True}} == values(say(listener, "hall", {"smoke": "ON", "door": "ON"}))
    said = {"smoke": "OFF", "door": "ON", "smoke_there": 1, "door_there": 1}
    assert {"hall": {"smoke": False, "door": True}} == values(say(listener, "hall", said))


def test_what_says_in_its_state_whether_it_is_there_is_online_or_not() -> None:
    """The same for all of its values: then it is the device that is there."""
    listener = decoder()
    there = {"avty_t": "hall", "avty_tpl": "{{ value_json.status }}", "stat_t": "hall", "dev": HALL}
    for name in ("smoke", "heat"):
        announce(listener, f"binary_sensor/hall/{name}", dev_cla=name, val_tpl=f"{{{{ value_json.{name} }}}}", **there)
    assert {"hall": {"online": False}} == values(say(listener, "hall", {"status": "offline"}))
    assert {"hall": {"online": True, "heat": True}} == values(say(listener, "hall", {"status": "online", "heat": "ON"}))


@pytest.mark.parametrize(
    ("what", "on", "expected"),
    [
        ("113-0-Power_Management-Mains_status", 2, {"mains": False}),
        ("113-1-Smoke Alarm-Sensor status", 2, {"smoke": True}),
        ("113-0-Home_Security-Cover_status", 3, {"tamper": True}),
        ("156-0-state-2", 1, {"co_alarm": True}),
        ("156-0-state-0", 1, {"fault": True}),
        ("113-0-Pest_Control-Trap_status", 2, {"fault": True}),
    ],
)
def test_a_notification_of_z_wave_is_what_its_id_says(what: str, on: int, expected: dict[str, bool]) -> None:
    """Whatever it is called; of those that are not known the class decides, as of all other entities."""
    listener = decoder()
    config = {"dev_cla": "problem", "stat_t": "hall", "pl_on": on, "pl_off": 0, "name": "Hall", "dev": HALL}
    announce(listener, "binary_sensor/hall/x", uniq_id=f"home_0xc15d8aa6_66-{what}", **config)
    assert {"hall": expected} == values(say(listener, "hall", on))
    (signal,) = expected
    assert {"hall": {signal: not expected[signal]}} == values(say(listener, "hall", 0))


def test_a_text_of_z_wave_that_is_not_known_is_told() -> None:
    """It may be an alarm of a newer standard; what the notification is not in is over."""
    listener = decoder()
    config = {"stat_t": "hall", "uniq_id": "zwavejs2mqtt_0x1_6-113-0-Smoke_Alarm-Sensor_status", "dev": HALL}
    announce(listener, "sensor/hall/x", **config)
    with pytest.raises(MalformedMessage, match="'Burning' is no text of Z-Wave's"):
        say(listener, "hall", b"Burning")
    said = {text: values(say(listener, "hall", text.encode())) for text in ("Smoke detected", "idle")}
    assert {"Smoke detected": {"hall": {"smoke": True}}, "idle": {"hall": {"smoke": False}}} == said


@pytest.mark.parametrize("name", ["AC Power", "Mains power", "AC fail", "Power failure"])
@pytest.mark.parametrize("device_class", ["problem", "safety"])
def test_a_problem_with_the_mains_is_that_they_fail(device_class: str, name: str) -> None:
    """Whatever it is called: of these classes on is bad."""
    listener = decoder()
    announce(listener, "binary_sensor/hall/x", stat_t="hall", dev_cla=device_class, name=name, dev=HALL)
    assert [{"hall": {"mains": False}}, {"hall": {"mains": True}}] == [
        values(say(listener, "hall", word)) for word in (b"ON", b"OFF")
    ]


@pytest.mark.parametrize(
    ("device", "name", "device_class", "expected"),
    [
        ("OpenTherm Gateway (otgw)", "otgw_Flame", "", ""),
        ("EMS-ESP Boiler", "Flame", "", ""),
        ("Boiler room", "Flame", "", "flame"),
        ("Hall", "Flame", "", "flame"),
        ("Hall", "Boiler flame detector", "", "flame"),
        ("Espresso", "Heating", "heat", ""),
        ("Thermostat", "Boiler status", "heat", ""),
        ("Boiler room", "Heat", "heat", "heat"),
        ("Heating cellar", "Heat detector", "heat", "heat"),
        ("Sauna", "Ceiling", "heat", "heat"),
    ],
)
def test_what_burns_and_heats_on_purpose_is_no_fire(device: str, name: str, device_class: str, expected: str) -> None:
    """And what watches over it is."""
    listener = decoder()
    described = {"ids": ["b1"], "name": device}
    announce(listener, "binary_sensor/b1/x", stat_t="x", name=name, dev_cla=device_class, dev=described)
    heard = values(say(listener, "x", b"ON"))
    assert ({"b1": {expected: True}} if expected else {}) == heard


@pytest.mark.parametrize(("name", "expected"), [("Gas", {}), ("Gas alarm", {"hall": {"gas_alarm": True}})])
def test_a_boiler_that_burns_gas_is_no_alarm(name: str, expected: dict[str, Any]) -> None:
    listener = decoder()
    announce(listener, "binary_sensor/hall/burning", stat_t="hall", name=name, dev=HALL)
    assert expected == values(say(listener, "hall", b"ON"))


# -- templates -------------------------------------------------------------------------------------------------------


def rendered(source: str, payload: str) -> str:
    given: dict[str, Any] = {"value": payload}
    with contextlib.suppress(ValueError):
        given["value_json"] = json.loads(payload)
    return ValueTemplate(source).render(given)


@pytest.mark.parametrize(
    ("source", "payload", "expected"),
    [
        ("{{ value_json.a.b }}", '{"a": {"b": true}}', "True"),
        ("{{ value_json['x'] | float | round(1) }}", '{"x": "21.26"}', "21.3"),
        ("{{ value_json.a[1].b }}", '{"a": [0, {"b": 7}]}', "7"),
        ("{{ value_json.q.y }}", "{}", ""),
        ("{{ value_json.tempc | is_defined }}", "{}", ""),
        ("{{ value_json.x * 2 }}", "{}", ""),
        ("{{ value_json.a | default(5) }}", "{}", "5"),
        ("{{ (value_json.v / 10) | round(1) }}", '{"v": 215}', "21.5"),
        ("{{ float(value) * 99 + 1 }}", "0.5", "50.5"),
        ("{{ value | int > 0 }}", "2", "True"),
        ("{{ value_json.value[0:2] | int(0, 16) }}", '{"value": "ff00"}', "255"),
        ("{% if value_json.get('rssi') -%}home{%- else -%}away{%- endif %}", '{"rssi": 1}', "home"),
        ("{%set a=value.split(',')%}{% if a[1] -%}{{a[0]+','+a[1]}}{%- endif %}", "1,2,3", "1,2"),
        ("{{ 'ON' if value_json.c is defined and not value_json.c else 'OFF' }}", '{"c": false}', "ON"),
        ("{{ iif(value == '1', 'a', 'b') }}", "1", "a"),
        ("{{ value | from_json | length }}", "[1, 2]", "2"),
        ("{{ value ~ ' x ' ~ 3 }}", "1", "1 x 3"),
        ("{{ '%.1f' | format(value | float) }}", "3.14159", "3.1"),
        ("{{ value | lower | replace('o', '0') }}", "FOO", "f00"),
        ("{{ {'event_type': value_json.t} | tojson }}", '{"t": "x"}', '{"event_type":"x"}'),
        ("{{ value_json.items }}", '{"items": 3}', "3"),
        ("{{ value_json.flags | bitwise_and(4) > 0 }}", '{"flags": 6}', "True"),
        ("{{ [value_json.a, 3] | max }}", '{"a": 2}', "3"),
        ("{{ 1.5 | round }}", "", "2"),
        ("{{ value.__class__.__mro__ }}", "1", ""),
    ],
)
def test_templates_of_real_devices_mean_what_they_mean_to_home_assistant(
    source: str, payload: str, expected: str
) -> None:
    assert expected == rendered(source, payload)


def _doubled(name: str, first: str) -> str:
    """Twenty lists of two, each holding the one before it twice: a million of ``first``."""
    lines = [f"{{% set {name}{n + 1}=[{name}{n}, {name}{n}] %}}" for n in range(20)]
    return f"{{% set {name}0={first} %}}" + "".join(lines)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(10) %}x{% endfor %}",
        "{{ 10 ** 9 }}",
        "{{ range(10 ** 9) | list }}",
        "{{ 'x' * 1000000000 }}",
        "{{ ['x'] * 1000000000 }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ '%*d' | format(999999999, 1) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a'.__class__() }}",
        "{{ value.format(value) }}",
        "{{ ''['__class__'].mro() }}",
        "{{ value | attr('__class__') }}",
        "{{ value | map('upper') | list }}",
        "{{ value | regex_replace('(a+)+$', '') }}",
        "{{ states('sensor.secret') }}",
        "{{ now() }}",
        "{{ self }}",
        "{{ value_json }}" + "{{ value_json }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% set a, b = 1, 2 %}",
        "{{ float(*value) }}",
        "{{ dict(a=1) }}",
        "{{ " + "(" * 900 + "1" + ")" * 900 + " }}",
        "{{ " + "not " * 450 + "1 }}",
        "{{ " + "1+" * 400 + "1 }}",
        "{{ value" + "|lower" * 300 + " }}",
        "{{" + "[" * 300 + "]" * 300 + "}}",
        "x" * 2_001,
        "{{",
        "{{ 1 / 0 }}",
        "{{ -(2 | multiply(1e299) | multiply(1e299)) }}",
        "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = 'xxxxxxxxxxxxxxxx' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
        "{% set a = 99999999 %}" + "{% set a = a * a %}" * 20 + "{{ a }}",
        "{{ value | replace('', 'x' * 9) }}",
        "{{ 'aaaaaaaaaa' | replace('a', 'bbbbbbbbbb') "
        + "| replace('b', 'cccccccccc') | replace('c', 'bbbbbbbbbb')" * 9
        + "}}",
        _doubled("a", "[1]") + "{{ a20 | to_json }}",
        _doubled("a", "[1.5]") + _doubled("b", "[2.5 - 1]") + "{{ a20 == b20 }}",
        _doubled("a", "(1, 1)").replace("[", "(").replace("]", ")") + "{{ {a20: 1} | length }}",
        _doubled("a", "{'k': 1}").replace("[", "{'k': ").replace(", a", ", 'l': a").replace("]", "}") + "{{ a20 }}",
        "{{ '%999999999d' is even }}",
        "{{ '%999999999d' is odd }}",
        "{{ '%999999999d' is divisibleby(3) }}",
        "{% set a = value.split('x') %}{{ a == value.split('x') }}",
        "{{ 1 in value.split('x') }}",
        "{{ value.split('x') is eq(value.split('x')) }}",
        "{{ 1 is in(value.split('x')) }}",
        "{{ 1 in [1] in [2] }}",
    ],
)
def test_a_template_that_could_do_harm_is_refused_in_words(source: str) -> None:
    with pytest.raises(MalformedMessage):
        rendered(source, '{"a": 1}' if ".split" not in source else "x" * 2_000)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ value in ['1', '2'] }}", "False"),
        ("{{ 'a' in value_json and 'b' not in value_json }}", "True"),
        ("{{ value_json.l == [1, [2]] and value_json.l != [1, 2] }}", "True"),
        ("{{ value_json.l == value_json.missing }}", "False"),
        ("{{ 1 <= value_json.a < 2 }}", "True"),
        ("{{ {'1': 'on', '0': 'off'}[value_json.a | string] }}", "on"),
        ("{{ ['off', 'on'][value_json.a] }}", "on"),
        ("{{ [[1, 2], [3, 4]][value_json.a][0] }}", "3"),
        ("{{ [1, 2, 3] | join(', ') }}", "1, 2, 3"),
        ("{{ value_json.a is in([1, 2]) and value_json.a is eq(1) and value_json.a is odd }}", "True"),
        ("{{ 'yes' if value_json.l[5] is defined else 'no' }}", "no"),
    ],
)
def test_lists_and_comparisons_that_are_not_large_mean_what_they_always_meant(source: str, expected: str) -> None:
    assert expected == rendered(source, '{"a": 1, "l": [1, [2]]}')


_FIELDS = st.sampled_from(["a", "b", "c d", "0x1"])
_NESTED = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("xy ", max_size=3),
    lambda inner: st.dictionaries(_FIELDS, inner, max_size=3),
)


@given(st.lists(_FIELDS, min_size=1, max_size=3), _NESTED, st.sampled_from(["", " | is_defined"]))
def test_a_template_that_only_looks_up_a_field_needs_no_jinja_and_says_the_same(
    way: list[str], said: Any, check_first: str
) -> None:
    source = "{{ value_json" + "".join(f"['{step}']" for step in way) + check_first + " }}"
    short = ValueTemplate(source)
    assert tuple(way) == short.way

    def says(template: ValueTemplate) -> str | None:
        try:
            return template.render({"value": "", "value_json": said})
        except MalformedMessage:
            return None

    assert says(ValueTemplate(source.replace("value_json", "(value_json)"))) == says(short)


_PIECES = st.sampled_from(
    ["{{ ", " }}", "{% if ", " %}", "{% endif %}", "{% set a = ", "{% else %}", "value", "value_json", ".a", "['a']",
     "a", " | float", " | int(0)", " | round(2)", " | replace('a', 'aa')", " | tojson", " | format(1)", "'%d'", "'aa'",
     " ~ ", " + ", " * ", " / ", " % ", "9999999999", "1.5", ".get('a')", ".split('a')", "[0]", "[:5]", " is defined",
     " == ", " if ", " else ", "(", ")", "[", "]", ", ", "float(", "max(", " and ", "not ", "-"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=60), st.text(max_size=40))
def test_no_template_breaks_out(source: str, payload: str) -> None:
    """Whatever the template: refused in words, or a short text."""
    with contextlib.suppress(MalformedMessage):
        assert len(rendered(source, payload)) <= LONGEST_RESULT


# -- strangers -------------------------------------------------------------------------------------------------------

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


def sound(listener: HomeAssistantDecoder) -> bool:
    """Its indexes agree with each other."""
    entities = {key: one for device in listener._devices.values() for key, one in device.entities.items()}
    places = [one for several in listener._places.values() for one in several]
    return (
        listener._entities == len(entities) == len(places)
        and {key for several in listener._states.values() for key in several} == set(entities)
        and all(set(device.signals) == set(device.entities) for device in listener._devices.values())
        and all(len(set(device.signals.values())) == len(device.signals) for device in listener._devices.values())
        and listener._withdrawn <= set(listener._places)
        and listener._nodes == sum(template.nodes for one in places for template in one.templates())
    )


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
            last = announce(listener, f"binary_sensor/a/d{n}", **config).malformed
        assert sound(listener)
        return listener, last

    assert "50 entities" in flood("x/{}", "d{}")[1]
    assert "10 entities of 'd'" in flood("x/{}", "d")[1]
    assert "20 entities are announced on 'x'" in flood("x", "d{}")[1]
    listener = decoder()
    for n in range(100):
        last = announce(listener, "binary_sensor/a/b", dev_cla="door", stat_t=f"x/{n}", dev=HALL)
    assert "60 topics" in last.malformed
    assert len(listener._asked) <= 60
    assert len(listener._states) <= 1


def test_a_device_with_too_many_components_is_refused() -> None:
    parts = {f"c{n}": {"p": "binary_sensor", "dev_cla": "door", "stat_t": f"x/{n}"} for n in range(301)}
    with pytest.raises(MalformedMessage, match="300 components"):
        announce(decoder(), "device/hall", dev=HALL, cmps=parts)


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
    assert limit in decoded.malformed
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


def test_many_slow_templates_share_a_budget_and_danger_goes_first() -> None:
    """Strangers on its topic cost an installed detector nothing, and what is left out is told."""
    listener = crowd(lambda address: address == "hall", 200)
    decoded = say(listener, "x", {"s": "ON", "l": [1] * 60})
    assert {"smoke": True, "door": True, "online": True} == values(decoded)["hall"]
    assert "templates are not asked: those of 'x' cost too much" in decoded.malformed
    assert len([report for report in decoded.reports if "smoke" in dict(report.values)]) < 50


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
    assert "not asked" in decoded.malformed


def test_a_few_slow_templates_and_many_quick_ones_are_all_read() -> None:
    assert "" == say(crowd(lambda address: False, 2), "x", {"s": "ON", "l": [1] * 60}).malformed
    listener = decoder()
    for n in range(250):
        config = {"dev_cla": "smoke", "stat_t": "x", "val_tpl": "{{ value_json.s | default('OFF') | upper }}"}
        announce(listener, f"binary_sensor/a/{n}", dev={"ids": [f"d{n}"]}, **config)
    decoded = say(listener, "x", {"s": "on"})
    assert (250, "") == (len(decoded.reports), decoded.malformed)


def test_what_all_templates_together_need_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_NODES_HELD", 300)
    listener = decoder()
    for _ in range(3):  # what is announced anew takes no further room
        told = [announce(listener, f"lock/a/{n}", stat_t="x", val_tpl=SLOW, dev={"ids": [f"d{n}"]}) for n in range(4)]
        assert ["", "", True] == [told[0].malformed, told[1].malformed, "300 parts" in told[3].malformed]
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
