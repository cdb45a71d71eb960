"""The ledger as it is seen by whoever must not learn of a silent alarm while it is open."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alerts.alert import Alert
from alerts.facts import FieldValue
from api import ports
from api.ports import Disclose, Erase, Sign, UnsignedEntry
from api.silent_traces import speaks_of
from ledger.books import Book
from ledger.entry import Entry
from ledger.signers import Signature
from ledger.values_beside import Name


class Ledger:
    """Implements api.ports.ledger. ``hidden``: the alerts that are silent and open."""

    def __init__(self, ledger: ports.Ledger, hidden: Callable[[], Iterable[Alert]]) -> None:
        self._ledger, self._hidden = ledger, hidden

    def ledger(self, **wanted: Any) -> list[Entry]:
        """Without the entries about one that is open, whatever the book; when it is closed they are all there."""
        hidden = {alert.id for alert in self._hidden()}
        return [entry for entry in self._ledger.ledger(**wanted) if not speaks_of(entry.draft.fields, hidden)]

    def newest(self, book: str, limit: int, before: int = 0) -> list[Entry]:
        """The same; a page may be shorter for it."""
        hidden = {alert.id for alert in self._hidden()}
        found = self._ledger.newest(book, limit, before)
        return [entry for entry in found if not speaks_of(entry.draft.fields, hidden)]

    def books(self) -> Mapping[str, Book]:
        return self._ledger.books()

    def unsigned(self, book: str = "") -> list[UnsignedEntry]:
        """What people wrote by hand; nothing that a silent alarm wrote is signed."""
        return self._ledger.unsigned(book)

    def signatures(self, entry: int) -> tuple[Signature, ...]:
        return self._ledger.signatures(entry)

    async def sign(self, order: Sign) -> None:
        await self._ledger.sign(order)

    async def erase(self, order: Erase) -> None:
        await self._ledger.erase(order)

    async def disclose(self, order: Disclose) -> Mapping[Name, FieldValue]:
        return await self._ledger.disclose(order)
