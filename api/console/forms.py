"""Forms made of structs: what a field looks like follows from its type and name, what it is called from its key.

``fields_of`` makes the fields that form.html draws; ``read`` makes plain values of what a browser sent, each of them
converted by its field's own type, with every fault beside its field. A field that is one of several structs (a rule of
some kind) is chosen by its tag (``rule.kind``) and then drawn as their fields (``rule.above``). The titles of a struct
of ``table`` are
``<table>.field_<name>``, ``field.<name>`` for what many have, its hints ``<table>.hint_<name>``, its choices
``<table>_<name>.<value>`` or ``<table>.<name>_<value>``; what has no key is called as it is written.
"""

import types
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec

from alerts.attachment import is_attachment
from api.console.locale import Say
from api.console.web_page import Given
from devices.message import Text
from devices.reading import SECOND

Choices = Sequence[tuple[str, str]]
"""(value, what it is called)"""
_OfOne = Literal["text", "long", "number", "flag", "choice", "moment", "date", "json", "attachment"]
_OfSeveral = Literal["many", "lines", "attachments", "rows"]
Kind: TypeAlias = _OfOne | _OfSeveral
_LONG = frozenset({"note", "reason", "measures", "description", "procedure", "procedure_zh"})
_MOMENTS = ("until", "at")
_LONGEST, _LONGEST_LIST = 2_000, 60_000


class Field(msgspec.Struct, frozen=True):
    """One field as it is drawn. ``value`` is what stands in it, of several a list; of a list of rows their cells."""

    name: str
    kind: Kind
    label: str
    hint: str
    is_wanted: bool
    choices: Choices
    value: str
    values: tuple[str, ...]
    rows: tuple[tuple["Field", ...], ...] = ()
    most: int = 0


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
    seen = [field for field in (*own, *rest) if field.name not in without and len(_structs(field.type)) < 2]
    drawn = [field for field in seen if _can_be_drawn(field)]
    return [_field(field, table, say, sets, sent) for field in drawn]


class Variant(msgspec.Struct, frozen=True):
    """A field that is one of several structs. ``by``: the field that says which; ``chosen``: its tag, "" for none."""

    name: str
    by: str
    chosen: str
    choices: Choices
    fields: list[Field]


def variants_of(
    kind: type[msgspec.Struct], shared: str, say: Say, sets: Mapping[str, Choices], sent: Given | None
) -> list[Variant]:
    """Every field that is one of several structs, with the fields of the one that was chosen.

    What a struct calls its own stands in the table of its tag, the rest in the table ``shared``.
    """
    found = []
    for field in _all(kind):
        structs = _structs(field.type)
        if len(structs) > 1:
            by = f"{field.name}.{next(iter(structs.values())).__struct_config__.tag_field}"
            tag = (sent or {}).get(by, [""])[0]
            choices = sorted(((each, say.known(f"{each}.title") or each) for each in structs), key=lambda one: one[1])
            inner = _inner(structs[tag], field.name, tag, shared, say, sets, sent) if tag in structs else []
            found.append(Variant(field.name, by, tag if tag in structs else "", choices, inner))
    return found


def _structs(kind: Any) -> dict[str, type[msgspec.Struct]]:
    """The tagged structs of which it may be one, by their tag."""
    parts = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    structs = [part for part in parts if isinstance(part, type) and issubclass(part, msgspec.Struct)]
    return {str(part.__struct_config__.tag): part for part in structs if part.__struct_config__.tag is not None}


def _inner(
    kind: type[msgspec.Struct],
    name: str,
    tag: str,
    shared: str,
    say: Say,
    sets: Mapping[str, Choices],
    sent: Given | None,
) -> list[Field]:
    """What is sent is prefilled only where it names such a field, so that defaults show."""
    drawn = []
    for field in _all(kind):
        full = f"{name}.{field.name}"
        here = {field.name: sent[full]} if sent is not None and full in sent else None
        if sent is not None and f"{name}._sent" in sent and full not in sent:
            here = {}
        made = _field(field, tag, say, sets, here)
        label = title_of(field.name, tag, say, shared)
        choices = [(value, choice_word(field.name, value, shared, say)) for value, _ in made.choices]
        made = made if field.name in sets else msgspec.structs.replace(made, choices=choices)
        if not _can_be_drawn(field):
            told = here[field.name][0] if here and here.get(field.name) else _as_json(field)
            made = msgspec.structs.replace(made, kind="json", value=told, values=(told,))
        drawn.append(msgspec.structs.replace(made, name=full, label=label))
    return drawn


def _as_json(field: msgspec.structs.FieldInfo) -> str:
    default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    return "" if default is msgspec.NODEFAULT or not default else msgspec.json.encode(default).decode()


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
    shape = _kind(field.name, field.type, sets)
    values = tuple(sent.get(field.name, ())) if sent is not None else _default(field)
    return Field(
        name=field.name,
        kind=shape,
        label=title_of(field.name, table, say),
        hint=say.known(f"{table}.hint_{field.name}"),
        is_wanted=field.required and not is_optional and shape not in ("flag", "many", "lines", "attachments"),
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


def _kind(name: str, kind: Any, sets: Mapping[str, Choices]) -> Kind:
    bare, is_optional = _bare(kind)
    is_many = get_origin(bare) in (tuple, list, frozenset)
    if _is_attachment(kind):
        return "attachments" if is_many else "attachment"
    if name in sets:
        return "many" if is_many else "choice"
    if is_many:
        return "lines"
    if get_origin(bare) is Literal or (isinstance(bare, type) and issubclass(bare, Enum)):
        return "choice"
    if bare is bool:
        return "choice" if is_optional else "flag"
    if bare is int and is_moment(name):
        return "moment"
    if bare is date:
        return "date"
    if bare in (int, float):
        return "number"
    return "long" if name in _LONG else "text"


def _is_attachment(kind: Any) -> bool:
    """Whether it is the id of an uploaded file, or some of them."""
    parts = get_args(kind)
    if get_origin(kind) is Annotated and is_attachment(parts[1:]):
        return True
    return any(_is_attachment(part) for part in parts if part is not ...)


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
    if bare is bool:
        return [(value, say.known(f"form.{value}")) for value in ("yes", "no")]
    if isinstance(bare, type) and issubclass(bare, Enum):
        return [(each.value, choice_word(name, each.value, table, say)) for each in bare]
    if get_origin(bare) is not Literal:
        return ()
    return [(value, choice_word(name, value, table, say)) for value in map(str, get_args(bare))]


def choice_word(name: str, value: str, table: str, say: Say) -> str:
    """What a choice of that field is called."""
    keys = (f"{table}_{name}.{value}", f"{table}.{name}_{value}", f"{name}.{value}")
    return next((word for key in keys if (word := say.known(key))), value)


def title_of(name: str, table: str, say: Say, shared: str = "") -> str:
    """What a field is called."""
    keys = [f"{table}.field_{name}", *([f"{shared}.field_{name}"] if shared else []), f"field.{name}"]
    called = next((word for key in keys if (word := say.known(key))), name.replace("_", " "))
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
        structs = _structs(field.type)
        if len(structs) > 1:
            by = next(iter(structs.values())).__struct_config__.tag_field
            tag = given.get(f"{field.name}.{by}", [""])[0]
            if tag not in structs:
                faults[field.name] = Text.of("form.wanting")
                continue
            start = f"{field.name}."
            its = {name.removeprefix(start): sent for name, sent in given.items() if name.startswith(start)}
            inner, wrong = read(structs[tag], its, zone)
            plain[field.name] = {**inner, by: tag}
            faults |= {f"{start}{name}": fault for name, fault in wrong.items()}
            continue
        longest = _LONGEST_LIST if get_origin(bare) in (tuple, list) else _LONGEST
        sent = [value.strip()[:longest] for value in given.get(field.name, ()) if value.strip()]
        if bare is bool and _bare(field.type)[1]:
            plain |= {field.name: sent[0] == "yes"} if sent else {}
        elif bare is bool:
            plain[field.name] = bool(sent)
        elif not sent:
            if field.required and get_origin(bare) not in (tuple, list, frozenset):
                faults[field.name] = Text.of("form.wanting")
            elif field.required:
                plain[field.name] = ()
        else:
            try:
                plain[field.name] = _value(field.name, field.type, bare, sent, ZoneInfo(zone))
            except (msgspec.DecodeError, msgspec.ValidationError, ValueError, OverflowError):
                faults[field.name] = _fault(field.name, field.type)
    return plain, faults


def _value(name: str, kind: Any, bare: Any, sent: list[str], zone: ZoneInfo) -> Any:
    if get_origin(bare) in (tuple, list, frozenset):
        lines = [line.strip() for value in sent for line in value.splitlines() if line.strip()]
        return msgspec.convert(lines, kind, strict=False)
    if get_origin(bare) is dict or bare is dict or (isinstance(bare, type) and issubclass(bare, msgspec.Struct)):
        return msgspec.to_builtins(msgspec.convert(msgspec.json.decode(sent[0]), kind))
    if bare is int and is_moment(name):
        return int(datetime.fromisoformat(sent[0]).replace(tzinfo=zone).timestamp()) * SECOND
    return msgspec.convert(sent[0], kind, strict=False)


def _fault(name: str, kind: Any) -> Text:
    bare, _ = _bare(kind)
    if _is_attachment(kind):
        return Text.of("books.an_attachment")
    if bare is int and is_moment(name):
        return Text.of("form.no_moment")
    if bare is date:
        return Text.of("form.no_day")
    return Text.of("form.no_number" if bare in (int, float) else "form.no_choice")
