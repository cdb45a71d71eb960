"""A rule as a site file writes it: its parameters that are not as they are anyway, in the order of its kind."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from alerts.rule import Rule

_FIRST = ("name", "alert_class", "priority")
_LAST = ("title", "title_zh", "procedure", "procedure_zh")


def toml_of(rule: Rule[Any]) -> str:
    """One ``[[rules]]`` table, with a line break at its end; read back it is the same rule."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(rule))
    fields = {field.name: field for field in msgspec.structs.fields(type(rule))}
    told = [name for name in (*_FIRST, *_own(fields), *_LAST) if _is_said(fields[name], getattr(rule, name))]
    lines = [f'kind = "{plain["kind"]}"', *(f"{name} = {_value(plain[name])}" for name in told)]
    return "\n".join(("[[rules]]", *lines, ""))


def _own(fields: Iterable[str]) -> list[str]:
    return [name for name in fields if name not in (*_FIRST, *_LAST)]


def _is_said(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    return value is not None and value != default


def _value(value: Any) -> str:
    """JSON's words for texts, numbers and flags are TOML's, but for the delete character."""
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        inner = ", ".join(f"{_value(name)} = {_value(each)}" for name, each in value.items() if each is not None)
        return f"{{ {inner} }}" if inner else "{}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
