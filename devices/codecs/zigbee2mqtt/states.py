"""The state of a device as its bridge published it: field by field to signals, each for itself.

A state is the bridge's cache: beside an event it may still hold what was before. A lock that was just opened by hand
is open whatever the cache says, until the cache says something else.

The cached state that contradicts an action is not believed for that device until it changes, remembered for 2,000
devices; the next word on the battery would repeat the stale one, and a lock may say nothing for a day. The same for
an alarm bit beside another cluster's stale flag: true stands. Failures to unlock are no opening; they are ``access``
denied. The price: a lock that is locked again without an event stays open here until its next one, which is the safe
side.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from devices.codecs.zigbee2mqtt.actions import action_of, happened, lock_moved
from devices.codecs.zigbee2mqtt.definition import Definition
from devices.codecs.zigbee2mqtt.feature import UNKNOWN, Feature, NotYesOrNo, NoUnit
from devices.codecs.zigbee2mqtt.fields import GENERAL, SECOND_TO_SPEAK, field_of
from devices.codecs.zigbee2mqtt.things import meaning_of
from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field
from devices.payloads.boolean_words import WORDS_OF, plain, truth
from devices.payloads.decoded_values import merge, merge_all
from devices.payloads.not_understood import Note, bounded, notes_among
from devices.reading import Value
from devices.signals import DANGERS, base_name

_MOST_FIELDS = 500
_MOST_REMEMBERED = 2_000
_LONGEST_FIELD = 40
_HOUSEKEEPING = frozenset({
    *("last_seen", "update", "update_available", "device", "elapsed", "action", "click", "action_code", "action_user"),
    *("action_source", "action_source_name", "action_zone", "action_transaction", "action_group", "action_rate"),
    *("action_duration", "warning", "squawk", "identify", "effect", "friendly_name", "ieee_address"),
    *("linkage_alarm", "buzzer_manual_alarm", "buzzer_manual_mute", "smoke_density", "smoke_concentration"),
    *("smoke_value", "smoke_level", "current_weather_alert", "weather_alert"),
})  # fmt: skip
"""What the bridge adds to a state, orders that it repeats, settings, figures for smoke that nobody can convert, the
weather: nothing of it is a signal."""
_SETS = re.compile(
    r"(?:^|_)(?:sensitivity|volume|ringtone|melody|mode|duration|threshold|delay|enable|enabled|switch|ring|indicator"
    r"|interval|calibration|invert|logic|force|unit|timeout|offset)(?:_|$)"
    r"|^(?:ec|tds|uv|fertility|moisture|soil_\w+|water|illuminance|pressure)_warn(?:ing)?$"
)
"""In the name of what somebody sets, also where no definition says so; and that a plant wants water."""
_MEASURED_WARM = frozenset({"gas", "co", "smoke_density"})
_SAYS_NOTHING = frozenset({"unknown", "detecting", "none", "undefined", "null"})
_DETECTORS = frozenset({"smoke", "gas", "carbon_monoxide", "water_leak", "contact", "occupancy", "vibration"})
_STATE_IN_WORDS = frozenset({"state", "status", "sensor_state", "detector_state", "device_status", "sensor_status"})
_SOUNDING = frozenset(
    {
        "melody",
        "volume",
        "duration",
        "strobe",
        "siren",
        "ringtone",
        "alarm_ringtone",
        "light",
        "max_duration",
        "warning",
        "alarm_time",
    }
)
"""Siblings of an ``alarm`` that is a siren's."""


class Understood(msgspec.Struct):
    """What was found in a state, what is wrong with the first field that was not, and the notes on all of them."""

    values: dict[str, Value] = {}
    problem: Reason = ""
    notes: list[Note] = []
    unknown: list[str] = []


class States:
    """Remembers, of 2,000 devices each, flags that could not be read and locks whose cached state is stale."""

    def __init__(self) -> None:
        self._unreadable: set[tuple[str, str]] = set()
        self._stale: dict[str, Value] = {}

    def read(self, name: str, state: Mapping[str, Any], definition: Definition) -> Understood:
        """What is understood of the state of the device of that name: one bad field costs no other."""
        found = Understood({}, "", [], [])
        for field, value in sorted(islice(state.items(), _MOST_FIELDS), key=_is_second):
            if value is not None:
                self._read_field(name, field, value, state, definition, found)
        if _is_warming_up(state):
            for signal in _MEASURED_WARM & found.values.keys():
                del found.values[signal]
                found.notes.append(Note(Text.of("zigbee2mqtt.warming_up", signal=signal), is_calm=True))
        merge_all(found.values, happened(state, definition.thing))
        if "lock" in found.values or action_of(state):
            self._weigh_lock(name, lock_moved(action_of(state)), found.values)
        found.notes = list(bounded(found.notes)) if found.notes else found.notes
        return found

    def _read_field(
        self, name: str, field: str, value: Any, state: Mapping[str, Any], definition: Definition, found: Understood
    ) -> None:
        known = field_of(field)
        if known is None:
            self._pass_over(field, value, definition, found)
            return
        read, channel = known
        feature = definition.features.get(field, UNKNOWN)
        if feature is UNKNOWN and field in GENERAL:
            feature = _of_thing(field, definition.thing) if definition.thing else _guessed(state)
        try:
            said = tuple(read(value, feature))
        except NotYesOrNo as error:
            found.problem = found.problem or of_field(field, error.text)
            if base_name(error.signal) in DANGERS:
                self._cannot_read(name, field, found)
            return
        except NoUnit as error:
            found.notes.append(Note(of_field(field[:_LONGEST_FIELD], error.text), is_calm=True))
            return
        except MalformedMessage as error:
            found.problem = found.problem or of_field(field, error.text)
            return
        if not said:
            said = _in_words(field, value, definition.thing)
        if not said:
            if not isinstance(value, str) or value.lower() not in _SAYS_NOTHING:
                self._pass_over(field, value, definition, found)
            return
        for signal, told in said:
            name_of_channel = _of_channel(signal, channel)
            if told is True and field in GENERAL:
                found.values[name_of_channel] = True  # another cluster's cached state does not take it back
            merge(found.values, name_of_channel, told)
        if self._unreadable:
            self._can_read(name, field, found)

    def _pass_over(self, field: str, value: Any, definition: Definition, found: Understood) -> None:
        """A field of which nothing is taken. What speaks of a danger is noted, unless it is there to be set."""
        if field in definition.settings or is_housekeeping(field):
            return
        if field not in definition.exposed:
            found.unknown.append(field)
        found.notes += notes_among(((field, value),))

    def _cannot_read(self, name: str, field: str, found: Understood) -> None:
        """A detector whose alarm nobody can read is as good as none."""
        if len(self._unreadable) < _MOST_REMEMBERED:
            self._unreadable.add((name, field))
        merge(found.values, _fault_of(field), True)

    def _can_read(self, name: str, field: str, found: Understood) -> None:
        if (name, field) in self._unreadable:
            self._unreadable.discard((name, field))
            merge(found.values, _fault_of(field), False)

    def _weigh_lock(self, name: str, moved: bool | None, values: dict[str, Value]) -> None:
        cached = values.get("lock")
        if moved is not None:
            values["lock"] = moved
            self._stale.pop(name, None)
            if cached is not None and cached is not moved and len(self._stale) < _MOST_REMEMBERED:
                self._stale[name] = cached
        elif cached is not None and name in self._stale:
            if self._stale[name] is cached:
                del values["lock"]
            else:
                del self._stale[name]


@lru_cache(maxsize=4096)
def is_housekeeping(field: str) -> bool:
    """Whether a field says nothing about the world, by its name."""
    return field in _HOUSEKEEPING or _SETS.search(field) is not None


def _is_second(item: tuple[str, Any]) -> bool:
    return item[0] in SECOND_TO_SPEAK


def _is_warming_up(state: Mapping[str, Any]) -> bool:
    """A gas detector's figures say nothing until its cell is hot; its alarm counts all the same."""
    return (
        state.get("preheat") is True or state.get("preheating") == "preheating" or state.get("state") == "preparation"
    )


def _of_thing(field: str, thing: str) -> Feature:
    """A field that the definition does not hold, of a device whose description does say what it is."""
    return Feature(meaning=meaning_of(field, "", thing))


def _in_words(field: str, value: Any, thing: str) -> tuple[tuple[str, Value], ...]:
    """``state`` with ``alarm`` of a device whose description names the danger that it detects."""
    if field not in _STATE_IN_WORDS or thing not in WORDS_OF or thing not in DANGERS or not isinstance(value, str):
        return ()
    if plain(value) in ("on", "off", "work", "preparation", "idle"):
        return ()
    try:
        said = truth(value, WORDS_OF[thing])
    except MalformedMessage:
        return ()
    return () if said is None else ((thing, said),)


def _guessed(state: Mapping[str, Any]) -> Feature:
    """What an ``alarm`` is of while the bridge has not told its devices: a siren's is beside what a siren has."""
    if not _DETECTORS.isdisjoint(state):
        return Feature(access=_ALL, meaning="detector")
    if not _SOUNDING.isdisjoint(state) or state.get("alarm") in ("ON", "OFF"):
        return Feature(meaning="siren")
    return UNKNOWN


_ALL = 0b111


def _fault_of(field: str) -> str:
    return f"fault.{field[:_LONGEST_FIELD]}"


def _of_channel(signal: str, channel: str) -> str:
    return f"{signal}{'_' if '.' in signal else '.'}{channel}" if channel else signal
