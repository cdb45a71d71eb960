"""The ledger and its books."""

from collections.abc import Mapping
from typing import ClassVar, Protocol

import msgspec

from ledger.books import Book
from ledger.entry import Entry
from ledger.values_beside import Name


class Erase(msgspec.Struct, frozen=True):
    """An order: these values (entry, field) beside the chain go for ever, and an entry says by whom and why."""

    ROLES: ClassVar[frozenset[str]] = frozenset({"manager"})

    values: tuple[Name, ...]
    reason: str
    by: str


class Ledger(Protocol):
    """The ledger and its books."""

    def ledger(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]: ...

    def books(self) -> Mapping[str, Book]:
        """The ledger's books by id."""
        ...

    async def erase(self, order: Erase) -> None:
        """Returns once they are gone from the records. Raises Refused, NotAllowed, StoreUnavailable."""
