"""Forms made of structs: what a field looks like follows from its type and name, what it is called from its key.

``fields_of`` makes the fields that form.html draws; ``read`` makes plain values of what a browser sent, each of them
converted by its field's own type, with every fault beside its field. The titles of a struct of ``table`` are
``<table>.field_<name>``, ``field.<name>`` for what many have, its hints ``<table>.hint_<name>``, its choices
``<table>_<name>.<value>`` or ``<table>.<name>_<value>``; what has no key is called as it is written.
"""

import types
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec

from api.console.locale import Say
from api.console.web_page import Given
from devices.message import Text
from devices.reading import SECOND

Choices = Sequence[tuple[str, str]]
"""(value, what it is called)"""
Kind = Literal["text", "long", "number", "flag", "choice", "many", "moment", "lines"]
_LONG = frozenset({"note", "reason", "measures", "description"})
_MOMENTS = ("until", "at")
_LONGEST = 2_000


class Field(msgspec.Struct, frozen=True):
    """One field as it is drawn. ``value`` is what stands in it, of several a list."""

    name: str
    kind: Kind
    label: str
    hint: str
    is_wanted: bool
    choices: Choices
    value: str
    values: tuple[str, ...]


def fields_of(
    kind: type[msgspec.Struct],
    table: str,
    say: Say,
    *,
    without: Collection[str] = (),
    sets: Mapping[str, Choices] = {},
    sent: Given | None = None,
) -> list[Field]:
    """Its own fields first, then those that it shares.

    ``sets``: what a field of that name is chosen from (areas, devices); ``sent``: what was typed before.
    """
    shared = {field.name for base in kind.__bases__ if issubclass(base, msgspec.Struct) for field in _all(base)}
    own = [field for field in _all(kind) if field.name not in shared]
    rest = [field for field in _all(kind) if field.name in shared]
    drawn = [field for field in (*own, *rest) if field.name not in without and _can_be_drawn(field)]
    return [_field(field, table, say, sets, sent) for field in drawn]


def _can_be_drawn(field: msgspec.structs.FieldInfo) -> bool:
    """A table within a field is not; it keeps its default."""
    bare, _ = _bare(field.type)
    return not (
        get_origin(bare) is dict or bare is dict or (isinstance(bare, type) and issubclass(bare, msgspec.Struct))
    )


def _all(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind) if kind.__struct_fields__ else ()


def _field(
    field: msgspec.structs.FieldInfo, table: str, say: Say, sets: Mapping[str, Choices], sent: Given | None
) -> Field:
    bare, is_optional = _bare(field.type)
    shape = _kind(field.name, bare, sets)
    values = tuple(sent.get(field.name, ())) if sent is not None else _default(field)
    return Field(
        name=field.name,
        kind=shape,
        label=title_of(field.name, table, say),
        hint=say.known(f"{table}.hint_{field.name}"),
        is_wanted=field.required and not is_optional and shape not in ("flag", "many", "lines"),
        choices=_choices(field.name, bare, table, say, sets),
        value=values[0] if values else "",
        values=values,
    )


def _bare(kind: Any) -> tuple[Any, bool]:
    """The type without its bounds, and whether it may be left out."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _bare(parts[0])
    if origin in (Union, types.UnionType):
        held = [part for part in parts if part not in (types.NoneType, msgspec.UnsetType)]
        return _bare(held[0])[0], len(held) < len(parts)
    return kind, False


def _kind(name: str, bare: Any, sets: Mapping[str, Choices]) -> Kind:
    is_many = get_origin(bare) in (tuple, list, frozenset)
    if name in sets:
        return "many" if is_many else "choice"
    if is_many:
        return "lines"
    if get_origin(bare) is Literal:
        return "choice"
    if bare is bool:
        return "flag"
    if bare is int and is_moment(name):
        return "moment"
    if bare in (int, float):
        return "number"
    return "long" if name in _LONG else "text"


def is_moment(name: str) -> bool:
    """Whether a whole number of that name is an instant."""
    return name in _MOMENTS or name.endswith(("_at", "_until"))


def _default(field: msgspec.structs.FieldInfo) -> tuple[str, ...]:
    default = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        default = field.default_factory()
    match default:
        case bool():
            return ("yes",) if default else ()
        case str() | int() | float():
            return (str(default),) if default != "" else ()
        case tuple() | list():
            return tuple(str(part) for part in default)
    return ()


def _choices(name: str, bare: Any, table: str, say: Say, sets: Mapping[str, Choices]) -> Choices:
    if name in sets:
        return sets[name]
    if get_origin(bare) is not Literal:
        return ()
    return [(value, choice_word(name, value, table, say)) for value in map(str, get_args(bare))]


def choice_word(name: str, value: str, table: str, say: Say) -> str:
    """What a choice of that field is called."""
    keys = (f"{table}_{name}.{value}", f"{table}.{name}_{value}", f"{name}.{value}")
    return next((word for key in keys if (word := say.known(key))), value)


def title_of(name: str, table: str, say: Say) -> str:
    """What a field is called."""
    called = say.known(f"{table}.field_{name}") or say.known(f"field.{name}") or name.replace("_", " ")
    return called[:1].upper() + called[1:]


def read(
    kind: type[msgspec.Struct], given: Given, zone: str, *, without: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, Text]]:
    """The values that were sent, and what is wrong with which field. What was left empty has its default."""
    plain: dict[str, Any] = {}
    faults: dict[str, Text] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in without:
            continue
        bare, _ = _bare(field.type)
        sent = [value.strip()[:_LONGEST] for value in given.get(field.name, ()) if value.strip()]
        if bare is bool:
            plain[field.name] = bool(sent)
        elif not sent:
            if field.required and get_origin(bare) not in (tuple, list, frozenset):
                faults[field.name] = Text.of("form.wanting")
            elif field.required:
                plain[field.name] = ()
        else:
            try:
                plain[field.name] = _value(field.name, field.type, bare, sent, ZoneInfo(zone))
            except (msgspec.ValidationError, ValueError, OverflowError):
                faults[field.name] = _fault(field.name, bare)
    return plain, faults


def _value(name: str, kind: Any, bare: Any, sent: list[str], zone: ZoneInfo) -> Any:
    if get_origin(bare) in (tuple, list, frozenset):
        lines = [line.strip() for value in sent for line in value.splitlines() if line.strip()]
        return msgspec.convert(lines, kind, strict=False)
    if bare is int and is_moment(name):
        return int(datetime.fromisoformat(sent[0]).replace(tzinfo=zone).timestamp()) * SECOND
    return msgspec.convert(sent[0], kind, strict=False)


def _fault(name: str, bare: Any) -> Text:
    if bare is int and is_moment(name):
        return Text.of("form.no_moment")
    return Text.of("form.no_number" if bare in (int, float) else "form.no_choice")
