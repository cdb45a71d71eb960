"""Shelly: relays, inputs and battery sensors, generation 1 and generation 2 onwards.

Firmware seen: generation 1 to 1.14 and generation 2+ to 1.4 by their published formats (shelly-api-docs.shelly.cloud:
MQTT of each device; components and notifications). Example topics: ``shellies/shellysmoke-A1B2C3/sensor/smoke`` with
``true`` (generation 1: a value a topic), and ``shellyhtg3-84fce63ad204/events/rpc`` with
``{"src": ..., "method": "NotifyStatus", "params": {"ts": 1795480215.25, "temperature:0": {"tC": 21.5}}}`` or
``.../status/temperature:0`` with the component alone (generation 2 onwards).

Inputs are ``switch`` (the second ``switch.2``), relays ``switch.relay``; the installer says what is wired to them.
A generation 1 gas detector tells how bad it is in words: ``mild`` and ``heavy`` are an alarm, its self-test is none.
``NotifyFullStatus`` and a retained status are how things stand, not what happened.
"""

import math
from collections.abc import Callable
from typing import Any

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.errors import MalformedMessage
from devices.json_payload import object_of
from devices.reading import Instant, Value
from devices.source_time import instant_of

_FIRST = "shellies/"
_MOST_SIGNALS = 60
_WORDS: dict[str, bool] = {
    "true": True,
    "false": False,
    "1": True,
    "0": False,
    "on": True,
    "off": False,
    "open": True,
    "close": False,
}
_GAS = {"none": False, "mild": True, "heavy": True, "test": False}


def _word(text: Any) -> bool:
    found = _WORDS.get(str(text).lower())
    if found is None:
        raise MalformedMessage(f"{str(text)[:40]!r} must be one of {', '.join(_WORDS)}")
    return found


def _number(text: Any) -> float:
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(text, bool) or not math.isfinite(number):
        raise MalformedMessage(f"{str(text)[:40]!r} must be a number")
    return number


def _gas(text: Any) -> bool:
    if text not in _GAS:
        raise MalformedMessage(f"{str(text)[:40]!r} must be one of {', '.join(_GAS)}")
    return _GAS[text]


_Read = Callable[[Any], Value]
_TOPICS: dict[str, tuple[str, _Read]] = {
    "sensor/smoke": ("smoke", _word),
    "sensor/flood": ("leak", _word),
    "sensor/gas": ("gas_alarm", _gas),
    "sensor/state": ("door", _word),
    "sensor/motion": ("motion", _word),
    "sensor/vibration": ("vibration", _word),
    "sensor/temperature": ("temperature", _number),
    "sensor/humidity": ("humidity", _number),
    "sensor/battery": ("battery", _number),
    "sensor/lux": ("illuminance", _number),
    "temperature": ("temperature.device", _number),
    "voltage": ("voltage", _number),
    "online": ("online", _word),
}
"""Generation 1: what stands behind ``shellies/<id>/`` -> (signal, how to read the value)."""

_STATUS: dict[str, tuple[str, _Read]] = {
    "motion": ("motion", _word),
    "vibration": ("vibration", _word),
    "lux": ("illuminance", _number),
    "bat": ("battery", _number),
    "tmp": ("temperature", _number),
}
"""Generation 1 motion sensors: the fields of ``shellies/<id>/status``."""

_COMPONENTS: dict[tuple[str, ...], tuple[str, _Read]] = {
    ("smoke", "alarm"): ("smoke", _word),
    ("flood", "alarm"): ("leak", _word),
    ("input", "state"): ("switch", _word),
    ("switch", "output"): ("switch.relay", _word),
    ("switch", "apower"): ("power", _number),
    ("switch", "voltage"): ("voltage", _number),
    ("switch", "current"): ("current", _number),
    ("temperature", "tC"): ("temperature", _number),
    ("humidity", "rh"): ("humidity", _number),
    ("illuminance", "lux"): ("illuminance", _number),
    ("voltmeter", "voltage"): ("voltage", _number),
    ("devicepower", "battery", "percent"): ("battery", _number),
    ("devicepower", "external", "present"): ("mains", _word),
    ("wifi", "rssi"): ("rssi", _number),
}
"""Generation 2 onwards: component and the way to the value in it -> (signal, how to read the value)."""


class _ShellyDecoder:
    def decode(self, message: Message) -> Decoded:
        if message.address.startswith(_FIRST):
            return _first_generation(message)
        address, _, rest = message.address.partition("/")
        if not address or not rest:
            raise MalformedMessage("topic must be <device>/online, <device>/events/rpc or <device>/status/<component>")
        if rest == "online":
            return Decoded((Report(address, (("online", _word(_text(message.payload))),)),))
        if rest == "events/rpc":
            return _notification(address, message)
        component = rest.removeprefix("status/")
        return _understood(address, {component: object_of(message.payload)}, message, time=None, snapshot=False)


def _first_generation(message: Message) -> Decoded:
    address, _, leaf = message.address.removeprefix(_FIRST).partition("/")
    if leaf == "status" and message.payload.lstrip().startswith(b"{"):
        said = object_of(message.payload)
        known = {_STATUS[name]: value for name, value in said.items() if name in _STATUS and value is not None}
        values = tuple((signal, read(value)) for (signal, read), value in known.items())
        return Decoded((Report(address, values),) if values else ())
    kind, _, number = leaf.rpartition("/")
    if kind in ("relay", "input") and number.isdecimal():
        signal = _channel("switch" if kind == "input" else "switch.relay", number)
        return Decoded((Report(address, ((signal, _word(_text(message.payload))),)),))
    found = _TOPICS.get(leaf)
    if found is None or not address:
        return Decoded()  # announce, info, commands and their like say nothing about the world
    signal, read = found
    return Decoded((Report(address, ((signal, read(_text(message.payload))),)),))


def _notification(address: str, message: Message) -> Decoded:
    told = object_of(message.payload)
    params = told.get("params")
    if told.get("method") not in ("NotifyStatus", "NotifyFullStatus") or not isinstance(params, dict):
        return Decoded()  # NotifyEvent repeats what a status tells; answers to others are not for us
    time = params.get("ts")
    at: Instant | None = None
    if isinstance(time, int | float) and not isinstance(time, bool):
        at = instant_of(time * 1_000)
    return _understood(address, params, message, time=at, snapshot=told["method"] == "NotifyFullStatus")


def _understood(
    address: str, components: dict[str, Any], message: Message, *, time: Instant | None, snapshot: bool
) -> Decoded:
    """What the components say; one bad value costs no other."""
    values: dict[str, Value] = {}
    problem = ""
    for name, status in components.items():
        kind, _, number = name.partition(":")
        if not isinstance(status, dict):
            continue
        for (component, *way), (signal, read) in _COMPONENTS.items():
            value = _at(status, way) if component == kind else None
            if value is None or len(values) >= _MOST_SIGNALS:
                continue
            try:
                read_value = read(value)
            except MalformedMessage as error:
                problem = problem or f"{name}: {error}"
                continue
            values[_channel(signal, number)] = read_value
    if problem and not values:
        raise MalformedMessage(problem)
    reports = (Report(address, tuple(values.items()), time, snapshot),) if values else ()
    return Decoded(reports, malformed=problem, raw=message.payload[:200] if problem else b"")


def _channel(signal: str, number: str) -> str:
    """The second channel of a quantity is ``temperature.2``, as with every family."""
    return f"{signal}.{int(number) + 1}" if number.isdecimal() and number != "0" and len(number) < 4 else signal


def _at(status: dict[str, Any], way: list[str]) -> Any:
    found: Any = status
    for step in way:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _text(payload: bytes) -> str:
    return payload[:100].decode("utf-8", "replace").strip()


class ShellyCodec:
    """Shelly, as devices.families finds it."""

    family = "shelly"
    base = ""

    def topics(self, base: str) -> tuple[str, ...]:
        return (f"{_FIRST}#", "+/online", "+/events/rpc", "+/status/+")

    def device_topics(self, base: str, address: str) -> DeviceTopics:
        own = (f"{_FIRST}{address}/#", f"{address}/#")
        return DeviceTopics(write=(*own, f"{_FIRST}announce"), read=(*own, f"{_FIRST}command"))

    def open(self, base: str) -> Decoder:
        return _ShellyDecoder()


CODEC = ShellyCodec()
