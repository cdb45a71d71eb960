"""What people ask about the site's own vehicles: the form of each ask, and who may."""

from datetime import date

from alerts.ask import EVERYBODY, REPORTERS, Ask
from alerts.vehicles import Kind, Seen

KEEPERS = frozenset({"technician", "manager", "admin"})


class Add(Ask, tag="add", frozen=True, kw_only=True):
    """A vehicle is bought, hired or found.

    ``vehicle``: its fleet number; ``area``: where it stands; ``licence``: number of its vehicle licence;
    ``keeper``: who looks after it, by their id in the register of people.
    """

    ROLES = KEEPERS
    ADDRESS = "vehicles"

    vehicle: str
    plate: str
    area: str
    kind: Kind = "car"
    model: str = ""
    registration: str = ""
    licence: str = ""
    keeper: str = ""
    insured_until: date | None = None
    inspected_until: date | None = None
    km: int = 0


class Change(Ask, tag="change", frozen=True, kw_only=True):
    """What is kept of it is otherwise now, or a paper was renewed; what is left out stays, and ``-`` empties it."""

    ROLES = KEEPERS

    plate: str | None = None
    area: str | None = None
    kind: Kind | None = None
    model: str | None = None
    registration: str | None = None
    licence: str | None = None
    keeper: str | None = None
    insured_until: date | None = None
    inspected_until: date | None = None
    km: int | None = None


class Check(Ask, tag="check", frozen=True, kw_only=True):
    """The checklist before leaving. What is abnormal stops the vehicle and is a hazard; the note says what it is."""

    ROLES = REPORTERS
    ADDRESS = "vehicles/{case}/check"

    brakes: Seen
    steering: Seen
    lights: Seen
    tyres: Seen
    belts: Seen
    extinguisher: Seen
    leaks: Seen
    tread_mm: float | None = None


class Recheck(Ask, tag="recheck", frozen=True, kw_only=True):
    """What was abnormal is mended, and somebody else has looked at it: ``measures`` says what was done."""

    ROLES = EVERYBODY
    ADDRESS = "vehicles/{case}/recheck"

    measures: str


class Start(Ask, tag="start", frozen=True, kw_only=True):
    """A trip. ``driver``: by their id in the register of people; ``until``: when it is to be back."""

    ROLES = REPORTERS
    SECOND_ROLES = KEEPERS
    ADDRESS = "vehicles/{case}/trip"

    driver: str
    purpose: str
    destination: str = ""
    km: int | None = None


class Leave(Ask, tag="leave", frozen=True, kw_only=True):
    """It drives out of the gate now; where a plate reader sees it, nobody has to say so."""

    ROLES = REPORTERS
    ADDRESS = "vehicles/{case}/leave"


class Back(Ask, tag="back", frozen=True, kw_only=True):
    """It is back, and the trip is over."""

    ROLES = REPORTERS
    ADDRESS = "vehicles/{case}/back"

    km: int | None = None


class Explain(Ask, tag="explain", frozen=True, kw_only=True):
    """It left without an entry: who drives, for what, and why that was not written down."""

    ROLES = EVERYBODY
    ADDRESS = "vehicles/{case}/explain"

    driver: str
    purpose: str


class Cancel(Ask, tag="cancel", frozen=True, kw_only=True):
    """The trip does not take place."""

    ROLES = REPORTERS


class Retire(Ask, tag="retire", frozen=True, kw_only=True):
    """It is sold, given back or scrapped."""

    ROLES = KEEPERS
