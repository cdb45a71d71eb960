"""What the state of an ESPHome component says: which signal it is by its name, and the value."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import NOTHING, WORDS_OF, number_of, plain, truth
from devices.payloads.json_payload import json_of
from devices.payloads.named_topic import is_heating
from devices.payloads.not_understood import Note, note_of
from devices.payloads.signal_aliases import Called, called, normal
from devices.reading import Value
from devices.signals import base_name

LONGEST_NAME = 120
LONGEST_SUFFIX = 40

_ON_OFF = {"ON": True, "OFF": False}
_LOCK = {"LOCKED": False, "UNLOCKED": True, "LOCKING": None, "UNLOCKING": None, "NONE": None}
_COVER = {"OPEN": True, "OPENING": True, "CLOSING": True, "CLOSED": False}
_OPENINGS = frozenset({"door", "gate", "garage", "window"})
_PANEL = {
    **dict.fromkeys(("disarmed", "armed_home", "armed_away", "armed_night", "armed_vacation", "arming"), False),
    **dict.fromkeys(("armed_custom_bypass", "pending", "disarming"), False),
    "triggered": True,
}
_OF_PANELS = frozenset({"panel", "system", "partition", "area", "alarm"})
_TRIGGERED = re.compile(r"triggered(?:_\w+)?|(?:fire|burglar|panic)_alarm|alarm(?:_\w+)?")
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{0,15})?")
_HOUSEKEEPING = re.compile(
    r"(?:^|_)(?:uptime|version|heap|psram|loop|ip|ipv6|mac|ssid|bssid|dns|gateway|subnet|reset|boot|build|time|date|cpu"
    r"|frequency|cycles|restart|debug|logger|scan|free|fragmentation|target|setpoint|setting|api|ota|update|forecast)"
    r"(?:_|$)"
)
"""In the name of what a board tells of itself, or is told to do."""
_EMERGENCIES = frozenset({"sos", "emergency", "panic"})

_FACTORS = {
    "temperature": 1.0, "humidity": 1.0, "battery": 1.0, "voltage": 1.0, "current": 1.0, "power": 1.0,
    "illuminance": 1.0, "co": 1.0, "co2": 1.0, "tvoc": 1.0, "pm": 1.0, "rssi": 1.0, "pressure": 0.1,
}  # fmt: skip
"""The numbers that ESPHome's components measure in one unit, and the factor to ours."""
_PIPES = frozenset(
    {"water", "line", "pipe", "tire", "oil", "gas", "tank", "pump", "hydraulic", "differential", "sound"}
)
"""Pressures that are not the air's: nobody says in what unit."""
_NEVER_BY_NAME = frozenset({"lock", "disabled", "feedback", "manual_mode", "online"})
_OF_THE_BOARD = frozenset({"status", "connected", "connection", "online", "api", "ota"})
"""Words in the names of what a board says of its own connections."""

Said = tuple[tuple[str, Value], ...]


def _binary_sensor(name: str, board: str, state: str) -> Said:
    found = called(name, bool)
    if found is None or found.signal in _NEVER_BY_NAME:
        words = _words(name)
        if not words or words[-1] in _OF_THE_BOARD:
            return ()
        found = Called("switch", True, words)
    return ((_signal(found, board), _word(state, _ON_OFF) is found.upright),)


def _sensor(name: str, board: str, state: str) -> Said:
    """A number, or a text sensor's text: ESPHome calls both a sensor."""
    found = called(name, float)
    if found is not None and _has_one_unit(found, name):
        number = None if plain(state) in NOTHING else number_of(state)
        factor = _FACTORS[base_name(found.signal)]
        return () if number is None else ((_signal(found, board), round(number * factor, 6)),)
    if plain(state) in NOTHING or found is not None:
        return ()
    text = called(name, str)
    return _told_in_words(name, board, state) if text is None else ((_signal(text, board), state[:LONGEST_NAME]),)


def _told_in_words(name: str, board: str, state: str) -> Said:
    """A text sensor that tells in words what a binary sensor would: ``smoke_status`` with ``Alarm``; or a panel's."""
    flag = called(name, bool)
    is_flag = flag is not None and flag.signal in WORDS_OF and not is_heating(flag.signal, name)
    if flag is not None and is_flag and _NUMBER.fullmatch(state) is None:
        said = truth(state, WORDS_OF[flag.signal])
        return () if said is None else ((_signal(flag, board), said is flag.upright),)
    word = normal(state[:LONGEST_NAME])
    if not _OF_PANELS.intersection(normal(name).split("_")) or (word not in _PANEL and not _TRIGGERED.fullmatch(word)):
        return ()
    panel = Called("alarm", True, _words(name, "alarm", "panel", "system", "status", "state"))
    return (_signal(panel, board), _PANEL.get(word, True)), ("fire", "fire" in word)


def _has_one_unit(found: Called, name: str) -> bool:
    is_of_pipes = found.signal == "pressure" and bool(_PIPES.intersection(normal(name).split("_")))
    return base_name(found.signal) in _FACTORS and not is_of_pipes


def _lock(name: str, board: str, state: str) -> Said:
    if state.upper() == "JAMMED":
        return ((jam_of(name, board), True),)
    is_open = _word(state, _LOCK)
    return () if is_open is None else ((_signal(Called("lock", True, _words(name, "lock")), board), is_open),)


def jam_of(name: str, board: str) -> str:
    """The signal of a lock that is jammed."""
    return _signal(Called("fault", True, ("lock", *_words(name, "lock"))), board)


def _cover(name: str, board: str, state: str) -> Said:
    words = set(normal(name).split("_"))
    if not words & _OPENINGS:
        return ()
    rest = _words(name, "door", "cover")
    return ((_signal(Called("door", True, rest), board), bool(_word(state, _COVER))),)


def _switch(name: str, board: str, state: str) -> Said:
    found = called(name, bool)
    signal, rest = ("siren", found.rest) if found and found.signal == "siren" else ("switch", _words(name, "switch"))
    return ((_signal(Called(signal, True, rest), board), bool(_word(state, _ON_OFF))),)


def _event(name: str, board: str, state: str) -> Said:
    try:
        event = json_of(state)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedMessage(Text.of("esphome.no_json", reason=str(error))) from None
    what = event.get("event_type") if isinstance(event, dict) else None
    if not isinstance(what, str) or not what:
        raise MalformedMessage(Text.of("esphome.no_event_type"))
    if normal(what[:40]) in _EMERGENCIES:
        return (("panic", True),)
    return ((_signal(Called("action", True, _words(name, "event", "button")), board), what[:LONGEST_NAME]),)


def _alarm_panel(name: str, board: str, state: str) -> Said:
    is_triggered = _PANEL.get(state.lower())
    if is_triggered is None:
        raise MalformedMessage(Text.of("esphome.no_panel_state", state=repr(state[:40])))
    return ((_signal(Called("alarm", True, _words(name, "alarm", "panel", "control")), board), is_triggered),)


def _climate(name: str, board: str, state: str) -> Said:
    """``<object>/current_temperature``; what is wanted of it says nothing of the world."""
    thing, _, what = name.partition("/")
    signal = {"current_temperature": "temperature", "current_humidity": "humidity"}.get(what)
    number = None if signal is None or plain(state) in NOTHING else number_of(state)
    if signal is None or number is None:
        return ()
    return ((_signal(Called(signal, True, _words(thing, "climate", "thermostat")), board), number),)


COMPONENTS: dict[str, Callable[[str, str, str], Said]] = {
    "binary_sensor": _binary_sensor,
    "sensor": _sensor,
    "lock": _lock,
    "cover": _cover,
    "switch": _switch,
    "event": _event,
    "alarm_control_panel": _alarm_panel,
    "climate": _climate,
}
"""By component: what (object, board, state) says; raises MalformedMessage."""


def note_on(component: str, name: str, state: str) -> tuple[Note, ...]:
    """What is to be said of a state of which nothing was taken: calm, but for one that speaks of a danger."""
    if plain(state) in NOTHING or component not in ("sensor", "binary_sensor") or _HOUSEKEEPING.search(normal(name)):
        return ()
    if component == "binary_sensor" and set(normal(name).split("_")) & _OF_THE_BOARD:
        return ()
    unknown = Note(Text.of("esphome.unknown", component=component, name=name), is_calm=True)
    return (note_of(name, float(state) if _NUMBER.fullmatch(state) else state) or unknown,)


def _word(state: str, words: dict[str, Any]) -> Any:
    if state.upper() not in words:
        raise MalformedMessage(Text.of("esphome.none_of", state=repr(state[:40]), words=", ".join(words)))
    return words[state.upper()]


def _words(name: str, *told: str) -> tuple[str, ...]:
    return tuple(word for word in normal(name).split("_") if word and word not in told)


def _signal(found: Called, board: str) -> str:
    """The signal, with what tells it from another of that board behind it."""
    words, named = [word for word in found.rest if word], normal(board)
    for length in range(len(words), 0, -1):
        if named.replace("_", "").startswith("".join(words[:length])):  # living_room on the board livingroom
            del words[:length]
            break
    suffix = "_".join(word for word in words if word not in named.split("_"))[:LONGEST_SUFFIX]
    return f"{found.signal}.{suffix}" if suffix else found.signal
