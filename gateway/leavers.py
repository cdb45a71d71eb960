"""Whoever has left signs in no more: their account is disabled on the day on which the register says that they left.

Looked at every few seconds, and at a start; read anew only when something was written into the register's book, an
account changed, or the day did. An account that is enabled again while its person is gone is disabled again: whoever
is back is first said to be back. The last administrator's stays, or nobody could make another; that is a fault until
there is one. docs/adr/0275
"""

from collections.abc import Callable, Collection
from datetime import date

from alerts.calendar import Calendar
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant
from gateway.stores.records_read import RecordsReader
from gateway.stores.registered_people import register_books, registered_by_account
from gateway.stores.users import Users


class Leavers:
    """For one thread."""

    def __init__(self, users: Users, records: RecordsReader, calendar: Calendar, now: Callable[[], Instant]) -> None:
        self._users, self._records, self._calendar, self._now = users, records, calendar, now
        self._books = register_books()
        self._newest_read = 0
        self._looked: tuple[date, frozenset[str]] | None = None
        self._fault: Text | None = None

    def look(self) -> Text | None:
        """What is to be seen to by hand; None: nothing. Raises StoreUnavailable."""
        now = self._now()
        today = self._calendar.day(now)
        enabled = frozenset(user.name for user in self._users.all() if not user.disabled)
        newest = self._newest()
        if self._fault or newest != self._newest_read or self._looked != (today, enabled):
            disabled, kept = self._disable(enabled, today, now)
            self._fault = Text.of("leavers.last_administrator", accounts=tuple(sorted(kept))) if kept else None
            self._newest_read, self._looked = newest, (today, enabled - disabled)
        return self._fault

    def _disable(self, enabled: Collection[str], today: date, now: Instant) -> tuple[set[str], set[str]]:
        """Those that it did, and those that have to stay."""
        disabled, kept = set[str](), set[str]()
        people = registered_by_account(self._records.documents, enabled)
        for account, person in people.items():
            if not person.is_here(today):
                try:
                    self._users.set_disabled(account, True, now)
                    disabled.add(account)
                except Refused:
                    kept.add(account)
        return disabled, kept

    def _newest(self) -> int:
        """The newest entry of the register's books."""
        entries = (self._records.ledger_newest(book=book, limit=1) for book in self._books)
        return max((entry.sequence for page in entries for entry in page), default=0)
