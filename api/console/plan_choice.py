"""The floor plan of an area to choose a place on: its picture, and where the other devices hang."""

from urllib.parse import quote

import msgspec

from api.console.web_page import Asked


class Dot(msgspec.Struct, frozen=True):
    """``x``, ``y``: percent from the left and from the top."""

    x: float
    y: float
    name: str


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
        Dot(round(device.position[0] * 100, 2), round(device.position[1] * 100, 2), name)
        for device in gateway.devices.devices()
        if device.area == area and device.position is not None and device.id != without
        for name in [gateway.devices.device_name(device.id, language)]
    ]
    return Plan(f"/console/plans/{quote(area, safe='')}", gateway.areas.area_name(area, language), dots)
