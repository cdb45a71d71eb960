"""What people ask about a hazard: the form of each ask, who may, at which stage, and what is wanting in it."""

from collections.abc import Mapping
from typing import Literal

from alerts.ask import EVERYBODY, REPORTERS, Ask
from alerts.attachment import AttachmentId, is_id
from alerts.hazards import DAY, Category, Cause, CorrectedAct, Hazard, Level, Source, Stage
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

LEADERS = frozenset({"manager", "admin"})
ASSIGNERS = frozenset({"technician", "manager", "admin"})
_LONGEST: Instant = 366 * DAY
_MOST_FUNDS = 1e9


class Find(Ask, tag="find", frozen=True, kw_only=True):
    """A hazard was found.

    ``place`` and ``description``: where, and what is not as it must be; ``photo_before``: its picture;
    ``about``: the alert or the inspection that it was found by; ``interim``: what keeps people safe meanwhile.
    """

    ROLES = REPORTERS
    ADDRESS = "hazards"

    area: str
    place: str
    description: str
    level: Level = "general"
    source: Source = "report"
    category: Category = "other"
    cause: Cause = "unknown"
    interim: str = ""
    photo_before: AttachmentId = ""
    about: str = ""


class Correct(Ask, tag="correct", frozen=True, kw_only=True):
    """An act against the rules was corrected on the spot: ``done`` says how, and by whom."""

    ROLES = REPORTERS

    area: str
    place: str
    act: CorrectedAct
    done: str
    description: str = ""
    photo_before: AttachmentId = ""
    photo_after: AttachmentId = ""


class Grade(Ask, tag="grade", frozen=True, kw_only=True):
    """It is graded anew."""

    ROLES = LEADERS

    level: Level


class Assign(Ask, tag="assign", frozen=True, kw_only=True):
    """The five musts; ``until``: the term. A later term than was set takes a second person.

    ``responsible``: who sees to it, of which ``department``; ``funds`` in yuan; ``interim``: measures meanwhile.
    """

    ROLES = ASSIGNERS
    SECOND_ROLES = LEADERS

    responsible: str
    measures: str
    department: str = ""
    interim: str = ""
    funds: float = 0


class Rectify(Ask, tag="rectify", frozen=True, kw_only=True):
    """It is rectified: what was ``done``, and the picture that shows it."""

    ROLES = REPORTERS

    done: str
    photo_after: AttachmentId = ""


class Verify(Ask, tag="verify", frozen=True, kw_only=True):
    """Somebody else looked: accepted, or returned with a note that says what is wanting."""

    ROLES = EVERYBODY

    result: Literal["accepted", "returned"]


class Publish(Ask, tag="publish", frozen=True, kw_only=True):
    """The staff was told: ``where``."""

    ROLES = ASSIGNERS

    where: str


class Report(Ask, tag="report", frozen=True, kw_only=True):
    """A major one was told to the authority or the staff assembly: ``reference``, its number or date."""

    ROLES = LEADERS

    to: Literal["authority", "staff_assembly"]
    reference: str


class Reopen(Ask, tag="reopen", frozen=True, kw_only=True):
    """It is back, or was never gone: ``note`` says how that shows."""

    ROLES = ASSIGNERS


class Dismiss(Ask, tag="dismiss", frozen=True, kw_only=True):
    """It is none: ``note`` says why. Takes two."""

    ROLES = LEADERS
    SECOND = True


STAGES: Mapping[type[Ask], frozenset[Stage]] = {
    Grade: frozenset({"found", "assigned", "rectified"}),
    Assign: frozenset({"found", "assigned"}),
    Rectify: frozenset({"found", "assigned"}),
    Verify: frozenset({"rectified"}),
    Publish: frozenset({"found", "assigned", "rectified", "verified"}),
    Report: frozenset({"found", "assigned", "rectified", "verified"}),
    Reopen: frozenset({"verified", "closed", "dismissed"}),
    Dismiss: frozenset({"found", "assigned"}),
}
_NEEDED = ("place", "description", "responsible", "measures", "done", "where", "reference")


def check_words(ask: Ask) -> None:
    """Raises Refused for what is left empty, and for a picture that is none."""
    needed = [name for name in _NEEDED if name in ask.__struct_fields__ and not isinstance(ask, Correct)]
    if isinstance(ask, Correct):
        needed = ["place", "done"]
    if isinstance(ask, Reopen | Dismiss) or (isinstance(ask, Verify) and ask.result == "returned"):
        needed.append("note")
    for name in needed:
        if not str(getattr(ask, name)).strip():
            raise Refused(Text.of("hazard.wanting", field=Text.of(f"hazard.field_{name}")))
    for name in ("photo_before", "photo_after"):
        if (photo := getattr(ask, name, "")) and not is_id(photo):
            raise Refused(Text.of("hazard.no_photo", field=Text.of(f"hazard.field_{name}")))


def is_no_leader(ask: Ask) -> bool:
    """Whether that role is none; what waits for a second person was looked at before and says none any more."""
    return bool(ask.role) and ask.role not in LEADERS


def check_musts(ask: Assign, case: Hazard, now: Instant) -> None:
    """Raises Refused for a term or funds that are none, and for what a major one needs beyond that."""
    if ask.until is None or not now < ask.until <= now + _LONGEST:
        raise Refused(Text.of("hazard.no_term"))
    if not 0 <= ask.funds <= _MOST_FUNDS:
        raise Refused(Text.of("hazard.no_funds", most=_MOST_FUNDS))
    if case.level == "major":
        if is_no_leader(ask):
            raise Refused(Text.of("hazard.leader_assigns"))
        if not (ask.interim.strip() or case.interim):
            raise Refused(Text.of("hazard.wanting", field=Text.of("hazard.field_interim")))
