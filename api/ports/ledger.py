"""The ledger and its books."""

from collections.abc import Mapping
from typing import Protocol

from ledger.books import Book
from ledger.entry import Entry


class Ledger(Protocol):
    """The ledger and its books."""

    def ledger(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]: ...

    def books(self) -> Mapping[str, Book]:
        """The ledger's books by id."""
        ...
