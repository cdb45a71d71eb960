"""What the ledger holds as evidence of obligations: read on from where it was left, also after a restart."""

from collections.abc import Sequence
from threading import Lock

from devices.reading import Instant
from gateway.stores.documents import document
from gateway.stores.records import SqlRecords
from ledger.projections.obligations import Kept, ObligationEvidence, Watched

PROJECTION = "projection"
"""Kind of document; the id is the projection's name."""
_NAME = "obligations"
_PAGE = 500
_SAVED_EVERY = 2_000


class StoredEvidence:
    """Asked from any thread. What was counted is stored every 2,000 entries, so that a start reads few again."""

    def __init__(self, records: SqlRecords) -> None:
        self._records, self._lock = records, Lock()
        self._evidence: ObligationEvidence | None = None
        self._saved = self._begins = 0

    def read_on(self, rules: Sequence[Watched]) -> None:
        """A little of what is new, so that nobody who asks waits for a year of it. Raises StoreUnavailable."""
        with self._lock:
            self._follow(rules, most=_SAVED_EVERY)

    def of(self, rules: Sequence[Watched]) -> tuple[ObligationEvidence, Instant]:
        """Up to the newest entry, and when the ledger begins. Raises StoreUnavailable."""
        with self._lock:
            evidence = self._follow(rules)
            if not self._begins and (first := self._records.ledger(limit=1)):
                self._begins = first[0].recorded
            return evidence, self._begins

    def _follow(self, rules: Sequence[Watched], most: int | None = None) -> ObligationEvidence:
        """So many entries at most."""
        evidence = self._evidence
        if evidence is None or not evidence.is_of(rules):
            evidence = self._evidence = ObligationEvidence(rules, self._kept())
            self._saved = evidence.position
        until = evidence.position + most if most is not None else None
        while until is None or evidence.position < until:
            entries = self._records.ledger(after=evidence.position, limit=_PAGE)
            if not entries:
                break
            evidence.read(entries)
        if evidence.position >= self._saved + _SAVED_EVERY:
            self._save(evidence)
        return evidence

    def _kept(self) -> Kept | None:
        documents = self._records.documents
        return documents.read([found] if (found := documents.one(PROJECTION, _NAME)) else [], Kept).whole.get(_NAME)

    def _save(self, evidence: ObligationEvidence) -> None:
        documents = self._records.documents
        with documents.database.writing() as connection:
            documents.put(connection, [document(PROJECTION, _NAME, evidence.kept())])
        self._saved = evidence.position
