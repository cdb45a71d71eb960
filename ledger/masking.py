"""Numbers of documents and cards are shown by their end alone, what a doctor said not at all.

What is masked is a mark on a field of a book (``masked``); a case of a workflow has its fields of the same names shown
alike. The whole is asked for value by value, with a reason, which the book ``disclosures`` keeps
(gateway/disclosure.py).
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, get_args, get_origin

import msgspec
from msgspec.structs import replace

from alerts.facts import FieldValue
from ledger.books import Book
from ledger.entry import Entry
from ledger.fields import Column

DISCLOSURES = "disclosures"
"""The book that says who was shown what in full, when and why."""
_SHOWN_OF_NUMBER = 4


def mask(number: str) -> str:
    """At least half of it is hidden. Masked twice it is the same."""
    shown = min(_SHOWN_OF_NUMBER, len(number) // 2)
    return "*" * (len(number) - shown) + number[len(number) - shown :]


def masked(entry: Entry, book: Book) -> Entry:
    """Numbers of documents by their end alone: ``**************1234``."""
    fields = {name: _of_field(book, name, value) for name, value in entry.draft.fields.items()}
    if fields == entry.draft.fields:
        return entry
    return replace(entry, draft=replace(entry.draft, fields=fields))


def masked_names(book: Book | None) -> frozenset[str]:
    """The fields of that book, and the columns of its lists, that are masked."""
    if book is None:
        return frozenset()
    columns = (column for field in book.fields for column in (field, *field.columns))
    return frozenset(column.name for column in columns if column.masked)


def without_masked(fields: Mapping[str, FieldValue], book: Book) -> dict[str, FieldValue]:
    """What may be written anew as it is shown: a masked number would stand there by its end alone."""
    names = masked_names(book)
    return {
        name: tuple({n: c for n, c in row.items() if n not in names} if isinstance(row, dict) else row for row in value)
        if isinstance(value, tuple)
        else value
        for name, value in fields.items()
        if name not in names
    }


def masked_within(value: Any, names: Collection[str]) -> Any:
    """The same value (a case, what is asked for), with what stands under these names masked, however deep."""
    match value:
        case msgspec.Struct():
            looked_at = _that_may_hold(type(value), frozenset(names))
            fields = {name: held for name in looked_at if (held := getattr(value, name))}
            new = {name: _within(name, held, names) for name, held in fields.items()}
            return replace(value, **new) if new != fields else value
        case Mapping():
            return {name: _within(name, held, names) for name, held in value.items()}
        case tuple() | list():
            return type(value)(masked_within(part, names) for part in value)
    return value


@cache
def _that_may_hold(kind: type[msgspec.Struct], names: frozenset[str]) -> tuple[str, ...]:
    """The fields with such a name somewhere in them: a page asks for hundreds of cases, which hold one or two."""
    return tuple(each.name for each in msgspec.structs.fields(kind) if each.name in names or _may(each.type, names))


def _may(kind: Any, names: frozenset[str]) -> bool:
    """Whether a value of that type may hold one: a table may, and what is of any type."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return bool(_that_may_hold(kind, names))
    parts = get_args(kind)
    return kind in (Any, dict) or get_origin(kind) in (dict, Mapping) or any(_may(part, names) for part in parts)


def _within(name: str, held: Any, names: Collection[str]) -> Any:
    if not isinstance(held, str | tuple | list | msgspec.Struct | Mapping):
        return held
    return _hidden(held) if name in names else masked_within(held, names)


def _hidden(held: Any) -> Any:
    match held:
        case str():
            return mask(held)
        case tuple() | list():
            return type(held)(_hidden(part) for part in held)
    return held


def _of_field(book: Book, name: str, value: FieldValue) -> FieldValue:
    field = next((each for each in book.fields if each.name == name), None)
    if field is None or value in ("", None):
        return value
    if field.masked:
        return tuple(_cell(field, part) for part in value) if isinstance(value, tuple) else _cell(field, value)
    columns = {column.name: column for column in field.columns if column.masked}
    if not columns or not isinstance(value, tuple):
        return value
    return tuple(
        {cell: _cell(columns[cell], held) if cell in columns else held for cell, held in row.items()}
        if isinstance(row, dict)
        else row
        for row in value
    )


def _cell(column: Column, held: object) -> str:
    return _NOTHING if column.masked == "whole" else mask(str(held))


_NOTHING = "****"
