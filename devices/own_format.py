"""The JSON of devices that are free to choose, the same over MQTT (keyarea) and on a line (ndjson).

``{"readings": {"smoke": false, "temperature": 21.5}, "time": "2026-11-24T08:30:15+08:00", "model": "...",
"firmware": "..."}``
"""

import math
from typing import Any

import msgspec

from devices.codec import Report
from devices.errors import MalformedMessage
from devices.json_payload import json_of
from devices.reading import Instant, Value
from devices.source_time import instant_of

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


_NO_NUMBER = object()
"""In the place of ``nan``; here and not for each value of each message, for this is the way of a broken one."""
_decode = msgspec.json.Decoder(Said).decode


def said_in(payload: bytes) -> Said:
    """The message. Raises MalformedMessage: no JSON, no readings, more of them than a message may hold."""
    try:
        try:
            said = _decode(payload)
        except msgspec.DecodeError:
            said = msgspec.convert(json_of(payload), Said)
            for signal, value in said.readings.items():
                if isinstance(value, float) and not math.isfinite(value):
                    said.readings[signal] = _NO_NUMBER
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from None
    if not 0 < len(said.readings) <= _MOST_SIGNALS:
        raise MalformedMessage(f"readings must hold 1 to {_MOST_SIGNALS} signals")
    return said


def report_of(address: str, said: Said) -> tuple[tuple[Report, ...], str]:
    """What it says, and what is wrong with the first thing that could not be read: that costs nothing else.

    Raises MalformedMessage where nothing could be read.
    """
    values: list[tuple[str, Value]] = []
    problem = ""
    for signal, value in said.readings.items():
        if isinstance(value, bool | int | float | str):
            values.append((signal, value))
        elif value is not None:
            problem = problem or f"{signal[:60]!r} must be true, false, a number or text"
    time: Instant | None = None
    try:
        if said.time is not None:
            time = _time(said.time)
    except MalformedMessage as error:
        problem = problem or str(error)
    if not values:
        raise MalformedMessage(problem or "every reading is null")
    model = said.model[:_LONGEST_MODEL] if isinstance(said.model, str) else ""
    firmware = said.firmware[:_LONGEST_FIRMWARE] if isinstance(said.firmware, str) else ""
    return (Report(address, tuple(values), time, model=model, firmware=firmware),), problem


def _time(said: Any) -> Instant:
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        raise MalformedMessage("time must be ISO 8601 with an offset from UTC, or milliseconds since 1970")
    return instant_of(said)
