"""To which key areas an account is limited; one that is limited to none may act everywhere.

Kept as a document for each account, so there is no column to migrate. While the records cannot be read, what was known
of it last counts, and whoever was never looked up is not held up: a fire has to be handled.
"""

from collections.abc import Sequence

import msgspec

from devices.errors import Refused, StoreUnavailable
from devices.message import Text
from devices.reading import Instant
from gateway.stores.account_changes import note_change
from gateway.stores.documents import Documents, document
from gateway.stores.users import Users

KIND = "account_areas"


class Limited(msgspec.Struct, frozen=True):
    """``areas``: the account acts in these alone."""

    areas: tuple[str, ...]


class AccountAreas:
    """Every method but ``of`` may raise StoreUnavailable."""

    def __init__(self, documents: Documents, users: Users) -> None:
        self._documents, self._users = documents, users
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, account: str) -> tuple[str, ...]:
        """Those of an account; none: it may act everywhere."""
        try:
            found = self._documents.read_one(self._documents.one(KIND, account), Limited)
        except StoreUnavailable:
            return self._known.get(account, ())
        self._known[account] = found.areas if found is not None else ()
        return self._known[account]

    def limit(self, account: str, areas: Sequence[str], now: Instant, *, by: str = "") -> None:
        """From now on it acts in these alone; none given: everywhere. Raises Refused for an account there is not."""
        role = next((user.role for user in self._users.all() if user.name == account), None)
        if role is None:
            raise Refused(Text.of("users.none_such", name=account[:64]))
        limited = Limited(tuple(dict.fromkeys(areas)))
        with self._documents.database.writing() as connection:
            if limited.areas:
                self._documents.put(connection, [document(KIND, account, limited, now)])
            else:
                self._documents.forget(connection, KIND, [account])
            note_change(connection, "areas", account, by, now, role)
