"""What a field of a book may hold: the text that a person wrote, and the typed value that is stored of it.

A list arrives as JSON, ``[{"name": "Li", "result": "passed"}]``, whose cells are text or plain values.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from alerts.attachment import is_id
from alerts.facts import FieldValue, Scalar
from devices.message import Name, Text
from ledger.canonical import LEAST_FRACTION, MOST_EXACT, MOST_ITEMS

FieldKind = Literal["text", "choice", "person", "date", "time", "whole", "number", "yes_no", "attachment", "list"]
Shows = Literal[
    "",
    "signal",
    "kind",
    "moment",
    "readings",
    "aside",
    "description",
    "output",
    "mode",
    "role",
    "event",
    "alert_class",
    "alert_state",
    "origin",
]
_MOST_CHARACTERS = 4_000
_WHOLE = re.compile(r"-?\d{1,16}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,12})?", re.ASCII)
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is read from a presets file holds nothing that nobody reads."""


class Column(Table, frozen=True):
    """One column of a list, or a field that is none. ``zh`` is its Chinese title.

    Kinds: ``text``; ``choice``; ``person`` (a name); ``date`` (2026-11-24); ``time`` (2026-11-24T08:30 with or
    without zone); ``whole``; ``number``; ``yes_no``; ``attachment`` (the id of an uploaded photograph or PDF).
    ``choices`` maps each allowed value to its Chinese title, ``unit`` belongs to whole and number. ``ahead``: a date or
    time that may not have come yet (a term, an expiry). ``masked``: the number of a document or a card, shown by its
    end alone; ``"whole"``: not at all (ledger/masking.py).
    """

    name: str
    title: str
    zh: str
    kind: FieldKind = "text"
    required: bool = False
    choices: dict[str, str] = {}
    unit: str = ""
    ahead: bool = False
    masked: bool | Literal["whole"] = False


class Field(Column, frozen=True):
    """One field of a book: as Column says, or a ``list`` of at most ``most`` rows with these ``columns``.

    ``of_gateway``: in a book that people write, too, what the gateway alone writes there.
    """

    shows: Shows = ""
    of_gateway: bool = False
    columns: tuple[Column, ...] = ()
    most: int = 100

    @property
    def holds_attachments(self) -> bool:
        """Whether it is, or lists, uploaded files: such values stand beside the chain, or could never go."""
        return any(column.kind == "attachment" for column in (self, *self.columns))


def expected(field: Column) -> Text:
    """What would fit."""
    match field.kind:
        case "text" | "person":
            return Text.of("books.a_text", title=Name(field.title, field.zh), most=_MOST_CHARACTERS)
        case "choice":
            return Text.of("books.a_choice", choices=tuple(field.choices))
        case "date":
            return Text.of("books.a_date")
        case "time":
            return Text.of("books.a_time")
        case "whole":
            return Text.of("books.a_whole_of", unit=field.unit) if field.unit else Text.of("books.a_whole")
        case "number":
            return Text.of("books.a_number_of", unit=field.unit) if field.unit else Text.of("books.a_number")
        case "yes_no":
            return Text.of("books.yes_or_no")
        case "attachment":
            return Text.of("books.an_attachment")
        case "list":
            assert isinstance(field, Field)
            columns = tuple(
                Text.of("books.a_column", name=each.name, expected=expected(each)) for each in field.columns
            )
            return Text.of("books.a_list", most=field.most, columns=columns)


def typed(field: Field, text: str) -> FieldValue:
    """The value of the text, None if it does not fit the field."""
    if field.kind == "list":
        return _rows(field, text)
    return _cell(field, text)


def _rows(field: Field, text: str) -> FieldValue:
    try:
        rows = msgspec.json.decode(text, type=list[dict[str, Scalar]])
    except (msgspec.MsgspecError, UnicodeError):
        return None
    columns = {column.name: column for column in field.columns}
    found = []
    for row in rows:
        told = {name: str(cell) for name, cell in row.items() if cell is not None and str(cell).strip()}
        typed_row = {name: _cell(columns[name], cell) for name, cell in told.items() if name in columns}
        wanting = any(column.required and column.name not in told for column in field.columns)
        if wanting or None in typed_row.values() or told.keys() - columns.keys():
            return None
        found.append(typed_row)
    return tuple(found) if 0 < len(found) <= field.most else None


def _cell(field: Column, text: str) -> Scalar:
    text = text.strip()
    match field.kind:
        case "text" | "person":
            return text if len(text) <= _MOST_CHARACTERS else None
        case "choice":
            return text if text in field.choices else None
        case "date" | "time":
            return text if _is_calendar(field.kind, text) else None
        case "whole":
            return int(text) if _WHOLE.fullmatch(text) and abs(int(text)) <= MOST_EXACT else None
        case "number":
            value = float(text) if _NUMBER.fullmatch(text) else None
            fits = value is not None and (value == 0 or LEAST_FRACTION <= abs(value) <= MOST_EXACT)
            return value if fits else None
        case "yes_no":
            return _YES_NO.get(text.lower())
        case "attachment":
            return text if is_id(text) else None
        case _:
            return None


_SLACK = timedelta(minutes=5)
"""So far may the clock of whoever writes be ahead of ours."""


def lies_ahead(field: Column, text: str, now: datetime) -> bool:
    """Whether it is a date or time, here or in a row, that has not come yet though it should have."""
    if isinstance(field, Field) and field.kind == "list":
        columns = {column.name: column for column in field.columns}
        rows = msgspec.json.decode(text, type=list[dict[str, Scalar]])
        return any(lies_ahead(columns[name], str(cell), now) for row in rows for name, cell in row.items() if cell)
    if field.ahead or field.kind not in ("date", "time"):
        return False
    if field.kind == "date":
        return date.fromisoformat(text.strip()) > (now + _SLACK).date()
    at = datetime.fromisoformat(text.strip())
    return (at if at.tzinfo else at.replace(tzinfo=now.tzinfo)) > now + _SLACK


def _is_calendar(kind: str, text: str) -> bool:
    try:
        if kind == "date":
            return date.fromisoformat(text).isoformat() == text
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text or " " in text


def faults_of(field: Field, is_name: Callable[[str], bool]) -> list[str]:
    """All that is wrong with how it is described."""
    faults = [
        f"field {each.name!r}: a choice has choices, and nothing else has"
        for each in (field, *field.columns)
        if (each.kind == "choice") != bool(each.choices)
    ]
    names = [column.name for column in field.columns]
    if (field.kind == "list") != bool(names) or len(set(names)) < len(names) or not all(map(is_name, names)):
        faults.append(f"field {field.name!r}: a list has columns of different names, and nothing else has")
    if not 0 < field.most <= MOST_ITEMS or any(column.kind == "list" for column in field.columns):
        faults.append(f"field {field.name!r}: a list has at most {MOST_ITEMS} rows, and no list in it")
    return faults
