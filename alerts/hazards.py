"""Hazards 隐患 as they stand: the record of one, its number, what came back, what is due, the figures of a quarter.

The five musts 五落实 (measures, person, funds, term, interim measures) come from the Work Safety Law, art. 41, and the
guides to it; the acts that are corrected on the spot from Order 61, art. 31.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from alerts.attachment import AttachmentId
from alerts.calendar import Calendar
from alerts.case import Case
from devices.reading import SECOND, Instant

DAY: Instant = 86_400 * SECOND
Level: TypeAlias = Literal["general", "major"]
Source: TypeAlias = Literal["report", "inspection", "patrol", "alert", "authority", "assessment"]
Category: TypeAlias = Literal[
    "fire", "electrical", "chemical", "machinery", "building", "traffic", "security", "health", "management", "other"
]
Cause: TypeAlias = Literal["unknown", "act", "condition", "environment", "management"]
"""What people did, the state of a thing, the surroundings, how it is managed (the four classes of GB/T 13861)."""
Stage: TypeAlias = Literal["found", "assigned", "rectified", "verified", "closed", "dismissed"]
OVER: frozenset[Stage] = frozenset({"closed", "dismissed"})
CorrectedAct: TypeAlias = Literal[
    "entered", "naked_fire", "exit_blocked", "extinguisher_blocked", "fire_door", "post_left", "system_off", "other"
]
"""The eight of Order 61, art. 31."""


class Hazard(Case, frozen=True, kw_only=True):
    """One hazard; one that is over is kept for a while, so that it can be opened anew and what comes back is named.

    ``stage``: what is waited for next follows from it; ``deadline_at``: until when. ``told``: to how many levels it was
    told that this is over. ``funds``: in yuan. ``about``:
    the alert or the inspection that it was found by. ``act``: corrected on the spot. ``same_place``, ``same_cause``:
    the numbers of those that were found before.
    """

    number: str
    place: str
    description: str
    level: Level = "general"
    stage: Stage = "found"
    source: Source = "report"
    category: Category = "other"
    cause: Cause = "unknown"
    act: CorrectedAct | None = None
    about: str = ""
    found_at: Instant = 0
    deadline_at: Instant | None = None
    responsible: str = ""
    department: str = ""
    measures: str = ""
    interim: str = ""
    funds: float | None = None
    due_at: Instant | None = None
    done: str = ""
    rectified_by: str = ""
    rectified_at: Instant | None = None
    verified_by: str = ""
    verified_at: Instant | None = None
    published: str = ""
    told_authority: str = ""
    told_staff: str = ""
    closed_at: Instant | None = None
    photo_before: AttachmentId = ""
    photo_after: AttachmentId = ""
    same_place: tuple[str, ...] = ()
    same_cause: tuple[str, ...] = ()
    told: int = 0


class DueHazard(msgspec.Struct, frozen=True):
    """One that is not over. ``due``: until when what its stage waits for must be done."""

    case: str
    number: str
    area: str
    place: str
    description: str
    level: Level
    stage: Stage
    due: Instant | None
    is_overdue: bool


class HazardsDue(msgspec.Struct, frozen=True):
    """The answer to ``hazards_due``: how many stand, and which: the overdue first, then by level and term."""

    open: int
    overdue: int
    major: int
    hazards: tuple[DueHazard, ...]


class Figures(msgspec.Struct, frozen=True):
    """Of the hazards found in a span: on the spot, in time, late; ``open`` and ``overdue`` count all, at its end."""

    found: int
    major: int
    on_the_spot: int
    in_time: int
    late: int
    repeated: int
    open: int
    overdue: int


def number_of(cases: Mapping[str, Hazard], year: int) -> str:
    """The next number of that year: ``2026-007``."""
    start = f"{year}-"
    taken = (case.number.removeprefix(start) for case in cases.values() if case.number.startswith(start))
    return f"{start}{1 + max(map(int, taken), default=0):03d}"


def found_before(new: Hazard, cases: Mapping[str, Hazard], since: Instant) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers of those at the same place, and of those of the same known cause and category, found since then."""
    others = [
        case
        for case in cases.values()
        if case.id != new.id and case.stage != "dismissed" and since <= case.found_at <= new.found_at
    ]
    place = tuple(sorted(each.number for each in others if _place(each) == _place(new)))
    is_known = new.cause != "unknown"
    cause = tuple(sorted(each.number for each in others if is_known and _cause(each) == _cause(new)))
    return place, cause


def _place(hazard: Hazard) -> tuple[str, str]:
    return hazard.area, " ".join(hazard.place.casefold().split())


def _cause(hazard: Hazard) -> tuple[str, str]:
    return hazard.category, hazard.cause


def hazards_due(about: Mapping[str, Any], cases: Mapping[str, Any], _world: object, now: Instant) -> HazardsDue:
    """Answers ``hazards_due``: of one area, or of the site."""
    area = about.get("area", "")
    stands = [_due(case, now) for case in cases.values() if case.stage not in OVER and area in ("", case.area)]
    stands.sort(key=lambda one: (not one.is_overdue, one.level != "major", one.due or 1 << 62, one.number))
    return HazardsDue(
        len(stands),
        sum(one.is_overdue for one in stands),
        sum(one.level == "major" for one in stands),
        tuple(stands),
    )


def _due(case: Hazard, now: Instant) -> DueHazard:
    is_over = case.deadline_at is not None and case.deadline_at <= now
    about = (case.id, case.number, case.area, case.place, case.description)
    return DueHazard(*about, case.level, case.stage, case.deadline_at, is_over)


def figures(cases: Iterable[Hazard], begins: Instant, ends: Instant) -> Figures:
    """Of the span from ``begins`` until before ``ends``, as it stood at its end."""
    every = [case for case in cases if case.stage != "dismissed" and case.found_at < ends]
    found = [case for case in every if case.found_at >= begins]
    done = [case for case in found if case.act is None and case.rectified_at is not None and case.rectified_at < ends]
    late = [case for case in done if _is_late(case, case.rectified_at)]
    stands = [case for case in every if case.closed_at is None or case.closed_at >= ends]
    undone = [case for case in stands if case.rectified_at is None or case.rectified_at >= ends]
    return Figures(
        found=len(found),
        major=sum(case.level == "major" for case in found),
        on_the_spot=sum(case.act is not None for case in found),
        in_time=len(done) - len(late),
        late=len(late),
        repeated=sum(bool(case.same_place or case.same_cause) for case in found),
        open=len(stands),
        overdue=sum(_is_late(case, ends) for case in undone),
    )


def _is_late(case: Hazard, at: Instant | None) -> bool:
    return case.due_at is not None and at is not None and at > case.due_at


def quarter(calendar: Calendar, within: Instant) -> str:
    """``2026-Q4``, in the site's own time."""
    day = calendar.day(within)
    return f"{day.year}-Q{(day.month + 2) // 3}"
