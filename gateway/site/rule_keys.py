"""Which key of a rule holds what is wrong with it: a fault points there, whatever the kind calls the key."""

from typing import Any

import msgspec

from alerts.rule import Rule
from gateway.site.fault import Path


def key_of(rule: Rule[Any], value: str | float) -> Path:
    """The kind's own key that holds a signal, or a span in seconds; () if it follows from several."""
    for field in msgspec.structs.fields(type(rule)):
        if field.name not in Rule.__struct_fields__ and _holds(field.name, getattr(rule, field.name), value):
            return (field.name,)
    return ()


def _holds(name: str, held: Any, value: str | float) -> bool:
    if isinstance(value, str):
        return bool(held == value) or (isinstance(held, tuple) and value in held)
    return name.endswith("_s") and bool(held == value)
