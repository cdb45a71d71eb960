"""Data units and the objects in them, both ways: every type of GB/T 26875.3-2011, table 3, up and down.

Objects keep what stood on the wire (texts padded, time labels as bytes), so that a decoded unit encodes to the same
bytes. A time label is empty where the sender gave none.
"""

import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec

from devices.codecs.gbt26875.framing import LARGEST_UNIT
from devices.codecs.gbt26875.time_label import LABEL_LENGTH
from devices.errors import MalformedMessage
from devices.message import Text

TEXT_LENGTH = 31
_TRAILER_LENGTH = 3
_FIRST_OF_THE_CENTRE = 61


class SystemState(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    bits: int
    label: bytes = b""
    trailer: bytes = b""


class ComponentState(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    component_type: int
    component: bytes
    bits: int
    text: bytes
    label: bytes = b""
    trailer: bytes = b""


class Analogue(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    component_type: int
    component: bytes
    quantity: int
    counts: int
    label: bytes = b""
    trailer: bytes = b""


class SystemOperation(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    bits: int
    operator: int
    label: bytes = b""
    trailer: bytes = b""


class SystemVersion(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    major: int
    minor: int


class SystemConfiguration(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    text: bytes


class ComponentConfiguration(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    component_type: int
    component: bytes
    text: bytes


class SystemTime(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    label: bytes


class DeviceState(msgspec.Struct, frozen=True):
    bits: int
    label: bytes = b""
    trailer: bytes = b""


class DeviceOperation(msgspec.Struct, frozen=True):
    bits: int
    operator: int
    label: bytes = b""
    trailer: bytes = b""


class DeviceVersion(msgspec.Struct, frozen=True):
    major: int
    minor: int


class DeviceConfiguration(msgspec.Struct, frozen=True):
    text: bytes


class DeviceTime(msgspec.Struct, frozen=True):
    label: bytes


class OfSystem(msgspec.Struct, frozen=True):
    """Asks for something of one system."""

    system_type: int
    system: int


class OfComponent(msgspec.Struct, frozen=True):
    """Asks for something of one component, whose type is not told."""

    system_type: int
    system: int
    component: bytes


class SystemOperationsSince(msgspec.Struct, frozen=True):
    system_type: int
    system: int
    wanted: int
    since: bytes


class OfDevice(msgspec.Struct, frozen=True):
    """Asks for something of the transmission device itself, or tells it to begin anew."""

    nothing: int = 0


class DeviceOperationsSince(msgspec.Struct, frozen=True):
    wanted: int
    since: bytes


class SetClock(msgspec.Struct, frozen=True):
    time: bytes


class DutyCheck(msgspec.Struct, frozen=True):
    """Whoever is on duty must answer within ``minutes``."""

    minutes: int


Upload: TypeAlias = (
    SystemState
    | ComponentState
    | Analogue
    | SystemOperation
    | SystemVersion
    | SystemConfiguration
    | ComponentConfiguration
    | SystemTime
    | DeviceState
    | DeviceOperation
    | DeviceVersion
    | DeviceConfiguration
    | DeviceTime
)
Download: TypeAlias = (
    OfSystem | OfComponent | SystemOperationsSince | OfDevice | DeviceOperationsSince | SetClock | DutyCheck
)
Object: TypeAlias = Upload | Download


class _Layout(msgspec.Struct, frozen=True):
    """How the objects of one type lie. ``text``: their last field is a text behind its length, as long as that says."""

    shape: Callable[..., Object]
    body: struct.Struct
    most: int
    labelled: bool = False
    text: bool = False


def _layout(
    shape: Callable[..., Object], form: str, most: int, *, labelled: bool = False, text: bool = False
) -> _Layout:
    return _Layout(shape, struct.Struct("<" + form), most, labelled, text)


_LAYOUTS: dict[int, _Layout] = {
    1: _layout(SystemState, "BBH", 102, labelled=True),
    2: _layout(ComponentState, "BBB4sH31s", 22, labelled=True),
    3: _layout(Analogue, "BBB4sBh", 63, labelled=True),
    4: _layout(SystemOperation, "BBBB", 102, labelled=True),
    5: _layout(SystemVersion, "BBBB", 1),
    6: _layout(SystemConfiguration, "BBB", 3, text=True),
    7: _layout(ComponentConfiguration, "BBB4s31s", 26),
    8: _layout(SystemTime, "BB6s", 1),
    21: _layout(DeviceState, "B", 1, labelled=True),
    24: _layout(DeviceOperation, "BB", 127, labelled=True),
    25: _layout(DeviceVersion, "BB", 1),
    26: _layout(DeviceConfiguration, "B", 1, text=True),
    28: _layout(DeviceTime, "6s", 1),
    61: _layout(OfSystem, "BB", 102),
    62: _layout(OfComponent, "BB4s", 22),
    63: _layout(OfComponent, "BB4s", 63),
    64: _layout(SystemOperationsSince, "BBB6s", 1),
    65: _layout(OfSystem, "BB", 1),
    66: _layout(OfSystem, "BB", 3),
    67: _layout(OfComponent, "BB4s", 26),
    68: _layout(OfSystem, "BB", 1),
    81: _layout(OfDevice, "B", 1),
    84: _layout(DeviceOperationsSince, "B6s", 1),
    85: _layout(OfDevice, "B", 1),
    86: _layout(OfDevice, "B", 1),
    88: _layout(OfDevice, "B", 1),
    89: _layout(OfDevice, "B", 1),
    90: _layout(SetClock, "6s", 1),
    91: _layout(DutyCheck, "B", 1),
}
KNOWN = frozenset(_LAYOUTS)
"""Every type of table 3."""


def is_upload(type_flag: int) -> bool:
    """Whether the standard lets a device send the type; vendors use 22, 23 and all from 128."""
    return type_flag in _LAYOUTS and type_flag < _FIRST_OF_THE_CENTRE


def decoded(unit: bytes, *, time_first: bool = False) -> tuple[int, list[Object]]:
    """Type and objects of a data unit of a known type.

    Some senders leave the time labels out: that length is understood too. ``time_first`` allows, where neither
    length fits, a private variant with the time before the object and three bytes (area, building, floor) behind.
    Raises MalformedMessage: count beyond the standard's, or a length that belongs to no layout.
    """
    if len(unit) < 2:
        raise MalformedMessage(Text.of("gbt26875.no_objects"))
    type_flag, count = unit[0], unit[1]
    layout = _LAYOUTS[type_flag]
    body = unit[2:]
    if count > layout.most:
        raise MalformedMessage(Text.of("gbt26875.count", type=type_flag, count=count, most=layout.most))
    if layout.text:
        return type_flag, _with_texts(layout, type_flag, count, body)
    width = layout.body.size
    if layout.labelled and len(body) == count * (width + LABEL_LENGTH):
        pieces = _cut(body, width + LABEL_LENGTH)
        return type_flag, [layout.shape(*layout.body.unpack(piece[:width]), piece[width:]) for piece in pieces]
    if len(body) == count * width:
        return type_flag, [layout.shape(*values) for values in layout.body.iter_unpack(body)]
    whole = LABEL_LENGTH + width + _TRAILER_LENGTH
    if time_first and layout.labelled and len(body) == count * whole:
        return type_flag, [_time_first(layout, piece) for piece in _cut(body, whole)]
    raise MalformedMessage(Text.of("gbt26875.length", type=type_flag, count=count, length=len(unit)))


def encoded(type_flag: int, objects: Sequence[Object]) -> bytes:
    """The data unit. Raises ValueError for what the standard does not allow: too many objects, too long a text."""
    layout = _LAYOUTS[type_flag]
    if len(objects) > layout.most:
        raise ValueError(f"type {type_flag} holds at most {layout.most} objects, not {len(objects)}")
    unit = bytes((type_flag, len(objects))) + b"".join(_packed(layout, item) for item in objects)
    if len(unit) > LARGEST_UNIT:
        raise ValueError(f"a data unit holds at most {LARGEST_UNIT} bytes, not {len(unit)}")
    return unit


def text_of(raw: bytes) -> str:
    """GB 18030 text as far as its first zero byte, without blanks; a character cut in half at the end is left out.

    Some pad with FF, which no character of GB 18030 holds.
    """
    raw = raw.partition(b"\0")[0].partition(b"\xff")[0]
    for missing in range(4):
        try:
            return raw[: len(raw) - missing].decode("gb18030").strip()
        except UnicodeDecodeError:
            continue
    return raw.decode("gb18030", "replace").strip()


def text_bytes(text: str, length: int = TEXT_LENGTH) -> bytes:
    """GB 18030, padded with zero bytes to ``length``; what does not fit is left out, never half a character."""
    taken = b""
    for character in text:
        more = character.encode("gb18030", "replace")
        if len(taken) + len(more) > length:
            break
        taken += more
    return taken.ljust(length, b"\0")


def _with_texts(layout: _Layout, type_flag: int, count: int, body: bytes) -> list[Object]:
    """Objects that are as long as their texts: walked, for no division finds where one ends."""
    objects = []
    for _ in range(count):
        fields = body[: layout.body.size]
        if len(fields) < layout.body.size or len(body) < len(fields) + fields[-1]:
            raise MalformedMessage(Text.of("gbt26875.text_length", type=type_flag))
        end = len(fields) + fields[-1]
        *values, _length = layout.body.unpack(fields)
        objects.append(layout.shape(*values, body[len(fields) : end]))
        body = body[end:]
    if body:
        raise MalformedMessage(Text.of("gbt26875.behind", length=len(body), count=count, type=type_flag))
    return objects


def _time_first(layout: _Layout, piece: bytes) -> Object:
    body = piece[LABEL_LENGTH:-_TRAILER_LENGTH]
    return layout.shape(*layout.body.unpack(body), piece[:LABEL_LENGTH], piece[-_TRAILER_LENGTH:])


def _packed(layout: _Layout, item: Object) -> bytes:
    fields: Sequence[Any] = msgspec.structs.astuple(item)
    label = text = trailer = b""
    if layout.text:
        *fields, text = fields
        fields = (*fields, len(text))
    elif layout.labelled:
        *fields, label, trailer = fields
    try:
        body: bytes = layout.body.pack(*fields)
    except struct.error as error:
        raise ValueError(str(error)) from None
    return label + body + trailer if trailer else body + label + text


def _cut(body: bytes, width: int) -> list[bytes]:
    return [body[start : start + width] for start in range(0, len(body), width)]
