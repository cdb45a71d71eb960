"""Books: what the ledger has to hold, who may write it, how long it is kept. Described in a presets file (TOML).

What a person wrote arrives as text (alerts.event.Recorded); ``Book.check`` says what is wrong with it before it goes
any further, and ``Book.typed`` gives the values that are stored.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from devices.errors import ConfigError, Refused
from devices.message import Name, Text
from ledger.entry import LEAST_FRACTION, MOST_EXACT, FieldValue

FieldKind = Literal["text", "choice", "person", "date", "time", "whole", "number", "yes_no"]
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
Writer = Literal["gateway", "operator", "technician", "manager", "admin"]

CORRECTS = "corrects"
"""The field name by which a record says which entry it corrects; no book may use it otherwise."""

_MOST_CHARACTERS = 4_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,16}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,12})?", re.ASCII)
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Field(_Table, frozen=True):
    """One field of a book. ``zh`` is its Chinese title; ``choices`` maps each allowed value to its Chinese title.

    Kinds: ``text``; ``choice``; ``person`` (a name); ``date`` (2026-11-24); ``time`` (2026-11-24T08:30 with or
    without zone); ``whole``; ``number``; ``yes_no``. ``unit`` belongs to whole and number.
    """

    name: str
    title: str
    zh: str
    kind: FieldKind = "text"
    required: bool = False
    choices: dict[str, str] = {}
    unit: str = ""
    shows: Shows = ""


class Book(_Table, frozen=True):
    """One book. ``writers`` are the roles that may write (``gateway``: nobody by hand); ``keep_years`` the least."""

    id: str
    title: str
    zh: str
    writers: tuple[Writer, ...]
    keep_years: float
    fields: tuple[Field, ...]

    def admits(self, role: str) -> bool:
        """Whether a person of that role may write in this book."""
        return role in self.writers

    def check(self, fields: Mapping[str, str]) -> None:
        """Raises Refused, naming every fault of what a person wrote and what was expected instead."""
        known = {field.name: field for field in self.fields}
        faults = [
            Text.of("books.required", field=field.name, expected=_expected(field))
            for field in self.fields
            if field.required and not fields.get(field.name, "").strip()
        ]
        for name, text in fields.items():
            if name == CORRECTS:
                if not _WHOLE.fullmatch(text) or int(text) < 1:
                    faults.append(Text.of("books.corrects"))
            elif name not in known:
                faults.append(Text.of("books.no_field", field=name[:64], book=self.id, fields=tuple(known)))
            elif text.strip() and _typed(known[name], text) is None:
                faults.append(Text.of("books.expected", field=name, expected=_expected(known[name]), found=text[:64]))
        if faults:
            raise Refused(Text.of("books.faults", faults=tuple(faults)))

    def typed(self, fields: Mapping[str, str]) -> dict[str, FieldValue]:
        """The values to store: typed where they fit their field, as they came where not; empty ones left out."""
        known = {field.name: field for field in self.fields}
        values: dict[str, FieldValue] = {}
        for name, text in fields.items():
            if text.strip():
                value = _typed(known[name], text) if name in known else None
                values[name] = text if value is None else value
        return values


def _expected(field: Field) -> Text:
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


def _typed(field: Field, text: str) -> FieldValue:
    """The value of the text, None if it does not fit the field."""
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


def _is_calendar(kind: str, text: str) -> bool:
    try:
        if kind == "date":
            return date.fromisoformat(text).isoformat() == text
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text or " " in text


class _Preset(_Table, frozen=True):
    name: str
    zh: str
    book: tuple[Book, ...]


def books_of(preset: str, file: str = "") -> dict[str, Book]:
    """The books of a presets file by id, in its order. Raises ConfigError naming the fault."""
    try:
        found = msgspec.toml.decode(preset, type=_Preset)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"{error}; see docs/ledger.md for what a book needs", file=file) from error
    books: dict[str, Book] = {}
    for book in found.book:
        if book.id in books:
            raise ConfigError(f"two books are called {book.id!r}; rename one", file=file)
        for fault in _faults(book):
            raise ConfigError(f"book {book.id!r}: {fault}", file=file)
        books[book.id] = book
    return books


def _faults(book: Book) -> list[str]:
    names = [field.name for field in book.fields]
    faults = [f"{name!r} is no name; use a-z, 0-9 and _" for name in (book.id, *names) if not _NAME.fullmatch(name)]
    faults += [f"two fields are called {name!r}" for name in dict.fromkeys(names) if names.count(name) > 1]
    if CORRECTS in names:
        faults.append(f"{CORRECTS!r} is reserved for the entry that is corrected")
    if not book.writers:
        faults.append('name its writers, for instance writers = ["operator"]')
    if book.keep_years < 0.5:
        faults.append("keep_years must be at least 0.5 (six months, Cybersecurity Law article 21)")
    for field in book.fields:
        if (field.kind == "choice") != bool(field.choices):
            faults.append(f"field {field.name!r}: a choice has choices, and nothing else has")
    return faults
