"""What the ledger holds as evidence of obligations: read on from where it was left, also after a restart.

Whoever asks waits for no more than a few entries. A year that nobody has counted yet (the first start after an upgrade,
or rules of which one says something else than before) is read in the background, and until it is whole every answer
says how far that has come. docs/adr/0276
"""

from collections.abc import Sequence
from threading import Lock

import msgspec

from devices.reading import Instant
from gateway.stores.documents import document
from gateway.stores.records import SqlRecords
from ledger.projections.obligations import Counting, Kept, ObligationEvidence, Watched

PROJECTION = "projection"
"""Kind of document; the id is the projection's name."""
_NAME = "obligations"
_PAGE = 500
_SAVED_EVERY = 2_000
_AT_ONCE = 1_000
"""Entries that whoever asks waits for: about 60 ms."""
_A_TURN = 15_000
"""Entries that are read in the background at once: a second of a core of five, a page at a time."""


class Counted(msgspec.Struct, frozen=True):
    """``begins``: when the ledger does (0: it is empty); ``counting``: how far it has come, None: all is counted."""

    evidence: ObligationEvidence
    begins: Instant
    counting: Counting | None


class StoredEvidence:
    """Asked from any thread. What was counted is stored every 2,000 entries, so that a start reads few again."""

    def __init__(self, records: SqlRecords) -> None:
        self._records, self._lock = records, Lock()
        self._evidence: ObligationEvidence | None = None
        self._saved = self._begins = 0

    def read_on(self, rules: Sequence[Watched]) -> None:
        """Some of what is new; between two pages others may ask. Raises StoreUnavailable."""
        for _ in range(_A_TURN // _PAGE):
            with self._lock:
                if not self._follow(self._current(rules), _PAGE):
                    return

    def of(self, rules: Sequence[Watched]) -> Counted:
        """Up to the newest entry, unless there are many to be read yet. Raises StoreUnavailable."""
        with self._lock:
            evidence, head = self._current(rules), self._records.ledger_head().sequence
            if head - evidence.position <= _AT_ONCE:
                while evidence.position < head and self._follow(evidence, _PAGE):
                    pass
            if not self._begins and (first := self._records.ledger(limit=1)):
                self._begins = first[0].recorded
            is_whole = evidence.position >= head
            return Counted(evidence, self._begins, None if is_whole else Counting(evidence.position, head))

    def _current(self, rules: Sequence[Watched]) -> ObligationEvidence:
        """That of these rules."""
        if self._evidence is None or not self._evidence.is_of(rules):
            self._evidence = ObligationEvidence(rules, self._kept())
            self._saved = self._evidence.position
        return self._evidence

    def _follow(self, evidence: ObligationEvidence, most: int) -> bool:
        """Whether there was something to read."""
        entries = self._records.ledger(after=evidence.position, limit=most)
        evidence.read(entries)
        if evidence.position >= self._saved + _SAVED_EVERY:
            self._save(evidence)
        return bool(entries)

    def _kept(self) -> Kept | None:
        documents = self._records.documents
        return documents.read([found] if (found := documents.one(PROJECTION, _NAME)) else [], Kept).whole.get(_NAME)

    def _save(self, evidence: ObligationEvidence) -> None:
        documents = self._records.documents
        with documents.database.writing() as connection:
            documents.put(connection, [document(PROJECTION, _NAME, evidence.kept())])
        self._saved = evidence.position
