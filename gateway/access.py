"""What happened at the door, on its way into the ledger: a flood of wrong passwords becomes a counted entry."""

import asyncio
import logging
from collections.abc import Callable, Iterable

import msgspec

from alerts.event import Recorded
from devices.errors import StoreUnavailable
from devices.reading import SECOND, Instant
from gateway.inbox import Delivery
from gateway.stores.account_changes import AccountChange, AccountChanges
from gateway.stores.records import SqlRecords
from ledger.entry import Entry
from ledger.timestamp import text_of

BOOK = "access"
_WINDOW = 600 * SECOND
_MOST_KEYS, _MOST_ADDRESSES = 2_000, 200
_OTHERS = ""
_EVERY_S = 1.0
_LOOK_BACK = 5_000
"""Entries of the ledger."""

log = logging.getLogger("keyarea")


class _Count(msgspec.Struct):
    since: Instant
    until: Instant
    times: int = 0
    address: str = ""
    addresses: set[str] = set()


class AccessLog:
    """Bounded: the first of a kind is written at once, what follows within ten minutes in one entry with its count.

    ``write`` hands an entry in. For one thread; time is handed in.
    """

    def __init__(self, write: Callable[[Recorded], None]) -> None:
        self._write = write
        self._counts: dict[tuple[str, str], _Count] = {}

    def note(self, action: str, account: str, address: str, now: Instant) -> None:
        """``account`` is "" where there is none of that name: what was typed there may be a password."""
        if (action, account) not in self._counts and len(self._counts) >= _MOST_KEYS:
            account = _OTHERS
        count = self._counts.get((action, account))
        if count is None:
            self._counts[action, account] = _Count(now, now)
            self._enter(action, account, {"address": address, "times": "1"})
            return
        count.times, count.until, count.address = count.times + 1, now, address
        if len(count.addresses) < _MOST_ADDRESSES:
            count.addresses.add(address)

    def flush(self, now: Instant, *, is_last: bool = False) -> None:
        """Write what was counted in windows that are over; the last time, in all of them."""
        for (action, account), count in list(self._counts.items()):
            if not is_last and 0 <= now - count.since < _WINDOW:
                continue
            del self._counts[action, account]
            if count.times:
                fields = {"address": count.address, "times": str(count.times), "addresses": str(len(count.addresses))}
                self._enter(action, account, {**fields, "since": text_of(count.since), "until": text_of(count.until)})
                if not is_last:  # it goes on: counted again, and not written one by one
                    self._counts[action, account] = _Count(now, now)

    def _enter(self, action: str, account: str, fields: dict[str, str]) -> None:
        by = account if action.startswith("signed_") else ""
        kept = {name: value for name, value in fields.items() if value}
        self._write(Recorded("", BOOK, by, {"action": action, **({"account": account} if account else {}), **kept}))


class ChangesToLedger:
    """Takes what was done to accounts from where it waits into the ledger, and forgets it when it stands there."""

    def __init__(self, changes: AccountChanges, hand_in: Callable[[Delivery], None]) -> None:
        self._changes, self._hand_in = changes, hand_in
        self._on_their_way: set[int] = set()
        self._written: set[int] = set()

    def stand_already(self, entries: Iterable[Entry]) -> None:
        """A gateway may have ended between the ledger and forgetting: these are not written again."""
        numbers = (entry.draft.fields.get("number") for entry in entries)
        self._written |= {number for number in numbers if isinstance(number, int)}

    def turn(self) -> None:
        """Once a second. Blocks; raises StoreUnavailable."""
        waiting = self._changes.waiting()
        there = [change.number for change in waiting if change.number in self._written]
        if there:
            self._changes.forget(there)
            self._on_their_way.difference_update(there)
        for change in waiting:
            if change.number not in self._on_their_way and change.number not in there:
                self._on_their_way.add(change.number)
                self._hand_in(_delivery(change, self._written.add, self._on_their_way.discard))


async def run(
    access: AccessLog,
    changes: AccountChanges,
    records: SqlRecords,
    hand_in: Callable[[Delivery], None],
    now: Callable[[], Instant],
) -> None:
    """What was done to accounts, by whichever program, and what was counted at the door go into the ledger."""
    to_ledger = ChangesToLedger(changes, hand_in)
    to_ledger.stand_already(await asyncio.to_thread(_newest, records))
    try:
        while True:
            access.flush(now())
            try:
                await asyncio.to_thread(to_ledger.turn)
            except StoreUnavailable as error:
                log.warning("changes of accounts wait for the ledger: %s", error)
            await asyncio.sleep(_EVERY_S)
    finally:
        access.flush(now(), is_last=True)  # taken by the pipeline if it has a turn left


def _newest(records: SqlRecords) -> list[Entry]:
    after = max(0, records.ledger_head().sequence - _LOOK_BACK)
    return records.ledger(book=BOOK, after=after, limit=_LOOK_BACK)


def _delivery(change: AccountChange, written: Callable[[int], None], failed: Callable[[int], None]) -> Delivery:
    fields = {"action": change.action, "account": change.account, "number": str(change.number)}
    fields |= {"role": change.role} if change.role else {}
    record = Recorded("", BOOK, change.by, {**fields, "changed": text_of(change.at)})
    return Delivery(record, lambda: written(change.number), lambda _: failed(change.number))
