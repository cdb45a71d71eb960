"""What is allowed of a device, but somebody should know of it: nothing looks at it, or nobody knows what it is."""

from collections.abc import Callable, Sequence
from typing import Any

from alerts.rule import Rule
from devices.device import OWN_FAMILY, Device
from devices.kinds import KINDS, watched
from devices.message import SignalName, Text
from devices.signals import base_name
from gateway.site.fault import near_to

_NAMED = 3


def remarks_of(rules: Sequence[Rule[Any]]) -> Callable[[Device], tuple[Text, ...]]:
    """What to remark of a device at a site with these rules; empty if all is well."""
    looking = [rule for rule in rules if not rule.supervises]

    def remarks(device: Device) -> tuple[Text, ...]:
        if device.family == OWN_FAMILY:
            return ()
        found: list[Text] = []
        if device.kind and device.kind not in KINDS:
            near = near_to(device.kind, KINDS)
            found.append(
                Text.of("remarks.unknown_kind_near", kind=device.kind, near=near)
                if near
                else Text.of("remarks.unknown_kind", kind=device.kind)
            )
        detects = detected(device)
        if detects and not any(looks_at(rule, device, detects) for rule in looking):
            found.append(Text.of("remarks.no_rule", signals=tuple(map(SignalName, detects[:_NAMED]))))
        return tuple(found)

    return remarks


def detected(device: Device) -> tuple[str, ...]:
    """The signals for which it hangs there: those it declares, or else those of its kind. () if nobody knows."""
    quantities = watched(device.kind, device.signals)
    declared = tuple(signal for signal in device.signals if base_name(signal) in quantities)
    return declared or tuple(sorted(quantities))


def looks_at(rule: Rule[Any], device: Device, signals: Sequence[str]) -> bool:
    """Whether the rule looks at one of these signals of that device."""
    return rule.selects(device) and any(rule.watches(device, signal) for signal in signals)
