"""What each family makes of an order to an output: the exact bytes, or a refusal that names the device."""

import json
from typing import Any

import pytest

from api.catalogue import LANGUAGES, language
from devices.bus_orders import ReaderOrder, RegisterWrite
from devices.codec import Decoder, Message
from devices.device import Device
from devices.errors import Refused
from devices.families import bus_families, families, line_families, mqtt_families
from devices.message import Text
from devices.output_orders import Commands, OutputOrder, usual_feedback

NOW = 1_795_480_215_000_000_000


def order(what: str, value: bool | str = True, **more: Any) -> OutputOrder:
    return OutputOrder("o1", "d", what, value, NOW, Text.of("output.test"), **more)  # type: ignore[arg-type]


def device(family: str, address: str, **more: Any) -> Device:
    return Device("d", family, address, "hall", **more)


def mqtt(family: str, *heard: tuple[str, Any]) -> Decoder:
    codec = mqtt_families()[family]
    decoder = codec.open(codec.base)
    for topic, payload in heard:
        sent = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        decoder.decode(Message("mqtt", topic, sent, NOW))
    return decoder


def z2m(*exposes: dict[str, Any]) -> tuple[str, Any]:
    told = {"ieee_address": "0x1", "friendly_name": "s1", "definition": {"model": "m", "exposes": exposes}}
    return ("zigbee2mqtt/bridge/devices", [told])


WARNING = {"type": "composite", "property": "warning", "access": 2}
TUYA = {"type": "binary", "property": "alarm", "access": 7, "value_on": True, "value_off": False}
LOUD = {"warning": {"mode": "emergency", "level": "very_high", "strobe": True, "duration": 1800}}
QUIET = {"warning": {"mode": "stop", "level": "low", "strobe": False, "duration": 0}}
HA_SIREN = {"stat_t": "hall/siren", "cmd_t": "hall/siren/set", "uniq_id": "u", "dev": {"ids": "hall"}}
HA_LOCK = {"stat_t": "hall/lock", "cmd_t": "hall/lock/set", "pl_unlk": "open", "uniq_id": "u", "dev": {"ids": "hall"}}


@pytest.mark.parametrize(
    ("family", "address", "heard", "told", "published"),
    [
        (
            "keyarea", "s1", [], order("siren", duration_s=90, origin="drill"),
            [("keyarea/s1/command",
              {"id": "o1", "output": "siren", "value": True, "duration_s": 90, "origin": "drill"})],
        ),
        ("zigbee2mqtt", "s1", [], order("siren"), [("zigbee2mqtt/s1/set", LOUD)]),
        ("zigbee2mqtt", "s1", [z2m(WARNING)], order("siren", False), [("zigbee2mqtt/s1/set", QUIET)]),
        ("zigbee2mqtt", "s1", [z2m(TUYA)], order("siren"), [("zigbee2mqtt/s1/set", {"alarm": True})]),
        (
            "zigbee2mqtt", "s1", [z2m({"type": "switch", "features": [{"property": "state", "access": 7}]})],
            order("siren"), [("zigbee2mqtt/s1/set", {"state": "ON"})],
        ),
        ("zigbee2mqtt", "r", [], order("relay", False, channel="l2"), [("zigbee2mqtt/r/set", {"state_l2": "OFF"})]),
        (
            "zigbee2mqtt", "pad", [], order("keypad", "home", channel="9"),
            [("zigbee2mqtt/pad/set", {"arm_mode": {"mode": "arm_day_zones", "transaction": 9}})],
        ),
        ("zigbee2mqtt", "a/door", [], order("lock"), [("zigbee2mqtt/a/door/set", {"state": "UNLOCK"})]),
        (
            "shelly", "shelly1-A", [("shellies/shelly1-A/relay/0", b"off")], order("siren", channel="1"),
            [("shellies/shelly1-A/relay/1/command", b"on")],
        ),
        (
            "shelly", "shellyplus1-b", [("shellyplus1-b/status/switch:0", {"id": 0, "output": False})],
            order("relay", duration_s=60),
            [("shellyplus1-b/rpc",
              {"id": 1, "src": "keyarea-orders", "method": "Switch.Set",
               "params": {"id": 0, "on": True, "toggle_after": 60}})],
        ),
        ("tasmota", "board", [("tele/board/STATE", {"POWER": "OFF"})], order("strobe"), [("cmnd/board/POWER", b"ON")]),
        (
            "tasmota", "site/board", [("site/tele/board/STATE", {"POWER2": "OFF"})], order("relay", channel="2"),
            [("site/cmnd/board/POWER2", b"ON")],
        ),
        ("esphome", "hall", [("hall/switch/siren/state", b"OFF")], order("siren"),
         [("hall/switch/siren/command", b"ON")]),
        ("esphome", "hall", [], order("relay", False, channel="pump"), [("hall/switch/pump/command", b"OFF")]),
        ("esphome", "hall", [("hall/lock/front/state", b"LOCKED")], order("lock", channel="front"),
         [("hall/lock/front/command", b"UNLOCK")]),
        ("home_assistant", "hall", [("homeassistant/siren/hall/config", HA_SIREN)], order("siren", duration_s=30),
         [("hall/siren/set", {"state": "ON", "duration": 30})]),
        ("home_assistant", "hall", [("homeassistant/lock/hall/config", HA_LOCK)], order("lock"),
         [("hall/lock/set", b"open")]),
        ("home_assistant", "hall", [("homeassistant/lock/hall/config", HA_LOCK)], order("lock", False),
         [("hall/lock/set", b"LOCK")]),
    ],
)  # fmt: skip
def test_an_order_in_the_words_of_a_family(
    family: str, address: str, heard: list[tuple[str, Any]], told: OutputOrder, published: list[tuple[str, Any]]
) -> None:
    commands: Commands = mqtt(family, *heard).command(device(family, address), told)  # type: ignore[attr-defined]
    sent = [(topic, json.loads(payload) if payload[:1] == b"{" else payload) for topic, payload in commands.publish]
    assert sent == published


def test_a_shelly_that_was_not_heard_yet_is_told_in_both_ways() -> None:
    commands = mqtt("shelly").command(device("shelly", "x"), order("siren"))  # type: ignore[attr-defined]
    assert [topic for topic, _ in commands.publish] == ["shellies/x/relay/0/command", "x/rpc"]


def test_a_siren_that_tells_nothing_is_mute() -> None:
    decoder = mqtt("zigbee2mqtt", z2m(WARNING))
    assert decoder.command(device("zigbee2mqtt", "s1"), order("siren")).is_mute  # type: ignore[attr-defined]
    told = {**TUYA, "access": 1}
    decoder = mqtt("zigbee2mqtt", z2m(WARNING, told))
    assert not decoder.command(device("zigbee2mqtt", "s1"), order("siren")).is_mute  # type: ignore[attr-defined]


def test_ndjson_goes_back_on_the_line() -> None:
    codec = line_families()["ndjson"]
    line = codec.open_line("serial", codec.options(), lambda name: None)()
    commands = line.command(device("ndjson", "siren-1"), order("siren", False))  # type: ignore[attr-defined]
    assert commands.send.endswith(b"\n")
    assert json.loads(commands.send) == {"device": "siren-1", "id": "o1", "output": "siren", "value": False}


BLOCKS = [
    {"name": "relays", "kind": "coil", "first": 0, "count": 8,
     "points": [{"signal": "switch.2", "at": 1, "type": "bit"},
                {"signal": "siren", "at": 3, "type": "bit", "inverted": True}]},
    {"name": "lock", "kind": "holding", "first": 100, "count": 1,
     "points": [{"signal": "lock", "at": 0, "states": {"1": True, "0x02": False}}]},
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "write"),
    [
        (order("relay", channel="2"), RegisterWrite(7, "coil", 1, 1)),
        (order("siren"), RegisterWrite(7, "coil", 3, 0)),
        (order("siren", channel="2"), RegisterWrite(7, "coil", 1, 1)),
        (order("lock", False), RegisterWrite(7, "holding", 100, 2)),
    ],
)
def test_modbus_writes_what_it_reads(told: OutputOrder, write: RegisterWrite) -> None:
    decoder = bus_families()["modbus"].open_bus()
    known = {"model": "io", "description": "", "description_zh": "", "source": "", "blocks": BLOCKS}
    decoder.decode(Message("bus", "map/io", json.dumps(known).encode(), NOW))
    assert decoder.command(device("modbus", "7", model="io"), told) == Commands(bus=write)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (order("led", "green", duration_s=1), ReaderOrder("led", colour="green", tenths=10)),
        (order("led", False), ReaderOrder("led", colour="off", tenths=1)),
        *((order("keypad", each), ReaderOrder("led", colour="green")) for each in ("disarmed", "maintenance")),
        *((order("keypad", each), ReaderOrder("led", colour="red")) for each in ("away", "home", "night", "our own")),
        *((order("keypad", each), ReaderOrder("led", colour="amber")) for each in ("exit_delay", "entry_delay")),
        *(
            (order("keypad", each), ReaderOrder("led", colour="amber", tenths=20))
            for each in ("invalid_code", "not_ready")
        ),
        (order("buzzer", duration_s=0.4), ReaderOrder("buzzer", count=1)),
        (order("buzzer", False), ReaderOrder("buzzer")),
        (order("relay", channel="1"), ReaderOrder("output", number=1)),
        (order("lock", duration_s=3), ReaderOrder("output", tenths=30)),
    ],
)
def test_a_reader_is_told(told: OutputOrder, expected: ReaderOrder) -> None:
    decoder = bus_families()["osdp"].open_bus()
    assert decoder.command(device("osdp", "1"), told) == Commands(bus=expected)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("family", "heard", "told"),
    [
        ("zigbee2mqtt", [], order("keypad", "open")),
        ("zigbee2mqtt", [], order("siren", "loud")),
        ("zigbee2mqtt", [z2m({"property": "temperature", "access": 1}, {"property": "led", "access": 2})],
         order("siren")),
        ("shelly", [], order("led", "red")),
        ("tasmota", [], order("relay", channel="first")),
        ("esphome", [], order("siren")),
        ("home_assistant", [], order("siren")),
        ("home_assistant", [("homeassistant/siren/s1/config", {**HA_SIREN, "cmd_tpl": "{{ value }}"})], order("siren")),
    ],
)  # fmt: skip
def test_a_refusal_names_the_device(family: str, heard: list[tuple[str, Any]], told: OutputOrder) -> None:
    address = "hall" if heard and "home" in family else "s1"
    with pytest.raises(Refused) as refusal:
        mqtt(family, *heard).command(device(family, address), told)  # type: ignore[attr-defined]
    for code in LANGUAGES:
        assert language(code).render(refusal.value.text).find("d") >= 0


def test_a_bus_refuses_what_it_has_not() -> None:
    for family in ("modbus", "osdp"):
        decoder = bus_families()[family].open_bus()
        with pytest.raises(Refused):
            decoder.command(device(family, "1", model="?"), order("led", "loud"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("family", "what", "channel", "signal"),
    [
        ("keyarea", "siren", "", "siren"),
        ("keyarea", "relay", "2", "switch.2"),
        ("shelly", "siren", "", "switch.relay"),
        ("shelly", "siren", "1", "switch.relay_2"),
        ("tasmota", "lock", "2", "switch.2"),
        ("osdp", "relay", "0", "switch.out1"),
        ("osdp", "led", "", ""),
    ],
)
def test_the_signal_that_says_it_acted(family: str, what: str, channel: str, signal: str) -> None:
    own = getattr(families()[family], "feedback", usual_feedback)
    assert own(what, channel) == signal
