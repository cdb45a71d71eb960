"""Masked values in full, for whoever may: by value, with a reason, and an entry says who saw what, when and why.

The entry is stored before the value is shown: who cannot be written down is shown nothing. (docs/adr/0298)
"""

from collections.abc import Callable, Mapping

import msgspec

from alerts.event import Recorded
from alerts.facts import FieldValue
from api.ports import Disclose
from devices.errors import NotAllowed, Refused
from devices.message import Text
from devices.people import is_of_machine
from gateway.stores.records_read import RecordsReader
from ledger.books import Book
from ledger.entry import Entry
from ledger.masking import DISCLOSURES, masked
from ledger.values_beside import VALUES, Name

_MOST = 1_000
_LONGEST_REASON = 2_000


def disclosed(
    order: Disclose, records: RecordsReader, books: Mapping[str, Book], role_of: Callable[[str], str | None]
) -> tuple[Recorded, dict[Name, FieldValue]]:
    """The entry that says so, and the values. Raises Refused, NotAllowed, StoreUnavailable."""
    role = role_of(order.by)
    if role not in order.ROLES and not is_of_machine(order.by):  # the API has looked at theirs
        raise NotAllowed(Text.of("disclosure.not_yours", role=role or ""))
    reason = order.reason.strip()
    if not reason or len(reason) > _LONGEST_REASON:
        raise Refused(Text.of("disclosure.reason", most=_LONGEST_REASON), ((0, "reason", Text.of("form.wanting")),))
    if not 0 < len(order.values) <= _MOST:
        raise Refused(Text.of("disclosure.how_many", most=_MOST))
    found = {entry.sequence: entry for entry in records.ledger_entries_of([number for number, _name in order.values])}
    values = {(number, name): _value(found.get(number), number, name, books) for number, name in order.values}
    rows = msgspec.json.encode([{"entry": number, "field": name} for number, name in values]).decode()
    return Recorded(area="", book=DISCLOSURES, by=order.by, fields={"reason": reason, VALUES: rows}), values


def _value(entry: Entry | None, number: int, name: str, books: Mapping[str, Book]) -> FieldValue:
    if entry is None:
        raise Refused(Text.of("disclosure.no_entry", entry=number))
    if name not in entry.draft.fields:
        raise Refused(Text.of("disclosure.not_there", entry=number, field=name[:64]))
    value, book = entry.draft.fields[name], books.get(entry.draft.book)
    if book is None or masked(entry, book).draft.fields[name] == value:
        raise Refused(Text.of("disclosure.not_masked", entry=number, field=name[:64]))
    return value
