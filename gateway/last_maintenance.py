"""What was tested and calibrated, and when: read on in the ledger from where it was left, and in kept facts."""

from collections.abc import Callable, Mapping

from alerts.facts import Fact
from devices.maintenance_dates import What
from devices.reading import Instant
from gateway.stores.records_read import RecordsReader
from ledger.projections.last_maintenance import BOOKS, DoneBook

_PAGE = 500


class LastMaintenance:
    """Called, it reads what is new. Raises StoreUnavailable, and ChainBroken for an entry that is none."""

    def __init__(self, records: RecordsReader, last_tested: Callable[[], Mapping[str, Fact]]) -> None:
        """``last_tested``: the newest fact that says so of each device."""
        self._records, self._last_tested = records, last_tested
        self._done = DoneBook()
        self._read = dict.fromkeys(BOOKS, 0)

    def __call__(self) -> dict[tuple[str, What], Instant]:
        """When each (device, what) was done last."""
        for book in BOOKS:
            while entries := self._records.ledger(book=book, after=self._read[book], limit=_PAGE):
                self._done.read(entries)
                self._read[book] = entries[-1].sequence
        newest = self._done.newest()
        for device, tested in self._last_tested().items():
            newest[device, "test"] = max(tested.at, newest.get((device, "test"), 0))
        return newest
