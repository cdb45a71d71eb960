"""Whether the values beside a chain are those that its entries are committed to, and why one is gone.

A value that is there must give its commitment. One that is not was erased or ran out of retention, if a later entry of
the book ``erasures`` says so; else it is missing. So the chain itself tells which is which, and needs nothing beside it
to stay verified.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.facts import FieldValue
from devices.errors import ChainBroken, Refused
from ledger.books import READERS, Book
from ledger.canonical import spelled
from ledger.commitment import SALT_BYTES, Gone, Why, commitment
from ledger.entry import Entry

ERASURES = "erasures"
"""The book that says what was erased."""
VALUES = "values"
"""Its field: rows with ``entry`` (the number) and ``field`` (its name)."""
_WHY: dict[str, Why] = {"erased": "erased", "retention_ended": "retention_ended"}

Name: TypeAlias = tuple[int, str]
"""(sequence number of the entry, name of the field)"""


def erased_by(entry: Entry) -> dict[Name, Gone]:
    """The values that this entry says are gone; none in any other book."""
    if entry.draft.book != ERASURES:
        return {}
    fields = entry.draft.fields
    rows, why = fields.get(VALUES), _WHY.get(str(fields.get("action")))
    if not isinstance(rows, tuple) or why is None:
        return {}
    found: dict[Name, Gone] = {}
    for row in rows:
        number, name = (row.get("entry"), row.get("field")) if isinstance(row, dict) else (None, None)
        if isinstance(number, int) and isinstance(name, str):
            found[number, name] = Gone(why, entry.sequence)
    return found


def without_values(entry: Entry) -> Entry:
    """For those who may not see what stands beside it."""
    if not entry.commitments:
        return entry
    clear = {name: value for name, value in entry.draft.fields.items() if name not in entry.commitments}
    gone = {name: entry.gone.get(name, Gone("withheld")) for name in entry.commitments}
    return replace(entry, draft=replace(entry.draft, fields=clear), salts={}, gone=gone)


def as_seen_by(role: str, entry: Entry, book: Book | None) -> Entry:
    """Who leads or audits sees every value, who writes a book sees those in it, and everybody else the chain."""
    sees = book.may_see(role) if book is not None else role in READERS
    return entry if sees else without_values(entry)


class Report(msgspec.Struct, frozen=True):
    """``there``: how many values are there and right; ``still``: those that are there although they were erased."""

    there: int
    gone: dict[Name, Gone]
    still: dict[Name, Gone]

    @property
    def missing(self) -> list[Name]:
        return [name for name, gone in self.gone.items() if gone.why == "missing"]


class ValuesBeside:
    """Is shown the entries of a chain in their order, with what is there of their values and salts."""

    def __init__(self) -> None:
        self._there: set[Name] = set()
        self._absent: dict[Name, Gone] = {}
        self._erased: dict[Name, Gone] = {}

    def passing(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries, looked at as they pass. Raises ChainBroken for a value that was altered."""
        for entry in entries:
            self._see(entry)
            yield entry

    def _see(self, entry: Entry) -> None:
        for name, committed in entry.commitments.items():
            value, salt = entry.draft.fields.get(name), entry.salts.get(name)
            if name not in entry.draft.fields or salt is None:
                self._absent[entry.sequence, name] = Gone("missing")
            elif not _gives(committed, value, salt):
                raise ChainBroken(entry.sequence, f"the value of {name!r} beside it does not give its commitment")
            else:
                self._there.add((entry.sequence, name))
        for place, gone in erased_by(entry).items():
            if place[0] < entry.sequence:
                self._erased.setdefault(place, gone)

    def report(self) -> Report:
        """After the last entry."""
        gone = {place: self._erased.get(place, missing) for place, missing in self._absent.items()}
        still = {place: why for place, why in self._erased.items() if place in self._there}
        return Report(len(self._there), gone, still)


def _gives(committed: str, value: FieldValue, salt: str) -> bool:
    try:
        key = bytes.fromhex(salt)
        return key.hex() == salt and len(key) == SALT_BYTES and commitment(spelled(value), key) == committed
    except (ValueError, Refused):
        return False
