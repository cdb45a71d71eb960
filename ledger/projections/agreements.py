"""Responsibility agreements as the ledger holds them: with whom, until when, signed by whom.

One counts once the other side has signed it by their own account. One that is dated back by more than a week counts
once a manager has approved it, too (ledger/presets/agreements.book.toml).
"""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from alerts.event import SIGNATURES
from devices.reading import SECOND
from ledger.entry import Entry
from ledger.signers import signature_of

AGREEMENTS = "agreements"
BOOKS = (AGREEMENTS, SIGNATURES)
OTHER_SIDE, APPROVER = "other_side", "approver"
BACK_DATED_DAYS = 7


class Agreement(msgspec.Struct, frozen=True):
    """With ``person`` (a name, or an id of the register) or the holder of ``account``, in force ``until`` that day."""

    person: str
    account: str
    until: date


class AgreementBook:
    """Reads entries in order, and forgets those that a later one corrects."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._found: dict[int, tuple[Agreement, frozenset[str]]] = {}
        self._signed: dict[int, set[str]] = {}

    def read(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            signature = signature_of(entry)
            if signature is not None:
                self._signed.setdefault(signature.entry, set()).add(signature.signer)
            elif entry.draft.book == AGREEMENTS:
                if entry.draft.corrects is not None:
                    self._found.pop(entry.draft.corrects, None)
                found = self._agreement(entry)
                if found is not None:
                    self._found[entry.sequence] = found

    def signed(self) -> tuple[Agreement, ...]:
        """Those that count, in the order in which they were entered."""
        return tuple(one for number, (one, asked) in self._found.items() if asked <= self._signed.get(number, set()))

    def _agreement(self, entry: Entry) -> tuple[Agreement, frozenset[str]] | None:
        fields = entry.draft.fields
        dated, until = _day(fields.get("signed_on")), _day(fields.get("until"))
        year = fields.get("year")
        if until is None and isinstance(year, int) and 1 <= year <= 9999:
            until = date(year, 12, 31)
        if dated is None or until is None:
            return None
        entered = datetime.fromtimestamp(entry.recorded // SECOND, self._zone).date()
        asked = {OTHER_SIDE, APPROVER} if (entered - dated).days > BACK_DATED_DAYS else {OTHER_SIDE}
        return Agreement(str(fields.get("person", "")), str(fields.get("account", "")), until), frozenset(asked)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None
