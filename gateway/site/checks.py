"""What a site file must hold beyond its shape: names that exist and are unique, addresses that can work.

Every check returns all that it finds; a technician mends a file once, not fault by fault.
"""

import re
from collections.abc import Hashable, Iterator, Sequence
from ipaddress import ip_network
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from alerts.area_mode import ARMED, WHOLE, meant
from alerts.facts import Fact
from alerts.rule import Rule
from devices.families import mqtt_families
from devices.reading import Reading
from devices.signals import SIGNALS
from gateway.site.calendar import calendar_faults
from gateway.site.device_checks import PRINTABLE, device_faults_of
from gateway.site.fault import Fault, Path, found, nearest, one_of
from gateway.site.line_checks import OWN_NAMES, line_faults, twice, unknown, word
from gateway.site.model import Influx, Mqtt, Site
from gateway.site.rule_keys import key_of

_WEB_ADDRESS = re.compile(r"https?://[\w.\[\]:-]{1,100}(/[\w.~/-]{0,80})?", re.ASCII)


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def name_faults(site: Site) -> Iterator[Fault]:
    """Everything that is wrong with the names and addresses of a site of the right shape."""
    yield from _general(site)
    yield from _areas(site)
    at_fault = device_faults_of(site)
    for index, device in enumerate(site.devices):
        yield from at_fault(device, ("devices", index))
    for index, rule in enumerate(site.rules):
        yield from _rule(rule, site, ("rules", index))
    yield from line_faults(site)
    tables: list[tuple[str, str, Sequence[Hashable]]] = [
        ("areas", "id", [area.id for area in site.areas]),
        ("devices", "id", [device.id for device in site.devices]),
        ("devices", "address", [(device.line, device.family, device.address) for device in site.devices]),
        ("rules", "name", [rule.name for rule in site.rules]),
        ("schedules", "name", [schedule.name for schedule in site.schedules]),
    ]
    for table, key, values in tables:
        yield from twice(table, key, values)


def _general(site: Site) -> Iterator[Fault]:
    yield from word(site.id, ("id",))
    try:
        ZoneInfo(site.time_zone)
    except (OSError, ValueError, KeyError):  # KeyError is ZoneInfoNotFoundError's base; "Asia" alone is a folder
        yield Fault(("time_zone",), f"{site.time_zone[:60]!r} is not a time zone; write one like 'Asia/Shanghai'")
    yield from _at_least(site.allowed_skew_s, 1, ("allowed_skew_s",), "seconds")
    yield from calendar_faults(site)
    if site.mqtt is not None:
        yield from _mqtt(site.mqtt)
    if not 0 <= site.web.port < 65536:
        yield Fault(("web", "port"), f"must be a port from 0 to 65535; found {site.web.port}")
    if site.web.url and not _WEB_ADDRESS.fullmatch(site.web.url):
        yield Fault(("web", "url"), "must be where people reach the console, like 'https://keyarea.example'")
    for number, proxy in enumerate(site.web.trusted_proxies):
        if not _is_network(proxy):
            wrong = f"must be an address or a network, like '10.0.0.5' or '10.0.0.0/28'; found {proxy!r}"
            yield Fault(("web", "trusted_proxies", number), wrong)
    if not site.web.host.strip():
        yield Fault(("web", "host"), "must name the address to listen on, for instance '127.0.0.1'")
    yield from _relative(site.storage.folder, ("storage", "folder"), absolute_too=True)
    yield from _at_least(site.storage.keep_readings_days, 1, ("storage", "keep_readings_days"), "days")
    if site.storage.influx is not None:
        yield from _influx(site.storage.influx)


def _mqtt(mqtt: Mqtt) -> Iterator[Fault]:
    known = mqtt_families()
    for family, base in mqtt.families.items():
        path: Path = ("mqtt", "families", family)
        if family not in known:
            yield Fault(
                path, f"there is no MQTT family {family[:60]!r}{nearest(family, known)}; known: {one_of(known)}"
            )
        if base.startswith(("/", "$")) or re.search(r"[+#\x00-\x1f]", base):
            problem = "is no topic base: no wildcards (+ #), no / or $ in front; empty means the family's usual one"
            yield Fault(path, f"{base[:60]!r} {problem}")
    if not 0 < mqtt.port < 65536:
        yield Fault(("mqtt", "port"), f"must be a port from 1 to 65535; found {mqtt.port}")
    if not mqtt.host.strip():
        yield Fault(("mqtt", "host"), "must name the broker")
    if not re.fullmatch(r"[\x21-\x7e]{1,128}", mqtt.client_id):
        problem = "must be 1 to 128 plain characters: the broker keeps our session under this name"
        yield Fault(("mqtt", "client_id"), problem)
    if not 5 <= mqtt.keep_alive_s <= 65535:
        yield Fault(("mqtt", "keep_alive_s"), f"must be from 5 to 65535 seconds; found {mqtt.keep_alive_s}")
    files = {"ca_file": mqtt.ca_file, "cert_file": mqtt.cert_file, "key_file": mqtt.key_file}
    for key, file in files.items():
        if file and not mqtt.tls:
            yield Fault(("mqtt", key), "is of no use without tls = true")
    if bool(mqtt.cert_file) != bool(mqtt.key_file):
        yield Fault(("mqtt", "cert_file" if mqtt.cert_file else "key_file"), "cert_file and key_file go together")


def _influx(influx: Influx) -> Iterator[Fault]:
    try:
        parts = urlsplit(influx.url)
    except ValueError:
        parts = urlsplit("")
    path: Path = ("storage", "influx", "url")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield Fault(path, f"must be an address like 'http://127.0.0.1:8086'; found {found(influx.url)}")
    elif "@" in parts.netloc:
        yield Fault(path, "a password does not belong in this file: set KEYAREA_INFLUX_TOKEN instead")
    yield from _at_least(influx.spool_megabytes, 1, ("storage", "influx", "spool_megabytes"), "megabytes")


def _areas(site: Site) -> Iterator[Fault]:
    for index, area in enumerate(site.areas):
        path: Path = ("areas", index)
        yield from word(area.id, (*path, "id"))
        if area.id in OWN_NAMES:
            yield Fault((*path, "id"), f"{area.id!r} is the gateway's own; choose another id")
        if meant(area.mode, area.modes) not in area.modes:
            known = area.modes
            yield Fault(
                (*path, "mode"), f"{area.mode!r} is not one of its modes ({one_of(known)}){nearest(area.mode, known)}"
            )
        yield from _relative(area.plan, (*path, "plan"))


def _rule(rule: Rule[Any], site: Site, path: Path) -> Iterator[Fault]:
    areas = {area.id: area for area in site.areas}
    devices = {device.id for device in site.devices}
    covered = [areas[area] for area in rule.areas if area in areas] or site.areas
    modes = {mode for area in covered for mode in area.modes}
    modes |= {ARMED} if modes & {*WHOLE} else set()
    tags = {tag for device in site.devices for tag in device.tags}
    kinds = {device.kind for device in site.devices if device.kind}
    yield from _text(rule.name, (*path, "name"))
    selectors = (
        ("areas", rule.areas, areas, "area", "areas"),
        ("devices", rule.devices, devices, "device", "devices"),
        ("device_kinds", rule.device_kinds, kinds, "device_of_kind", "devices"),
        ("tags", rule.tags, tags, "device_with_tag", "devices"),
        ("modes", rule.modes, modes, "armed_mode", "areas"),
    )
    all_known = True
    for key, names, known, noun, table in selectors:
        for place, name in enumerate(names):
            if name not in known:
                all_known = False
                is_id = key in ("areas", "devices")
                yield unknown(noun, name, known, (*path, key, place), table, name if is_id else "")
    schedules = {schedule.name for schedule in site.schedules}
    if rule.schedule and rule.schedule not in schedules:
        yield unknown("schedule", rule.schedule, schedules, (*path, "schedule"), "schedules", rule.schedule)
    for signal in rule.watched_signals():
        if signal not in SIGNALS:
            all_known = False
            yield unknown("signal", signal, SIGNALS, (*path, *key_of(rule, signal)))
    if not rule.procedure.strip():
        yield Fault((*path, "procedure"), "must say what the operator does: an alert without a response helps nobody")
    if site.devices and all_known:
        yield from _selects_nothing(rule, site, path)


def _selects_nothing(rule: Rule[Any], site: Site, path: Path) -> Iterator[Fault]:
    chosen = [device for device in site.devices if rule.selects(device)]
    if not chosen and Fact not in rule.listens:
        problem = "selects no device: no single one fits its areas, devices, device_kinds and tags together"
        yield Fault(path, problem, "devices")
    elif (
        chosen
        and Reading in rule.listens
        and not rule.supervises
        and all(
            device.signals and not any(rule.watches(device, signal) for signal in device.signals) for device in chosen
        )
    ):
        wanted = " or ".join(rule.watched_signals()) or "what it looks at"
        yield Fault(path, f"watches nothing: none of the {len(chosen)} devices it selects has {wanted}", "devices")


def _text(text: str, path: Path) -> Iterator[Fault]:
    if not PRINTABLE.fullmatch(text) or not text.strip():
        yield Fault(path, f"must be one line of up to 100 characters; found {found(text)}")


def _at_least(number: float, least: float, path: Path, unit: str) -> Iterator[Fault]:
    if number < least:
        yield Fault(path, f"must be at least {least:g} {unit}; found {number:g}")


def _relative(text: str, path: Path, *, absolute_too: bool = False) -> Iterator[Fault]:
    """A file or folder beside the site file: it may not climb out of there."""
    parts = PurePosixPath(text)
    if ".." in parts.parts or "\\" in text or "\0" in text:
        yield Fault(path, f"may not lead out of the site file's folder ('..'); found {found(text)}")
    elif parts.is_absolute() and not absolute_too:
        yield Fault(path, f"must be a path beside the site file; found {found(text)}")
