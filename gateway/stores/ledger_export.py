"""The lines of an export: the chain as it is stored, right or wrong, and the values beside it that are to be in it."""

from collections.abc import Iterator, Mapping
from typing import Literal

from devices.reading import Instant
from gateway.stores.records_read import RecordsReader
from ledger.books import Book
from ledger.canonical import spelled
from ledger.chain import Head
from ledger.entry import Entry
from ledger.export import entry_line, header_line, value_line

Values = Literal["all", "without_personal"]


def lines_of(
    records: RecordsReader, head: Head, now: Instant, books: Mapping[str, Book], values: Values
) -> Iterator[bytes]:
    """Everything up to ``head``, for ledger.export to read back. ``books`` say what beside it is large, and no more."""
    yield header_line(records.site, head, now, values)
    for (digest, content, entry), _place in zip(records.ledger_lines(values=True), range(head.sequence), strict=False):
        yield entry_line(digest, content)
        if entry is not None:
            yield from _beside(entry, books.get(entry.draft.book), values)


def _beside(entry: Entry, book: Book | None, values: Values) -> Iterator[bytes]:
    for name, salt in entry.salts.items():
        is_plain = book is not None and name in book.large and name not in book.personal
        if values == "all" or is_plain:
            yield value_line(entry.commitments[name], salt, spelled(entry.draft.fields[name]))
