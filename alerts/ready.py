"""Ready to arm: what is open or not heard of the sensors that a mode of an area counts on, in words."""

from collections.abc import Iterable
from typing import Protocol

from alerts.area_mode import is_armed, meant
from alerts.open_point import OpenPoint, SeesOpen
from alerts.site_facts import SiteFacts
from devices.message import Name, SignalName, Text

_NAMED = 20


class _Sees(SeesOpen, Protocol):
    @property
    def site(self) -> SiteFacts: ...


def in_the_way(area: str, mode: str, world: SeesOpen) -> list[OpenPoint]:
    """What has to be closed before that area may be in that mode; what hangs on the way out need not be."""
    points = world.open_points(area, mode) if is_armed(mode) else ()
    return [point for point in points if not point.on_route]


def listed_points(points: Iterable[OpenPoint]) -> tuple[Text, ...]:
    """Each with what it says, the first twenty."""
    each = [
        Text.of("ready.is_open", device=point.device, signal=SignalName(point.signal))
        if point.why == "open"
        else Text.of("ready.is_lost", device=point.device)
        for point in points
    ]
    more = [Text.of("ready.more", count=len(each) - _NAMED)] if len(each) > _NAMED else []
    return (*each[:_NAMED], *more)


def meant_mode(area: str, mode: str, world: _Sees) -> str:
    """The mode of that area that is meant by that word."""
    place = world.site.areas.get(area)
    return meant(mode, place.modes) if place is not None and place.modes else mode


def name_of(area: str, world: _Sees) -> Name:
    """What people call it."""
    place = world.site.areas.get(area)
    return place.name if place is not None else Name(area)
