"""The patrol ledger: reading it, and writing an entry into one of its books."""

from datetime import datetime
from typing import Any

import msgspec

from api.client.caller import Caller, Done


class Entry(msgspec.Struct, frozen=True):
    """An entry of the ledger."""

    sequence: int
    recorded: datetime
    book: str
    at: datetime
    by: str
    area: str
    fields: dict[str, Any]
    corrects: int | None
    previous: str
    hash: str


class _Entries(msgspec.Struct, frozen=True):
    entries: list[Entry]


class LedgerCalls:
    """``client.ledger``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]:
        """In the order of the chain, from the one after ``after``."""
        return self._caller.get("/api/ledger", _Entries, book=book, after=after, limit=limit).entries

    def record(self, book: str, fields: dict[str, str], area: str = "") -> None:
        self._caller.post("/api/records", Done, {"area": area, "book": book, "fields": fields})
