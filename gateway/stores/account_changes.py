"""What was done to accounts and is not in the ledger yet: written with the change itself, by whichever program."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select

from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.database import Database

_MOST_AT_ONCE = 200


class AccountChange(msgspec.Struct, frozen=True):
    """One change; ``number`` tells it from any other, also where it reached the ledger twice over a crash."""

    number: int
    at: Instant
    action: str
    account: str
    by: str
    role: str


class AccountChanges:
    """Those that wait. Methods may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> list[AccountChange]:
        """The oldest of them, in order."""
        table = tables.account_changes
        rows = select(table.c.id, table.c.at, table.c.action, table.c.account, table.c.by, table.c.role)
        with self._database.reading() as connection:
            found = connection.execute(rows.order_by(table.c.id).limit(_MOST_AT_ONCE))
            return [AccountChange(*row) for row in found]

    def forget(self, numbers: Sequence[int]) -> None:
        """They stand in the ledger."""
        table = tables.account_changes
        with self._database.writing() as connection:
            connection.execute(delete(table).where(table.c.id.in_(numbers)))


def note_change(connection: Connection, action: str, account: str, by: str, now: Instant, role: str) -> None:
    """Note it in the transaction that makes it."""
    row = {"at": now, "action": action, "account": account, "by": by, "role": role}
    connection.execute(insert(tables.account_changes), row)
