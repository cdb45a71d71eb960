"""The devices of an area on its floor plan, each with how it stands: by colour, by size and by a sign."""

from collections.abc import Iterable
from urllib.parse import quote

import msgspec

from api.console.web_page import Asked
from api.device_rank import MARKS, DeviceRow
from api.ports import AreaView

_LOUD = frozenset({"alarm", "gone"})
_SET_ASIDE = frozenset({"bypassed", "in_test", "commissioning"})


class Spot(msgspec.Struct, frozen=True):
    """A device on the picture. ``x`` and ``y`` in percent from the top left; ``state``: a word of ``ka-spot-``."""

    id: str
    path: str
    name: str
    x: str
    y: str
    state: str
    told: str


class AreaPlan(msgspec.Struct, frozen=True):
    """Ready to draw: ``picture`` is an address; ``wrong``: what is said of whoever is not well, the worst first.

    ``unplaced``: how many devices of the area have no place on it.
    """

    picture: str
    spots: list[Spot]
    wrong: list[Spot]
    unplaced: int


def plan_of(asked: Asked, area: AreaView, rows: Iterable[DeviceRow]) -> AreaPlan:
    """``rows``: every device, the worst first."""
    its = [row for row in rows if row.device.area == area.id]
    spots = [_spot(asked, row) for row in its]
    placed = [spot for spot in spots if spot.x]
    return AreaPlan(
        picture=f"/console/plans/{quote(area.id, safe='')}",
        spots=placed[::-1],  # the worst is drawn last, above the others
        wrong=[spot for spot in spots if spot.state != "well"],
        unplaced=len(spots) - len(placed),
    )


def _spot(asked: Asked, row: DeviceRow) -> Spot:
    device, place = row.device, row.device.position
    name = asked.gateway.devices.device_name(device.id, asked.say.language)
    marks = [asked.say("mark." + mark) for mark in row.marks] or [asked.say("mark.well")]
    return Spot(
        id=device.id,
        path=f"/console/devices/{quote(device.id, safe='')}",
        name=name,
        x=f"{place[0] * 100:.2f}" if place is not None else "",
        y=f"{place[1] * 100:.2f}" if place is not None else "",
        state=state_of(row.marks),
        told=" · ".join(marks),
    )


def state_of(marks: tuple[str, ...]) -> str:
    """``loud``, ``wrong``, ``aside`` or ``well``: by the worst of MARKS that it has."""
    worst = min(marks, key=MARKS.index, default="")
    if not worst:
        return "well"
    return "loud" if worst in _LOUD else "aside" if worst in _SET_ASIDE else "wrong"
