"""Shelly generation 2 and later: components with their status, as notifications or each in a topic of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from devices.codec import Decoded, Message, Report
from devices.codecs.shelly.bluetooth import pressed_at_gateway, told_by_gateway, told_by_script
from devices.codecs.shelly.reading import Read, channel, flag, number
from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field
from devices.payloads.decoded_values import merge
from devices.payloads.json_payload import object_of
from devices.payloads.not_understood import Note, bounded, notes_in
from devices.payloads.signal_aliases import called
from devices.payloads.source_time import instant_of
from devices.reading import Instant, Value

_STATUS = Text.of("shelly.status")
_NOTIFICATION = Text.of("shelly.notification")

_BLU = "blu"
_NOTIFICATIONS = "/events/rpc"
_MOST_COMPONENTS = 100
_MOST_EVENTS = 20
_MOST_FAULTY = 2_000
_LONGEST = 60


def _any(said: Any) -> bool | None:
    """How many there are: none is false."""
    found = number(said)
    return None if found is None else found > 0


_LIGHTS = ("light", "rgb", "rgbw", "cct", "rgbcct")
_COMPONENTS: dict[tuple[str, ...], tuple[str, Read]] = {
    ("smoke", "alarm"): ("smoke", flag),
    ("smoke", "mute"): ("silenced", flag),
    ("flood", "alarm"): ("leak", flag),
    ("flood", "mute"): ("silenced", flag),
    ("presence", "num_objects"): ("occupancy", _any),
    ("presencezone", "value"): ("occupancy", flag),
    ("input", "state"): ("switch", flag),
    ("input", "counts", "total"): ("count", number),
    ("switch", "output"): ("switch.relay", flag),
    **{(light, "output"): ("switch.relay", flag) for light in _LIGHTS},
    **{
        (meter, field): (signal, number)
        for meter in ("switch", "cover", "pm1", "em1", *_LIGHTS)
        for field, signal in (
            ("apower", "power"), ("act_power", "power"), ("voltage", "voltage"), ("current", "current")
        )
    },
    **{
        ("em", f"{phase}_{field}"): (f"{signal}.{phase}", number)
        for phase in ("a", "b", "c")
        for field, signal in (("act_power", "power"), ("voltage", "voltage"), ("current", "current"))
    },
    ("em", "total_act_power"): ("power", number),
    **{(warm, "temperature", "tC"): ("temperature.device", number) for warm in ("switch", "cover", *_LIGHTS)},
    ("temperature", "tC"): ("temperature", number),
    ("thermostat", "current_C"): ("temperature", number),
    ("humidity", "rh"): ("humidity", number),
    ("illuminance", "lux"): ("illuminance", number),
    ("voltmeter", "voltage"): ("voltage", number),
    ("devicepower", "battery", "percent"): ("battery", number),
    ("devicepower", "external", "present"): ("external_power", flag),
    ("wifi", "rssi"): ("rssi", number),
    ("bthomedevice", "battery"): ("battery", number),
    ("bthomedevice", "rssi"): ("rssi", number),
    ("bthomesensor", "value"): ("switch", flag),
    ("blutrv", "battery"): ("battery", number),
    ("blutrv", "rssi"): ("rssi", number),
    ("blutrv", "current_C"): ("temperature", number),
    ("boolean", "value"): ("switch.boolean", flag),
}  # fmt: skip
"""Component and the way to the value in it -> (signal, how to read the value)."""

_KINDS = frozenset(component for component, *_ in _COMPONENTS)
_OF_ALL = frozenset({"id", "source", "errors", "flags", "last_updated_ts", "timer_started_at", "timer_duration"})
_READ = {kind: _OF_ALL.union(*(way[:1] for one, *way in _COMPONENTS if one == kind)) for kind in _KINDS}
"""Of each kind, the fields that are read or known to say nothing of a danger."""
_HOUSEKEEPING = frozenset(
    {"sys", "wifi", "eth", "cloud", "mqtt", "ble", "ws", "script", "bthome", "knx", "modbus", "matter", "ui", "ota"}
    | {"ts", "id", "schedule", "webhook", "kvs", "http", "blugw", "plugs_ui", "wd_ui", "pm", "emdata", "em1data"}
    | {"button", "group", "object", "bthomecontrol", "dali", "service", "serial", "zigbee", "cury", "media", "camera"}
)
"""Components of which nothing is taken: the Shelly's own lines, counters of energy, buttons of its screen."""
_NO_CONSEQUENCE = frozenset(
    {"btn_down", "btn_up", "config_changed", "sleep", "scheduled_restart", "ota_begin", "ota_progress", "ota_success"}
    | {"ota_error", "component_added", "component_removed", "new_objects", "discovery_done", "device_discovered"}
    | {"associations_discovery_done", "power_update", "energy_update", "data", "script_start", "script_stop"}
)
"""Events that say nothing about the world; those of scripts have names of their own."""
_BY_NAME = frozenset(
    {"smoke", "heat", "fire", "flame", "gas_alarm", "co_alarm", "leak", "panic", "tamper", "glass_break"}
    | {"motion", "occupancy", "vibration"}
)
"""What a component that is not in the table is, if its name says so: ``gas:0`` with ``{"alarm": true}``."""
_STATES = ("alarm", "value", "state", "detected")
"""Where it says so, or under its own name."""

_BEHIND = frozenset({"bthomedevice", "bthomesensor", "blutrv"})
"""Components that stand for another device: its address is the Shelly's and theirs."""

_DETECTORS = {"smoke": "smoke", "flood": "leak"}
_SOUNDS = {"alarm": True, "alarm_off": False}
"""Events of a detector; its status says the same, if the device is set to tell it."""

_PRESSES = frozenset({"single_push", "double_push", "triple_push", "long_push", "long_double_push", "long_triple_push"})


class SecondGeneration:
    """Remembers which components have errors, 2,000 at most: a status without ``errors`` is how they end."""

    def __init__(self) -> None:
        self._faulty: set[tuple[str, str]] = set()

    def component(self, address: str, component: str, message: Message) -> Decoded:
        """``<id>/status/<component>``: all that the component has to say."""
        status = object_of(message.payload, _STATUS)
        return self._understood(address, {component: status}, message, time=None, is_full=True)

    def notification(self, address: str, message: Message) -> Decoded:
        """``<id>/events/rpc``."""
        told = object_of(message.payload, _NOTIFICATION)
        params, method = told.get("params"), told.get("method")
        if not isinstance(params, dict):
            return Decoded()  # answers to others are not for us
        at = _time(params.get("ts"))
        if method == "NotifyEvent":
            return _events(address, params.get("events"), at, message)
        if method not in ("NotifyStatus", "NotifyFullStatus"):
            raise MalformedMessage(Text.of("shelly.no_notification", method=repr(str(method)[:_LONGEST])))
        return self._understood(address, params, message, time=at, is_full=method == "NotifyFullStatus")

    def _understood(
        self, address: str, components: Mapping[str, Any], message: Message, *, time: Instant | None, is_full: bool
    ) -> Decoded:
        """What the components say; one bad value costs no other. A full status in a notification is a snapshot."""
        own: dict[str, Value] = {}
        others: list[Report] = []
        notes: list[Note] = []
        unknown: list[str] = []
        problem: Reason = ""
        for name, status in list(components.items())[:_MOST_COMPONENTS]:
            kind, _, place = name.partition(":")
            if not isinstance(status, dict):
                notes += notes_in({name: status})
                continue
            if kind == _BLU:
                heard_by_script, fault = told_by_gateway(address, status, time)
                others += heard_by_script
                problem = problem or fault
                continue
            values, fault = _values(kind, place, status)
            by_name = {*_STATES, kind} if values and kind not in _KINDS else set()
            notes += notes_in(status, _READ.get(kind, _OF_ALL) | by_name, within=name)
            if not values and kind not in _KINDS and kind not in _HOUSEKEEPING:
                unknown.append(name[:_LONGEST])
            problem = problem or (of_field(name[:_LONGEST], fault) if fault else "")
            if kind in _BEHIND:
                if values:
                    heard = _time(status.get("last_updated_ts")) or time
                    others.append(Report(f"{address}/{name[:_LONGEST]}", tuple(values.items()), heard))
                continue
            for signal, value in values.items():
                merge(own, signal, value)
            for signal, value in self._errors(address, kind, place, status, is_full=is_full):
                merge(own, signal, value)
        if unknown and not own and not others and not notes:
            problem = problem or Text.of("shelly.unknown", names=", ".join(unknown)[:100])
        if problem and not own and not others:
            raise MalformedMessage(problem)
        snapshot = is_full and message.address.endswith(_NOTIFICATIONS)  # also from one whose clock was never set
        mine = (Report(address, tuple(own.items()), time, snapshot),) if own else ()
        raw = message.payload[:200] if problem or notes else b""
        return Decoded((*mine, *others), malformed=problem, notes=bounded(notes), raw=raw)

    def _errors(
        self, address: str, kind: str, place: str, status: dict[str, Any], *, is_full: bool
    ) -> Iterable[tuple[str, Value]]:
        """``fault.flood`` while the component names errors (a cable unplugged, a sensor that cannot be read)."""
        key, signal = (address, f"{kind}:{place}"), channel(f"fault.{kind}", place)
        if not kind.isalnum() or len(kind) > 20 or not place or kind in _BEHIND:
            return
        if isinstance(status.get("errors"), list) and status["errors"]:
            if len(self._faulty) < _MOST_FAULTY:
                self._faulty.add(key)
            yield signal, True
        elif key in self._faulty and (is_full or "errors" in status):
            self._faulty.discard(key)
            yield signal, False


def _values(kind: str, place: str, status: dict[str, Any]) -> tuple[dict[str, Value], Reason]:
    found: dict[str, Value] = {}
    problem: Reason = ""
    on_mains = kind == "devicepower" and _at(status, ["external", "present"]) is True
    for (component, *way), (signal, read) in _COMPONENTS.items():
        said = _at(status, way) if component == kind else None
        if said is None or (on_mains and signal == "battery"):
            continue  # an empty compartment is no empty battery
        if kind == "bthomesensor" and not isinstance(said, bool):
            continue  # its status does not say what it measures
        try:
            value = read(said)
        except MalformedMessage as error:
            problem = problem or error.text
            continue
        if value is not None:
            found[signal if kind in _BEHIND else channel(signal, place)] = value
    if kind not in _KINDS:
        found |= _by_name(kind, place, status)
    return found, problem


def _by_name(kind: str, place: str, status: dict[str, Any]) -> dict[str, Value]:
    known = called(kind, bool)
    if known is None or known.signal not in _BY_NAME or known.rest:
        return {}
    said = next((status[name] for name in (*_STATES, kind) if isinstance(status.get(name), bool)), None)
    return {} if said is None else {channel(known.signal, place): said is known.upright}


def _events(address: str, events: Any, at: Instant | None, message: Message) -> Decoded:
    """Presses, which no status tells; a detector's test; what the gateway's script heard over Bluetooth."""
    reports: list[Report] = []
    problem: Reason = ""
    for event in events[:_MOST_EVENTS] if isinstance(events, list) else ():
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            continue
        component, what = str(event.get("component"))[:_LONGEST], event["event"]
        kind, _, place = component.partition(":")
        time = _time(event.get("ts")) or at
        if what == "shelly-blu":
            heard, fault = told_by_script(address, event.get("data"), time)
            reports += heard
            problem = problem or fault
        elif kind == _BLU and what == "button":
            reports += pressed_at_gateway(address, event.get("data"), time)
        elif what in _PRESSES:
            where, signal = (
                (f"{address}/{component}", "action") if kind in _BEHIND else (address, channel("action", place))
            )
            reports.append(Report(where, ((signal, what),), time))
        elif kind in _DETECTORS and what == "alarm_test":
            reports.append(Report(address, (("test", True),), time))
        elif kind in _DETECTORS and what in _SOUNDS:
            reports.append(Report(address, ((channel(_DETECTORS[kind], place), _SOUNDS[what]),), time))
        elif what not in _NO_CONSEQUENCE and kind != _BLU:
            problem = problem or Text.of("shelly.unknown_event", component=component, event=repr(what[:_LONGEST]))
    return Decoded(tuple(reports), malformed=problem, raw=message.payload[:200] if problem else b"")


def _at(status: dict[str, Any], way: list[str]) -> Any:
    found: Any = status
    for step in way:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _time(seconds: Any) -> Instant | None:
    """Seconds since 1970; a clock that was never set tells little."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 1e9 < seconds < 1e11:
        return None
    return instant_of(seconds * 1_000)
