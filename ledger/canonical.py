"""The values that an entry may hold, and the one spelling of each: numbers that every reader keeps, bounded lists."""

from math import isfinite

import msgspec

from alerts.facts import FieldValue, Item, Scalar
from devices.errors import Refused
from devices.message import Text

MOST_EXACT = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""
LEAST_FRACTION = 1e-5
"""Smaller fractions would be written with an exponent."""
MOST_ITEMS, MOST_COLUMNS = 1_000, 64
"""Of a list, and of one of its rows."""

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(FieldValue).decode


def spelled(value: FieldValue) -> bytes:
    """The canonical bytes of one value. Raises Refused for one that has none."""
    return _encode(exact("value", value))


def read(written: bytes) -> FieldValue:
    """The value that was spelled so. Raises ValueError for any other spelling."""
    try:
        value: FieldValue = _decode(written)
        if spelled(value) == written:
            return value
    except (msgspec.MsgspecError, UnicodeError, Refused) as error:
        raise ValueError(str(error)) from error
    raise ValueError("not in the canonical spelling")


def exact(name: str, value: FieldValue) -> FieldValue:
    """The value with its numbers as they are spelled. Raises Refused for what has no canonical spelling."""
    if type(value) is float:
        if not isfinite(value) or (value and abs(value) < LEAST_FRACTION) or abs(value) > MOST_EXACT:
            raise Refused(Text.of("entry.no_exact_number", name=name, value=repr(value), most=MOST_EXACT))
        return int(value) if value.is_integer() else value
    if type(value) is int and abs(value) > MOST_EXACT:
        raise Refused(Text.of("entry.no_exact_whole", name=name, value=str(value), most=MOST_EXACT))
    if isinstance(value, tuple):
        if len(value) > MOST_ITEMS or any(isinstance(item, dict) and len(item) > MOST_COLUMNS for item in value):
            raise Refused(Text.of("entry.too_long", name=name, most=MOST_ITEMS, columns=MOST_COLUMNS))
        return tuple(_item(name, item) for item in value)
    return value


def well_formed(value: FieldValue) -> FieldValue:
    """With lone surrogates, which UTF-8 cannot hold, replaced by question marks."""
    if isinstance(value, tuple):
        return tuple(
            {utf8(key): _text(part) for key, part in item.items()} if isinstance(item, dict) else _text(item)
            for item in value
        )
    return _text(value)


def utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(value: Scalar) -> Scalar:
    return utf8(value) if isinstance(value, str) else value


def _item(name: str, item: Item) -> Item:
    if isinstance(item, dict):
        return {key: _scalar(f"{name}.{key}", part) for key, part in item.items()}
    return _scalar(name, item)


def _scalar(name: str, value: Scalar) -> Scalar:
    found = exact(name, value)
    assert not isinstance(found, tuple)
    return found
