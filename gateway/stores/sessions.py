"""Who is signed in: opaque tokens, of which only the SHA-256 is stored.

A session that has merely run out may still *watch* (api.auth.Permission.WATCH) for some days after its sign-in, so
that no control room goes dark in the middle of a shift. One that was ended (signed out, account changed or disabled)
is gone. A kiosk's does not run out.

256 random bits, for signed tokens could not be ended. A session ends after 24 h, after 13 h of idleness, and when the
account changes. Where the last use cannot be noted it is not: with a full disk the operator must still see the alerts.

One that ran out watches and hears until seven days after its sign-in; every verb asks for a sign-in in a dialog of the
browser's own, so that nothing typed passes through the page. So whoever copied the cookie watches for up to a week
unless its owner signs out. Walls should have kiosk accounts: a changed password ends the pages of that account.
"""

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from hashlib import sha256

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from api.ports import SignedIn
from devices.errors import Refused, StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.stores import tables
from gateway.stores.database import Database

_LONGEST_S = 24 * 3_600
_IDLE_S = 13 * 3_600
"""One shift of twelve hours and its handover."""
_WATCHES_S = 7 * 86_400
"""How long after its sign-in a session may watch: over the longest holiday of a site that still has a control room."""
_NOTED_EVERY_S = 60
_AHEAD_S = 60
_MOST_OF_ONE = 100
"""Sessions, and known browsers, of one account; the oldest goes."""
_KIOSK = "kiosk"


class Sessions:
    """Every method may raise StoreUnavailable. A change of an account (gateway.stores.users) ends its sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_session(self, name: str, now: Instant) -> str:
        """A fresh token for a person who has just proved the password. Raises Refused for an unknown account."""
        token = secrets.token_urlsafe(32)
        table, users = tables.sessions, tables.users
        kiosks = select(users.c.name).where(users.c.role == _KIOSK)
        with self._database.writing(is_record=False) as connection:
            gone = and_(table.c.created <= now - _WATCHES_S * SECOND, table.c.user.not_in(kiosks))
            is_ahead = and_(table.c.created > now + _AHEAD_S * SECOND, table.c.user.not_in(kiosks))
            connection.execute(delete(table).where(or_(gone, is_ahead)))
            if connection.scalar(select(users.c.name).where(users.c.name == name)) is None:
                raise Refused(Text.of("users.none_such", name=name))
            self._keep_newest(connection, name)
            row = {"token_hash": _digest(token), "user": name, "created": now, "last_seen": now}
            connection.execute(insert(table), {**row, "expires": now + _LONGEST_S * SECOND})
        return token

    def signed_in(self, tokens: Collection[str], now: Instant) -> dict[str, SignedIn]:
        """Whose tokens these are. Left out: unknown or ended ones, those run out for too long, accounts shut out."""
        found = {_digest(token): token for token in tokens}
        if not found:
            return {}
        table, users = tables.sessions, tables.users
        rows = (
            select(table, users.c.role)
            .join(users, users.c.name == table.c.user)
            .where(table.c.token_hash.in_(found), users.c.disabled.is_(False))
            .where(or_(users.c.role == _KIOSK, table.c.created > now - _WATCHES_S * SECOND))
        )
        with self._database.reading() as connection:
            people = {row.token_hash: _signed_in(row, now) for row in connection.execute(rows)}
            stale = self._unnoted(connection, [key for key, who in people.items() if who.expired is None], now)
        if stale:
            # With a full disk the store cannot note it, and the operator must see the alerts all the same.
            with suppress(StoreUnavailable), self._database.writing(is_record=False) as connection:
                connection.execute(update(table).where(table.c.token_hash.in_(stale)).values(last_seen=now))
        return {found[key]: who for key, who in people.items()}

    def knows_browser(self, browser: str, name: str) -> bool:
        """Whether this account was signed in there before, and its password not changed since."""
        table = tables.known_browsers
        asked = select(table.c.seen).where(table.c.digest == _digest(browser), table.c.user == name)
        with self._database.reading() as connection:
            return connection.scalar(asked) is not None

    def remember_browser(self, browser: str, name: str, now: Instant) -> None:
        """That account is known in it from now on."""
        table = tables.known_browsers
        with self._database.writing(is_record=False) as connection:
            row = {"digest": _digest(browser), "user": name, "seen": now}
            self._database.upsert(connection, table, [row])
            old = select(table.c.digest).where(table.c.user == name).order_by(table.c.seen.desc()).offset(_MOST_OF_ONE)
            gone = list(connection.scalars(old))
            connection.execute(delete(table).where(table.c.user == name, table.c.digest.in_(gone)))

    def close_session(self, token: str) -> None:
        """Sign out; an unknown token is no fault."""
        with self._database.writing(is_record=False) as connection:
            connection.execute(delete(tables.sessions).where(tables.sessions.c.token_hash == _digest(token)))

    @staticmethod
    def _unnoted(connection: Connection, digests: Sequence[str], now: Instant) -> list[str]:
        """Those of live sessions whose last use was noted too long ago."""
        table = tables.sessions
        old = table.c.last_seen <= now - _NOTED_EVERY_S * SECOND
        return list(connection.scalars(select(table.c.token_hash).where(table.c.token_hash.in_(digests), old)))

    @staticmethod
    def _keep_newest(connection: Connection, name: str) -> None:
        table = tables.sessions
        own = select(table.c.token_hash).where(table.c.user == name).order_by(table.c.created.desc())
        old = list(connection.scalars(own.offset(_MOST_OF_ONE - 1)))
        connection.execute(delete(table).where(table.c.token_hash.in_(old)))


def _signed_in(row: Row[tuple[object, ...]], now: Instant) -> SignedIn:
    runs_out = min(row.expires, row.last_seen + _IDLE_S * SECOND)
    if row.created > now + _AHEAD_S * SECOND:  # by a clock that was ahead: it would last until then
        runs_out = min(runs_out, now)
    if row.role == _KIOSK or now < runs_out:
        return SignedIn(row.user, row.role)
    return SignedIn(row.user, row.role, expired=runs_out, watches_until=row.created + _WATCHES_S * SECOND)


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
