"""What is asked of the register of people."""

from datetime import date
from typing import Any, Literal

import msgspec

from alerts.ask import Ask
from alerts.person import Certificate, Level
from alerts.personnel import trimmed

EDITORS = frozenset({"manager", "admin"})
_PERSONAL = frozenset({"cards", "phone", "document", "health"})


class Add(Ask, tag="add", frozen=True, kw_only=True):
    """Somebody has come."""

    ROLES = EDITORS
    PERSONAL = _PERSONAL

    person: str
    name: str
    name_zh: str = ""
    account: str = ""
    department: str = ""
    level: Level = "staff"
    posts: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    language: Literal["en", "zh"] = "en"
    phone: str = ""
    document: str = ""
    health: str = ""


class Change(Ask, tag="change", frozen=True, kw_only=True):
    """Something about a person is otherwise now; what is left out stays, and ``-`` empties it."""

    ROLES = EDITORS
    PERSONAL = _PERSONAL

    name: str | None = None
    name_zh: str | None = None
    account: str | None = None
    department: str | None = None
    level: Level | None = None
    posts: tuple[str, ...] | None = None
    cards: tuple[str, ...] | None = None
    language: Literal["en", "zh"] | None = None
    phone: str | None = None
    document: str | None = None
    health: str | None = None


class Leave(Ask, tag="leave", frozen=True, kw_only=True):
    """``left``: the first day on which they are no longer here; today if it is left out."""

    ROLES = EDITORS

    left: date | None = None


class ComeBack(Ask, tag="come_back", frozen=True, kw_only=True):
    """Whoever had left is here again."""

    ROLES = EDITORS


class Forget(Ask, tag="forget", frozen=True, kw_only=True):
    """Whoever has left is no longer kept here; the ledger keeps what it must, until it is erased there."""

    ROLES = EDITORS


class GiveCertificate(Ask, tag="give_certificate", frozen=True, kw_only=True):
    """A first certificate of its kind, or a newer one: what was held before still counts for its own days."""

    ROLES = EDITORS
    SECOND_ROLES = EDITORS
    PERSONAL = frozenset({"number"})

    kind: str
    issued: date
    number: str = ""
    issuer: str = ""
    review: date | None = None
    expires: date | None = None

    @property
    def certificate(self) -> Certificate:
        own = [name for name in Certificate.__struct_fields__ if name != "withdrawn"]
        return Certificate(**{name: getattr(self, name) for name in own})


class WithdrawCertificate(Ask, tag="withdraw_certificate", frozen=True, kw_only=True):
    """From today on no certificate of that kind counts."""

    ROLES = EDITORS

    kind: str


class Import(Ask, tag="import", frozen=True, kw_only=True):
    """A list of people as CSV: who is not in the register is added, of who is the cells that are filled in count.

    ``lines``: of the list, a row of titles first; ``skip_faulty``: import the rows in which nothing is wrong.
    """

    ROLES = EDITORS
    SECOND_ROLES = EDITORS
    FILE = "lines"
    PERSONAL = frozenset({"lines"})

    lines: tuple[str, ...]
    skip_faulty: bool = False


def given_in(ask: Add | Change) -> dict[str, Any]:
    """What is said of a person, without what is left out; ``-`` empties."""
    names = [field.name for field in msgspec.structs.fields(Change) if field.name not in Ask.__struct_fields__]
    given = {name: getattr(ask, name) for name in names}
    return {name: trimmed(value) for name, value in given.items() if value is not None}
