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
from devices.lorawan_fields import Read, channel_suffix, happening, known_field
from devices.reading import Value

_DEEPEST = 4
_MOST_FIELDS = 500
_MOST_LISTED = 50
_LONGEST_NAME = 64

_NO_PRESENT_VALUE = re.compile(
    r"history|logs?|datalog|raw|config|configuration|settings?|threshold|calibration|version|rules?|schedule"
    r"|reply|response|request|req|enable|interval|limit"
)
"""Words in the names of fields that hold something else than what is measured now."""

_INNER = ("value", "val", "current", "status", "state", "detected", "alarm")
_LABELS = ("type", "name", "measurement", "variable")
_VALUES = ("value", "measurementValue", "val")


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
            told, deeper = _taken(known, value) if known else ([], _below(value))
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


def _taken(known: tuple[Read, str], value: Any) -> tuple[list[_Told], list[Mapping[str, Any]]]:
    """What a known field holds, and what must be looked into instead."""
    read, channel = known
    if isinstance(value, list):
        return [], []  # several of one kind: a history, or channels without their numbers
    if not isinstance(value, dict):
        return [(read, channel, (value,), "")], []
    ways = [value[inner] for inner in _INNER if _is_plain(value.get(inner))]
    if ways:
        unit = value.get("unit")
        return [(read, channel, ways, unit if isinstance(unit, str) else "")], []
    channels = [(number, plain) for number, plain in _channels(value) if _is_plain(plain)]
    numbered: list[_Told] = [(read, channel_suffix(number), (plain,), "") for number, plain in channels]
    return numbered, [] if numbered else [value]


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
    named: list[Mapping[str, Any]] = []
    for item in value[:_MOST_LISTED] if isinstance(value, list) else []:
        if isinstance(item, list):
            named.append({"": item})
        elif isinstance(item, dict):
            label = next((item[key] for key in _LABELS if isinstance(item.get(key), str)), None)
            measured = next((item[key] for key in _VALUES if key in item), None)
            if label is not None and measured is not None:
                named.append({label: {"value": measured, "unit": item.get("unit")}})
    return named


@lru_cache(maxsize=4096)
def _is_no_present_value(name: str) -> bool:
    return any(_NO_PRESENT_VALUE.fullmatch(word.lower()) for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name))
