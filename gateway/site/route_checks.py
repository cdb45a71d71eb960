"""What a route may not be: longer than EN 50131-1 lets it, or on the way of what must alarm at once."""

from collections.abc import Iterator

from alerts.alert import AlertClass
from alerts.open_point import ALWAYS_TAG
from alerts.route import LONGEST_ENTRY_S, LONGEST_EXIT_S, Route
from devices.detector_trigger import BY_HAND
from devices.device import Device
from devices.message import Text
from devices.signals import base_name
from gateway.site.fault import Fault, Path
from gateway.site.line_checks import twice, unknown
from gateway.site.model import Site


def route_faults(site: Site) -> Iterator[Fault]:
    """Every fault of ``[[routes]]``, and of sensors that are watched in every mode."""
    devices = {device.id: device for device in site.devices}
    yield from twice("routes", "name", [route.name for route in site.routes])
    for index, route in enumerate(site.routes):
        yield from _route(route, site, devices, ("routes", index))
    for index, device in enumerate(site.devices):
        if ALWAYS_TAG in device.tags and not _is_always_watched(device, site):
            yield Fault(("devices", index, "tags"), Text.of("routes.never_off", device=device.id, tag=ALWAYS_TAG))


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
    yield from _delays(route, site, devices, path)


def _delays(route: Route, site: Site, devices: dict[str, Device], path: Path) -> Iterator[Fault]:
    limits = {"entry_s": LONGEST_ENTRY_S, "exit_s": LONGEST_EXIT_S}
    given = [((*path, key), getattr(route, key), limits[key]) for key in limits]
    for name, delay in route.sensors.items():
        given += [((*path, "sensors", name, key), getattr(delay, key), limits[key]) for key in limits]
    for at, seconds, limit in given:
        if seconds is not None and not 0 <= seconds <= limit:
            yield Fault(at, Text.of(f"routes.{at[-1]}", limit=limit, found=seconds))
    for rule in site.rules:
        if rule.alert_class is not AlertClass.INTRUSION or not rule.modes or rule.longest_delay_s() <= 0:
            continue
        for name in route.devices:
            device = devices.get(name)
            if device is not None and rule.selects(device):
                total = rule.longest_delay_s() + route.entry(name) / 1e9
                if total > LONGEST_ENTRY_S:
                    yield Fault(
                        (*path, "entry_s"),
                        Text.of("routes.with_rule", device=name, rule=rule.name, found=total, limit=LONGEST_ENTRY_S),
                    )


def _is_always_watched(device: Device, site: Site) -> bool:
    """By a rule without modes and schedule, if a rule with them watches it."""
    watching = [
        rule
        for rule in site.rules
        if rule.selects(device) and any(rule.watches(device, signal) for signal in device.signals)
    ]
    return any(not rule.modes and not rule.schedule for rule in watching) or not watching


def switched_off_faults(site: Site) -> Iterator[Fault]:
    """A call for help by hand is taken out by no mode, whatever class its rule is of."""
    for index, rule in enumerate(site.rules):
        calls = sorted({base_name(signal) for signal in rule.watched_signals()} & BY_HAND)
        for key in ("modes", "schedule"):
            if calls and getattr(rule, key):
                yield Fault(("rules", index, key), Text.of("routes.by_hand", signals=tuple(calls)))
