"""What people ask about a graded permit, from the application to the acceptance, and the permit itself.

A workflow gives each of these asks its tag; alerts/permit_cycle.py says what follows from them.
"""

from typing import Literal, TypeAlias

import msgspec

from alerts.ask import EVERYBODY, REPORTERS, Ask
from alerts.permit import Permit
from devices.message import Text
from devices.reading import Instant

LEADS = frozenset({"technician", "manager", "admin"})
"""Who applies for a permit, begins and ends the work."""
LEADERS = frozenset({"manager", "admin"})
"""Who approves what more than the place itself has to answer for."""
Stage: TypeAlias = Literal["applied", "approved", "working", "stopped", "done"]


class Measure(msgspec.Struct, frozen=True):
    """``by`` saw that it was taken, or (not ``applies``) that it is not needed here."""

    measure: str
    by: str
    at: Instant
    applies: bool = True


class Briefed(msgspec.Struct, frozen=True):
    """``persons`` were told what is dangerous there and what to do, by ``by``."""

    persons: tuple[str, ...]
    by: str
    at: Instant


class GradedPermit(Permit, frozen=True, kw_only=True):
    """``number`` stands on the paper. ``applied_by`` asked for it, ``lead`` leads the work, ``unit`` does it.

    ``hours``: how long it is valid from its approval. ``size``: what its grade depends on (m, t). ``devices``: gas
    sensors whose values count as tests. ``why``: it stands still; ``is_air_bad``: until the air was tested anew.
    ``until``: when an application lapses, or by when the end is to be accepted.
    """

    number: str
    kind: str
    level: str
    hours: float
    applied_by: str
    lead: str = ""
    workers: tuple[str, ...] = ()
    unit: str = ""
    certificates: tuple[str, ...] = ()
    dangers: str = ""
    gear: str = ""
    size: float | None = None
    gases: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    watcher: str = ""
    valid_until: Instant = 0
    stage: Stage = "applied"
    until: Instant | None = None
    approved_by: str = ""
    measures: tuple[Measure, ...] = ()
    briefed: tuple[Briefed, ...] = ()
    why: Text | None = None
    is_air_bad: bool = False
    finished_by: str = ""
    is_unaccepted: bool = False


class Applied(Ask, frozen=True, kw_only=True):
    """A permit is applied for."""

    ROLES = LEADS
    PERSONAL = frozenset({"lead", "workers", "watcher", "certificates"})

    work: str
    hours: float
    lead: str
    workers: tuple[str, ...]
    watcher: str
    unit: str = ""
    certificates: tuple[str, ...] = ()
    dangers: str = ""
    gear: str = ""
    devices: tuple[str, ...] = ()


class Approved(Ask, frozen=True, kw_only=True):
    """It may be worked under this permit."""

    ROLES = LEADS
    SECOND_ROLES = LEADERS


class Cancelled(Ask, frozen=True, kw_only=True):
    """It shall not be: refused, or not needed any more."""

    ROLES = LEADS

    note: str


class Ticked(Ask, frozen=True, kw_only=True):
    """These measures were taken; I have seen it. ``not_needed``: they are not needed here, and the note says why."""

    ROLES = EVERYBODY

    measures: tuple[str, ...]
    not_needed: bool = False


class Briefing(Ask, frozen=True, kw_only=True):
    """These people were briefed; nobody named: all of the permit."""

    ROLES = EVERYBODY
    PERSONAL = frozenset({"persons"})

    persons: tuple[str, ...] = ()


class Tested(Ask, frozen=True, kw_only=True):
    """What a gas meter shows at a ``point``.

    ``lel``: percent of the lower explosive limit; ``oxygen``: percent by volume; ``co``, ``h2s``: ppm.
    """

    ROLES = REPORTERS

    point: str
    lel: float | None = None
    oxygen: float | None = None
    co: float | None = None
    h2s: float | None = None


class Started(Ask, frozen=True, kw_only=True):
    """Work begins, or goes on after a break."""

    ROLES = LEADS


class Stopped(Ask, frozen=True, kw_only=True):
    """A break, or something is wrong: nobody works for now. Anybody may stop it."""

    ROLES = REPORTERS


class Relieved(Ask, frozen=True, kw_only=True):
    """Somebody else watches from now on; they were briefed."""

    ROLES = EVERYBODY
    PERSONAL = frozenset({"watcher"})

    watcher: str


class Finished(Ask, frozen=True, kw_only=True):
    """The work is done, and the place is as it was."""

    ROLES = LEADS


class Accepted(Ask, frozen=True, kw_only=True):
    """Somebody else has looked at the place, and accepts it."""

    ROLES = EVERYBODY
