"""Books: what the ledger has to hold, who may write it, how long it is kept. Described in a presets file (TOML).

What a person wrote arrives as text (alerts.event.Recorded); ``Book.check`` says what is wrong with it before it goes
any further, and ``Book.typed`` gives the values that are stored.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Literal

import msgspec

from alerts.facts import FieldValue
from devices.errors import ConfigError, Refused
from devices.message import Text
from ledger.book_parts import Feed, Signer
from ledger.book_parts import faults_of as faults_of_feed
from ledger.fields import Field, Table, expected, faults_of, lies_ahead, typed

Writer = Literal["gateway", "guard", "operator", "technician", "manager", "admin"]

LEADERS = ("manager", "admin")
"""The roles that see every book, and may order that a value be erased."""
READERS = (*LEADERS, "auditor")
"""The roles that see every book."""
CORRECTS = "corrects"
"""The field name by which a record says which entry it corrects; no book may use it otherwise."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_CORRECTED = re.compile(r"\d{1,16}", re.ASCII)


class Book(Table, frozen=True, dict=True):
    """One book. ``writers`` are the roles that may write (``gateway``: nobody by hand).

    ``keep_years``: the least that an entry is kept, and how long the values are that stand beside it; ``keep_by``
    names a choice by which that differs, ``keep_years_of`` how long for which of its values. ``personal`` and
    ``large`` name the fields whose values stand beside the chain (ledger/commitment.py); attachments always do.
    ``standard``: the form, printed under the title, ``standard_en`` where it is called otherwise in English.
    ``signers`` sign a written entry afterwards (ledger/signers.py), in the order in which they are printed; ``feeds``
    are what is written without a person (ledger/feeds.py). ``paired``: entries with one value in that field (what came
    in, what went out) are one row of a print.
    """

    id: str
    title: str
    zh: str
    writers: tuple[Writer, ...]
    keep_years: float
    fields: tuple[Field, ...]
    personal: tuple[str, ...] = ()
    large: tuple[str, ...] = ()
    keep_by: str = ""
    keep_years_of: dict[str, float] = {}
    standard: str = ""
    standard_en: str = ""
    signers: tuple[Signer, ...] = ()
    feeds: tuple[Feed, ...] = ()
    paired: str = ""

    @cached_property
    def apart(self) -> tuple[str, ...]:
        """The fields whose values stand beside the chain."""
        files = (field.name for field in self.fields if field.holds_attachments)
        return tuple(dict.fromkeys((*self.personal, *self.large, *files)))

    def standard_in(self, *, chinese: bool) -> str:
        """What the form is called."""
        return self.standard if chinese else self.standard_en or self.standard

    @property
    def is_for_people(self) -> bool:
        """Whether anybody writes it by hand."""
        return self.writers != ("gateway",)

    def admits(self, role: str) -> bool:
        """Whether a person of that role may write in this book."""
        return role in self.writers

    def may_see(self, role: str) -> bool:
        """Whether a person of that role may see what is personal in it: who leads or audits, and who writes it."""
        return role in READERS or self.admits(role)

    def kept_years(self, fields: Mapping[str, FieldValue]) -> float:
        """How long an entry with these fields is kept at least, and its values beside at all."""
        return self.keep_years_of.get(str(fields.get(self.keep_by, "")), self.keep_years)

    def check(self, fields: Mapping[str, str], now: datetime | None = None) -> None:
        """Raises Refused, naming every fault of what a person wrote and what was expected instead.

        ``now`` on the site's clock: what has not happened yet is refused, but in fields that may lie ahead.
        """
        faults = [
            (field.name, Text.of("books.required", expected=expected(field)))
            for field in self.fields
            if field.required and not fields.get(field.name, "").strip()
        ]
        faults += [
            (name, fault) for name, text in fields.items() if (fault := self._fault(name, text, now)) is not None
        ]
        if faults:
            said = tuple(Text.of("books.of_field", field=name[:64], fault=fault) for name, fault in faults)
            raise Refused(Text.of("books.faults", faults=said), [(0, name, fault) for name, fault in faults])

    def _fault(self, name: str, text: str, now: datetime | None) -> Text | None:
        """What is wrong with what was written in one field."""
        if name == CORRECTS:
            is_number = _CORRECTED.fullmatch(text) is not None and int(text) > 0
            return None if is_number else Text.of("books.corrects")
        known = {field.name: field for field in self.fields if not field.of_gateway}
        if name not in known:
            return Text.of("books.no_field", book=self.id, fields=tuple(known))
        if text.strip() and typed(known[name], text) is None:
            return Text.of("books.expected", expected=expected(known[name]), found=text[:64])
        if text.strip() and now is not None and lies_ahead(known[name], text, now):
            return Text.of("books.ahead", found=text[:64])
        return None

    def typed(self, fields: Mapping[str, str]) -> dict[str, FieldValue]:
        """The values to store: typed where they fit their field, as they came where not; empty ones left out."""
        known = {field.name: field for field in self.fields}
        values: dict[str, FieldValue] = {}
        for name, text in fields.items():
            if text.strip():
                value = typed(known[name], text) if name in known else None
                values[name] = text if value is None else value
        return values


class _Preset(Table, frozen=True):
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
        faults += faults_of(field, lambda name: bool(_NAME.fullmatch(name)))
    for feed in book.feeds:
        faults += faults_of_feed(feed, {field.name: field for field in book.fields})
    signers = [signer.name for signer in book.signers]
    fields = [field for signer in book.signers for field in (signer.dated, signer.named) if field]
    if len(set(signers)) < len(signers) or not set(fields) <= set(names):
        faults.append("signers have different names, and dated and named each name a field")
    if unknown := set(book.apart) - set(names):
        faults.append(f"personal and large name fields, and {sorted(unknown)} are none")
    if bool(book.keep_by) != bool(book.keep_years_of) or (book.keep_by and book.keep_by not in names):
        faults.append("keep_by names a field, keep_years_of how long for which of its values")
    if any(years < 0.5 for years in book.keep_years_of.values()):
        faults.append("keep_years_of must be at least 0.5 each, like keep_years")
    return faults
