"""Which entries still lack a signature, followed along the ledger; and a signature on its way into it.

In memory, since it is read from the books that are signed alone, by their index: at the first look, then what is new.
"""

from collections.abc import Mapping
from threading import Lock
from zoneinfo import ZoneInfo

from alerts.event import SIGNATURES, Recorded
from api.ports import Sign, UnsignedEntry
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant
from gateway.stores.recorded_events import signed
from gateway.stores.records_read import RecordsReader
from ledger import signers
from ledger.books import Book
from ledger.entry import Entry
from ledger.signers import Signature, Unsigned

_PAGE = 1_000
_LONGEST_NOTE = 2_000


class Signatures:
    """Any thread may ask; every method may raise StoreUnavailable."""

    def __init__(self, records: RecordsReader, books: Mapping[str, Book], time_zone: str) -> None:
        self._records, self._books, self._zone = records, books, ZoneInfo(time_zone)
        self._names = [book.id for book in books.values() if book.signers] + [SIGNATURES]
        signed = [(book, signer) for book in books.values() for signer in book.signers]
        self._with_values = any(signer.dated in book.apart for book, signer in signed)
        self._unsigned, self._after, self._lock = Unsigned(books, self._zone), 0, Lock()

    def look(self, _now: Instant = 0) -> None:
        """Reads what is new."""
        with self._lock:
            self._follow()

    def unsigned(self, book: str = "") -> list[UnsignedEntry]:
        """The entries that lack a signature, newest first, and whose."""
        with self._lock:
            self._follow()
            return [UnsignedEntry(entry, wanting) for entry, wanting in self._unsigned.open(book)]

    def given(self, entry: int) -> tuple[Signature, ...]:
        """The signatures of an entry."""
        with self._lock:
            self._follow()
            return self._unsigned.given(entry)

    def record_of(self, order: Sign) -> Recorded:
        """The signature as it is entered. Raises Refused, NotAllowed."""
        entry = next(iter(self._records.ledger_entries_of([order.entry])), None)
        book = self._books.get(entry.draft.book) if entry is not None else None
        if entry is None or book is None or not book.signers or self._is_corrected(entry):
            raise Refused(Text.of("signers.no_entry", entry=order.entry))
        if order.hash not in ("", entry.hash):
            raise Refused(Text.of("signers.another_hash", entry=order.entry))
        signers.check(entry, book, order.signer, order.by, order.role, self.given(order.entry), self._zone)
        fields = {"entry": str(entry.sequence), "hash": entry.hash, "signer": order.signer}
        note = {"note": order.note[:_LONGEST_NOTE]} if order.note else {}
        return Recorded(
            area=entry.draft.area,
            book=SIGNATURES,
            by=order.by,
            fields=fields | note,
            signs=signed(self._records, entry.sequence, order.signer),
        )

    def _is_corrected(self, entry: Entry) -> bool:
        with self._lock:
            self._follow()
            return entry.sequence in self._unsigned.corrected

    def _follow(self) -> None:
        while page := self._page():
            for entry in page:
                self._unsigned.see(entry)
            self._after = page[-1].sequence

    def _page(self) -> list[Entry]:
        return self._records.ledger_of(self._names, after=self._after, limit=_PAGE, with_values=self._with_values)
