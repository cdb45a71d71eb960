"""The ledger and its books."""

from collections.abc import Mapping
from typing import ClassVar, Protocol

import msgspec

from alerts.facts import FieldValue
from ledger.book_parts import Signer
from ledger.books import READERS, Book
from ledger.entry import Entry
from ledger.signers import Signature
from ledger.values_beside import Name


class Erase(msgspec.Struct, frozen=True):
    """An order: these values (entry, field) beside the chain go for ever, and an entry says by whom and why."""

    ROLES: ClassVar[frozenset[str]] = frozenset({"manager"})

    values: tuple[Name, ...]
    reason: str
    by: str


class Disclose(msgspec.Struct, frozen=True):
    """An order: these masked values (entry, field) are shown to whoever asks, and an entry says to whom and why."""

    ROLES: ClassVar[frozenset[str]] = frozenset(READERS)

    values: tuple[Name, ...]
    reason: str
    by: str


class Sign(msgspec.Struct, frozen=True):
    """An order: that account signs a written entry as one of its signers. ``hash``: of what it looked at, or ""."""

    entry: int
    signer: str
    by: str
    role: str
    hash: str = ""
    note: str = ""


class UnsignedEntry(msgspec.Struct, frozen=True):
    """An entry that lacks signatures, and whose; of its fields it has only the dates that decide that."""

    entry: Entry
    wanting: tuple[Signer, ...]


class Ledger(Protocol):
    """The ledger and its books."""

    def ledger(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]: ...

    def books(self) -> Mapping[str, Book]:
        """The ledger's books by id."""
        ...

    def newest(self, book: str, limit: int, before: int = 0) -> list[Entry]:
        """The newest entries of a book under that number (0: of all), newest first."""
        ...

    def unsigned(self, book: str = "") -> list[UnsignedEntry]:
        """The entries that lack a signature, newest first."""
        ...

    def signatures(self, entry: int) -> tuple[Signature, ...]:
        """Those that an entry has."""
        ...

    async def sign(self, order: Sign) -> None:
        """Returns once it is stored. Raises Refused, NotAllowed, StoreUnavailable."""

    async def erase(self, order: Erase) -> None:
        """Returns once they are gone from the records. Raises Refused, NotAllowed, StoreUnavailable."""

    async def disclose(self, order: Disclose) -> Mapping[Name, FieldValue]:
        """The whole values, once it is stored who saw them. Raises Refused, NotAllowed, StoreUnavailable."""
        ...
