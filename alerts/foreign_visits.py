"""A foreign visit 涉外接待: who comes, where they go, what is closed to them meanwhile; and what is asked about it.

Names and passports are personal: they are in no text, stand beside the chain of the ledger, and are shown to whoever
keeps that book alone.
"""

from typing import Literal, TypeAlias

import msgspec

from alerts.ask import EVERYBODY, Ask
from alerts.case import Case
from devices.reading import SECOND, Instant

LEADERS = frozenset({"manager", "admin"})
PERSONAL = frozenset({"persons", "passports"})
DAY: Instant = 86_400 * SECOND
Stage: TypeAlias = Literal["planned", "running", "over"]
Hold: TypeAlias = Literal["waits", "armed", "was_armed", "opened"]
"""``waits``: it is to be armed and is not; ``was_armed``: others want it armed, and it stays so; ``opened``: somebody
disarmed it meanwhile."""
Result: TypeAlias = Literal["normal", "abnormal"]


class Closed(msgspec.Struct, frozen=True):
    """An area that is closed to the visit; armed by it as ``mode``, it goes back to ``before``."""

    area: str
    hold: Hold = "waits"
    mode: str = ""
    before: str = ""


class Visit(Case, frozen=True, kw_only=True):
    """``approved_by`` another leader than whoever planned it, at ``approved_at``. ``told``: what stands as told."""

    organisation: str
    nationality: str
    purpose: str
    escort: str
    begins_at: Instant
    ends_at: Instant
    persons: tuple[str, ...] = ()
    passports: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    closed: tuple[Closed, ...] = ()
    stage: Stage = "planned"
    approved_by: str = ""
    approved_at: Instant | None = None
    lodges: bool = False
    lodging: str = ""
    lodging_at: Instant | None = None
    told: tuple[str, ...] = ()


class Plan(Ask, tag="plan", frozen=True, kw_only=True):
    """A visit is planned.

    ``start_at``, ``until``: from when to when they are here; ``persons``, ``passports``: a line each; ``areas``: where
    they go; ``closed_areas``: what is closed to them, and armed meanwhile; ``lodges``: they stay over night here, which
    is registered with the police within 24 hours. ``escort``: by the id in the register of people.
    """

    ROLES = LEADERS
    ADDRESS = "foreign-visits"
    PERSONAL = PERSONAL

    organisation: str
    nationality: str
    purpose: str
    escort: str
    start_at: Instant
    persons: tuple[str, ...] = ()
    passports: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    closed_areas: tuple[str, ...] = ()
    lodges: bool = False


class Approve(Ask, tag="approve", frozen=True, kw_only=True):
    """Another leader approves the plan."""

    ROLES = LEADERS
    ADDRESS = "foreign-visits/{case}/approve"


class Lodge(Ask, tag="lodge", frozen=True, kw_only=True):
    """Where they stay was registered: ``lodging``: with which police station, under which number."""

    ROLES = EVERYBODY
    ADDRESS = "foreign-visits/{case}/lodging"

    lodging: str


class End(Ask, tag="end", frozen=True, kw_only=True):
    """They have left sooner: what was closed is given back."""

    ROLES = LEADERS


class Cancel(Ask, tag="cancel", frozen=True, kw_only=True):
    """It does not take place; the note says why."""

    ROLES = LEADERS


class Report(Ask, tag="report", frozen=True, kw_only=True):
    """How it went, in the note."""

    ROLES = LEADERS
    ADDRESS = "foreign-visits/{case}/report"

    result: Result
