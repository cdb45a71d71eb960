"""A key area as the register of key areas keeps it: its grade, who answers for it, and how often it is patrolled.

Grades after DB11/T 2552-2026 (read second hand): the first is the highest, and important parts are patrolled at most
6, 12 or 24 hours apart by grade one, two or three, each time by two.
"""

from typing import Literal, TypeAlias

import msgspec

from alerts.facts import KEY_AREA
from alerts.world import World

Grade: TypeAlias = Literal["one", "two", "three"]
INTERVAL_H: dict[Grade, float] = {"one": 6, "two": 12, "three": 24}


class KeyArea(msgspec.Struct, frozen=True, kw_only=True):
    """``responsible``: the id of a person. ``risk``: what is feared there. ``interval_h``: hours between patrols."""

    area: str
    grade: Grade
    department: str = ""
    responsible: str = ""
    risk: str = ""
    interval_h: float


def key_area(world: World, area: str) -> KeyArea | None:
    """What the register says of that area; None: it is not in it."""
    return next(iter(world.ask_of(KEY_AREA, area=area)), None)
