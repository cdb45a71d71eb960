"""Where the live read model of this process has its snapshot and its events from: the records and the feed."""

from collections.abc import AsyncIterator, Sequence
from secrets import token_hex

import msgspec

from alerts.effects import CaseChanged
from alerts.restored import Restored
from api.ports import Position, Published, Snapshot
from gateway.clock import Clock
from gateway.clock_rollback import after_rollback
from gateway.feed import Feed
from gateway.stores.site_stores import SiteStores


class LiveSource:
    """Implements api.live.Source."""

    def __init__(self, feed: Feed, stores: SiteStores, clock: Clock) -> None:
        self._feed, self._stores = feed, stores
        self.epoch = token_hex(8)
        self._started = clock.now()
        self._ahead = stores.runs.ahead(self._started)

    def snapshot(self) -> Snapshot:
        """As it is stored, with the times that the engine goes on from. Raises StoreUnavailable."""
        at = self._feed.newest_id  # read first: what is committed meanwhile is in both, and comes again
        records = self._stores.records
        stored = Restored(alerts=tuple(records.open_alerts()), cases=records.open_cases())
        seen = after_rollback(stored, self._ahead, self._started)
        cases = [
            CaseChanged(workflow, case, is_open=True, case=found)
            for (workflow, case), content in seen.cases.items()
            if (found := _plain(content)) is not None
        ]
        return Snapshot(Position(self.epoch, at), seen.alerts, records.modes(), cases)

    def subscribe(self, after: Position) -> AsyncIterator[Sequence[Published]]:
        return self._feed.subscribe(after.at)


def _plain(content: bytes) -> dict[str, object] | None:
    """None for what nobody can read: the kernel says so."""
    try:
        return msgspec.json.decode(content, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
