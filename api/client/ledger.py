"""The patrol ledger: reading it, and writing an entry into one of its books."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from api.client.caller import Caller, Done

Rows = Sequence[Mapping[str, str | float | bool | None]]
"""A list, row by row: a checklist, the persons who took part."""


class Gone(msgspec.Struct, frozen=True):
    """Why a value that stands beside the chain is not shown, and the entry that says so (0: none)."""

    why: str
    entry: int


class Told(msgspec.Struct, frozen=True):
    """A field as people read it."""

    title: str
    value: str


class Entry(msgspec.Struct, frozen=True):
    """An entry of the ledger, signed by ``by`` and ``second``. ``words``: its fields in the caller's language."""

    sequence: int
    recorded: datetime
    book: str
    at: datetime
    by: str
    second: str
    area: str
    fields: dict[str, Any]
    gone: dict[str, Gone]
    commitments: dict[str, str]
    words: list[Told]
    corrects: int | None
    format: int
    previous: str
    hash: str


class Unsigned(msgspec.Struct, frozen=True):
    """An entry that lacks signatures; ``wanting`` names the signers."""

    entry: int
    hash: str
    book: str
    at: datetime
    by: str
    area: str
    wanting: tuple[str, ...]


class Value(msgspec.Struct, frozen=True):
    """A masked value in full."""

    entry: int
    field: str
    value: Any


class _Disclosed(msgspec.Struct, frozen=True):
    values: list[Value]


class _Entries(msgspec.Struct, frozen=True):
    entries: list[Entry]


class LedgerCalls:
    """``client.ledger``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]:
        """In the order of the chain, from the one after ``after``."""
        return self._caller.get("/api/ledger", _Entries, book=book, after=after, limit=limit).entries

    def record(self, book: str, fields: Mapping[str, str | Rows], area: str = "") -> None:
        self._caller.post("/api/records", Done, {"area": area, "book": book, "fields": fields})

    def unsigned(self, book: str = "") -> list[Unsigned]:
        """The entries that lack a signature, newest first."""
        return self._caller.get("/api/records/unsigned", list[Unsigned], book=book)

    def sign(self, entry: int, signer: str, *, hash_: str = "", note: str = "") -> None:
        """``signer``: one that the entry wants; ``hash_``: of the entry as it was looked at."""
        body = {"signer": signer, "hash": hash_, "note": note}
        self._caller.post("/api/records/{entry}/signatures", Done, body, entry=entry)

    def erase(self, values: Sequence[tuple[int, str]], reason: str) -> None:
        """Values (entry, field) that stand beside the chain go for ever."""
        named = [{"entry": entry, "field": field} for entry, field in values]
        self._caller.post("/api/ledger/erasures", Done, {"values": named, "reason": reason})

    def disclose(self, values: Sequence[tuple[int, str]], reason: str) -> list[Value]:
        """Masked values (entry, field) in full; the ledger says who saw them and why."""
        named = [{"entry": entry, "field": field} for entry, field in values]
        body = {"values": named, "reason": reason}
        return self._caller.post("/api/ledger/disclosures", _Disclosed, body).values
