"""The writing side of the relational store for a past that is made: many turns in one transaction.

Nobody waits for any of it, and what is not there at the end is made anew; so what is held is written when there is
enough of it, and when somebody says so. Orders on devices and erasures are written at once, after what was held.
"""

from collections.abc import Sequence

from alerts.effects import Effects
from devices.reading import Instant
from gateway.ports import Committed, Receipt
from gateway.stores.records import SqlRecords, Turn
from ledger.entry import Draft
from ledger.values_beside import ERASURES

_MOST_TURNS = 100
_NOTHING = Committed(feed_ids=(), entries=(), published=())


class RecordsTogether(SqlRecords):
    """``flush`` before anything is read."""

    _held = Effects()
    _turns: list[Turn] = []

    def commit(self, effects: Effects, drafts: Sequence[Draft], receipts: Sequence[Receipt], now: Instant) -> Committed:
        """Held, and answered as if nothing came of it. Raises StoreUnavailable when it is written."""
        if effects.devices or any(draft.book == ERASURES for draft in drafts):
            self.flush()
            return super().commit(effects, drafts, receipts, now)
        held = self._held
        self._held = Effects(
            alerts=held.alerts + effects.alerts,
            memories=held.memories | effects.memories,
            modes=held.modes + effects.modes,
            cases=held.cases | effects.cases,
            facts=held.facts + effects.facts,
        )
        self._turns = [*self._turns, (drafts, now)]
        if len(self._turns) >= _MOST_TURNS:
            self.flush()
        return _NOTHING

    def flush(self) -> None:
        """What was held is written. Raises StoreUnavailable."""
        turns, held = self._turns, self._held
        if not turns:
            return
        with self.database.writing() as connection:
            self._place = self._write(connection, self._place or self._read_place(), held, turns, ()).place
        self._turns, self._held = [], Effects()
        if self.evidence is not None:
            self.evidence.note(self._place.head)
