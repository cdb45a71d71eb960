"""Where a device hangs: the picture of its area with the others in it as small dots."""

from urllib.parse import quote

import msgspec

from api.console.web_page import Asked
from devices.device import Device


class Dot(msgspec.Struct, frozen=True):
    """``x`` and ``y`` in percent of the picture, from the top left."""

    x: str
    y: str
    name: str


class Plan(msgspec.Struct, frozen=True):
    """Ready to draw: ``picture`` is an address, ``here`` where the device hangs."""

    picture: str
    title: str
    here: Dot
    others: list[Dot]


def plan_of(asked: Asked, device: Device) -> Plan | None:
    """None: its area has no picture, or nobody said where on it the device hangs."""
    gateway, language = asked.gateway, asked.say.language
    has_one = any(view.id == device.area and view.has_plan for view in gateway.areas.areas())
    if device.position is None or not has_one:
        return None

    def dot(one: Device, place: tuple[float, float]) -> Dot:
        return Dot(f"{place[0] * 100:.2f}", f"{place[1] * 100:.2f}", gateway.devices.device_name(one.id, language))

    others = [
        dot(one, one.position)
        for one in gateway.devices.devices()
        if one.area == device.area and one.position is not None and one.id != device.id
    ]
    return Plan(
        picture=f"/console/plans/{quote(device.area, safe='')}",
        title=gateway.areas.area_name(device.area, language),
        here=dot(device, device.position),
        others=others,
    )
