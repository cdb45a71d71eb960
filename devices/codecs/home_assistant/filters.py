"""What a template may do to a value: filters, functions and methods, each bounded in what it costs and makes.

They are called as Home Assistant calls them, and mean what they mean there; a field that the message does not have
raises jinja2's UndefinedError, anything else that goes wrong MalformedMessage or a plain ValueError or TypeError.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import msgspec
from jinja2 import Undefined, UndefinedError

from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.json_payload import json_of

MOST_NODES = 250
_MOST_COMPARED = 64
_LONGEST_TEXT = 2_048
_LARGEST = 1e300
_MISSING: Any = object()


def there(value: Any) -> Any:
    if isinstance(value, Undefined):
        raise UndefinedError("the message has no such field")
    return value


def text_of(value: Any) -> str:
    value = there(value)
    if isinstance(value, list | tuple | dict):
        raise MalformedMessage(Text.of("filters.text_of_list"))
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise MalformedMessage(Text.of("filters.number_too_large"))
    text = str(value)
    if len(text) > _LONGEST_TEXT:
        raise MalformedMessage(Text.of("filters.works_on_long_text", most=_LONGEST_TEXT))
    return text


def bounded(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        raise MalformedMessage(Text.of("filters.makes_long_text", most=_LONGEST_TEXT))
    if isinstance(value, int | float) and not abs(value) < _LARGEST:
        raise MalformedMessage(Text.of("filters.number_too_large"))
    return value


def plain(value: Any) -> Any:
    """What may stand in a list or an object: neither of these, or a few lines would make billions of them."""
    if isinstance(value, list | tuple | dict):
        raise MalformedMessage(Text.of("filters.list_in_list"))
    return value


def comparable(value: Any) -> Any:
    """What may be compared: a text, a number, or a list or object with few things in it."""
    waiting, count = [value], 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | tuple | dict):
            count += len(part)
            if count > _MOST_COMPARED:
                raise MalformedMessage(Text.of("filters.compares_too_much", most=_MOST_COMPARED))
            waiting += part.values() if isinstance(part, dict) else part
    return value


def searched(value: Any) -> Any:
    """Where something plain may be looked for: any object and text, and a list that is not long."""
    if isinstance(value, list | tuple) and len(value) > MOST_NODES:
        raise MalformedMessage(Text.of("filters.searches_long_list", most=MOST_NODES))
    return value


def _number(value: Any) -> int | float:
    value = there(value)
    if isinstance(value, str):
        value = float(value[:100])
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no number")
    return value


def _float(value: Any, default: Any = _MISSING) -> Any:
    try:
        return float(_number(value))
    except (ValueError, UndefinedError, OverflowError):
        if default is _MISSING:
            raise
        return default


def _int(value: Any, default: Any = _MISSING, base: Any = 10) -> Any:
    try:
        value = there(value)
        if isinstance(value, str) and (base != 10 or re.fullmatch(r"\s*[+-]?\d{1,300}\s*", value)):
            return int(value[:300], base if base in (2, 8, 10, 16) else 10)
        return int(_number(value))
    except (ValueError, UndefinedError, OverflowError):
        if default is _MISSING:
            raise
        return default


def _round(value: Any, precision: Any = 0, method: Any = "common", default: Any = _MISSING) -> Any:
    try:
        number, places = _number(value), max(-15, min(15, int(_number(precision))))
        if method in ("ceil", "floor"):
            scaled = getattr(math, method)(number * 10.0**places) / 10.0**places
        else:
            scaled = round(float(number), places)
    except (ValueError, UndefinedError, OverflowError):
        if default is _MISSING:
            raise
        return default
    return int(scaled) if places == 0 else scaled


_TRUE, _FALSE = {"true", "yes", "on", "enable", "enabled", "1"}, {"false", "no", "off", "disable", "disabled", "0"}


def _bool(value: Any, default: Any = _MISSING) -> Any:
    value = there(value) if default is _MISSING else value
    word = value.strip().lower() if isinstance(value, str) else value
    if word in (0, 1):
        return bool(word)
    if isinstance(word, int | float):
        return True
    if isinstance(word, str) and word in _TRUE | _FALSE:
        return word in _TRUE
    if default is _MISSING:
        raise ValueError("neither true nor false")
    return default


def _default(value: Any, default: Any = "", boolean: Any = False) -> Any:
    return default if isinstance(value, Undefined) or (boolean and not value) else value


def _iif(value: Any, if_true: Any = True, if_false: Any = False, if_none: Any = _MISSING) -> Any:
    if value is None and if_none is not _MISSING:
        return if_none
    return if_true if value else if_false


def _replace(value: Any, old: Any, new: Any) -> str:
    text, old, new = text_of(value), text_of(old), text_of(new)
    if len(text) + text.count(old) * len(new) > _LONGEST_TEXT:
        raise MalformedMessage(Text.of("filters.makes_long_text", most=_LONGEST_TEXT))
    return text.replace(old, new)


def format_of(value: Any, *given: Any) -> str:
    pattern = text_of(value)
    if "*" in pattern or re.search(r"\d{3}", pattern):
        raise MalformedMessage(Text.of("filters.pads_too_far"))
    values = tuple(item if isinstance(item, int | float) else text_of(item) for item in given)
    return str(bounded(pattern % values))


def joined(value: Any, *others: Any) -> str:
    return str(bounded("".join("" if isinstance(part, Undefined) else text_of(part) for part in (value, *others))))


def _from_json(value: Any, default: Any = _MISSING) -> Any:
    try:
        return json_of(text_of(value))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if default is _MISSING:
            raise ValueError("no JSON") from None
        return default


def _to_json(value: Any) -> str:
    return str(bounded(msgspec.json.encode(there(value)).decode()))


def _get(value: Any, key: Any, default: Any = None) -> Any:
    value = there(value)
    return value.get(key, default) if isinstance(value, dict) and isinstance(key, str) else default


def _split(value: Any, by: Any = None) -> list[str]:
    return text_of(value).split(None if by is None else text_of(by))


def _join(value: Any, by: Any = "") -> str:
    parts, between = there(value), text_of(by)
    if not isinstance(parts, list | tuple) or len(parts) > MOST_NODES:
        raise ValueError("nothing to join")
    text, left = list[str](), _LONGEST_TEXT
    for part in parts:
        text.append(text_of(part))
        left -= len(text[-1]) + (len(between) if len(text) > 1 else 0)
        if left < 0:
            raise MalformedMessage(Text.of("filters.makes_long_text", most=_LONGEST_TEXT))
    return between.join(text)


def _length(value: Any) -> int:
    return len(there(value))


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., Any]:
    def among(value: Any, *others: Any) -> Any:
        values = value if isinstance(value, list | tuple) and not others else [value, *others]
        if not 0 < len(values) <= MOST_NODES:
            raise ValueError("nothing to choose from")
        return choose([_number(item) for item in values])

    return among


def is_number(value: Any) -> bool:
    try:
        return math.isfinite(_number(value))
    except (ValueError, UndefinedError, OverflowError):
        return False


def divisible(value: Any, by: Any) -> bool:
    return _number(value) % _number(by) == 0


def _at(index: int) -> Callable[[Any], Any]:
    def at(value: Any) -> Any:
        values = there(value)
        return values[index] if isinstance(values, str | list | tuple) and values else Undefined(name="first or last")

    return at


def _bits(combine: Callable[[int, int], int]) -> Callable[[Any, Any], int]:
    def combined(value: Any, other: Any) -> int:
        return combine(int(_number(value)), int(_number(other)))

    return combined


def _on_text(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: change(text_of(value))


def _strip(value: Any, letters: Any = None) -> str:
    return text_of(value).strip(None if letters is None else text_of(letters))


FILTERS: dict[str, Callable[..., Any]] = {
    "float": _float, "int": _int, "round": _round, "bool": _bool, "default": _default, "d": _default, "iif": _iif,
    "is_defined": there, "from_json": _from_json, "to_json": _to_json, "tojson": _to_json, "string": text_of,
    "lower": _on_text(str.lower), "upper": _on_text(str.upper), "title": _on_text(str.title),
    "capitalize": _on_text(str.capitalize), "trim": _strip, "replace": _replace, "format": format_of, "split": _split,
    "join": _join, "length": _length, "count": _length, "first": _at(0), "last": _at(-1), "is_number": is_number,
    "min": _extreme(min), "max": _extreme(max), "abs": lambda value: abs(_number(value)),
    "multiply": lambda value, by: bounded(_number(value) * _number(by)),
    "add": lambda value, more: bounded(_number(value) + _number(more)),
    "bitwise_and": _bits(int.__and__), "bitwise_or": _bits(int.__or__),
}  # fmt: skip
FUNCTIONS = {"float", "int", "bool", "iif", "max", "min", "is_number"}
METHODS: dict[str, Callable[..., Any]] = {
    "get": _get, "split": _split, "replace": _replace, "strip": _strip, "lower": FILTERS["lower"],
    "upper": FILTERS["upper"], "title": FILTERS["title"], "capitalize": FILTERS["capitalize"],
    "startswith": lambda value, start: text_of(value).startswith(text_of(start)),
    "endswith": lambda value, end: text_of(value).endswith(text_of(end)),
}  # fmt: skip
