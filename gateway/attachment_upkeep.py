"""Attachments that nothing refers to any more go: a day after they were uploaded or last named, once an hour.

So retention and erasure take them away with the last value that named them. Not while the records are damaged or
shorter than they were: then nobody can say what refers to what.
"""

from collections.abc import Collection, Sequence

import msgspec

from alerts.attachment import ids_in
from devices.reading import Instant
from gateway.stores.attachment_uses import used
from gateway.stores.attachments import DAY, Attachments
from gateway.stores.evidence import Evidence
from gateway.stores.records import SqlRecords
from ledger.values_beside import Name


class AttachmentUpkeep:
    """What is called now and then."""

    def __init__(self, attachments: Attachments, records: SqlRecords, evidence: Evidence) -> None:
        self._attachments, self._records, self._evidence = attachments, records, evidence

    def look(self, now: Instant) -> None:
        """Raises StoreUnavailable."""
        old = list(self._attachments.older(now - DAY))
        if old and self._evidence.look() is None:
            self.remove_unused(old)

    def named_by(self, values: Sequence[Name]) -> frozenset[str]:
        """The attachments that these values beside the chain name. Raises StoreUnavailable."""
        entries = {entry.sequence: entry for entry in self._records.ledger_entries_of([number for number, _ in values])}
        fields = [entries[number].draft.fields.get(name) for number, name in values if number in entries]
        return ids_in(msgspec.json.encode(fields))

    def remove_unused(self, ids: Collection[str]) -> None:
        """Those of them that nothing refers to. Raises StoreUnavailable."""
        if ids:
            in_use = used(self._records.database)
            self._attachments.remove(id_ for id_ in ids if id_ not in in_use)
