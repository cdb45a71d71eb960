"""Values beside the ledger's chain go: by a manager's order, or when their retention has ended. Either is an entry.

Retention is counted by the time that gateways listened, like that of readings: a clock that jumped must not make us
forget what cannot be had again. A case that is open still needs its values.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

import msgspec

from alerts.event import Recorded
from api.ports import Erase
from devices.errors import NotAllowed, Refused
from devices.message import Text
from devices.people import is_of_machine
from devices.reading import SECOND, Instant
from gateway.inbox import Delivery
from gateway.stores import ledger_values
from gateway.stores.documents import CASES
from gateway.stores.records_read import RecordsReader
from gateway.stores.runs import Runs
from ledger.books import Book
from ledger.canonical import MOST_ITEMS
from ledger.entry import Entry
from ledger.values_beside import ERASURES, VALUES, Name

_MOST = 100
_LONGEST_REASON = 2_000
_YEAR = 365 * 86_400 * SECOND


def record_of(order: Erase, records: RecordsReader, role_of: Callable[[str], str | None]) -> Recorded:
    """The order as it is entered. Raises Refused, NotAllowed, StoreUnavailable."""
    role = role_of(order.by)
    if role not in order.ROLES and not is_of_machine(order.by):  # the API has looked at theirs
        raise NotAllowed(Text.of("erasure.not_yours", role=role or ""))
    reason = order.reason.strip()
    if not reason or len(reason) > _LONGEST_REASON:
        raise Refused(Text.of("erasure.reason", most=_LONGEST_REASON))
    if not 0 < len(order.values) <= _MOST:
        raise Refused(Text.of("erasure.how_many", most=_MOST))
    found = {entry.sequence: entry for entry in records.ledger_entries_of([number for number, _name in order.values])}
    for number, name in order.values:
        _check(found.get(number), number, name, records)
    return _record("erased", order.values, order.by, reason)


def _check(entry: Entry | None, number: int, name: str, records: RecordsReader) -> None:
    if entry is None:
        raise Refused(Text.of("erasure.no_entry", entry=number))
    if name not in entry.commitments:
        raise Refused(Text.of("erasure.in_the_chain", entry=number, field=name[:64]))
    if name in entry.gone:
        raise Refused(Text.of("erasure.gone", entry=number, field=name, by=entry.gone[name].entry))
    if _is_open(entry, records):
        raise Refused(Text.of("erasure.open_case", entry=number))


def _is_open(entry: Entry, records: RecordsReader) -> bool:
    """Whether the case that the entry is about goes on."""
    workflow, case = entry.draft.fields.get("workflow"), entry.draft.fields.get("case")
    if not isinstance(workflow, str) or not isinstance(case, str):
        return False
    found = records.documents.one(f"{CASES}{workflow}", case)
    return found is not None and found.is_open


def _record(action: str, values: Iterable[Name], by: str = "", reason: str = "") -> Recorded:
    rows = msgspec.json.encode([{"entry": number, "field": name} for number, name in values]).decode()
    fields = {"action": action, VALUES: rows, **({"reason": reason} if reason else {})}
    return Recorded(area="", book=ERASURES, by=by, fields=fields)


class RetentionOfValues:
    """What is called now and then: hands in what has to go, a thousand values at most."""

    def __init__(
        self, records: RecordsReader, books: Mapping[str, Book], runs: Runs, hand_in: Callable[[Delivery], None]
    ) -> None:
        self._records, self._books, self._runs, self._hand_in = records, books, runs, hand_in

    def look(self, _now: Instant) -> None:
        """Raises StoreUnavailable."""
        ended = (name for book in self._books.values() for name in self._ended(book))
        values = list(islice(ended, MOST_ITEMS))
        if values:
            self._hand_in(Delivery(_record("retention_ended", values)))

    def _ended(self, book: Book) -> Iterator[Name]:
        """Beside entries of that book."""
        for years in sorted({book.keep_years, *book.keep_years_of.values()}):
            before = self._runs.listened_for(int(years * _YEAR))
            if before is None:
                return
            for numbers in ledger_values.kept_before(self._records.database, self._records.site, book.id, before):
                for entry in self._records.ledger_entries_of(numbers):
                    if book.kept_years(entry.draft.fields) == years and not _is_open(entry, self._records):
                        yield from ((entry.sequence, name) for name in entry.commitments if name not in entry.gone)
