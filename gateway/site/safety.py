"""What standards allow a site to do with fire, hold-up, gas, tamper and intrusion: limits that no file may pass."""

from collections.abc import Iterator
from typing import Any

from alerts.alert import AlertClass
from alerts.rule import Rule
from devices.device import Device
from devices.supervision import FIRE_KINDS, LONGEST_FIRE_S, RADIO_TAG
from gateway.site.fault import Fault, Path
from gateway.site.model import Site

LONGEST_VERIFICATION_S = 60
"""A detector's signal may be verified for so long before it is an alarm (UL 864; EN 54-2 dependency type A)."""
LONGEST_ENTRY_S = 45
"""EN 50131-1: the entry timer is 45 s at most."""

_ALWAYS_ON = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS, AlertClass.TAMPER})
_CALL_POINT = "call_point"


def safety_faults(site: Site) -> Iterator[Fault]:
    """Everything that the file asks for and that a standard forbids."""
    for index, device in enumerate(site.devices):
        yield from silence_faults(device, ("devices", index))
    for index, rule in enumerate(site.rules):
        yield from _rule(rule, site, ("rules", index))


def silence_faults(device: Device, path: Path) -> Iterator[Fault]:
    """A fire device that may be silent for longer than the standards allow."""
    interval_s = device.interval_s or 0
    if device.kind in FIRE_KINDS and interval_s > LONGEST_FIRE_S and RADIO_TAG not in device.tags:
        yield Fault(
            (*path, "interval_s"),
            f"the loss of a fire device must show within {LONGEST_FIRE_S} s (EN 54-2, GB 4717); found "
            f'{interval_s:g}. For a battery radio sensor that cannot do this, say so: tags = ["{RADIO_TAG}"]',
        )


def _rule(rule: Rule[Any], site: Site, path: Path) -> Iterator[Fault]:
    if rule.alert_class in _ALWAYS_ON:
        for key, given in (("modes", rule.modes), ("schedule", rule.schedule)):
            if given:
                problem = f"a {rule.alert_class} rule is never switched off, neither by an armed mode nor by a schedule"
                yield Fault((*path, key), problem)
    chosen = [device for device in site.devices if rule.selects(device)]
    yield from _delay(rule, chosen, path)
    if rule.supervises and hasattr(rule, "interval_s"):
        watched = [d for d in chosen if d.kind in FIRE_KINDS and d.interval_s is None and RADIO_TAG not in d.tags]
        if watched and rule.interval_s > LONGEST_FIRE_S:
            yield Fault(
                (*path, "interval_s"),
                f"the loss of a fire device must show within {LONGEST_FIRE_S} s (EN 54-2, GB 4717); "
                f"{watched[0].id!r} has no interval_s of its own and would get {rule.interval_s:g}",
            )


def _delay(rule: Rule[Any], chosen: list[Device], path: Path) -> Iterator[Fault]:
    hold_s = float(getattr(rule, "hold_s", 0))
    where = (*path, "hold_s")
    if hold_s <= 0:
        return
    if rule.alert_class is AlertClass.FIRE and _concerns_call_point(rule, chosen):
        yield Fault(where, "a manual call point is never delayed (EN 54-2); give it a rule of its own without hold_s")
    elif rule.alert_class is AlertClass.FIRE and hold_s > LONGEST_VERIFICATION_S:
        yield Fault(where, f"a fire may be verified for {LONGEST_VERIFICATION_S} s at most; found {hold_s:g}")
    elif rule.alert_class is AlertClass.HOLD_UP:
        yield Fault(where, "a hold-up alarm is never delayed (GB 50394)")
    elif rule.alert_class is AlertClass.INTRUSION and hold_s > LONGEST_ENTRY_S:
        yield Fault(where, f"an intrusion may wait for {LONGEST_ENTRY_S} s at most (EN 50131-1); found {hold_s:g}")


def _concerns_call_point(rule: Rule[Any], chosen: list[Device]) -> bool:
    """Whether a call point's press could be held back by this rule."""
    if _CALL_POINT in getattr(rule, "signals", ()):
        return True
    points = [device for device in chosen if device.kind == _CALL_POINT]
    return any(rule.watches(device, signal) for device in points for signal in (device.signals or (_CALL_POINT,)))
