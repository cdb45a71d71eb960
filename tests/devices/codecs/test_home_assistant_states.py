"""Home Assistant discovery: what a state means: availability, dangers, and what is none."""

from typing import Any

import pytest

from devices.errors import MalformedMessage
from tests.devices.codecs.home_assistant_peers import HALL, announce, decoder, say, values
from tests.words import refused


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
    with refused("'Burning' is no text of Z-Wave's", MalformedMessage):
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
