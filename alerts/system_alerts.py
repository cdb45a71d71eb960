"""What the gateway says of its own accord about what was set aside: it is itself an alert, seen and acknowledged.

A bypass is a disabled condition and a walk test a test condition, each to be indicated for as long as it lasts
(EN 54-2, ISO 7240-2). They are worked out from what stands: nothing here is remembered.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from alerts.alert import AlertClass
from alerts.bypass import Bypassed
from alerts.parted import listed
from devices.detector_trigger import detects_fire
from devices.device import Device
from devices.message import Param, Text
from devices.reading import Instant, Origin
from devices.walk_test import WalkTest

BYPASSED, BLIND, TESTED = "gateway-bypass", "gateway-no-fire-detection", "gateway-walk-test"
WISHED, ROUND = "gateway-bypass-asked", "gateway-fire-watch"
NOT_PUT_UP = "gateway-not-put-up"
GONE = "gateway-point-gone"
NAMES = (BYPASSED, BLIND, TESTED, WISHED, ROUND, NOT_PUT_UP, GONE)
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


def system_alerts(
    bypasses: Iterable[Bypassed], wishes: Iterable[Bypassed], tests: Iterable[WalkTest], devices: Mapping[str, Device]
) -> dict[tuple[str, str], SystemAlert]:
    """All that is to be said now, by (rule, key)."""
    found = [*(_wish(wish) for wish in wishes), *(_test(test, devices) for test in tests)]
    by_area: dict[str, list[Bypassed]] = {}
    for bypass in sorted(bypasses, key=lambda bypass: (bypass.since, bypass.id)):
        by_area.setdefault(bypass.area, []).append(bypass)
    eyes_of: dict[str, list[str]] = {area: [] for area in by_area}
    for device in devices.values() if by_area else ():
        if device.area in eyes_of and detects_fire(device):
            eyes_of[device.area].append(device.id)
    for area, standing in by_area.items():
        found.append(_bypass(area, standing))
        watched = [device for bypass in standing if bypass.consented_by for device in bypass.devices]
        if watched:
            found.append(_round(area, watched))
        out = {device for bypass in standing for device in bypass.devices}
        eyes = sorted(eyes_of[area])
        if eyes and out.issuperset(eyes):
            found.append(_blind(area, eyes))
    return {(condition.rule, condition.key): condition for condition in found}


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


def _bypass(area: str, standing: Sequence[Bypassed]) -> SystemAlert:
    count = sum(len(bypass.devices) for bypass in standing)
    return SystemAlert(
        BYPASSED,
        area,
        area,
        Text.of("system_alerts.bypassed", count=count, bypasses=tuple(map(_of_one, standing))),
        3,
        Text.of("system_alerts.bypassed_procedure"),
    )


def _of_one(bypass: Bypassed) -> Text:
    devices, reason = names(bypass.devices), _short(bypass.reason)
    if bypass.consented_by:
        return Text.of(
            "system_alerts.bypassed_by_two", devices=devices, by=bypass.by, second=bypass.consented_by, reason=reason
        )
    return Text.of("system_alerts.bypassed_by", devices=devices, by=bypass.by, reason=reason)


def _short(reason: str | Text) -> str | Text:
    return reason[:200] if isinstance(reason, str) else reason


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


def _wish(wish: Bypassed) -> SystemAlert:
    return SystemAlert(
        WISHED,
        wish.id,
        wish.area,
        Text.of("system_alerts.bypass_asked", by=wish.by, devices=names(wish.devices), reason=_short(wish.reason)),
        3,
        Text.of("system_alerts.bypass_asked_procedure"),
    )


def _round(area: str, devices: Sequence[str]) -> SystemAlert:
    return SystemAlert(
        ROUND,
        area,
        area,
        Text.of("system_alerts.fire_watch", devices=names(devices)),
        2,
        Text.of("system_alerts.fire_watch_procedure"),
        AlertClass.DUTY,
    )


def _blind(area: str, eyes: Sequence[str]) -> SystemAlert:
    return SystemAlert(
        BLIND,
        area,
        area,
        Text.of("system_alerts.blind", devices=names(eyes)),
        2,
        Text.of("system_alerts.blind_procedure"),
    )


def _test(test: WalkTest, devices: Mapping[str, Device]) -> SystemAlert:
    area = test.area or next((devices[name].area for name in test.devices if name in devices), "")
    count = len(test.devices)
    return SystemAlert(
        TESTED,
        test.id,
        area,
        Text.of("system_alerts.walk_test", by=test.by, devices=tuple(test.devices))
        if count <= _NAMED
        else Text.of("system_alerts.long_walk_test", by=test.by, count=count),
        4,
        Text.of("system_alerts.walk_test_procedure"),
        AlertClass.INFORMATION,
    )


def names(devices: Sequence[str]) -> Param:
    """A list of devices, cut where it grows long, with how many there are more."""
    return listed(devices[:_NAMED], len(devices) - _NAMED)
