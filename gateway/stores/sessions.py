"""Who is signed in: opaque tokens, of which only the SHA-256 is stored."""

import secrets
from contextlib import suppress
from hashlib import sha256

from sqlalchemy import delete, insert, select, update

from devices.errors import Refused, StoreUnavailable
from devices.reading import SECOND, Instant
from gateway.stores import tables
from gateway.stores.database import Database

_LONGEST_S = 24 * 3_600
_IDLE_S = 13 * 3_600
"""One shift of twelve hours and its handover."""
_NOTED_EVERY_S = 60


class Sessions:
    """Every method may raise StoreUnavailable. A change of an account (gateway.stores.users) ends its sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_session(self, name: str, now: Instant) -> str:
        """A fresh token for a person who has just proved the password. Raises Refused for an unknown account."""
        token = secrets.token_urlsafe(32)
        table = tables.sessions
        with self._database.writing() as connection:
            connection.execute(delete(table).where(table.c.expires <= now))
            if connection.scalar(select(tables.users.c.name).where(tables.users.c.name == name)) is None:
                raise Refused(f"there is no account {name!r}")
            row = {"token_hash": _digest(token), "user": name, "created": now, "last_seen": now}
            connection.execute(insert(table), {**row, "expires": now + _LONGEST_S * SECOND})
        return token

    def session_user(self, token: str, now: Instant) -> str | None:
        """Whose token this is; None if it is unknown, expired, idle for too long, or its account shut out."""
        table, users = tables.sessions, tables.users
        row = (
            select(table.c.user, table.c.last_seen)
            .join(users, users.c.name == table.c.user)
            .where(table.c.token_hash == _digest(token), users.c.disabled.is_(False))
            .where(table.c.expires > now, table.c.last_seen > now - _IDLE_S * SECOND)
        )
        with self._database.reading() as connection:
            found = connection.execute(row).one_or_none()
        if found is None:
            return None
        if now - found.last_seen >= _NOTED_EVERY_S * SECOND:
            # With a full disk the store cannot note it, and the operator must see the alerts all the same.
            with suppress(StoreUnavailable), self._database.writing() as connection:
                connection.execute(update(table).where(table.c.token_hash == _digest(token)).values(last_seen=now))
        return str(found.user)

    def close_session(self, token: str) -> None:
        """Sign out; an unknown token is no fault."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.sessions).where(tables.sessions.c.token_hash == _digest(token)))


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
