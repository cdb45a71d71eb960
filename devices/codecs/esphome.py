"""ESPHome: boards whose firmware is made from a YAML file, by their own MQTT topics.

Firmware seen: 2021 to 2025 by its documentation and source (esphome.io: MQTT Client Component, its components). Example
topics: ``server-room/binary_sensor/smoke_detector/state`` with ``ON``, ``server-room/sensor/rack_temperature/state``
with ``24.3``, ``server-room/status`` with ``online`` or, by its will, ``offline``. ``esphome/discover/server-room``
tells board and version. Debug output and commands are not listened to.

A board's topics begin with its name: there is no common root. Without a base, boards are looked for at the root by the
components that ESPHome has (``+/sensor/+/state`` ...), and what another family's device announces there goes before it:
a board that announces itself to Home Assistant, as most do, tells units and device classes with it and is that
family's. Boards with a ``topic_prefix`` of two parts (``esp/hall``) need the first of them as the base:
``[mqtt.families]`` with ``esphome = "esp"``. The address is the board's name, the last part of its ``topic_prefix``.

These topics carry neither unit nor device class, so a name must say it all, and only those in
devices/payloads/signal_aliases.py do:
the last words of the object (``rack_temperature``) are the signal, the others tell two apart (``temperature.rack``),
but not those that the board's name has already. Numbers are taken in ESPHome's own units (°C, %, hPa for the air, V, A,
W, lx, ppm, ppb, µg/m³, dBm); where makers' components differ (water pressure, level, flow, gas) there is no reading.
A binary sensor whose name says nothing is ``switch`` with that name (``switch.zone_1``); the installer says what it is
(``rename``). A text sensor that tells a state in words (``smoke_status`` with ``Alarm``) is read by its name. Covers
are read where they are called door, gate, garage or window; ``nan`` is nothing. A panel that is triggered is ``alarm``.

Orders go to ``<board>/switch/<object>/command`` (ON, OFF) and ``<board>/lock/<object>/command`` (LOCK, UNLOCK);
``channel`` is the object. A siren is a switch that is called one.

Housekeeping, of which nothing is taken: what a board tells of itself (uptime, memory, versions, addresses), targets and
settings, covers of other names, the ``status`` of what is no board. Of other sensors whose name says nothing there is
a note.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.device import Device
from devices.errors import MalformedMessage
from devices.output_orders import Commands, OutputOrder, refused, switched, usual_feedback
from devices.payloads.boolean_words import NOTHING, WORDS_OF, number_of, plain, truth
from devices.payloads.json_payload import json_of
from devices.payloads.named_topic import is_heating
from devices.payloads.not_understood import Note, note_of
from devices.payloads.signal_aliases import Called, called, normal
from devices.reading import Value
from devices.signals import base_name

_MOST_BOARDS = 2_000
_MOST_OWNERS = 20_000
_LONGEST_STATE = 1_000
_LONGEST_NAME = 120
_LONGEST_SUFFIX = 40

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
_NO_BOARDS = frozenset({"homeassistant"})
"""Under these names others speak in a way that could be a board's."""
_NEVER_BY_NAME = frozenset({"lock", "disabled", "feedback", "manual_mode", "online"})
_OF_THE_BOARD = frozenset({"status", "connected", "connection", "online", "api", "ota"})
"""Words in the names of what a board says of its own connections."""

_Said = tuple[tuple[str, Value], ...]


def _binary_sensor(name: str, board: str, state: str) -> _Said:
    found = called(name, bool)
    if found is None or found.signal in _NEVER_BY_NAME:
        words = _words(name)
        if not words or words[-1] in _OF_THE_BOARD:
            return ()
        found = Called("switch", True, words)
    return ((_signal(found, board), _word(state, _ON_OFF) is found.upright),)


def _sensor(name: str, board: str, state: str) -> _Said:
    """A number, or a text sensor's text: ESPHome calls both a sensor."""
    found = called(name, float)
    if found is not None and _has_one_unit(found, name):
        number = None if plain(state) in NOTHING else number_of(state)
        factor = _FACTORS[base_name(found.signal)]
        return () if number is None else ((_signal(found, board), round(number * factor, 6)),)
    if plain(state) in NOTHING or found is not None:
        return ()
    text = called(name, str)
    return _told_in_words(name, board, state) if text is None else ((_signal(text, board), state[:_LONGEST_NAME]),)


def _told_in_words(name: str, board: str, state: str) -> _Said:
    """A text sensor that tells in words what a binary sensor would: ``smoke_status`` with ``Alarm``; or a panel's."""
    flag = called(name, bool)
    is_flag = flag is not None and flag.signal in WORDS_OF and not is_heating(flag.signal, name)
    if flag is not None and is_flag and _NUMBER.fullmatch(state) is None:
        said = truth(state, WORDS_OF[flag.signal])
        return () if said is None else ((_signal(flag, board), said is flag.upright),)
    word = normal(state[:_LONGEST_NAME])
    if not _OF_PANELS.intersection(normal(name).split("_")) or (word not in _PANEL and not _TRIGGERED.fullmatch(word)):
        return ()
    panel = Called("alarm", True, _words(name, "alarm", "panel", "system", "status", "state"))
    return (_signal(panel, board), _PANEL.get(word, True)), ("fire", "fire" in word)


def _has_one_unit(found: Called, name: str) -> bool:
    is_of_pipes = found.signal == "pressure" and bool(_PIPES.intersection(normal(name).split("_")))
    return base_name(found.signal) in _FACTORS and not is_of_pipes


def _lock(name: str, board: str, state: str) -> _Said:
    if state.upper() == "JAMMED":
        return ((_jam(name, board), True),)
    is_open = _word(state, _LOCK)
    return () if is_open is None else ((_signal(Called("lock", True, _words(name, "lock")), board), is_open),)


def _jam(name: str, board: str) -> str:
    return _signal(Called("fault", True, ("lock", *_words(name, "lock"))), board)


def _cover(name: str, board: str, state: str) -> _Said:
    words = set(normal(name).split("_"))
    if not words & _OPENINGS:
        return ()
    rest = _words(name, "door", "cover")
    return ((_signal(Called("door", True, rest), board), bool(_word(state, _COVER))),)


def _switch(name: str, board: str, state: str) -> _Said:
    found = called(name, bool)
    signal, rest = ("siren", found.rest) if found and found.signal == "siren" else ("switch", _words(name, "switch"))
    return ((_signal(Called(signal, True, rest), board), bool(_word(state, _ON_OFF))),)


def _event(name: str, board: str, state: str) -> _Said:
    try:
        event = json_of(state)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from None
    what = event.get("event_type") if isinstance(event, dict) else None
    if not isinstance(what, str) or not what:
        raise MalformedMessage("an event must have an event_type")
    if normal(what[:40]) in _EMERGENCIES:
        return (("panic", True),)
    return ((_signal(Called("action", True, _words(name, "event", "button")), board), what[:_LONGEST_NAME]),)


def _alarm_panel(name: str, board: str, state: str) -> _Said:
    is_triggered = _PANEL.get(state.lower())
    if is_triggered is None:
        raise MalformedMessage(f"an alarm panel is never {state[:40]!r}")
    return ((_signal(Called("alarm", True, _words(name, "alarm", "panel", "control")), board), is_triggered),)


def _climate(name: str, board: str, state: str) -> _Said:
    """``<object>/current_temperature``; what is wanted of it says nothing of the world."""
    thing, _, what = name.partition("/")
    signal = {"current_temperature": "temperature", "current_humidity": "humidity"}.get(what)
    number = None if signal is None or plain(state) in NOTHING else number_of(state)
    if signal is None or number is None:
        return ()
    return ((_signal(Called(signal, True, _words(thing, "climate", "thermostat")), board), number),)


_COMPONENTS: dict[str, Callable[[str, str, str], _Said]] = {
    "binary_sensor": _binary_sensor,
    "sensor": _sensor,
    "lock": _lock,
    "cover": _cover,
    "switch": _switch,
    "event": _event,
    "alarm_control_panel": _alarm_panel,
    "climate": _climate,
}


class _EspHomeDecoder:
    def __init__(self, base: str) -> None:
        self._start = base + "/" if base else ""
        self._models: dict[str, str] = {}
        self._versions: dict[str, str] = {}
        self._heard: dict[str, None] = {}
        self._status: dict[str, bool] = {}
        self._jammed: dict[str, None] = {}
        self._owners: dict[str, str] = {}

    def decode(self, message: Message) -> Decoded:
        if message.address.startswith(_DISCOVER):
            self._discover(message.address.removeprefix(_DISCOVER), message.payload)
            return Decoded()
        if not message.address.startswith(self._start):
            raise MalformedMessage(f"topic must begin with {self._start}")
        board, _, rest = message.address.removeprefix(self._start).partition("/")
        if not board or not board.isprintable() or len(board) > _LONGEST_NAME:
            raise MalformedMessage("a board must have a name")
        if board in _NO_BOARDS:
            return Decoded()
        if rest == "status":
            return self._online(board, message.payload)
        component, _, name = rest.removesuffix("/state").partition("/")
        read = _COMPONENTS.get(component)
        if read is None or not name or not rest.endswith("/state") or len(name) > _LONGEST_NAME or not message.payload:
            return Decoded()  # lights, numbers, commands, debug output; a state that was taken back
        state = _text(message.payload)
        said = read(name, board, state)
        if not said:
            return Decoded(notes=_note(component, name, state))
        if component == "lock":
            said = self._with_jams(name, board, said)
        named = any(base_name(signal) == "switch" for signal, _ in said) and component == "binary_sensor"
        danger = note_of(name, said[0][1]) if named else None  # smoke_vent: told, and perhaps more than a switch
        said = tuple((self._own(board, signal, f"{component}/{name}"), value) for signal, value in said)
        report = self._report(board, said)
        return msgspec.structs.replace(report, notes=(danger,)) if danger else report

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """To ``<board>/switch/<object>/command`` or ``.../lock/...``. Raises Refused.

        ``channel`` names the object; without one it is the one that tells the signal (``siren``, ``switch``, ``lock``).
        """
        if order.what in ("keypad", "led"):
            raise refused("no_such_output", order)
        component = "lock" if order.what == "lock" else "switch"
        what = f"{component}/{order.channel}"
        if not order.channel:
            own = usual_feedback(order.what)
            signals = [own, *(signal for signal, theirs in device.rename.items() if theirs == own), "switch"]
            known = (self._owners.get(f"{device.address}/{signal}", "") for signal in signals)
            what = next((name for name in known if name.startswith(component)), "")
        if not what:
            raise refused("not_known_yet", order)
        word = switched(order, "UNLOCK", "LOCK") if component == "lock" else switched(order)
        return Commands(publish=((f"{self._start}{device.address}/{what}/command", word.encode()),))

    def _own(self, board: str, signal: str, what: str) -> str:
        """The signal; by its whole name if another thing on the board has it (``hall_smoke`` and ``smoke``)."""
        key = f"{board}/{signal}"
        if self._owners.get(key, what) == what:
            _remember(self._owners, key, what, _MOST_OWNERS)
            return signal
        return f"{base_name(signal)}.{normal(what)[-_LONGEST_SUFFIX:]}"

    def _with_jams(self, name: str, board: str, said: _Said) -> _Said:
        """A lock that jammed is a fault until it locks or unlocks again."""
        jam, key = _jam(name, board), f"{board}/{name}"
        if (jam, True) in said:
            _remember(self._jammed, key, None)
        elif said and key in self._jammed:
            del self._jammed[key]
            said = (*said, (jam, False))
        return said

    def _report(self, board: str, said: _Said) -> Decoded:
        """The values, and the word of its presence if that came before anything showed that this is a board."""
        _remember(self._heard, board, None)
        status = self._status.pop(board, None)
        if status is not None:
            said = (*said, ("online", status))
        return Decoded((self._told(board, said),))

    def _told(self, board: str, said: _Said) -> Report:
        return Report(board, said, model=self._models.get(board, ""), firmware=self._versions.get(board, ""))

    def _online(self, board: str, payload: bytes) -> Decoded:
        word = {b"online": True, b"offline": False}.get(payload.strip().lower())
        if word is not None and (board in self._heard or board in self._models):
            return Decoded((self._told(board, (("online", word),)),))
        if word is not None:
            _remember(self._status, board, word)  # many things that are no boards have a status
        return Decoded()

    def _discover(self, board: str, payload: bytes) -> None:
        if not payload or "/" in board or len(board) > _LONGEST_NAME:
            return
        try:
            told = json_of(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedMessage(str(error)) from None
        if not isinstance(told, dict):
            raise MalformedMessage("what a board tells of itself must be a JSON object")
        parts = [told.get("board"), told.get("version")]
        versions = [told.get(key) for key in ("project_version", "version")]
        _remember(self._versions, board, ", ESPHome ".join(part[:40] for part in versions if isinstance(part, str)))
        _remember(self._models, board, " ".join(["ESPHome", *(part[:40] for part in parts if isinstance(part, str))]))


_DISCOVER = "esphome/discover/"


def _note(component: str, name: str, state: str) -> tuple[Note, ...]:
    """What is to be said of a state of which nothing was taken: calm, but for one that speaks of a danger."""
    if plain(state) in NOTHING or component not in ("sensor", "binary_sensor") or _HOUSEKEEPING.search(normal(name)):
        return ()
    if component == "binary_sensor" and set(normal(name).split("_")) & _OF_THE_BOARD:
        return ()
    unknown = Note(f"{component} {name}: what that is, or in what unit, its name does not say", is_calm=True)
    return (note_of(name, float(state) if _NUMBER.fullmatch(state) else state) or unknown,)


def _remember(known: dict[str, Any], key: str, what: Any, most: int = _MOST_BOARDS) -> None:
    """At most so many of a kind; the one that was first remembered makes room."""
    if key not in known and len(known) >= most:
        del known[next(iter(known))]
    known[key] = what


def _text(payload: bytes) -> str:
    if len(payload) > _LONGEST_STATE:
        raise MalformedMessage(f"a state is longer than {_LONGEST_STATE} bytes")
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        raise MalformedMessage("a state must be UTF-8") from None


def _word(state: str, words: dict[str, Any]) -> Any:
    if state.upper() not in words:
        raise MalformedMessage(f"{state[:40]!r} must be one of {', '.join(words)}")
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
    suffix = "_".join(word for word in words if word not in named.split("_"))[:_LONGEST_SUFFIX]
    return f"{found.signal}.{suffix}" if suffix else found.signal


class EspHomeCodec:
    """ESPHome, as devices.families finds it."""

    family = "esphome"
    takes_orders = True
    base = ""
    yields = True

    def topics(self, base: str) -> tuple[str, ...]:
        start = base + "/" if base else ""
        states = tuple(f"{start}+/{component}/+/state" for component in _COMPONENTS if component != "climate")
        return (*states, f"{start}+/climate/+/+/state", f"{start}+/status", f"{_DISCOVER}+")

    def device_topics(self, base: str, address: str) -> DeviceTopics:
        own = f"{base}/{address}/#" if base else f"{address}/#"
        announced = f"homeassistant/+/{address}/+/config"
        # It announces itself unless told not to, and a broker may shut out who says what it must not.
        return DeviceTopics(
            write=(own, f"{_DISCOVER}{address}", announced),
            read=(own, _DISCOVER.removesuffix("/"), f"esphome/ping/{address}"),
        )

    def open(self, base: str) -> Decoder:
        return _EspHomeDecoder(base)


CODEC = EspHomeCodec()
