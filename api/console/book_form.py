"""The form of a book, made of its definition; and the texts that a browser sent, as the book reads them.

A list is drawn as rows of its columns, ``checklist.0.item``, and handed on as JSON.
"""

from collections.abc import Mapping, Sequence

import msgspec

from alerts.facts import FieldValue
from api.console.forms import Choices, Field, Kind
from api.console.locale import Say
from api.console.web_page import Given
from ledger.books import Book
from ledger.fields import Column, FieldKind
from ledger.fields import Field as BookField

_KINDS: Mapping[FieldKind, Kind] = {
    "text": "text",
    "person": "text",
    "choice": "choice",
    "date": "date",
    "time": "moment",
    "whole": "number",
    "number": "number",
    "yes_no": "choice",
    "attachment": "attachment",
}
_LONG = frozenset({"note", "description", "measures", "handling", "finding", "found", "content", "matter", "reason"})
_BLANK_ROWS, _MOST_SENT = 2, 500
_LONGEST = 4_000


def fields_of_book(book: Book, say: Say, sent: Given | None = None) -> list[Field]:
    """What people write, in the order of the book; parts of sentences are the gateway's own.

    ``sent``: what was typed before.
    """
    parts = {f"{field.name}{part}" for field in book.fields for part in ("_key", "_params")}
    return [
        _rows(field, say, sent) if field.kind == "list" else _drawn(field, field.name, say, sent)
        for field in book.fields
        if field.name not in parts and not field.of_gateway
    ]


def _drawn(column: Column, name: str, say: Say, sent: Given | None) -> Field:
    values = tuple((sent or {}).get(name, ()))
    kind = _KINDS[column.kind]
    label = _title(column, say)
    return Field(
        name=name,
        kind="long" if kind == "text" and column.name in _LONG else kind,
        label=f"{label} ({column.unit})" if column.unit else label,
        hint="",
        is_wanted=column.required,
        choices=_choices(column, say),
        value=values[0] if values else "",
        values=values,
    )


def _rows(field: BookField, say: Say, sent: Given | None) -> Field:
    """Those that were sent, and blank ones after them."""
    count = max((row + 1 for row, _ in _cells(field, sent or {})), default=0)
    rows = tuple(
        tuple(_drawn(column, f"{field.name}.{row}.{column.name}", say, sent) for column in field.columns)
        for row in range(min(count + _BLANK_ROWS if count else 1, field.most))
    )
    return Field(
        name=field.name,
        kind="rows",
        label=_title(field, say),
        hint=say.any("book_page.row"),
        is_wanted=field.required,
        choices=(),
        value="",
        values=(),
        rows=rows,
        most=field.most,
    )


def _title(column: Column, say: Say) -> str:
    return column.zh if say.language == "zh" else column.title


def _choices(column: Column, say: Say) -> Choices:
    if column.kind == "yes_no":
        return [(value, say.known(f"form.{value}")) for value in ("yes", "no")]
    is_chinese = say.language == "zh"
    return [(value, zh if is_chinese else value.replace("_", " ")) for value, zh in column.choices.items()]


def read_book(book: Book, given: Given) -> dict[str, str]:
    """The fields that hold something, as Book.check and Book.typed read them."""
    texts: dict[str, str] = {}
    for field in book.fields:
        if field.kind == "list":
            rows: dict[int, dict[str, str]] = {}
            for row, column in _cells(field, given):
                rows.setdefault(row, {})[column] = _text(given, f"{field.name}.{row}.{column}")
            if rows:
                texts[field.name] = msgspec.json.encode([rows[row] for row in sorted(rows)]).decode()
        elif text := _text(given, field.name):
            texts[field.name] = text
    return texts


def _text(given: Given, name: str) -> str:
    return next((value.strip()[:_LONGEST] for value in given.get(name, ()) if value.strip()), "")


def _cells(field: BookField, given: Given) -> Sequence[tuple[int, str]]:
    """(row, column) of each cell that holds something."""
    columns = {column.name for column in field.columns}
    found = []
    for name in given:
        list_, _, rest = name.partition(".")
        row, _, column = rest.partition(".")
        known = list_ == field.name and column in columns and row.isascii() and row.isdecimal()
        if known and int(row[:9]) < _MOST_SENT and _text(given, name):
            found.append((int(row[:9]), column))
    return found


def as_sent(fields: Mapping[str, FieldValue]) -> Given:
    """The values of an entry as a browser would send them: what a correction begins with."""
    sent: dict[str, list[str]] = {}
    for name, value in fields.items():
        if isinstance(value, tuple):
            for place, row in enumerate(value):
                if isinstance(row, dict):
                    sent |= {f"{name}.{place}.{column}": [_spelled(cell)] for column, cell in row.items()}
        else:
            sent[name] = [_spelled(value)]
    return sent


def _spelled(value: FieldValue) -> str:
    match value:
        case True:
            return "yes"
        case False:
            return "no"
        case None:
            return ""
    return str(value)
