"""A facility without an address of its own, as its register keeps it: an extinguisher, a hydrant, a sign, a door.

Nothing measures these: that they are there and in date is known by the days on which somebody looked after them.
"""

from datetime import date
from typing import Literal, TypeAlias

import msgspec

from alerts.facts import FACILITIES
from alerts.world import World

FacilityKind: TypeAlias = Literal["extinguisher", "hydrant", "sign", "door", "shutter", "other"]


class Facility(msgspec.Struct, frozen=True, kw_only=True):
    """``model``: what it is exactly (ABC powder, 4 kg). ``next_service``: the last day by which; ``scrap``: its last.

    ``is_faulty``: somebody found it not in order, and nobody has mended it since.
    """

    id: str
    kind: FacilityKind
    area: str
    number: str = ""
    model: str = ""
    place: str = ""
    serviced: date | None = None
    next_service: date | None = None
    scrap: date | None = None
    is_faulty: bool = False

    def is_in_date(self, day: date) -> bool:
        """Whether neither its service nor its scrapping was due before that day."""
        return all(end is None or day <= end for end in (self.next_service, self.scrap))


def facilities(world: World, area: str) -> tuple[Facility, ...]:
    """All that the register has in that area, in the order of their ids."""
    return tuple(each for answer in world.ask_of(FACILITIES, area=area) for each in answer)
