"""The agreements of the ledger, told to whoever looks after them: at a start, and within five minutes of a change."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from alerts.facts import Fact, Item
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.inbox import Delivery
from gateway.stores.records_read import RecordsReader
from ledger.projections.agreements import AGREEMENTS, BOOKS, Agreement, AgreementBook

_PAGE = 1_000
_EVERY: Instant = 300 * SECOND
"""All of them are told at once, so on a day on which everybody signs not each by itself."""


class AgreementsCount:
    """Read from the books concerned alone, by their index: at the first look, then what is new."""

    def __init__(self, records: RecordsReader, time_zone: str, hand_in: Callable[[Delivery], None]) -> None:
        self._records, self._hand_in = records, hand_in
        self._book, self._after = AgreementBook(ZoneInfo(time_zone)), 0
        self._told: tuple[Agreement, ...] | None = None
        self._again: Instant = 0

    def look(self, now: Instant) -> None:
        """Raises StoreUnavailable."""
        while page := self._records.ledger_of(BOOKS, after=self._after, limit=_PAGE):
            self._book.read(page)
            self._after = page[-1].sequence
        found = self._book.signed()
        if found == self._told or now < self._again:
            return
        self._told, self._again = found, now + _EVERY
        rows: tuple[Item, ...] = tuple(
            {"person": one.person, "account": one.account, "until": one.until.isoformat()} for one in found
        )
        self._hand_in(
            Delivery(
                Fact(
                    workflow=AGREEMENTS,
                    case="staff",
                    step="counted",
                    at=now,
                    text=Text.of("agreements_count.counted", count=len(found)),
                    fields={"agreements": rows},
                    book="",
                    position=self._after,
                )
            )
        )
