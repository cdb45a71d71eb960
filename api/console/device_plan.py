"""The floor plan of an area: its picture, where one device hangs or is to hang, and where the others do."""

from urllib.parse import quote

import msgspec

from api.console.web_page import Asked


class Dot(msgspec.Struct, frozen=True):
    """``x``, ``y``: percent from the left and from the top."""

    x: float
    y: float
    name: str

    @staticmethod
    def at(place: tuple[float, float], name: str) -> "Dot":
        """Of a place in fractions, as devices have it."""
        return Dot(round(place[0] * 100, 2), round(place[1] * 100, 2), name)


class Plan(msgspec.Struct, frozen=True):
    """``picture``: its address."""

    picture: str
    name: str
    dots: list[Dot]


def plan_of(asked: Asked, area: str, without: str = "") -> Plan | None:
    """The plan of that area with its devices but one; None where it has no picture."""
    gateway, language = asked.gateway, asked.say.language
    if not any(view.id == area and view.has_plan for view in gateway.areas.areas()):
        return None
    dots = [
        Dot.at(device.position, gateway.devices.device_name(device.id, language))
        for device in gateway.devices.devices()
        if device.area == area and device.position is not None and device.id != without
    ]
    return Plan(f"/console/plans/{quote(area, safe='')}", gateway.areas.area_name(area, language), dots)
