"""What a route may not be: longer than EN 50131-1 lets it, or on the way of what must alarm at once."""

from collections.abc import Iterable, Iterator
from typing import Any

from alerts.alert import AlertClass
from alerts.open_point import ALWAYS_TAG
from alerts.route import LONGEST_ENTRY_S, LONGEST_EXIT_S, Route
from alerts.rule import Rule
from devices.detector_trigger import BY_HAND, tells_danger
from devices.device import Device
from devices.message import Text
from devices.signals import base_name, counts_in_snapshot
from gateway.site.fault import Fault, Path
from gateway.site.line_checks import twice, unknown
from gateway.site.model import Site
from gateway.site.rule_keys import key_of
from gateway.site.safety import ALWAYS_ON


def route_faults(site: Site) -> Iterator[Fault]:
    """Every fault of ``[[routes]]``."""
    devices = {device.id: device for device in site.devices}
    yield from twice("routes", "name", [route.name for route in site.routes])
    for index, route in enumerate(site.routes):
        yield from _route(route, site, devices, ("routes", index))
    yield from late_faults(site)


def _route(route: Route, site: Site, devices: dict[str, Device], path: Path) -> Iterator[Fault]:
    modes = {mode for area in site.areas for mode in area.modes}
    named = (("devices", route.devices), ("through", route.through), ("sensors", tuple(route.sensors)))
    for key, names in named:
        for place, name in enumerate(names):
            at: Path = (*path, key, name if key == "sensors" else place)
            if name not in devices:
                yield unknown("device", name, devices, at, "devices", name)
            elif ALWAYS_TAG in devices[name].tags:
                yield Fault(at, Text.of("routes.always", device=name, tag=ALWAYS_TAG))
            elif key == "sensors" and name not in (*route.devices, *route.through):
                yield Fault(at, Text.of("routes.not_on_it", device=name))
    if not route.devices:
        yield Fault((*path, "devices"), Text.of("routes.no_door"))
    for place, mode in enumerate(route.modes):
        if mode not in modes:
            yield unknown("armed_mode", mode, modes, (*path, "modes", place), "areas", "")
    yield from _delays(route, path)


def _delays(route: Route, path: Path) -> Iterator[Fault]:
    limits = {"entry_s": LONGEST_ENTRY_S, "exit_s": LONGEST_EXIT_S}
    given = [((*path, key), getattr(route, key), limits[key]) for key in limits]
    for name, delay in route.sensors.items():
        given += [((*path, "sensors", name, key), getattr(delay, key), limits[key]) for key in limits]
    for at, seconds, limit in given:
        if seconds is not None and not 0 <= seconds <= limit:
            yield Fault(at, Text.of(f"routes.{at[-1]}", limit=limit, found=seconds))


def late_faults(site: Site) -> Iterator[Fault]:
    """Rules that with the entry delay of a route would tell an intrusion later than EN 50131-1 lets it be told."""
    devices = {device.id: device for device in site.devices}
    for index, rule in enumerate(site.rules):
        delay_s = rule.longest_delay_s()
        if rule.alert_class is not AlertClass.INTRUSION or not rule.modes or delay_s <= 0:
            continue
        for route in site.routes:
            for name in route.devices:
                total, device = delay_s + route.entry(name) / 1e9, devices.get(name)
                if device is not None and rule.selects(device) and total > LONGEST_ENTRY_S:
                    text = Text.of(
                        "routes.with_rule",
                        device=name,
                        rule=rule.name,
                        route=route.name,
                        found=total,
                        limit=LONGEST_ENTRY_S,
                    )
                    yield Fault(("rules", index, *key_of(rule, delay_s)), text)


def switched_off_faults(site: Site) -> Iterator[Fault]:
    """What no mode and no schedule takes out, whatever class its rule is of: EN 50131-1, EN 54-2.

    A call for help by hand has no rule with them at all. What a sensor for 24 hours tells, and of any device smoke,
    gas, tamper and the like, has a rule without them beside one with them.
    """
    always = [rule for rule in site.rules if not (rule.modes or rule.schedule)]
    for index, rule in enumerate(site.rules):
        gates = [key for key in ("modes", "schedule") if getattr(rule, key)]
        if not gates or rule.alert_class in ALWAYS_ON:  # of which safety.py says so
            continue
        calls = sorted({base_name(signal) for signal in rule.watched_signals()} & BY_HAND)
        for key in gates if calls else ():
            yield Fault(("rules", index, key), Text.of("routes.by_hand", signals=tuple(calls)))
        for device in site.devices if not calls else ():
            left = [signal for signal in _never_out(rule, device) if not _is_watched(device, signal, always)]
            if left:
                text = Text.of("routes.never_out", device=device.id, signal=left[0])
                yield Fault(("rules", index, gates[0]), text)
                break


def _never_out(rule: Rule[Any], device: Device) -> list[str]:
    """The signals at which that rule looks of that device, and which count in every mode."""
    if not rule.selects(device) or rule.supervises:
        return []
    signals = device.signals or tuple(signal for signal in rule.watched_signals() if _is_danger(signal))
    its = [signal for signal in signals if rule.watches(device, signal)]
    return its if ALWAYS_TAG in device.tags else [signal for signal in its if _is_danger(signal)]


def _is_danger(signal: str) -> bool:
    return counts_in_snapshot(signal) and (tells_danger(signal) or base_name(signal) == "tamper")


def _is_watched(device: Device, signal: str, rules: Iterable[Rule[Any]]) -> bool:
    return any(rule.selects(device) and rule.watches(device, signal) and not rule.supervises for rule in rules)
