"""What an entity is to us: from component, device class, unit and name to a signal, and from its words to values.

The device class goes first, because a maker chose it on purpose. Without one, a name that is in the tables of
devices/payloads/signal_aliases.py decides; a name that is in no table is no signal. A number in a unit that is not the
signal's is no
number of ours.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import msgspec

from devices.codecs.home_assistant.heaters import heats, is_burner
from devices.codecs.home_assistant.template import ValueTemplate
from devices.codecs.home_assistant.z_wave import notification_of
from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import (
    DOOR,
    FAULT,
    GAS,
    HEAT,
    LEAK,
    LOCK,
    LOW,
    MOTION,
    SMOKE,
    TAMPER,
    Words,
    number_of,
    truth,
    words,
)
from devices.payloads.signal_aliases import called, normal
from devices.payloads.units import in_our_unit, is_unit_of, plain_unit
from devices.reading import Value
from devices.signals import DANGERS, SIGNALS, base_name

LONGEST_WORD = 100
_LONGEST_SUFFIX = 40

Said = Iterable[tuple[str, Value]]
Read = Callable[[str], Said | None]
"""What a word says; None for one that may be meant for another entity on the same topic. Raises MalformedMessage."""


class Topics(Protocol):
    """Writes out and checks the topics of a configuration."""

    def required(self, config: dict[str, Any], key: str) -> str: ...
    def optional(self, config: dict[str, Any], key: str) -> str: ...


class Entity(msgspec.Struct, frozen=True):
    """Where it speaks and how to read it. ``rest`` are the words that tell it from another with the same signal."""

    signal: str
    rest: str
    topic: str
    template: ValueTemplate | None
    read: Read


_FLAG_CLASSES = {
    "smoke": "smoke", "carbon_monoxide": "co_alarm", "gas": "gas_alarm", "heat": "heat", "moisture": "leak",
    "door": "door", "window": "door", "garage_door": "door", "opening": "door", "lock": "lock", "motion": "motion",
    "moving": "motion", "occupancy": "occupancy", "presence": "occupancy", "tamper": "tamper",
    "vibration": "vibration", "battery": "battery_low", "power": "mains", "plug": "mains", "running": "started",
    "connectivity": "online",
}  # fmt: skip
"""Binary sensors: device class -> signal. On is open, unlocked, wet, low, reached, as Home Assistant says."""

_NUMBER_CLASSES = {
    "temperature": "temperature", "humidity": "humidity", "battery": "battery", "carbon_monoxide": "co",
    "carbon_dioxide": "co2", "volatile_organic_compounds": "tvoc", "volatile_organic_compounds_parts": "tvoc",
    "pm1": "pm.1", "pm25": "pm", "pm4": "pm.4", "pm10": "pm.10", "atmospheric_pressure": "pressure",
    "pressure": "pressure", "illuminance": "illuminance", "voltage": "voltage", "current": "current", "power": "power",
    "signal_strength": "rssi", "moisture": "humidity.soil", "volume_flow_rate": "flow",
}  # fmt: skip
_NEEDS_UNIT = {"pressure", "tvoc", "formaldehyde", "level", "flow", "gas", "rssi", "residual_current", "smoke_density"}
"""Measured in units too unlike each other to take one for granted."""
_BY_NAME_WITHOUT_UNIT = {"temperature", "humidity", "battery", "co2", "linkquality"}
_BY_CLASS_AND_NAME = {("current", "residual_current"), ("distance", "level")}

_PROBLEM_BY_NAME = {"tamper", "battery_low", "mains", "fault"}
_NEVER_BY_NAME = {"lock", "disabled", "feedback", "manual_mode", "online"}
"""What true means there, nobody says."""

_WORDS: dict[str, Words] = {
    "smoke": SMOKE, "heat": HEAT, "gas_alarm": GAS, "co_alarm": GAS, "leak": LEAK, "motion": MOTION, "tamper": TAMPER,
    "fault": FAULT, "battery_low": LOW, "door": DOOR, "lock": LOCK,
}  # fmt: skip
"""Sensors that tell a state in words."""
_ARMED = {
    *("disarmed", "armed", "armed_home", "armed_away", "armed_night", "armed_vacation", "armed_custom_bypass"),
    *("pending", "arming", "disarming", "ready", "not_ready"),
}
_PANEL = words("triggered")
_ENDS_AS_STATE = re.compile(r"_(?:state|status)$")
_TELLS_STATE = re.compile(r"(?:^|_)(?:state|status|alarm|detected|detection)(?:_|$)")

_SAYS_TOO_LITTLE = {"gas"}
"""A name for people that may be an alarm's: a boiler that burns and a meter are called so as well."""
_AS_EVENTS = {"smoke", "fire", "flame", "call_point", "panic", "duress"}
"""Of an event, no other word of a danger is plain enough: ``heat`` is a thermostat's."""
EMERGENCIES = {"sos", "emergency", "panic", "emergency_press", "sos_press", "panic_press", "hold_up"}
NOTHING = {"", "none", "unknown", "unavailable", "null", "nan"}
_FIELD = re.compile(r"value_json(?:\.\w+|\[['\"][^'\"\]]+['\"]\])*?(?:\.(\w+)|\[['\"]([^'\"\]]+)['\"]\])(?![\w.\[(])")


class Configuration:
    """One entity's keys, each read as what it must be."""

    def __init__(self, name: str, config: dict[str, Any], topics: Topics, device: str) -> None:
        self.device = device
        self._name, self._config, self._topics = name, config, topics
        self.device_class = self.word("device_class").lower()
        unique_id = config.get("unique_id")
        self.unique_id = unique_id[:200] if isinstance(unique_id, str) else ""

    def word(self, key: str, default: str = "") -> str:
        """A word; true is ``True``, as Home Assistant has it."""
        value = self._config.get(key)
        if value is None:
            return default
        if not isinstance(value, str | int | float) or len(str(value)) > LONGEST_WORD:
            raise MalformedMessage(Text.of("home_assistant.short_text", field=key))
        return str(value)

    def has(self, key: str) -> bool:
        return self._config.get(key) is not None

    def template(self, *keys: str) -> ValueTemplate | None:
        for key in keys:
            source = self._config.get(key)
            if isinstance(source, str) and source:
                return ValueTemplate(source)
            if source is not None and source != "":
                raise MalformedMessage(Text.of("home_assistant.no_text", field=key))
        return None

    def names(self) -> Iterator[str]:
        """What it may be called, the name nearest to the value first."""
        source = self._config.get("value_template")
        found = _FIELD.search(source[:500]) if isinstance(source, str) else None
        if found:
            yield found[1] or found[2]
        yield self._name
        name = self._config.get("name")
        if isinstance(name, str) and normal(name[:200]) not in _SAYS_TOO_LITTLE:
            yield name

    def called(self, kind: type) -> str:
        """The signal that one of its names means, with an exclamation mark before it where true means false."""
        for name in self.names():
            found = called(name, kind)
            if found is not None:
                return found.signal if found.upright else f"!{found.signal}"
        return ""

    def entity(self, signal: str, read: Read, *, topic: str = "state_topic", templates: tuple[str, ...] = ()) -> Entity:
        templates = templates or ("value_template",)
        return Entity(
            signal, self._rest(signal), self._topics.required(self._config, topic), self.template(*templates), read
        )

    def _rest(self, signal: str) -> str:
        """The words of its name that are neither its device's nor its signal's."""
        own = self._config.get("name")
        text = normal(own if isinstance(own, str) and normal(own[:200]) else self._name)
        device = normal(self.device[:400])
        for piece in sorted({device, *(normal(part) for part in self.device[:400].split())}, key=len, reverse=True):
            text = re.sub(rf"(?:^|_){re.escape(piece)}(?=_|$)", "", text) if piece else text
        told = {*signal.split("."), *signal.split("_"), *self.device_class.split("_"), "sensor", "state", "status"}
        return "_".join(word for word in text.split("_") if word and word not in told)[:_LONGEST_SUFFIX]


def binary_sensor(config: Configuration) -> Entity | None:
    notified = notification_of(config.unique_id)
    signal = notified.named if notified is not None else _flag_signal(config)
    if not signal:
        return None
    upright, signal = not signal.startswith("!"), signal.removeprefix("!")
    on, off = config.word("payload_on", "ON"), config.word("payload_off", "OFF")
    is_plain = not config.has("value_template")

    def read(text: str) -> Said | None:
        said = one_of(text, on, off)
        if said is None and text.lower() in NOTHING:
            return ()
        if said is None and notified is not None:
            said = notified.by_number(text)
        if said is None:
            if is_plain:
                return None
            raise MalformedMessage(
                Text.of(
                    "home_assistant.neither", signal=signal, state=repr(text[:40]), on=repr(on[:40]), off=repr(off[:40])
                )
            )
        return ((signal, said is upright),)

    return config.entity(signal, read)


def _flag_signal(config: Configuration) -> str:
    named = config.called(bool)
    match config.device_class:
        case "safety":
            return "supervisory" if not named or named.removeprefix("!") in _NEVER_BY_NAME else _bad(named)
        case "gas" if named == "co_alarm":
            return named
        case "problem":
            return _bad(named) if named.removeprefix("!") in _PROBLEM_BY_NAME else "fault"
        case "sound":
            return named if named == "glass_break" else ""
        case "heat" if named != "heat" and heats(config.names()):
            return ""
        case "" | "none":
            is_no_fire = named in ("flame", "heat") and is_burner(config.device)
            return "" if is_no_fire or named.removeprefix("!") in _NEVER_BY_NAME else named
    return _FLAG_CLASSES.get(config.device_class, "")


def _bad(named: str) -> str:
    """The signal of a class whose on is bad: a problem with the mains, also under "AC power", is that they fail."""
    signal = named.removeprefix("!")
    return f"!{signal}" if signal == "mains" else signal


def one_of(text: str, yes: str, no: str) -> bool | None:
    """Which of the two words it is; upper and lower case count only where the two differ in nothing else."""
    if text in (yes, no):
        return text == yes
    folded = text.casefold()
    if yes.casefold() == no.casefold() or folded not in (yes.casefold(), no.casefold()):
        return None
    return folded == yes.casefold()


def sensor(config: Configuration) -> Entity | None:
    notified = notification_of(config.unique_id)
    if notified is not None:
        return config.entity(notified.signal, notified.read)
    unit = plain_unit(config.word("unit_of_measurement"))
    signal = _number_signal(config, unit)
    if signal:
        if base_name(signal) == "battery" and unit in ("v", "mv"):
            signal = "voltage"
        return _number(config, signal, unit)
    if unit or config.device_class not in ("", "none", "enum"):
        return None
    text = config.called(str)
    if text:
        return config.entity(text, text_reader(text))
    flag = config.called(bool)
    tells_state = config.device_class == "enum" or any(_TELLS_STATE.search(normal(n[:200])) for n in config.names())
    if flag in _WORDS and tells_state:
        return config.entity(flag, _word_reader(flag))
    if flag == "alarm" and tells_state:
        return config.entity(flag, panel_reader)
    return None


def _number_signal(config: Configuration, unit: str) -> str:
    named = config.called(float)
    if (config.device_class, named) in _BY_CLASS_AND_NAME:
        return named
    if config.device_class in _NUMBER_CLASSES:
        signal = _NUMBER_CLASSES[config.device_class]
        if signal == "rssi" and unit != "dbm":
            return ""  # decibels and percents of other things
        if not unit and signal in _NEEDS_UNIT:
            raise MalformedMessage(Text.of("home_assistant.no_unit", signal=signal))
        return signal
    if config.device_class not in ("", "none") or not named:
        return ""
    if not unit:
        tells_state = next((_ENDS_AS_STATE.search(normal(name[:200])) for name in config.names()), None)
        return named if named in _BY_NAME_WITHOUT_UNIT and not tells_state else ""
    is_share = unit == "%" and named in ("gas", "co", "co2")
    is_bare = not SIGNALS[base_name(named)].unit and named != "linkquality"
    return named if is_unit_of(named, unit) and not is_share and not is_bare else ""


def _number(config: Configuration, signal: str, unit: str) -> Entity:
    in_our_unit(signal, 0, unit)  # it is told now, and not with every message

    def read(text: str) -> Said:
        if text.lower() in NOTHING:
            return ()
        number = number_of(text)
        return () if number is None else ((signal, in_our_unit(signal, number, unit)),)

    return config.entity(signal, read)


def text_reader(signal: str) -> Read:
    def read(text: str) -> Said:
        if text.lower() in NOTHING:
            return ()
        if signal == "action" and normal(text[:60]) in EMERGENCIES:
            return (("panic", True),)
        danger = danger_in(normal(text[:60])) if signal == "action" else ""
        if danger in _AS_EVENTS:
            return ((signal, text[:LONGEST_WORD]), (danger, True))
        return ((signal, text[:LONGEST_WORD]),)

    return read


def _word_reader(signal: str) -> Read:
    def read(text: str) -> Said:
        if text.lower() in NOTHING:
            return ()
        said = truth(text, _WORDS[signal])
        return () if said is None else ((signal, said),)

    return read


def panel_reader(text: str) -> Said:
    """How an alarm panel is: armed and disarmed are no alarm, what names a danger is one. Raises MalformedMessage."""
    word = normal(text[:60])
    if word in NOTHING:
        return ()
    if word in _ARMED or danger_in(word):
        return (("alarm", word not in _ARMED),)
    try:
        said = truth(text[:LONGEST_WORD], _PANEL)
    except MalformedMessage:
        raise MalformedMessage(Text.of("home_assistant.no_panel_state", state=repr(text[:40]))) from None
    return () if said is None else (("alarm", said),)


def danger_in(word: str) -> str:
    """The signal of the danger that a word names (``fire``, ``smoke_alarm``), "" if it names none."""
    known = called(word, bool)
    return known.signal if known and known.upright and known.signal in DANGERS and not any(known.rest) else ""


def attributes_of(said: dict[str, Any]) -> Iterator[tuple[str, Value]]:
    """What a device tells of itself beside its entities' states. What is odd there is left alone: it is no state."""
    for key, value in list(said.items())[:100]:
        word = normal(key[:60])
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if word in ("battery", "battery_level") and 0 <= value <= 100:
            yield "battery", float(value)
        elif word in ("linkquality", "link_quality") and 0 <= value <= 255:
            yield "linkquality", float(value)
        elif word in ("rssi", "wifi_rssi") and -130 <= value < 0:
            yield "rssi", float(value)
