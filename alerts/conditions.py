"""What the gateway says of its own accord about what was set aside: it is itself an alert, seen and acknowledged.

A bypass is a disabled condition and a walk test a test condition, each to be indicated for as long as it lasts
(EN 54-2, ISO 7240-2). They are worked out from what stands: nothing here is remembered.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from alerts.alert import AlertClass
from alerts.bypass import Bypassed
from devices.device import Device
from devices.reading import Instant
from devices.trigger import detects_fire
from devices.walk_test import WalkTest

BYPASSED, BLIND, TESTED = "gateway-bypass", "gateway-no-fire-detection", "gateway-walk-test"
WISHED, ROUND = "gateway-bypass-asked", "gateway-fire-watch"
NOT_PUT_UP = "gateway-not-put-up"
GONE = "gateway-point-gone"
NAMES = (BYPASSED, BLIND, TESTED, WISHED, ROUND, NOT_PUT_UP, GONE)
_NAMED = 20


class Condition(msgspec.Struct, frozen=True):
    """One thing that is so: what the alert about it says. ``people`` stand behind it."""

    rule: str
    key: str
    area: str
    text: str
    priority: int
    procedure: str
    alert_class: AlertClass = AlertClass.SUPERVISORY


def conditions(
    bypasses: Iterable[Bypassed], wishes: Iterable[Bypassed], tests: Iterable[WalkTest], devices: Mapping[str, Device]
) -> dict[tuple[str, str], Condition]:
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


def not_put_up(devices: Sequence[Device], own_area: str) -> Condition:
    """One line for all that were never heard since they were registered: where they hang, if that is one area."""
    areas = {device.area for device in devices}
    count = len(devices)
    return Condition(
        NOT_PUT_UP,
        "site",
        areas.pop() if len(areas) == 1 else own_area,
        f"{count} device{'s' if count > 1 else ''} registered and never heard: {names([d.id for d in devices])}",
        3,
        "1. Ask the technician whether they hang there yet.\n"
        "2. If they do: check power, radio and the address that they were registered with.\n"
        "3. Until they speak nothing watches what they are there for.",
        AlertClass.FAULT,
    )


def _bypass(area: str, standing: Sequence[Bypassed]) -> Condition:
    told = "; ".join(f"{names(bypass.devices)} by {_who(bypass)} ({bypass.reason[:200]})" for bypass in standing)
    count = sum(len(bypass.devices) for bypass in standing)
    return Condition(
        BYPASSED,
        area,
        area,
        f"{count} device{'s' if count > 1 else ''} bypassed: {told}",
        3,
        "1. Know that these devices do not shout.\n2. Watch the area in their stead for as long as it lasts.\n"
        "3. End the bypass as soon as the work is done.",
    )


def _who(bypass: Bypassed) -> str:
    return f"{bypass.by}, with the consent of {bypass.consented_by}" if bypass.consented_by else bypass.by


def _order_wish(wish: Bypassed) -> Condition:
    return Condition(
        WISHED,
        wish.id,
        wish.area,
        f"{wish.by} asks for a point of danger out of service ({wish.reason[:200]}): a second person has to consent",
        3,
        "1. Ask why, and what watches in its stead.\n"
        "2. Consent or decline on the page of the bypasses; whoever asked cannot.\n"
        "3. Until somebody consents nothing is changed; after 30 minutes the wish lapses.",
    )


def gone(device: Device, what: str, now: Instant) -> Condition:
    """A point of danger that was there is so no more: told once, until somebody has seen it."""
    return Condition(
        GONE,
        f"{device.id} {now}",
        device.area,
        f"Point of danger {device.id} is out of service as it was: {what}",
        2,
        "1. Know that nothing may watch there now; have the place looked at until something does.\n"
        "2. The history of the device says who ordered it, and who consented.",
    )


def _wish(wish: Bypassed) -> Condition:
    if wish.order is not None:
        return _order_wish(wish)
    return Condition(
        WISHED,
        wish.id,
        wish.area,
        f"{wish.by} asks to bypass {names(wish.devices)} ({wish.reason[:200]}): a second person has to consent",
        3,
        "1. Ask what is worked on, and who watches the area meanwhile.\n"
        "2. Consent or decline on the page of the bypasses; whoever asked cannot.\n"
        "3. Until somebody consents nothing is bypassed; after 30 minutes the wish lapses.",
    )


def _round(area: str, devices: Sequence[str]) -> Condition:
    return Condition(
        ROUND,
        area,
        area,
        f"Fire watch: patrol this area, {names(devices)} bypassed",
        2,
        "1. Send somebody through the area, to look for smoke, fire and smells, now and every 30 minutes.\n"
        "2. Acknowledge when they have been there and all is well: that stands in the ledger as done.\n"
        "3. The rounds end with the bypass.",
        AlertClass.DUTY,
    )


def _blind(area: str, eyes: Sequence[str]) -> Condition:
    return Condition(
        BLIND,
        area,
        area,
        f"No fire detector of this area is in service: {names(eyes)} bypassed",
        2,
        "1. Send somebody to watch the area for fire, and leave nobody asleep in it.\n"
        "2. Ask whoever bypassed them to put back what is not worked on.",
    )


def _test(test: WalkTest, devices: Mapping[str, Device]) -> Condition:
    area = test.area or next((devices[name].area for name in test.devices if name in devices), "")
    count = len(test.devices)
    return Condition(
        TESTED,
        test.id,
        area,
        f"Walk test by {test.by}: {names(test.devices)}"
        if count <= _NAMED
        else f"Walk test by {test.by}: {count} devices",
        4,
        "1. Expect triggers of these devices; they go to the test's own list.\n"
        "2. Whatever shouts all the same is real: act on it.",
        AlertClass.INFORMATION,
    )


def names(devices: Sequence[str]) -> str:
    """A list of devices, cut where it grows long, with how many there are more."""
    more = len(devices) - _NAMED
    return ", ".join(devices[:_NAMED]) + (f" and {more} more" if more > 0 else "")
