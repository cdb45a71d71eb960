"""The JSON of devices that are free to choose, the same over MQTT (keyarea) and on a line (ndjson).

``{"readings": {"smoke": false, "temperature": 21.5}, "time": "2026-11-24T08:30:15+08:00", "model": "...",
"firmware": "..."}``
"""

import math
from typing import Any

import msgspec

from devices.codec import Report
from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.output_orders import OutputOrder
from devices.payloads.boolean_words import WORDS_OF, truth, words
from devices.payloads.json_payload import json_of
from devices.payloads.not_understood import Note, notes_in
from devices.payloads.source_time import instant_of
from devices.reading import Instant, Value
from devices.signals import SIGNALS, base_name

_MOST_SIGNALS = 64
_LONGEST_MODEL = 100
_LONGEST_FIRMWARE = 40


class Said(msgspec.Struct):
    """One message. ``time`` is ISO 8601 with an offset, or milliseconds since 1970; a reading may be null."""

    readings: dict[str, Any]
    device: str | None = None
    time: Any = None
    model: Any = ""
    firmware: Any = ""


class _Plain(Said, forbid_unknown_fields=True):
    """As nearly all are: nothing beside these, and no value that is none."""


_NO_NUMBER = object()
"""In the place of ``nan``."""
_FIELDS = frozenset(Said.__struct_fields__)
_FIGURES = frozenset(name for name, signal in SIGNALS.items() if signal.python_type is float)
_decode = msgspec.json.Decoder(_Plain).decode


def said_in(payload: bytes) -> tuple[Said, tuple[Note, ...]]:
    """The message, and notes on what stands beside the readings.

    Raises MalformedMessage: no JSON, no readings, more of them than a message may hold.
    """
    notes: tuple[Note, ...] = ()
    try:
        try:
            said: Said = _decode(payload)
        except msgspec.DecodeError:
            said, notes = _odd(json_of(payload))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(Text.of("own_format.shape", reason=str(error))) from None
    if not 0 < len(said.readings) <= _MOST_SIGNALS:
        raise MalformedMessage(Text.of("own_format.count", most=_MOST_SIGNALS))
    return said, notes


def _odd(told: Any) -> tuple[Said, tuple[Note, ...]]:
    """The slow way, for what is not as nearly all are."""
    said = msgspec.convert(told, Said)
    for signal, value in said.readings.items():
        if isinstance(value, float) and not math.isfinite(value):
            said.readings[signal] = _NO_NUMBER
    return said, notes_in(told, _FIELDS)


def report_of(address: str, said: Said) -> tuple[tuple[Report, ...], Reason, tuple[Note, ...]]:
    """What it says, what is wrong with the first thing that could not be read, and notes on dangers in others.

    What could not be read costs nothing else. Raises MalformedMessage where nothing could be read.
    """
    values: list[tuple[str, Value]] = []
    problem: Reason = ""
    unread: dict[str, Any] = {}
    for signal, value in said.readings.items():
        kind = type(value)
        if kind is bool or kind is float or (kind is int and signal in _FIGURES):
            values.append((signal, value))
        elif kind is int or kind is str:
            values.append((signal, _meant(signal, value)))
        elif value is not None:
            problem = problem or Text.of("own_format.value", signal=repr(signal[:60]))
            if value is not _NO_NUMBER:
                unread[signal] = value
    time: Instant | None = None
    try:
        if said.time is not None:
            time = _time(said.time)
    except MalformedMessage as error:
        problem = problem or error.text
    notes = notes_in(unread) if unread else ()
    if not values and not notes:
        raise MalformedMessage(problem or Text.of("own_format.all_null"))
    model = said.model[:_LONGEST_MODEL] if isinstance(said.model, str) else ""
    firmware = said.firmware[:_LONGEST_FIRMWARE] if isinstance(said.firmware, str) else ""
    reports = (Report(address, tuple(values), time, model=model, firmware=firmware),) if values else ()
    return reports, problem, notes


def order_in_json(order: OutputOrder, **further: str) -> bytes:
    """``{"id": "...", "output": "siren", "value": true}``; what is empty, real or 0 is left out."""
    told: dict[str, Any] = {**further, "id": order.id, "output": order.what, "value": order.value}
    beside = {"channel": order.channel, "duration_s": order.duration_s}
    told |= {name: value for name, value in beside.items() if value}
    return msgspec.json.encode(told if order.origin == "real" else {**told, "origin": order.origin})


def _meant(signal: str, value: float | str) -> Value:
    """A flag written as 1, "true" or "ON" is one; a word that nobody knows is left for the registry to refuse."""
    known = SIGNALS.get(base_name(signal))
    if known is None or known.python_type is not bool:
        return value
    try:
        said = truth(value, WORDS_OF.get(known.name, words()))
    except MalformedMessage:
        return value
    return value if said is None else said


def _time(said: Any) -> Instant:
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        raise MalformedMessage(Text.of("own_format.time"))
    return instant_of(said)
