"""Readings as InfluxDB line protocol: measurement = signal, tag ``device``, one field named after the value's type.

The field is named after the type (``number``, ``flag``, ``text``) because a server refuses a field that changes its
type. Names that line protocol cannot carry safely are written as a URL would write them, so nothing that a device or
a site file calls itself can end a name, begin a field or begin a second line.

One field ``value`` for all would let one odd device spoil a signal for everybody. Servers differ in how they read line
protocol's backslashes, and to leave characters out could make one name of two; so ``gate 1`` is ``gate%201`` in a
dashboard, which can be undone, and Chinese stays as it is.
"""

import math
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

from devices.reading import Reading, Value

NUMBER, FLAG, TEXT, QUALITY = "number", "flag", "text", "quality"

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029,=\\%\"#]+")


def lines(readings: Iterable[Reading]) -> bytes:
    """One line a reading, time in nanoseconds."""
    return "\n".join(map(line, readings)).encode()


def line(reading: Reading) -> str:
    quality = f",{QUALITY}={reading.quality}i" if reading.quality else ""
    return f"{name(reading.signal)},device={name(reading.device)} {_field(reading.value)}{quality} {reading.time}"


def name(text: str) -> str:
    """A name as it stands on the server; plain names stay as they are."""
    return _UNSAFE.sub(lambda found: quote(found.group(), safe=""), text)


def unnamed(text: str) -> str:
    """What ``name`` was made of."""
    return unquote(text)


def _field(value: Value) -> str:
    if isinstance(value, str):
        return f"{TEXT}={_quoted(value)}"
    if isinstance(value, bool):
        return f"{FLAG}={'true' if value else 'false'}"
    if not math.isfinite(value):  # line protocol has no such numbers
        return f"{TEXT}={_quoted(repr(value))}"
    return f"{NUMBER}={value!r}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
