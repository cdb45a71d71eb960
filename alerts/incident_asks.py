"""What people ask of an incident: each verb acts on all of its alerts, and says which of them its giver saw."""

from typing import ClassVar

import msgspec

from alerts.alert import Disposition
from alerts.ask import EVERYBODY, Ask

HANDLERS = frozenset({"operator", "admin"})
"""Who handles alerts."""


class _OfIncident(Ask, frozen=True, kw_only=True):
    """``saw``: the alerts that its giver was shown, each as ``id`` or ``id:occurrences``; none: all, as they stand."""

    ROLES = HANDLERS

    saw: tuple[str, ...] = ()


class Acknowledge(_OfIncident, tag="acknowledge", frozen=True, kw_only=True):
    """Seen: every alert of it that nobody has acknowledged."""

    ADDRESS = "incidents/{case}/acknowledge"


class Silence(_OfIncident, tag="silence", frozen=True, kw_only=True):
    """Consoles are quiet for a while about every alert of it that nobody has acknowledged; what comes later sounds.

    No acknowledgement: they stay nobody's (docs/adr/0264-silence-of-an-alert.md).
    """

    ADDRESS = "incidents/{case}/silence"


class Reset(_OfIncident, tag="reset", frozen=True, kw_only=True):
    """Release what latches and was acknowledged, where its cause is gone."""

    ADDRESS = "incidents/{case}/reset"


class Close(_OfIncident, tag="close", frozen=True, kw_only=True):
    """End it with one finding for all: acknowledged where that is left to do, reset, closed.

    A danger to life is acknowledged before; a cause that stands is gone before, or ended by somebody's word.
    """

    ADDRESS = "incidents/{case}/close"

    disposition: Disposition


class Comment(_OfIncident, tag="comment", frozen=True, kw_only=True):
    """Something worth knowing, written on each alert of it that is open."""

    ADDRESS = "incidents/{case}/comment"


class Join(Ask, tag="join", frozen=True, kw_only=True):
    """They are one: the earlier number stays, and the alerts of the later one go to it."""

    ADDRESS = "incidents/{case}/join"

    ROLES: ClassVar[frozenset[str]] = EVERYBODY

    other: str


class Split(Ask, tag="split", frozen=True, kw_only=True):
    """These alerts are something else: they get an incident, and a number, of their own."""

    ADDRESS = "incidents/{case}/split"

    ROLES: ClassVar[frozenset[str]] = EVERYBODY

    alerts: tuple[str, ...]


OfIncident = Acknowledge | Silence | Reset | Close | Comment
"""Verbs on its alerts."""


class Seen(msgspec.Struct, frozen=True):
    """What the giver of an ask was shown: occurrences by alert, None where they do not say how many."""

    alerts: dict[str, int | None]

    @classmethod
    def of(cls, saw: tuple[str, ...]) -> "Seen | None":
        """None: they do not say. What is no number counts as none seen."""
        if not saw:
            return None
        found: dict[str, int | None] = {}
        for each in saw:
            alert, mark, count = each.partition(":")
            found[alert] = (int(count) if count.isdecimal() and len(count) < 12 else 0) if mark else None
        return cls(found)
