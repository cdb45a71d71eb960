"""What one device must hold at its site: asked of the site file, and again when a technician registers one."""

import re
from collections.abc import Callable, Iterator

from devices.device import Device
from devices.families import bus_families, families, mqtt_families
from devices.installed import Check
from devices.message import Text
from devices.signals import SIGNALS, base_name
from gateway.site.bus_checks import model_faults_of
from gateway.site.fault import Fault, Path, found_text, said, some_of
from gateway.site.line_checks import unknown, word
from gateway.site.model import Site
from gateway.site.safety import silence_faults

PRINTABLE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,100}")
_MOST_TEXT = 200
_MOST_WORDS = 100
_MOST_DAYS = 3_660


def device_faults_of(site: Site) -> Callable[[Device, Path], Iterator[Fault]]:
    """The check of one device against that site: names that exist, an address that can be heard."""
    areas = {area.id for area in site.areas}
    lines = site.line_families()
    known, over_mqtt, buses = families(), mqtt_families(), bus_families()
    heard = over_mqtt if site.mqtt is None or not site.mqtt.families else site.mqtt.families

    def way(device: Device, path: Path) -> Iterator[Fault]:
        if device.family not in known:
            yield unknown("family", device.family, known, (*path, "family"))
        elif device.line:
            if device.line not in lines:
                yield unknown("line", device.line, lines, (*path, "line"), "serial", device.line)
            elif lines[device.line] != device.family:
                problem = Text.of(
                    "device_checks.other_family", line=device.line, family=lines[device.line], other=device.family
                )
                yield Fault((*path, "line"), problem)
            refusal = buses[device.family].refuses(device.address) if device.family in buses else None
            if refusal is not None:
                problem = Text.of("device_checks.bad_address", expected=refusal, found=found_text(device.address))
                yield Fault((*path, "address"), problem)
        elif device.family not in over_mqtt:
            yield Fault(path, Text.of("device_checks.no_line", family=device.family))
        elif site.mqtt is None:
            yield Fault(path, Text.of("device_checks.no_mqtt", family=device.family))
        elif device.family not in heard:
            yield Fault(
                (*path, "family"),
                Text.of("device_checks.not_listened_to", family=device.family, known=some_of(heard)),
                "mqtt",
            )

    def faults(device: Device, path: Path) -> Iterator[Fault]:
        yield from word(device.id, (*path, "id"))
        if not device.address or not PRINTABLE.fullmatch(device.address):
            yield Fault((*path, "address"), Text.of("device_checks.no_address"))
        if device.area not in areas:
            yield unknown("area", device.area, areas, (*path, "area"), "areas", device.area)
        yield from way(device, path)
        for place, signal in enumerate(device.signals):
            if base_name(signal) not in SIGNALS:
                yield unknown("signal", signal, SIGNALS, (*path, "signals", place))
        for theirs, signal in device.rename.items():
            if base_name(signal) not in SIGNALS:
                yield unknown("signal", signal, SIGNALS, (*path, "rename", theirs))
        if device.position is not None and not all(0 <= part <= 1 for part in device.position):
            yield Fault((*path, "position"), Text.of("device_checks.no_position"))
        if device.interval_s is not None and not 0 < device.interval_s < float("inf"):
            yield Fault((*path, "interval_s"), Text.of("device_checks.no_interval", found_s=device.interval_s))
        for key in ("test_every_days", "calibrate_every_days"):
            days = getattr(device, key)
            if days is not None and not 1 <= days <= _MOST_DAYS:
                yield Fault((*path, key), Text.of("device_checks.no_days", most=_MOST_DAYS, found=days))
            elif days is not None and device.installed is None:
                yield Fault((*path, key), Text.of("device_checks.no_day_installed"))

    return faults


def check_of(site: Site) -> Check:
    """The same for a device that a technician registers: what is wrong, as (field, what to do instead).

    What is typed while the gateway runs is also bounded in length, and holds to the limits of fire devices.
    """
    at_fault, of_model = device_faults_of(site), model_faults_of(site)

    def check(device: Device) -> list[tuple[str, Text]]:
        faults = [*at_fault(device, ()), *of_model(device, ()), *silence_faults(device, ()), *_too_long(device)]
        return [(str(fault.path[0]) if fault.path else "line", said(fault)) for fault in faults]

    return check


def _too_long(device: Device) -> Iterator[Fault]:
    for key in ("name", "name_zh", "kind", "model"):
        text = getattr(device, key)
        if text and (len(text) > _MOST_TEXT or not PRINTABLE.fullmatch(text[:100]) or not text.isprintable()):
            yield Fault((key,), Text.of("device_checks.no_short_line", most=_MOST_TEXT))
    for key in ("signals", "tags", "rename"):
        words = getattr(device, key)
        if len(words) > _MOST_WORDS or any(not PRINTABLE.fullmatch(word) for word in words):
            yield Fault((key,), Text.of("device_checks.no_short_words", most=_MOST_WORDS))
