"""Training of people: what is held and of what kind, who took part with what result, and how many hours somebody has.

Work Safety Law, art. 28 asks for a file with time, content, who took part and the result of each. Legal and safety
education, ethics, vigilance and health are those of the plan (F1 to F3, G3).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, TypeAlias

import msgspec

from alerts.attachment import AttachmentId
from alerts.case import Case
from alerts.terms import Owing
from alerts.world import World

TRAINED = "trained"
"""Question: ``year`` -> hours that each person took part in, by their id, of those who did not fail."""

Kind: TypeAlias = Literal[
    "legal",
    "safety",
    "fire",
    "ethics",
    "conduct",
    "vigilance",
    "health",
    "new_worker",
    "skills",
    "contest",
    "safety_week",
    "theme_day",
    "other",
]
Result: TypeAlias = Literal["passed", "attended", "failed", "absent"]
"""``attended``: without a test. Who failed or was absent makes it up."""
LACKING: frozenset[Result] = frozenset({"failed", "absent"})


class Participant(msgspec.Struct, frozen=True):
    """``person``: the id; ``on``: the day on which that was so; ``is_made_up``: on another day than the others."""

    person: str
    result: Result
    on: date
    is_made_up: bool = False


class Training(Owing, frozen=True, kw_only=True):
    """One training; kept for two years after it was held, so that hours of a year can be added up.

    ``planned``: its day. ``hours``: of 45 or 60 minutes, as the site counts. ``invited``: ids of persons.
    ``needs_signatures``: of trainer and participants; ``signed``: ids of who has signed.
    """

    kind: Kind
    topic: str
    planned: date
    hours: float
    place: str = ""
    content: str = ""
    trainer: str = ""
    material: AttachmentId = ""
    stage: Literal["planned", "held", "complete"] = "planned"
    held: date | None = None
    invited: tuple[str, ...] = ()
    participants: tuple[Participant, ...] = ()
    needs_signatures: bool = False
    signed: tuple[str, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Who makes it up."""
        return tuple(one.person for one in self.participants if one.result in LACKING)

    @property
    def there(self) -> tuple[str, ...]:
        """Who took part and did not fail."""
        return tuple(one.person for one in self.participants if one.result not in LACKING)

    @property
    def unsigned(self) -> tuple[str, ...]:
        """Whose signature is wanting."""
        wanted = (*self.there, *([self.trainer] if self.trainer else []))
        return tuple(dict.fromkeys(one for one in wanted if one not in self.signed)) if self.needs_signatures else ()


class HoursRow(msgspec.Struct, frozen=True):
    """One person in a year. ``owed``: of the year before, part of ``needed``."""

    person: str
    needed: float
    done: float
    owed: float = 0

    @property
    def lacking(self) -> float:
        return max(0.0, self.needed - self.done)


class Hours(Case, frozen=True, kw_only=True):
    """Everybody; ``came``: who came in which year, of those who came since this is watched.

    ``is_near``: that hours are lacking was told; ``owing``: some of last year are.
    """

    year: int = 0
    rows: tuple[HoursRow, ...] = ()
    came: tuple[tuple[str, int], ...] = ()
    is_near: bool = False
    owing: bool = False


def hours_of(cases: Iterable[Training], year: int) -> dict[str, float]:
    """By person, of all that they took part in on a day of that year."""
    found: dict[str, float] = {}
    for case in cases:
        for one in case.participants:
            if one.result not in LACKING and one.on.year == year:
                found[one.person] = found.get(one.person, 0) + case.hours
    return found


def trained(about: Mapping[str, Any], cases: Mapping[str, Training], _world: object, _now: object) -> dict[str, float]:
    """Answers ``trained``."""
    return hours_of(cases.values(), about["year"])


def trained_in(world: World, year: int) -> dict[str, float]:
    """Hours by person, as whoever keeps trainings says."""
    return next(iter(world.ask_of(TRAINED, year=year)), {})
