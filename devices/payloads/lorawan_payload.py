"""What a decoded LoRaWAN payload says in our signals, whichever network server decoded it.

A LoRaWAN device sends bytes; the network server's payload codec, mostly the maker's own, turns them into an object of
any shape. It is searched within bounds for fields that devices/payloads/lorawan_fields.py knows. A danger that is named
twice
stands if either says so. What is no present measurement (history, settings, thresholds, replies) is passed over. What
speaks of a danger and was not understood, or is of the past, is noted; and so is a gas that is measured in a warm-up.
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field
from devices.payloads.boolean_words import plain
from devices.payloads.decoded_values import merge
from devices.payloads.lorawan_fields import Known, channel_suffix, happening, known_field
from devices.payloads.lorawan_makers import MEASUREMENTS, bare_alarm, event, status
from devices.payloads.lorawan_reading import HEADLINES, TAKE_LISTS, Read
from devices.payloads.not_understood import Note, bounded, note_of, notes_in
from devices.reading import Value
from devices.signals import SIGNALS, base_name

_DEEPEST = 4
_MOST_FIELDS = 500
_MOST_LISTED = 50
_LONGEST_NAME = 64
_LONGEST_PATH = 80

_NO_PRESENT_VALUE = re.compile(
    r"history|logs?|datalog|raw|config|configuration|cfg|settings?|threshold|calibration|version|rules?|schedule"
    r"|reply|response|request|req|enable|interval|limit"
)
"""Words in the names of fields that hold something else than what is measured now."""
_OF_HISTORY = re.compile("history|logs?|datalog")
_REACHED = re.compile(r".*(?:reached|exceeded|crossed|violated)")

_INNER = ("currentstate", "value", "val", "current", "status", "state", "detected", "alarm")
"""Where an object under a known name holds what is said (lower case, letters only)."""
_UNITS = ("unit", "units")
_MOST_INNER = 20
_LABELS = ("type", "name", "measurement", "variable")
_VALUES = ("value", "measurementValue", "val")
_OF_THE_PAST = frozenset({"time", "timestamp", "ts", "date", "datetime", "ago", "age", "offset", "seq"})
_WARMING_UP = re.compile(r"warm(?:ing)?up|pre_?heat(?:ing)?|polariz|预热")
_WARM = re.compile(r"done|complete|finish|ended|off|over|false|no|完成|结束")
_SAY_ANYTHING = HEADLINES | {status, event}
_SLOW = frozenset({"co", "co2", "tvoc", "gas", "formaldehyde", "pm", "smoke_density"})
"""What is measured by sensors that must warm up first."""


class Told(msgspec.Struct):
    """``values`` by signal, ``problem`` with the first field that could not be read ("" if none), and the notes."""

    values: dict[str, Value]
    problem: Reason = ""
    notes: tuple[Note, ...] = ()


def told_in(payload: Any) -> Told:
    """What a decoded payload says. Looks at 500 fields and four levels at most; nearer the top wins."""
    search = _Search()
    if isinstance(payload, dict):
        search.waiting.append((1, "", payload))
        search.run()
    return Told(search.found, search.problem, bounded(search.notes))


_Told = tuple[Read, str, Sequence[Any], str]
"""How to read it, its channel as a suffix, the ways in which it is said, its unit."""
_Deeper = tuple[str, Mapping[str, Any]]
"""The names around an object, and the object."""


class _Search:
    """One payload on its way: objects that wait to be looked into, and what the others said."""

    def __init__(self) -> None:
        self.found: dict[str, Value] = {}
        self.problem: Reason = ""
        self.notes: list[Note] = []
        self.waiting: deque[tuple[int, str, Mapping[str, Any]]] = deque()
        self._left = _MOST_FIELDS
        self._is_warming_up = False
        self._headlines: list[Note] = []

    def run(self) -> None:
        while self.waiting and self._left > 0:
            depth, path, around = self.waiting.popleft()
            rest = (
                dict(islice(around.items(), self._left, self._left + _MOST_FIELDS)) if len(around) > self._left else {}
            )
            for name, value in islice(around.items(), self._left):
                self._left -= 1
                if value is None:
                    continue
                where = f"{path}.{name}"[-_LONGEST_PATH:] if path else name[:_LONGEST_PATH]
                if len(name) > _LONGEST_NAME or _is_no_present_value(name):
                    self._note_the_past(where, name, value)
                else:
                    self._look(depth, where, name, value, around)
            if rest:
                self._note(notes_in(rest, within=path))
        for _, path, around in islice(self.waiting, _MOST_LISTED):
            self._note(notes_in(around, within=path))
        if self._is_warming_up:
            self._take_back()
        if not any(SIGNALS[base_name(signal)].alarm for signal in self.found):
            self.notes += self._headlines  # else the fields below it said what it is about

    def _look(self, depth: int, where: str, name: str, value: Any, around: Mapping[str, Any]) -> None:
        happened = happening(name)
        if happened is not None and value is not False:
            merge(self.found, *happened)
            return
        self._is_warming_up |= _says_warming_up(name, value)
        known = known_field(name)
        if known is None:
            deeper, past = _below(where, value)
            told: list[_Told] = []
            self._note(note for one in past for note in notes_in(one, within=where) if not note.is_calm)
            self._note_plainly(where, value)
        else:
            told, deeper = _taken(known, where, value, around)
            if not told and not deeper:
                self._note(notes_in(value, within=where))
        self._left -= len(told)
        if depth < _DEEPEST and len(self.waiting) < _MOST_FIELDS:
            self.waiting.extend((depth + 1, *one) for one in deeper)
        else:
            self._note(note for path, one in deeper for note in notes_in(one, within=path))
        for one in told:
            self._read(where, one, around)

    def _read(self, where: str, told: _Told, around: Mapping[str, Any]) -> None:
        read, channel, ways, unit = told
        try:
            said = _first(read, ways, unit, around)
        except MalformedMessage as error:
            if self.problem:
                self.notes.append(Note(of_field(where[:100], error.text)))
            self.problem = self.problem or of_field(where[:100], error.text)
            return
        for signal, value in said:
            merge(self.found, signal + channel, value)
        if not said:
            notes = [note for way in ways if (note := note_of(where, way)) is not None]
            if read in HEADLINES:
                self._headlines += notes
            else:
                self._note(notes)

    def _note_the_past(self, where: str, name: str, value: Any) -> None:
        """A leak of long ago is none now, but worth a line; a setting is not."""
        if len(name) > _LONGEST_NAME or _OF_HISTORY.search(name.lower()):
            self._note(note for note in notes_in(value, within=where) if not note.is_calm)

    def _note_plainly(self, where: str, value: Any) -> None:
        note = note_of(where, value)
        if note is not None:
            self._note((note,))

    def _note(self, notes: Iterable[Note]) -> None:
        if len(self.notes) < _MOST_FIELDS:
            self.notes += notes

    def _take_back(self) -> None:
        """Figures of a sensor that is warming up are no readings."""
        for signal in [signal for signal in self.found if base_name(signal) in _SLOW]:
            del self.found[signal]
            self.notes.append(Note(Text.of("lorawan.warming_up", signal=signal)))


def _says_warming_up(name: str, value: Any) -> bool:
    if isinstance(value, str) and _WARMING_UP.search(plain(value[:_LONGEST_PATH])):
        return _WARM.search(plain(value[:_LONGEST_PATH])) is None
    if not _names_a_warm_up(name) or isinstance(value, dict | list):
        return False
    return value is True or value == 1 or (isinstance(value, str) and plain(value) in ("active", "true", "yes", "on"))


@lru_cache(maxsize=4096)
def _names_a_warm_up(name: str) -> bool:
    return _WARMING_UP.search(plain(name)) is not None


def _taken(known: Known, where: str, value: Any, around: Mapping[str, Any]) -> tuple[list[_Told], list[_Deeper]]:
    """What a known field holds, and what must be looked into instead."""
    read, channel, unit = known.read, known.channel, known.unit
    if isinstance(value, list):
        if read in TAKE_LISTS or read is bare_alarm:
            return [(read, channel, (one,), "") for one in value[:_MOST_LISTED]], []
        return [], []  # several of one kind: a history, or channels without their numbers
    if not isinstance(value, dict):
        return [(read, channel, (value,), unit)], []
    if read in _SAY_ANYTHING:
        return [], [(where, value)]  # {"status": {"alarm": true}}: what is in it tells more
    inner = {plain(name): said for name, said in islice(value.items(), _MOST_INNER)}
    ways = [inner[name] for name in _INNER if _is_plain(inner.get(name))]
    named = (name for name in islice(value, _MOST_INNER) if plain(name) != "event")
    if not ways and _is_plain(inner.get("event")) and not any(map(known_field, named)):
        ways = [inner["event"]]  # Radio Bridge: {"Water": {"Event": "Water Present"}}
    if not ways and isinstance(inner.get("type"), str) and inner.get("active") is not False:
        ways = [inner["type"]]  # Milesight: {"temperature_alarm": {"type": "burning alarm trigger"}}
    if (
        not ways
        and str(around.get("decodingInfo", ""))[:13] == "values: [t=0,"
        and isinstance(inner.get("values"), list)
    ):
        ways = inner["values"][:1]  # Adeunis: the newest first
    if ways:
        told = value.get("unit", value.get("units"))
        rest = {name: said for name, said in value.items() if plain(name) not in _INNER and plain(name) not in _UNITS}
        deeper: list[_Deeper] = [("", rest)] if rest else []  # {"smoke": {"status": "normal", "fault": true}}
        return [(read, channel, ways, told if isinstance(told, str) else unit)], deeper
    channels = [(number, plainly) for number, plainly in _channels(value) if _is_plain(plainly)]
    numbered: list[_Told] = [(read, channel_suffix(number), (plainly,), unit) for number, plainly in channels]
    return numbered, [] if numbered else [(where, value)]


def _first(read: Read, ways: Sequence[Any], unit: str, around: Mapping[str, Any]) -> list[tuple[str, Value]]:
    """What the first way says that can be read: ``{"value": 0.02, "status": "normal"}``. Raises MalformedMessage."""
    fault: MalformedMessage | None = None
    for way in ways:
        try:
            return list(read(way, unit, around))
        except MalformedMessage as error:
            fault = fault or error
    raise fault or MalformedMessage(Text.of("lorawan.nothing"))


def _is_plain(value: Any) -> bool:
    return value is not None and not isinstance(value, dict | list)


def _channels(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Cayenne LPP as ChirpStack writes it: ``{"1": 24.5, "2": 4.0}``."""
    listed = islice(value.items(), _MOST_LISTED)
    return [(number, plain) for number, plain in listed if number.isdecimal() and number.isascii() and len(number) <= 3]


def _below(where: str, value: Any) -> tuple[list[_Deeper], list[Any]]:
    """The objects in an unknown field: itself, or the measurements that it lists by name; and those of the past."""
    if isinstance(value, dict):
        label = next((value[key] for key in _LABELS if isinstance(value.get(key), str)), "")
        measured = next((value[key] for key in _VALUES if _is_plain(value.get(key))), None)
        labelled = [(where, {label: {"value": measured, "unit": value.get("unit")}})] if label else []
        return [(where, value), *(labelled if measured is not None else ())], []
    found: list[_Deeper] = []
    past: list[Any] = []
    for item in value[:_MOST_LISTED] if isinstance(value, list) else []:
        if isinstance(item, list):
            found.append((where, {"": item}))
        elif isinstance(item, dict):
            label, unit = MEASUREMENTS.get(str(item.get("measurementId")), ("", item.get("unit")))
            label = label or next((item[key] for key in _LABELS if isinstance(item.get(key), str)), "")
            measured = next((item[key] for key in _VALUES if key in item), None)
            if isinstance(measured, list):
                found.append((where, {label: measured}))
            elif measured is not None:
                found.append((where, {label: {"value": measured, "unit": unit}} if label else {}))
            elif not _OF_THE_PAST.intersection(map(plain, islice(item, _MOST_INNER))):
                found.append((where, item))
            else:
                past.append(item)
        else:
            past.append(item)
    return found, past


@lru_cache(maxsize=4096)
def _is_no_present_value(name: str) -> bool:
    if _REACHED.fullmatch(plain(name)):
        return False
    return any(_NO_PRESENT_VALUE.fullmatch(word.lower()) for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name))
