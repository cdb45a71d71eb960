"""The protobuf of a Sparkplug B payload: bytes to Payload, and the one payload that a host writes.

Fields and numbers are those of the Sparkplug 3.0 specification, 6.4 (``Payload``, ``Metric``, ``PropertySet``); the
encoding is protobuf's: a key (number << 3 | type), then a varint, 8 bytes, 4 bytes, or a length and so many bytes.
The shape is known, so nothing here calls itself: data sets and fields of tomorrow are passed over as bytes that nobody
looks into. What an instance of a template holds (Ignition's UDTs) is told as metrics in a folder of its name.
Why this is not google.protobuf: that makes 130,000 messages of 256 KiB of empty metrics before anybody can count them
(this stops at the 2,001st), refuses the whole message for one metric that is broken, and would be an exception to what
pure code may import. It stays where it proves the most: the tests build its messages and compare what both read. The
price are our lines to keep right, and about 3 µs a field: a birth of 100 metrics costs 2 ms.
"""

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field

MOST_METRICS = 2_000
LONGEST_NAME = 256
_MOST_FIELDS = 24
_MOST_PROPERTIES = 64
_MOST_BYTES = 1 << 18
_DEEPEST_TEMPLATE = 4
_SHORT = 64
"""Bytes of properties that are remembered."""
_COMPRESSED = b"SPBV1.0_COMPRESSED"
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_BITS = (1 << 64) - 1
_REBIRTH = b"Node Control/Rebirth"

Scalar = bool | int | float | str


class Metric(msgspec.Struct):
    """One metric as it was sent. Integers are unsigned; ``datatype`` says what they mean, 0 where it is not told.

    ``within`` is the alias of the template instance around it, where that was sent without its name.
    """

    name: str = ""
    alias: int | None = None
    timestamp: int | None = None
    datatype: int = 0
    is_historical: bool = False
    is_null: bool = False
    properties: dict[str, Scalar] = {}
    value: Scalar | None = None
    template: bytes = b""
    within: int | None = None


class Payload(msgspec.Struct):
    """One message. ``problem`` is what was wrong with the first metric that could not be read."""

    timestamp: int | None = None
    seq: int | None = None
    metrics: list[Metric] = []
    problem: Reason = ""


def read(data: bytes) -> Payload:
    """The payload. Raises MalformedMessage where the bytes are no protobuf, or hold more than 2,000 metrics.

    Of a compressed payload (Tahu's ``SPBV1.0_COMPRESSED``: gzip or deflate in ``body``) it is what was compressed, to
    256 KiB.
    """
    payload = Payload()
    metrics, uuid, body = _collected(data, payload)
    if uuid == _COMPRESSED:
        metrics, _, _ = _collected(_inflated(body), payload)
    if len(metrics) > MOST_METRICS:
        raise MalformedMessage(Text.of("sparkplug.metrics", most=MOST_METRICS))
    for place, metric in enumerate(metrics, 1):
        try:
            payload.metrics += _with_members(_metric(metric))
        except MalformedMessage as error:
            payload.problem = payload.problem or of_field(f"metric {place}", error.text)
    if len(payload.metrics) > MOST_METRICS:
        raise MalformedMessage(Text.of("sparkplug.metrics", most=MOST_METRICS))
    return payload


def _with_members(metric: Metric) -> list[Metric]:
    """The metric, and what the instance of a template holds that it is."""
    found = [metric]
    if not metric.template:
        return found
    level = [metric]
    for _ in range(_DEEPEST_TEMPLATE):
        below: list[Metric] = []
        for instance in level:
            for member in _members(instance.template):
                member.name = "/".join(filter(None, (instance.name, member.name)))
                member.within = instance.within if instance.name else instance.alias
                if len(member.name) > LONGEST_NAME:
                    raise MalformedMessage(Text.of("sparkplug.long_name", most=LONGEST_NAME))
                member.timestamp = member.timestamp or instance.timestamp
                member.is_historical |= instance.is_historical
                below.append(member)
        found += below
        level = [member for member in below if member.template]
        if len(found) > MOST_METRICS:
            raise MalformedMessage(Text.of("sparkplug.template_metrics", most=MOST_METRICS))
    return found


def _members(template: bytes) -> list[Metric]:
    """Those of an instance; a definition says what there could be, and nothing of the world."""
    members: list[bytes] = []
    for number, found in _fields(template, MOST_METRICS + _MOST_FIELDS):
        if number == 2 and isinstance(found, bytes):
            members.append(found)
        elif number == 5 and found:
            return []
    return [_metric(member) for member in members]


def _collected(data: bytes, payload: Payload) -> tuple[list[bytes], bytes, bytes]:
    """(metrics, uuid, body) as bytes; the plain fields go into ``payload``."""
    metrics: list[bytes] = []
    uuid = body = b""
    for number, found in _fields(data, MOST_METRICS + _MOST_FIELDS):
        match number, found:
            case 1, int():
                payload.timestamp = found
            case 2, bytes():
                metrics.append(found)
            case 3, int():
                payload.seq = found
            case 4, bytes():
                uuid = found
            case 5, bytes():
                body = found
    return metrics, uuid, body


def _inflated(body: bytes) -> bytes:
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # by its head: gzip or deflate
    try:
        data = inflate.decompress(body, _MOST_BYTES)
    except zlib.error as error:
        raise MalformedMessage(Text.of("sparkplug.compression", error=str(error))) from None
    if not inflate.eof:
        raise MalformedMessage(Text.of("sparkplug.cut_off", most=_MOST_BYTES))
    return data


def _metric(data: bytes) -> Metric:
    metric = Metric()
    for number, found in _fields(data, _MOST_FIELDS):
        if isinstance(found, bytes):
            if number == 1:
                metric.name = _text(found).strip("/ \0")
            elif number == 9:
                metric.properties = _properties(found) if len(found) > _SHORT else _same_properties(found)
            elif number == 18:
                metric.template = found
            elif 10 <= number <= 15:
                metric.value = _scalar(number - 10, found)
        elif number == 3:
            metric.timestamp = found
        elif number == 4:
            metric.datatype = found & 0xFFFFFFFF
        elif number == 2:
            metric.alias = found
        elif number == 5:
            metric.is_historical = bool(found)
        elif number == 7:
            metric.is_null = bool(found)
        elif 10 <= number <= 15:
            metric.value = _scalar(number - 10, found)
    if len(metric.name) > LONGEST_NAME:
        raise MalformedMessage(Text.of("sparkplug.long_name", most=LONGEST_NAME))
    return metric


def _properties(data: bytes) -> dict[str, Scalar]:
    """Keys and values stand in two lists of one length."""
    keys: list[str] = []
    values: list[Scalar | None] = []
    for number, found in _fields(data, _MOST_PROPERTIES):
        if isinstance(found, bytes) and number == 1:
            keys.append(_text(found))
        elif isinstance(found, bytes) and number == 2:
            values.append(_property(found))
    return {key: value for key, value in zip(keys, values, strict=False) if value is not None}


_same_properties = lru_cache(maxsize=4096)(_properties)
"""For short ones: many metrics have the same, a unit. Nobody changes what comes out."""


def _property(data: bytes) -> Scalar | None:
    value: Scalar | None = None
    for number, found in _fields(data, _MOST_FIELDS):
        if 3 <= number <= 8:
            value = _scalar(number - 3, found)
    return value


def _scalar(kind: int, found: int | bytes) -> Scalar:
    """``kind`` counts as both oneofs do: int, long, float, double, boolean, string."""
    match kind, found:
        case 0, int():
            return found & 0xFFFFFFFF
        case 1, int():
            return found
        case 2, bytes() if len(found) == 4:
            return float(struct.unpack("<f", found)[0])
        case 3, bytes() if len(found) == 8:
            return float(struct.unpack("<d", found)[0])
        case 4, int():
            return bool(found)
        case 5, bytes():
            return _text(found)
    raise MalformedMessage(Text.of("sparkplug.wire_type"))


def _text(found: bytes) -> str:
    try:
        return found.decode()
    except UnicodeDecodeError:
        raise MalformedMessage(Text.of("sparkplug.not_utf8")) from None


def _fields(data: bytes, most: int) -> Iterator[tuple[int, int | bytes]]:
    """(number, value) of at most ``most`` fields: a varint as int, all else as its bytes."""
    place, end = 0, len(data)
    while place < end:
        key = data[place]
        if key < 0x80:
            place += 1
        else:
            key, place = _varint(data, place)
        number, wire = key >> 3, key & 7
        most -= 1
        if not 0 < number < 1 << 29 or most < 0:
            raise MalformedMessage("a field without a number" if most >= 0 else "too many fields")
        if wire == _VARINT:
            found, place = _varint(data, place)
            yield number, found
            continue
        if wire == _BYTES:
            if place < end and data[place] < 0x80:
                length = data[place]
                place += 1
            else:
                length, place = _varint(data, place)
        elif wire in (_EIGHT, _FOUR):
            length = 8 if wire == _EIGHT else 4
        else:
            raise MalformedMessage(Text.of("sparkplug.no_wire_type", wire=wire))
        if length > end - place:
            raise MalformedMessage(Text.of("sparkplug.long_field"))
        yield number, data[place : place + length]
        place += length


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """(number, place behind it): seven bits a byte, least first, at most ten bytes."""
    if place < len(data) and data[place] < 0x80:
        return data[place], place + 1
    number = shift = 0
    for byte in data[place : place + 10]:
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & _BITS, place
        shift += 7
    raise MalformedMessage(Text.of("sparkplug.endless_number"))


def rebirth_request(milliseconds: int) -> bytes:
    """The payload of an NCMD that asks a node to be born again (6.4.20: metric ``Node Control/Rebirth`` true)."""
    stamp = _written(milliseconds & _BITS)
    metric = b"\x0a" + _written(len(_REBIRTH)) + _REBIRTH + b"\x18" + stamp + b"\x20\x0b" + b"\x70\x01"
    return b"\x08" + stamp + b"\x12" + _written(len(metric)) + metric


def _written(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
