"""Who may sign in, and with which role. Passwords are kept as Argon2id hashes.

How often a person may try is the API's business; here every check takes the same time whether the name is known
or not (OWASP ASVS 5.0, 6.3.8).

Argon2id with 32 MiB, 3 passes, 1 lane (about 50 ms; OWASP's minimum is 19 MiB and 2): the library's own 64 MiB and 4
lanes are too much memory in a burst of sign-ins. Each hash carries its parameters, so old ones go on verifying.
"""

import re
from typing import Literal, get_args

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, delete, false, func, insert, select, update

from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant
from gateway.stores import passwords, tables
from gateway.stores.account_changes import note_change
from gateway.stores.database import Database

Role = Literal["guard", "operator", "technician", "manager", "auditor", "admin", "kiosk"]
ROLES: tuple[str, ...] = get_args(Role)

_NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}", re.ASCII)

_NOBODYS = "$argon2id$v=19$m=32768,t=3,p=1$bpMZ31loLL7I/oH18YgaOA$D7XuZufXzga02atYsBl/VdFpIPr6NaRFH3NfB119/BY"
"""What the password of somebody unknown is held against, so that it takes as long: the hash of 32 random bytes that
nobody has kept, at our cost. It opens nothing; made anew it would cost each start and each command 50 ms."""


class User(msgspec.Struct, frozen=True):
    """One account, as it is listed."""

    name: str
    role: str
    disabled: bool
    created: Instant
    changed: Instant


class Users:
    """The accounts. Every method may raise StoreUnavailable; Refused says what a person must do instead.

    ``by`` is who changes them: it goes into the ledger with the change (gateway.stores.account_changes).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # RFC 9106 with half of its second choice of memory: 50 ms and 32 MiB on a small gateway's core.
        self._hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)

    def add(self, name: str, password: str, role: str, now: Instant, *, by: str = "") -> None:
        """A new account. Raises Refused for a bad name, a weak password, an unknown role, or a name in use."""
        if not _NAME.fullmatch(name):
            raise Refused(Text.of("users.bad_name"))
        _check_role(role)
        passwords.check(name, password)
        hashed = self._hasher.hash(password)
        row = {"name": name, "role": role, "password_hash": hashed, "disabled": False, "created": now, "changed": now}
        with self._database.writing() as connection:
            if connection.scalar(select(tables.users.c.name).where(tables.users.c.name == name)) is not None:
                raise Refused(Text.of("users.in_use", name=name))
            connection.execute(insert(tables.users), row)
            note_change(connection, "added", name, by, now, role)

    def all(self) -> list[User]:
        """Every account by name."""
        table = tables.users
        rows = select(table.c.name, table.c.role, table.c.disabled, table.c.created, table.c.changed)
        with self._database.reading() as connection:
            return [User(*row) for row in connection.execute(rows.order_by(table.c.name))]

    def role(self, name: str) -> str | None:
        """The role of an account that may sign in, None for any other."""
        table = tables.users
        with self._database.reading() as connection:
            return connection.scalar(select(table.c.role).where(_named(name), table.c.disabled.is_(False)))

    def check(self, name: str, password: str) -> str | None:
        """The role if the password is right and the account may sign in, else None. Slow on purpose."""
        table = tables.users
        row = select(table.c.password_hash, table.c.role, table.c.disabled).where(_named(name))
        with self._database.reading() as connection:
            found = connection.execute(row).one_or_none()
        try:
            self._hasher.verify(found.password_hash if found else _NOBODYS, passwords.usable(password))
        except (VerificationError, InvalidHashError):
            return None
        return found.role if found and not found.disabled else None

    def set_password(self, name: str, password: str, now: Instant, *, by: str = "") -> None:
        """A new password; ends every session of the account. Raises Refused."""
        passwords.check(name, password)
        self._change("password", name, by, now, password_hash=self._hasher.hash(password))

    def set_role(self, name: str, role: str, now: Instant, *, by: str = "") -> None:
        """Another role. Raises Refused, also for the last administrator."""
        _check_role(role)
        self._change("role", name, by, now, role=role)

    def set_disabled(self, name: str, disabled: bool, now: Instant, *, by: str = "") -> None:
        """Shut an account out, or let it in again. Raises Refused, also for the last administrator."""
        self._change("disabled" if disabled else "enabled", name, by, now, disabled=disabled)

    def _change(self, action: str, name: str, by: str, now: Instant, **values: object) -> None:
        table = tables.users
        with self._database.writing() as connection:
            before = connection.execute(select(table.c.role, table.c.disabled).where(_named(name))).one_or_none()
            if before is None:
                raise Refused(Text.of("users.none_such", name=name))
            connection.execute(update(table).where(_named(name)).values(changed=now, **values))
            was_admin = before.role == "admin" and not before.disabled
            if was_admin and not connection.scalar(_ADMINS):
                raise Refused(Text.of("users.last_administrator"))
            connection.execute(delete(tables.sessions).where(tables.sessions.c.user == name))
            if action == "password":  # whoever knew the old one is a stranger again
                connection.execute(delete(tables.known_browsers).where(tables.known_browsers.c.user == name))
            note_change(connection, action, name, by, now, str(values.get("role", "")))


_ADMINS = select(func.count()).where(tables.users.c.role == "admin", tables.users.c.disabled.is_(False))


def _named(name: str) -> ColumnElement[bool]:
    """The account of that name; no account where the text can be no name (a database may choke on it)."""
    return tables.users.c.name == name if _NAME.fullmatch(name) else false()


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise Refused(Text.of("users.no_role", role=role, roles=ROLES))
