"""What a site file must hold beyond its shape: names that exist and are unique, addresses that can work.

Every check returns all that it finds; a technician mends a file once, not fault by fault.
"""

import re
from collections.abc import Hashable, Iterator, Sequence
from ipaddress import ip_network
from pathlib import PurePosixPath
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from alerts.acknowledgements import LONGEST_MIN
from alerts.area_mode import meant
from devices.families import mqtt_families
from gateway.site.calendar import calendar_faults
from gateway.site.channel_checks import channel_faults
from gateway.site.device_checks import device_faults_of
from gateway.site.fault import Fault, Path, found, nearest, one_of
from gateway.site.line_checks import OWN_NAMES, line_faults, twice, word
from gateway.site.model import Influx, Mqtt, Site
from gateway.site.outside import Heartbeat
from gateway.site.rule_checks import rule_faults

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
    yield from rule_faults(site)
    yield from line_faults(site)
    yield from channel_faults(site)
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
    if bool(site.web.cert_file) != bool(site.web.key_file):
        yield Fault(("web", "cert_file" if site.web.cert_file else "key_file"), "cert_file and key_file go together")
    for number, proxy in enumerate(site.web.trusted_proxies):
        if not _is_network(proxy):
            wrong = f"must be an address or a network, like '10.0.0.5' or '10.0.0.0/28'; found {proxy!r}"
            yield Fault(("web", "trusted_proxies", number), wrong)
    if not site.web.host.strip():
        yield Fault(("web", "host"), "must name the address to listen on, for instance '127.0.0.1'")
    for name, longest in LONGEST_MIN.items():
        minutes = getattr(site.acknowledgements, name)
        if not (0 < minutes <= longest or (name == "other_min" and minutes == 0)):
            yield Fault(
                ("acknowledgements", name), f"must be more than 0 and at most {longest} minutes; found {minutes}"
            )
    if site.heartbeat is not None:
        yield from _heartbeat(site.heartbeat)
    yield from _alarm_path(site)
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


def _heartbeat(heartbeat: Heartbeat) -> Iterator[Fault]:
    try:
        parts = urlsplit(heartbeat.url)
    except ValueError:
        parts = urlsplit("")
    path: Path = ("heartbeat", "url")
    if heartbeat.url and (parts.scheme not in ("http", "https") or not parts.hostname):
        yield Fault(path, f"must be an address like 'https://watcher.example/ping'; found {found(heartbeat.url)}")
    elif "@" in parts.netloc:
        yield Fault(path, "a password does not belong in this file: set KEYAREA_HEARTBEAT to the address instead")
    yield from _at_least(heartbeat.every_s, 1, ("heartbeat", "every_s"), "seconds")


def _alarm_path(site: Site) -> Iterator[Fault]:
    setup = site.alarm_path
    if not 1 <= setup.every_min <= 60:
        yield Fault(("alarm_path", "every_min"), f"must be from 1 to 60 minutes; found {setup.every_min:g}")
    if setup.channel and not any(each.id == setup.channel and not each.is_personal for each in site.channels):
        wrong = f"must be one of the channels that lead to a group; found {found(setup.channel)}"
        yield Fault(("alarm_path", "channel"), wrong)


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
