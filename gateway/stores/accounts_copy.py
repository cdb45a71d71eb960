"""A copy of the accounts outside the database: who must see the alarms can sign in although the records are gone.

So password hashes lie in two files.
"""

from pathlib import Path

import msgspec
from sqlalchemy import insert, select

from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.spool import write_durably

FILE_NAME = "accounts.copy"


class AccountsCopy:
    """``folder``/accounts.copy, readable by the gateway's user alone. Methods may raise StoreUnavailable."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._file = database, folder / FILE_NAME
        self._written = b""

    def keep(self, _now: Instant) -> None:
        """Write it where an account has changed; a database without any says nothing of those that were copied."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.users).order_by(tables.users.c.name)).mappings()
            found = [dict(row) for row in rows]
        packed = msgspec.json.encode(found)
        if found and packed != self._written:
            write_durably(self._file, packed)
            self._file.chmod(0o600)
            self._written = packed

    def restore(self) -> int:
        """Into a database without accounts; returns how many there are."""
        try:
            rows = msgspec.json.decode(self._file.read_bytes(), type=list[dict[str, object]])
        except FileNotFoundError:
            return 0
        except (OSError, msgspec.DecodeError) as error:
            raise StoreUnavailable(Text.of("stores.copy_unread", file=FILE_NAME, reason=str(error))) from error
        if rows:
            with self._database.writing(is_record=False) as connection:
                connection.execute(insert(tables.users), rows)
        return len(rows)
