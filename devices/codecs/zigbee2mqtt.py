"""Zigbee2MQTT: Zigbee sensors of every make behind one bridge.

Firmware seen: Zigbee2MQTT 1.x and 2.x by its published format (zigbee2mqtt.io: MQTT topics and messages, and the
exposes of its supported devices). Example topic: ``zigbee2mqtt/store/smoke 1`` (friendly names may hold slashes and
blanks) with a JSON object of all that is known of the device; ``.../availability`` is ``online`` or ``offline``, as
plain text or as ``{"state": "online"}``; ``zigbee2mqtt/bridge/...`` speaks of the bridge itself.

A published state is the whole cache of the device, not an event; whether something *became* active is decided
behind us, by comparison with the value before. ``contact`` is true while closed. ``action`` is a moment, not a
state: an emergency key is reported as ``panic``.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, Message, Report
from devices.errors import MalformedMessage
from devices.reading import Instant, Value
from devices.source_time import instant_of

_MOST_SIGNALS = 100
_OWN_LEAVES = frozenset({"set", "get"})
_EMERGENCIES = frozenset({"sos", "emergency", "panic", "alarm", "emergency_press"})
_ENDPOINT = re.compile(r"(l?[1-9]\d?|(?:top|bottom|center|left|right)(?:_(?:left|right))?)")
"""How Zigbee2MQTT ends the field of one of several endpoints: state_left, temperature_2, contact_l1."""
_SWITCH = {"ON": True, "OFF": False, "OPEN": True, "CLOSE": False, "LOCK": False, "UNLOCK": True}
_WORDS = {"true": True, "false": False, "on": True, "off": False, "yes": True, "no": False, "1": True, "0": False}


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    if value in (0, 1):
        return bool(value)
    raise MalformedMessage(f"{name} must be true or false, not {str(value)[:40]!r}")


def _number(name: str, value: Any) -> float:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise MalformedMessage(f"{name} must be a number, not {value[:40]!r}") from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MalformedMessage(f"{name} must be a finite number")
    return float(value)


def _is(signal: str) -> Callable[[str, Any], tuple[str, Value]]:
    return lambda name, value: (signal, _flag(name, value))


def _is_not(signal: str) -> Callable[[str, Any], tuple[str, Value]]:
    return lambda name, value: (signal, not _flag(name, value))


def _measures(signal: str, factor: float = 1) -> Callable[[str, Any], tuple[str, Value]]:
    return lambda name, value: (signal, _number(name, value) * factor if factor != 1 else _number(name, value))


def _state(name: str, value: Any) -> tuple[str, Value] | None:
    switched = _SWITCH.get(value) if isinstance(value, str) else None
    return None if switched is None else ("switch", switched)


def _lock(name: str, value: Any) -> tuple[str, Value] | None:
    return ("lock", value != "locked") if value in ("locked", "unlocked", "not_fully_locked") else None


def _action(name: str, value: Any) -> tuple[str, Value] | None:
    if not isinstance(value, str) or not value:
        return None
    return ("panic", True) if value in _EMERGENCIES else ("action", value[:100])


def _gas(name: str, value: Any) -> tuple[str, Value] | None:
    return ("gas_alarm", value) if isinstance(value, bool) else ("gas", _number(name, value))


def _voltage(name: str, value: Any) -> tuple[str, Value]:
    # Battery devices report millivolts, mains devices volts; no battery has more than 100 V.
    volts = _number(name, value)
    return "voltage", volts / 1000 if volts > 1000 else volts


def _obscuration(name: str, value: Any) -> tuple[str, Value]:
    # dB/m to %/m. The makers' other smoke figures carry no unit, or ppm, and are left alone.
    return "smoke_density", 100 * (1 - 10 ** (-_number(name, value) / 10))


def _alarm(name: str, value: Any) -> tuple[str, Value] | None:
    return ("siren", _flag(name, value)) if isinstance(value, bool) or value in ("ON", "OFF") else None


_FIELDS: dict[str, Callable[[str, Any], tuple[str, Value] | None]] = {
    "smoke": _is("smoke"),
    "fire": _is("smoke"),
    "smoke_density_dbm": _obscuration,
    "heat": _is("heat"),
    "temperature_alarm": _is("heat"),
    "temperature": _measures("temperature"),
    "device_temperature": _measures("temperature.device"),
    "local_temperature": _measures("temperature"),
    "humidity": _measures("humidity"),
    "pressure": _measures("pressure", 0.1),
    "carbon_monoxide": _is("co_alarm"),
    "co": _measures("co"),
    "co2": _measures("co2"),
    "voc": _measures("tvoc"),
    "voc_index": _measures("tvoc.index"),
    "formaldehyd": _measures("formaldehyde"),
    "formaldehyde": _measures("formaldehyde"),
    "pm25": _measures("pm"),
    "gas": _gas,
    "gas_value": _measures("gas"),
    "contact": _is_not("door"),
    "occupancy": _is("occupancy"),
    "presence": _is("occupancy"),
    "motion": _is("motion"),
    "moving": _is("motion"),
    "vibration": _is("vibration"),
    "tamper": _is("tamper"),
    "water_leak": _is("leak"),
    "lock_state": _lock,
    "action": _action,
    "sos": _is("panic"),
    "panic": _is("panic"),
    "emergency": _is("panic"),
    "alarm": _alarm,
    "state": _state,
    "test": _is("test"),
    "fault": _is("fault"),
    "trouble": _is("fault"),
    "fault_alarm": _is("fault"),
    "battery": _measures("battery"),
    "battery_low": _is("battery_low"),
    "ac_status": _is_not("mains"),
    "illuminance": _measures("illuminance"),
    "illuminance_lux": _measures("illuminance"),
    "linkquality": _measures("linkquality"),
    "power": _measures("power"),
    "current": _measures("current"),
    "voltage": _voltage,
}
"""What Zigbee2MQTT's exposes are called -> our signal. A field that is not here is not a signal of ours."""


class _Zigbee2MqttDecoder:
    def __init__(self, base: str) -> None:
        self._base = base + "/"

    def decode(self, message: Message) -> Decoded:
        if not message.address.startswith(self._base):
            raise MalformedMessage(f"topic must begin with {self._base}")
        name = message.address.removeprefix(self._base)
        head, _, leaf = name.rpartition("/")
        if name.startswith("bridge/") or name == "bridge" or leaf in _OWN_LEAVES or "/set/" in name or "/get/" in name:
            return Decoded()
        if head and leaf == "availability":
            return Decoded((Report(head, (("online", _online(message.payload)),)),))
        state = _object(message.payload)
        device = state.get("device")
        model = str(device.get("model") or "")[:100] if isinstance(device, dict) else ""
        values, problem = _values(state)
        if problem and not values:
            raise MalformedMessage(problem)
        reports = (Report(name, values, _last_seen(state.get("last_seen")), message.retained, model),) if values else ()
        return Decoded(reports, malformed=problem, raw=message.payload[:200] if problem else b"")


def _object(payload: bytes) -> dict[str, Any]:
    try:
        state = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from None
    if not isinstance(state, dict):
        raise MalformedMessage("a state must be a JSON object")
    return state


def _online(payload: bytes) -> bool:
    word: Any = payload.decode("ascii", "replace").strip()
    if payload.lstrip().startswith(b"{"):
        word = _object(payload).get("state")
    if word not in ("online", "offline"):
        raise MalformedMessage("availability must be online or offline")
    return bool(word == "online")


def _values(state: dict[str, Any]) -> tuple[tuple[tuple[str, Value], ...], str]:
    """What is understood, and what is wrong with the first field that is not: it must not cost the others."""
    found: dict[str, Value] = {}
    problem = ""
    for field, value in state.items():
        if value is None:
            continue
        reads = _FIELDS.get(field)
        suffix = ""
        if reads is None:
            base, _, suffix = field.partition("_")
            reads = _FIELDS.get(base)
            if reads is None or not _ENDPOINT.fullmatch(suffix):
                continue
        try:
            read = reads(field, value)
        except MalformedMessage as error:
            problem = problem or str(error)
            continue
        if read is not None and len(found) < _MOST_SIGNALS:
            signal, known = read
            found[f"{signal}.{suffix}" if suffix else signal] = known
    return tuple(found.items()), problem


def _last_seen(value: Any) -> Instant | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return instant_of(value)
    except MalformedMessage:
        return None  # ISO without an offset is the bridge's local time: no use to anybody else


class Zigbee2MqttCodec:
    """Zigbee2MQTT, as devices.families finds it."""

    family = "zigbee2mqtt"
    base = "zigbee2mqtt"

    def topics(self, base: str) -> tuple[str, ...]:
        return (f"{base}/#",)

    def open(self, base: str) -> Decoder:
        return _Zigbee2MqttDecoder(base)


CODEC = Zigbee2MqttCodec()
