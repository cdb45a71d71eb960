"""Confined spaces 有限空间: what the register knows of one, and who is inside of one under a permit.

Order 13 of 2023 (in force 2024-01-01), article 6: a register with number, place and dangers, kept current; the permit
has the gas readings with their times and the in and out of each person (forms.md 3).
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from alerts.facts import CONFINED_SPACE
from alerts.permit import same_person
from alerts.permit_asks import GradedPermit
from alerts.workflow import World
from devices.reading import Instant

MOST_PASSAGES = 500
"""So many of one permit are kept with it; the book has them all."""


class SpaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """``gases``: what its air is tested for beside oxygen and what burns; ``sensors`` that hang inside."""

    id: str
    area: str
    place: str
    dangers: str = ""
    gases: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    is_faulty: bool = False


class Passage(msgspec.Struct, frozen=True):
    """In and out of one person; ``out_at`` None: they are inside."""

    person: str
    in_at: Instant
    out_at: Instant | None = None


class EntryPermit(GradedPermit, frozen=True, kw_only=True):
    """``ventilation``: how fresh air comes in. ``told_long``: who is inside for too long, and it was said."""

    kind: str = "confined_space"
    level: str = "entry"
    ventilation: str = ""
    passages: tuple[Passage, ...] = ()
    told_long: tuple[str, ...] = ()
    alarmed: Literal["", "out", "gas"] = ""
    is_overstayed: bool = False

    @property
    def inside(self) -> tuple[Passage, ...]:
        """Who is in, the first in front."""
        return tuple(each for each in self.passages if each.out_at is None)

    def is_in(self, person: str) -> bool:
        return any(same_person(person, each.person) for each in self.inside)


def kept(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Nobody who is inside is ever forgotten."""
    every = tuple(passages)
    over = len(every) - MOST_PASSAGES
    if over <= 0:
        return every
    gone = [place for place, each in enumerate(every) if each.out_at is not None][:over]
    return tuple(each for place, each in enumerate(every) if place not in gone)


def space_of(world: World, **about: object) -> SpaceFacts | None:
    """By ``space``, its number, or by ``area`` and ``names``."""
    return next(iter(world.ask_of(CONFINED_SPACE, **about)), None)
