"""Vehicles of others at the gate 外来车辆登记: one that came in, as readers and the gatekeeper know it, and the asks.

Name, document and plate of a driver are personal: they are in no text, and are shown to whoever keeps the gate's book.
"""

from typing import Literal, TypeAlias

from alerts.ask import EVERYBODY, REPORTERS, Ask
from alerts.case import Case
from devices.reading import Instant

VehicleKind: TypeAlias = Literal["car", "van", "lorry", "tanker", "bus", "motorcycle", "other"]
Stage: TypeAlias = Literal["inside", "gone"]
"""``gone``: it left, and what it was is not written down yet."""


class Entry(Case, frozen=True, kw_only=True):
    """``came_at``, ``gone_at``: when it passed, as far as anybody saw it. ``is_complete``: a person said what it is.

    ``reader``: which saw it first; "" for the gatekeeper. ``seen_at``: when it passed a reader last.
    """

    plate: str = ""
    kind: VehicleKind = "other"
    driver: str = ""
    document: str = ""
    organisation: str = ""
    purpose: str = ""
    load: str = ""
    stage: Stage = "inside"
    came_at: Instant | None = None
    gone_at: Instant | None = None
    seen_at: Instant = 0
    reader: str = ""
    is_complete: bool = False
    is_after_hours: bool = False


class Enter(Ask, tag="enter", frozen=True, kw_only=True):
    """A vehicle comes in. ``document``: number of what the driver showed; ``load``: what it carries."""

    ROLES = REPORTERS
    ADDRESS = "gate/entries"
    PERSONAL = frozenset({"plate", "driver", "document"})

    plate: str
    driver: str
    organisation: str
    purpose: str
    kind: VehicleKind = "car"
    document: str = ""
    load: str = ""
    area: str = ""


class Complete(Ask, tag="complete", frozen=True, kw_only=True):
    """A reader saw it, and this is what it is; ``plate``: where it was misread."""

    ROLES = REPORTERS
    ADDRESS = "gate/entries/{case}/complete"
    PERSONAL = Enter.PERSONAL

    driver: str
    organisation: str
    purpose: str
    kind: VehicleKind = "car"
    document: str = ""
    load: str = ""
    plate: str = ""


class Leave(Ask, tag="leave", frozen=True, kw_only=True):
    """It leaves; ``load``: what it carries out."""

    ROLES = REPORTERS
    ADDRESS = "gate/entries/{case}/leave"

    load: str = ""


class Turn(Ask, tag="turn", frozen=True, kw_only=True):
    """It was not let in; the note says why."""

    ROLES = REPORTERS
    PERSONAL = frozenset({"plate", "driver"})

    plate: str
    driver: str = ""
    organisation: str = ""


class Dismiss(Ask, tag="dismiss", frozen=True, kw_only=True):
    """The reader was wrong, or nobody can say any more what it was; the note says which."""

    ROLES = EVERYBODY
