"""What does not fit the shape of a request, as messages of ours: pydantic's own words come in English only."""

from collections.abc import Mapping, Sequence
from typing import Any

from devices.message import Text

_MOST_FAULTS, _LONGEST = 10, 100
_LIMITS = {
    "string_too_short": ("too_short", "min_length"),
    "string_too_long": ("too_long", "max_length"),
    "too_short": ("too_few", "min_length"),
    "too_long": ("too_many", "max_length"),
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("most", "le"),
    "literal_error": ("one_of", "expected"),
    "enum": ("one_of", "expected"),
}
"""By pydantic's type of the fault: our key, and what in its context is the ``limit``."""
_WHOLE = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "json_invalid": "no_json",
    "string_pattern_mismatch": "pattern",
    "int_from_float": "whole",
}
_KINDS = {
    "string": "text",
    "int": "whole",
    "float": "number",
    "bool": "flag",
    "list": "list",
    "tuple": "list",
    "set": "list",
    "frozen": "list",
    "dict": "fields",
    "model": "fields",
    "datetime": "moment",
    "timezone": "moment",
    "date": "day",
}
"""By what such a type begins with: what had to stand there."""


def problem(faults: Sequence[Mapping[str, Any]]) -> Text:
    """The first ten of pydantic's faults, each with the place where it stands (``body.level``)."""
    return Text.of("invalid.request", faults=tuple(_said(fault) for fault in faults[:_MOST_FAULTS]))


def _said(fault: Mapping[str, Any]) -> Text:
    kind, where = str(fault["type"]), ".".join(str(part) for part in fault["loc"])[:_LONGEST]
    if kind in _LIMITS:
        key, name = _LIMITS[kind]
        limit = fault.get("ctx", {}).get(name, "")
        return Text.of(f"invalid.{key}", where=where, limit=limit if isinstance(limit, int | float) else str(limit))
    return Text.of(f"invalid.{_WHOLE.get(kind) or _KINDS.get(kind.partition('_')[0], 'value')}", where=where)
