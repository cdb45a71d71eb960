"""What the gateway says of its own accord: it is itself an alert, seen and acknowledged."""

from collections.abc import Sequence

import msgspec

from alerts.alert import AlertClass
from alerts.parted import listed
from devices.device import Device
from devices.message import Param, Text
from devices.reading import Instant, Origin

NOT_PUT_UP = "gateway-not-put-up"
GONE = "gateway-point-gone"
ENTRY_UNREAD = "gateway-entry-unread"
NAMES = (NOT_PUT_UP, GONE, ENTRY_UNREAD)
_NAMED = 20


class SystemAlert(msgspec.Struct, frozen=True):
    """One thing that is so: what the alert about it says. ``people`` stand behind it."""

    rule: str
    key: str
    area: str
    text: Text
    priority: int
    procedure: Text
    alert_class: AlertClass = AlertClass.SUPERVISORY
    origin: Origin = "real"


def not_put_up(devices: Sequence[Device], own_area: str) -> SystemAlert:
    """One line for all that were never heard since they were registered: where they hang, if that is one area."""
    areas = {device.area for device in devices}
    return SystemAlert(
        NOT_PUT_UP,
        "site",
        areas.pop() if len(areas) == 1 else own_area,
        Text.of("system_alerts.never_heard", count=len(devices), devices=names([device.id for device in devices])),
        3,
        Text.of("system_alerts.never_heard_procedure"),
        AlertClass.FAULT,
    )


def gone(device: Device, what: Text, now: Instant) -> SystemAlert:
    """A point of danger that was there is so no more: told once, until somebody has seen it."""
    return SystemAlert(
        GONE,
        f"{device.id} {now}",
        device.area,
        Text.of("system_alerts.point_gone", device=device.id, change=what),
        2,
        Text.of("system_alerts.point_gone_procedure"),
    )


def entry_unread(route: str, area: str) -> SystemAlert:
    """Somebody was coming in on that route when the gateway stopped, and what was held of it cannot be read."""
    return SystemAlert(
        ENTRY_UNREAD,
        route,
        area,
        Text.of("system_alerts.entry_unread", route=route),
        2,
        Text.of("system_alerts.entry_unread_procedure"),
        AlertClass.INTRUSION,
    )


def names(devices: Sequence[str]) -> Param:
    """A list of devices, cut where it grows long, with how many there are more."""
    return listed(devices[:_NAMED], len(devices) - _NAMED)
