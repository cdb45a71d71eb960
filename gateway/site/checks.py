"""What a site file must hold beyond its shape: names that exist, limits that standards set, nothing unsafe.

Every check returns all that it finds; a technician mends a file once, not fault by fault.
"""

import difflib
from collections.abc import Collection, Iterator
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from alerts.alert import AlertClass
from alerts.rule import Rule
from alerts.schedule import from_parts
from devices.errors import ConfigError
from devices.families import line_families, mqtt_families
from devices.signals import SIGNALS, base_name
from gateway.site.model import Site

_FIRE_KINDS = frozenset({"smoke_detector", "heat_detector", "flame_detector", "call_point"})
_LONGEST_FIRE_SILENCE_S = 100
_LONGEST_VERIFICATION_S = 60
_NEVER_DISARMED = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS, AlertClass.TAMPER})


class Fault(msgspec.Struct, frozen=True):
    """What is wrong, and where: ``path`` as msgspec names it."""

    path: str
    problem: str


def nearest(word: str, known: Collection[str]) -> str:
    """`` (did you mean ...?)`` with the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def faults_of(site: Site) -> list[Fault]:
    """Everything that is wrong with a site of the right shape."""
    return [*_general(site), *_areas(site), *_devices(site), *_rules(site), *_lines(site)]


def _general(site: Site) -> Iterator[Fault]:
    try:
        ZoneInfo(site.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield Fault("$.time_zone", f"{site.time_zone!r} is not a time zone; write one like Asia/Shanghai")
    for index, schedule in enumerate(site.schedules):
        try:
            from_parts(schedule.days, schedule.start, schedule.end, "UTC")
        except ConfigError as error:
            yield Fault(f"$.schedules[{index}]", error.problem)
    yield from _twice("schedules", [schedule.name for schedule in site.schedules], "name")
    if site.allowed_skew_s <= 0:
        yield Fault("$.allowed_skew_s", "must be more than 0 seconds")
    if site.mqtt is not None:
        for family in site.mqtt.families:
            if family not in mqtt_families():
                yield Fault(
                    f"$.mqtt.families.{family}", f"no such MQTT family{nearest(family, mqtt_families())}; "
                    f"known: {', '.join(sorted(mqtt_families()))}",
                )  # fmt: skip
        if not 0 < site.mqtt.port < 65536:
            yield Fault("$.mqtt.port", "must be a port from 1 to 65535")
    if not 0 <= site.web.port < 65536:
        yield Fault("$.web.port", "must be a port from 0 to 65535")


def _areas(site: Site) -> Iterator[Fault]:
    yield from _twice("areas", [area.id for area in site.areas], "id")
    for index, area in enumerate(site.areas):
        if area.id == "gateway":
            yield Fault(f"$.areas[{index}].id", "'gateway' is the gateway's own area; choose another id")
        if area.mode not in area.modes:
            yield Fault(f"$.areas[{index}].mode", f"{area.mode!r} is not one of its modes ({', '.join(area.modes)})")


def _devices(site: Site) -> Iterator[Fault]:
    areas = {area.id for area in site.areas}
    lines = {line.name: line.family for line in site.serial}
    families = {*mqtt_families(), *line_families()}
    yield from _twice("devices", [device.id for device in site.devices], "id")
    yield from _twice("devices", [f"{d.line}|{d.family}|{d.address}" for d in site.devices], "address")
    for index, device in enumerate(site.devices):
        path = f"$.devices[{index}]"
        if device.area not in areas:
            yield Fault(f"{path}.area", f"there is no area {device.area!r}{nearest(device.area, areas)}")
        if device.family not in families:
            yield Fault(
                f"{path}.family", f"there is no family {device.family!r}{nearest(device.family, families)}; "
                f"known: {', '.join(sorted(families))}",
            )  # fmt: skip
        elif device.line and device.line not in lines:
            yield Fault(f"{path}.line", f"there is no line {device.line!r}{nearest(device.line, lines)}")
        elif device.line and lines[device.line] != device.family:
            yield Fault(f"{path}.family", f"line {device.line!r} speaks {lines[device.line]}, not {device.family}")
        elif not device.line and device.family not in mqtt_families():
            yield Fault(f"{path}.line", f"{device.family} speaks on a line; name it with line = \"...\"")
        for signal in (*device.signals, *device.rename.values()):
            if base_name(signal) not in SIGNALS:
                yield Fault(f"{path}.signals", f"there is no signal {signal!r}{nearest(signal, SIGNALS)}")
        if device.position is not None and not all(0 <= part <= 1 for part in device.position):
            yield Fault(f"{path}.position", "must be two fractions from 0 to 1")
        if device.interval_s is not None and device.interval_s <= 0:
            yield Fault(f"{path}.interval_s", "must be more than 0 seconds")
        elif device.kind in _FIRE_KINDS and (device.interval_s or 0) > _LONGEST_FIRE_SILENCE_S and not device.tags:
            yield Fault(
                f"{path}.interval_s",
                f"a fire device may be silent for {_LONGEST_FIRE_SILENCE_S} s at most (EN 54-2); a battery radio "
                "sensor that reports less often needs a tag that says so, for instance tags = [\"radio\"]",
            )


def _rules(site: Site) -> Iterator[Fault]:
    areas = {area.id for area in site.areas}
    devices = {device.id for device in site.devices}
    modes = {mode for area in site.areas for mode in area.modes}
    schedules = {schedule.name for schedule in site.schedules}
    yield from _twice("rules", [rule.name for rule in site.rules], "name")
    for index, rule in enumerate(site.rules):
        path = f"$.rules[{index}]"
        for key, names, known, noun in (
            ("areas", rule.areas, areas, "area"),
            ("devices", rule.devices, devices, "device"),
            ("modes", rule.modes, modes, "mode"),
            ("schedule", (rule.schedule,) if rule.schedule else (), schedules, "schedule"),
        ):
            for name in names:
                if name not in known:
                    yield Fault(f"{path}.{key}", f"there is no {noun} {name!r}{nearest(name, known)}")
        for signal in _signals_of(rule):
            if signal not in SIGNALS:
                yield Fault(f"{path}.signals", f"there is no signal {signal!r}{nearest(signal, SIGNALS)}")
        if not rule.procedure.strip():
            yield Fault(f"{path}.procedure", "an alert without a response is no alert: write what the operator does")
        chosen = [device for device in site.devices if rule.selects(device)]
        if site.devices and not chosen:
            yield Fault(path, f"rule {rule.name!r} matches no device; check its areas, devices, device_kinds and tags")
        yield from _unsafe(rule, path, {device.kind for device in chosen})


def _unsafe(rule: Rule[Any], path: str, kinds: set[str]) -> Iterator[Fault]:
    if rule.alert_class in _NEVER_DISARMED and (rule.modes or rule.schedule):
        yield Fault(path, f"a {rule.alert_class} rule is never switched off by an armed mode or a schedule")
    hold_s = float(getattr(rule, "hold_s", 0))
    if rule.alert_class is AlertClass.FIRE and hold_s > 0:
        if "call_point" in _signals_of(rule) or "call_point" in kinds:
            yield Fault(f"{path}.hold_s", "a manual call point is never delayed; give it a rule of its own")
        elif hold_s > _LONGEST_VERIFICATION_S:
            yield Fault(f"{path}.hold_s", f"a fire may be verified for {_LONGEST_VERIFICATION_S} s at most")


def _signals_of(rule: Rule[Any]) -> tuple[str, ...]:
    several = getattr(rule, "signals", ())
    one = getattr(rule, "signal", "")
    return (*several, one) if one else tuple(several)


def _lines(site: Site) -> Iterator[Fault]:
    yield from _twice("serial", [line.name for line in site.serial], "name")
    for index, line in enumerate(site.serial):
        if line.family not in line_families():
            known = line_families()
            yield Fault(
                f"$.serial[{index}].family", f"no such line family {line.family!r}{nearest(line.family, known)}; "
                f"known: {', '.join(sorted(known))}",
            )  # fmt: skip
        if line.name == "mqtt":
            yield Fault(f"$.serial[{index}].name", "'mqtt' names the broker's line; choose another name")


def _twice(table: str, names: list[str], key: str) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in seen:
            yield Fault(f"$.{table}[{index}].{key}", f"{name!r} was given before, by {table}[{seen[name]}]")
        seen.setdefault(name, index)
