"""What a decoded LoRaWAN payload says in our signals, whichever network server decoded it.

A LoRaWAN device sends bytes; the network server's payload codec, mostly the maker's own, turns them into an object of
any shape. It is searched within bounds for fields that devices/lorawan_fields.py knows. A danger that is named twice
stands if either says so. What is no present measurement (history, settings, thresholds, replies) is passed over.
"""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from devices.errors import MalformedMessage
from devices.findings import merge
from devices.lorawan_fields import Known, channel_suffix, happening, known_field
from devices.lorawan_makers import MEASUREMENTS
from devices.lorawan_reading import Read, alarm, kind
from devices.reading import Value
from devices.words import plain

_DEEPEST = 4
_MOST_FIELDS = 500
_MOST_LISTED = 50
_LONGEST_NAME = 64

_NO_PRESENT_VALUE = re.compile(
    r"history|logs?|datalog|raw|config|configuration|settings?|threshold|calibration|version|rules?|schedule"
    r"|reply|response|request|req|enable|interval|limit"
)
"""Words in the names of fields that hold something else than what is measured now."""

_INNER = ("currentstate", "value", "val", "current", "status", "state", "detected", "alarm")
"""Where an object under a known name holds what is said (lower case, letters only)."""
_MOST_INNER = 20
_LABELS = ("type", "name", "measurement", "variable")
_VALUES = ("value", "measurementValue", "val")
_OF_THE_PAST = frozenset({"time", "timestamp", "ts", "date", "datetime", "ago", "age", "offset", "seq"})


def signals_in(payload: Any) -> tuple[dict[str, Value], str]:
    """What a decoded payload says, and what was wrong with the first field that could not be read ("" if nothing).

    Looks at 500 fields and four levels at most; nearer the top wins.
    """
    found: dict[str, Value] = {}
    problem = ""
    waiting: deque[tuple[int, Mapping[str, Any]]] = deque()
    if isinstance(payload, dict):
        waiting.append((1, payload))
    left = _MOST_FIELDS
    while waiting and left > 0:
        depth, around = waiting.popleft()
        for name, value in islice(around.items(), left):
            left -= 1
            if value is None or len(name) > _LONGEST_NAME or _is_no_present_value(name):
                continue
            happened = happening(name)
            if happened is not None and value is not False:
                merge(found, *happened)
                continue
            known = known_field(name)
            told, deeper = _taken(known, value, around) if known else ([], _below(value))
            left -= len(told)
            if depth < _DEEPEST and len(waiting) < _MOST_FIELDS:
                waiting.extend((depth + 1, inner) for inner in deeper)
            for read, channel, ways, unit in told:
                try:
                    for signal, said in _first(read, ways, unit, around):
                        merge(found, signal + channel, said)
                except MalformedMessage as error:
                    problem = problem or f"{name}: {error}"
    return found, problem


_Told = tuple[Read, str, Sequence[Any], str]
"""How to read it, its channel as a suffix, the ways in which it is said, its unit."""


def _taken(known: Known, value: Any, around: Mapping[str, Any]) -> tuple[list[_Told], list[Mapping[str, Any]]]:
    """What a known field holds, and what must be looked into instead."""
    read, channel, unit = known.read, known.channel, known.unit
    if isinstance(value, list):
        if read in (alarm, kind):
            return [(read, channel, (cause,), "") for cause in _causes(value)], []
        return [], []  # several of one kind: a history, or channels without their numbers
    if not isinstance(value, dict):
        return [(read, channel, (value,), unit)], []
    inner = {plain(name): said for name, said in islice(value.items(), _MOST_INNER)}
    ways = [inner[name] for name in _INNER if _is_plain(inner.get(name))]
    named = (name for name in islice(value, _MOST_INNER) if plain(name) != "event")
    if not ways and _is_plain(inner.get("event")) and not any(map(known_field, named)):
        ways = [inner["event"]]  # Radio Bridge: {"Water": {"Event": "Water Present"}}
    if (
        not ways
        and str(around.get("decodingInfo", ""))[:13] == "values: [t=0,"
        and isinstance(inner.get("values"), list)
    ):
        ways = inner["values"][:1]  # Adeunis: the newest first
    if ways:
        told = value.get("unit", value.get("units"))
        return [(read, channel, ways, told if isinstance(told, str) else unit)], []
    channels = [(number, plainly) for number, plainly in _channels(value) if _is_plain(plainly)]
    numbered: list[_Told] = [(read, channel_suffix(number), (plainly,), unit) for number, plainly in channels]
    return numbered, [] if numbered else [value]


def _causes(value: Sequence[Any]) -> list[str]:
    """The words in a list of alarms, plain or as SenseCAP's trackers write them: ``[{"eventName": "SOS event."}]``."""
    named = (item.get("eventName") if isinstance(item, dict) else item for item in value[:_MOST_LISTED])
    return [cause for cause in named if isinstance(cause, str)]


def _first(read: Read, ways: Sequence[Any], unit: str, around: Mapping[str, Any]) -> list[tuple[str, Value]]:
    """What the first way says that can be read: ``{"value": 0.02, "status": "normal"}``. Raises MalformedMessage."""
    fault: MalformedMessage | None = None
    for way in ways:
        try:
            return list(read(way, unit, around))
        except MalformedMessage as error:
            fault = fault or error
    raise fault or MalformedMessage("nothing is said")


def _is_plain(value: Any) -> bool:
    return value is not None and not isinstance(value, dict | list)


def _channels(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Cayenne LPP as ChirpStack writes it: ``{"1": 24.5, "2": 4.0}``."""
    listed = islice(value.items(), _MOST_LISTED)
    return [(number, plain) for number, plain in listed if number.isdecimal() and number.isascii() and len(number) <= 3]


def _below(value: Any) -> list[Mapping[str, Any]]:
    """The objects in an unknown field: itself, or the measurements that it lists by name."""
    if isinstance(value, dict):
        return [value]
    found: list[Mapping[str, Any]] = []
    for item in value[:_MOST_LISTED] if isinstance(value, list) else []:
        if isinstance(item, list):
            found.append({"": item})
        elif isinstance(item, dict):
            label, unit = MEASUREMENTS.get(str(item.get("measurementId")), ("", item.get("unit")))
            label = label or next((item[key] for key in _LABELS if isinstance(item.get(key), str)), "")
            measured = next((item[key] for key in _VALUES if key in item), None)
            if isinstance(measured, list):
                found.append({label: measured})
            elif measured is not None:
                found.append({label: {"value": measured, "unit": unit}} if label else {})
            elif not _OF_THE_PAST.intersection(map(plain, islice(item, _MOST_INNER))):
                found.append(item)
    return found


@lru_cache(maxsize=4096)
def _is_no_present_value(name: str) -> bool:
    return any(_NO_PRESENT_VALUE.fullmatch(word.lower()) for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name))


_FIRMWARE = ("firmwareversion", "firmware", "fwversion", "fwver", "firmwarever", "firmver", "fw")
_SOFTWARE = ("softwareversion", "swversion", "softversion", "software", "swver", "sw")
_IN_TWO = ("fwmaj", "fwmin")
_LONGEST_VERSION = 40


def firmware_in(payload: Any) -> str:
    """The version that the device says it runs, empty if it does not say. Three levels are looked at."""
    names: dict[str, str] = {}
    level: list[Any] = [payload]
    for _ in range(3):
        below: list[Any] = []
        for around in level[:_MOST_LISTED]:
            if isinstance(around, list):
                below += around[:_MOST_LISTED]
            elif isinstance(around, dict):
                for name, value in islice(around.items(), _MOST_FIELDS):
                    word = _version_word(name) if len(name) <= _LONGEST_NAME else ""
                    if word and (version := _version(value)):
                        names.setdefault(word, version)
                    elif isinstance(value, dict | list):
                        below.append(value)
        level = below
    if "fwmaj" in names and "fwmin" in names:
        return f"{names['fwmaj']}.{names['fwmin']}"
    return next((names[name] for name in _FIRMWARE + _SOFTWARE if name in names), "")


@lru_cache(maxsize=4096)
def _version_word(name: str) -> str:
    word = plain(name)
    return word if word in _FIRMWARE + _SOFTWARE + _IN_TWO else ""


def _version(value: Any) -> str:
    if isinstance(value, dict):
        parts = [value.get(part) for part in ("major", "minor", "patch")]
        value = ".".join(str(part) for part in parts if isinstance(part, int) and 0 <= part < 10_000)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = value if isinstance(value, str) else f"{value:g}"
    return "".join(letter for letter in text[:_LONGEST_VERSION] if letter.isprintable()).strip()
