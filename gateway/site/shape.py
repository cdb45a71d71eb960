"""Why a table does not fit its struct: every wrong type, missing and unknown key of it at once.

msgspec stops at the first misfit, and knows neither lines nor spellings. So a file that did not convert is gone
through again here, field by field. What fits comes back too, so that the names in it can still be checked.

pydantic would collect faults, but is kept to the API's schemas. A name that was looked for in a table which has faults
itself is not blamed: nobody needs a fault that only follows from another.
"""

import math
import re
import types
from collections.abc import Iterator
from enum import Enum
from typing import Any, Union, get_args, get_origin

import msgspec

from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.workflow import Config
from api.workflow_finder import workflows
from gateway.site.fault import Fault, Path, found, nearest, one_of
from gateway.site.model import Site

_EXPECTED = re.compile(r"Expected `([^`]+)`, got")
_LENGTH = re.compile(r"Expected `array` of length (\d+)")
_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text in quotes",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table",
}


class Misfit(msgspec.Struct, frozen=True):
    """A site that does not fit: why, and what of it does (``rest``).

    By table: ``kept`` are the places in the file of what fits, ``unfit`` the ids of what does not.
    """

    faults: tuple[Fault, ...]
    rest: Site | None
    kept: dict[str, tuple[int, ...]]
    unfit: dict[str, tuple[str, ...]]


def fit(raw: dict[str, Any]) -> Site | Misfit:
    """The site that these tables describe, or all that is wrong with their shape."""
    try:
        return _whole(raw)
    except msgspec.ValidationError:
        return _misfit(raw)


def _whole(raw: dict[str, Any]) -> Site:
    tables = dict(raw)
    rules = tables.pop("rules", [])
    site = msgspec.convert(tables, Site)
    if not isinstance(rules, list) or any(not math.isfinite(number) for number in _numbers(raw)):
        raise msgspec.ValidationError
    return msgspec.structs.replace(
        site,
        rules=tuple(msgspec.convert(rule, _kind_of(rule)) for rule in rules),
        workflows={name: msgspec.convert(table, _config_of(name)) for name, table in site.workflows.items()},
    )


def _config_of(workflow: str) -> type[Config]:
    if workflow not in workflows():
        raise msgspec.ValidationError
    return workflows()[workflow].config_type


def _kind_of(rule: Any) -> type[Rule[Any]]:
    name = rule.get("kind") if isinstance(rule, dict) else None
    if not isinstance(name, str) or name not in kinds():
        raise msgspec.ValidationError
    return kinds()[name]


def _misfit(raw: dict[str, Any]) -> Misfit:
    faults = list(table_faults(raw, Site, ()))
    wrong = {fault.path[:2] for fault in faults}
    kept: dict[str, tuple[int, ...]] = {}
    unfit: dict[str, tuple[str, ...]] = {}
    fitting: dict[str, Any] = {}
    for field in msgspec.structs.fields(Site):
        value = raw.get(field.name)
        if isinstance(value, list) and _element(field.type):
            kept[field.name] = tuple(index for index in range(len(value)) if (field.name, index) not in wrong)
            fitting[field.name] = [value[index] for index in kept[field.name]]
            others = [table for index, table in enumerate(value) if index not in kept[field.name]]
            unfit[field.name] = tuple(_id(table) for table in others if isinstance(table, dict))
        elif value is not None and not any(path[0] == field.name for path in wrong if path):
            fitting[field.name] = value
    try:
        rest = _whole({"id": "site", "name": "site", **fitting})
    except msgspec.ValidationError:
        rest = None
    return Misfit(tuple(faults), rest, kept, unfit)


def _id(table: dict[str, Any]) -> str:
    return str(table.get("id", table.get("name", "")))


def table_faults(table: Any, shape: type[msgspec.Struct], path: Path) -> Iterator[Fault]:
    """Every way in which a table does not fit its struct."""
    if not isinstance(table, dict):
        yield Fault(path, f"must be a table; found {found(table)}")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    tag = shape.__struct_config__.tag_field
    clean = True
    for key, value in table.items():
        if key == "workflows" and shape is Site:
            for fault in _workflows(value):
                clean = False
                yield fault
        elif key in fields:
            for fault in _value(value, fields[key].type, (*path, key)):
                clean = False
                yield fault
        elif key != tag:
            clean = False
            yield Fault((*path, key), f"unknown key {key[:60]!r}{nearest(key, fields)}")
    for key, field in fields.items():
        if field.required and key not in table:
            clean = False
            yield Fault(path, f"{key!r} is missing")
    if clean and shape is not Site:
        # Each value fits; what the struct itself refuses begins with the name of the field, if it has one.
        for fault in _converts(table, shape, path):
            key = str(fault.problem).partition(" ")[0]
            yield Fault((*path, key), fault.problem) if key in table else fault


def _value(value: Any, shape: Any, path: Path) -> Iterator[Fault]:
    element = _element(shape)
    inner = [part for part in get_args(shape) if part is not type(None)] if _is_union(shape) else [shape]
    if element is not None:
        if not isinstance(value, list):
            yield Fault(path, f"must be a list of tables: write each as [[{path[-1]}]]; found {found(value)}")
            return
        for index, table in enumerate(value):
            yield from (
                _rule(table, (*path, index)) if _is_rule(element) else table_faults(table, element, (*path, index))
            )
    elif len(inner) == 1 and isinstance(inner[0], type) and issubclass(inner[0], msgspec.Struct):
        yield from table_faults(value, inner[0], path)
    else:
        yield from _converts(value, shape, path)
        if any(not math.isfinite(number) for number in _numbers(value)):
            yield Fault(path, "must be a finite number; nan and inf are none")


def _workflows(table: Any) -> Iterator[Fault]:
    if not isinstance(table, dict):
        yield Fault(("workflows",), f"must hold a table for each workflow; found {found(table)}")
        return
    for name, value in table.items():
        if name in workflows():
            yield from table_faults(value, _config_of(name), ("workflows", name))
        else:
            said = f"there is no workflow like {name[:60]!r}{nearest(name, workflows())}; known: {one_of(workflows())}"
            yield Fault(("workflows", name), said)


def _rule(table: Any, path: Path) -> Iterator[Fault]:
    if not isinstance(table, dict):
        yield Fault(path, f"must be a table; found {found(table)}")
    elif "kind" not in table:
        yield Fault(path, f"'kind' is missing; known: {one_of(kinds())}")
    elif not isinstance(table["kind"], str) or table["kind"] not in kinds():
        named = found(table["kind"])
        yield Fault(
            (*path, "kind"),
            f"there is no rule kind like {named}{nearest(table['kind'], kinds())}; known: {one_of(kinds())}",
        )
    else:
        yield from table_faults(table, kinds()[table["kind"]], path)


def _converts(value: Any, shape: Any, path: Path) -> Iterator[Fault]:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        text, _, at = str(error).partition(" - at `$")
        inside = tuple(int(index) for index in re.findall(r"^\[(\d+)\]", at))
        for index in inside:
            value = value[index]
        yield Fault((*path, *inside), _said(text, value, shape))


def _said(text: str, value: Any, shape: Any) -> str:
    expected = _EXPECTED.match(text)
    if expected:
        names = [name.strip() for name in expected.group(1).split("|") if name.strip() != "null"]
        return f"must be {' or '.join(_WORDS.get(name, name) for name in names)}; found {found(value)}"
    if text.startswith("Invalid enum value"):
        choices = [str(choice) for choice in _choices(shape)]
        return f"must be one of {', '.join(choices)}; found {found(value)}{nearest(value, choices)}"
    length = _LENGTH.match(text)
    return f"must be a list of {length.group(1)}; found {found(value)}" if length else text


def _choices(shape: Any) -> list[Any]:
    """What a Literal or an Enum allows."""
    if isinstance(shape, type):
        if issubclass(shape, Enum):
            return [member.value for member in shape]
        return [_WORDS[shape.__name__]] if shape.__name__ in _WORDS else []
    return [choice for part in get_args(shape) for choice in ([part] if _is_value(part) else _choices(part))]


def _is_value(part: Any) -> bool:
    """Of the arguments of a Literal, which are no types."""
    return not get_args(part) and not isinstance(part, type)


def _element(shape: Any) -> type[msgspec.Struct] | None:
    """The struct of which a field is a list, None if it is none."""
    arguments = get_args(shape)
    if get_origin(shape) is tuple and len(arguments) == 2 and arguments[1] is ...:
        element = get_origin(arguments[0]) or arguments[0]
        if isinstance(element, type) and issubclass(element, msgspec.Struct):
            return element
    return None


def _is_union(shape: Any) -> bool:
    return get_origin(shape) in (Union, types.UnionType)


def _is_rule(element: type[msgspec.Struct]) -> bool:
    return issubclass(element, Rule)


def _numbers(value: Any) -> Iterator[float]:
    """Every float in a value, however deep."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case float() as number:
                yield number
            case dict() as table:
                waiting.extend(table.values())
            case list() as items:
                waiting.extend(items)
