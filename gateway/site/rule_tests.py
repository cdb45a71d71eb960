"""A file of tests for rules, as a technician writes it: TOML to frozen values; every fault with its test and step.

docs/trial.md describes it.
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from alerts.event import Recorded
from alerts.moves import SetMode
from alerts.trial.recording import Setting, Told
from alerts.trial.rule_test import Expected, RuleTest
from devices.device_directory import DeviceDirectory
from devices.errors import ConfigError, MalformedMessage
from devices.families import families_of_panels
from devices.reading import SECOND, Instant, Reading
from devices.signals import check
from gateway.site.calendar import schedules_of
from gateway.site.fault import nearest
from gateway.site.model import Site
from gateway.site.workflow_tables import site_facts

_LARGEST = 1024 * 1024
_START = "2026-11-23 12:00"
_UNITS = {"": 1.0, "s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(s|min|h|d)?")
_MORE: Instant = SECOND
"""So much later than all that is told and expected a test ends, unless it says so itself."""
_OF_A_STEP = ("at", "device", "set", "area", "mode", "book", "by", "fields")

Span = float | str


class _Expect(msgspec.Struct, forbid_unknown_fields=True):
    at: Span
    rule: str
    key: str = ""


class _Test(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    steps: list[dict[str, Any]]
    expect: list[_Expect] = []
    start: str = _START
    modes: dict[str, str] = {}
    within: Span = 0
    end: Span | None = None
    rules: list[str] = []


class _File(msgspec.Struct, forbid_unknown_fields=True):
    tests: list[_Test]
    site: str = ""


class TestFile(msgspec.Struct, frozen=True):
    """``site``: the path of the site file that it names, "" if it names none. ``tests`` are made for a site."""

    file: str
    site: str
    written: tuple[Any, ...]

    def tests(self, site: Site) -> list[tuple[RuleTest, Setting]]:
        """Raises ConfigError: a device, rule, area or signal that there is not, a value that cannot be."""
        return [_made(test, site, f"{self.file}: test {test.name!r}") for test in self.written]


def read_tests(path: Path) -> TestFile:
    """The file, as it is written. Raises ConfigError."""
    file = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror or error}", file=file) from error
    if len(content) > _LARGEST:
        raise ConfigError("is larger than 1 MiB; is this a file of tests?", file=file)
    try:
        raw = msgspec.convert(tomllib.loads(content.decode("utf-8-sig")), _File)
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text; save the file as UTF-8", file=file) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"is not TOML: {error}", file=file) from error
    except msgspec.ValidationError as error:
        raise ConfigError(f"{error}; docs/trial.md says what may stand in a file of tests", file=file) from error
    if not raw.tests:
        raise ConfigError("holds no [[tests]]", file=file)
    return TestFile(file, str(path.parent / raw.site) if raw.site else "", tuple(raw.tests))


def _made(test: _Test, site: Site, where: str) -> tuple[RuleTest, Setting]:
    begin = _start(test.start, site, where)
    for name in (*test.rules, *(each.rule for each in test.expect)):
        _known("rule", name, [rule.name for rule in site.rules], where)
    for area in test.modes:
        _known("area", area, [each.id for each in site.areas], where)
    moments: dict[Instant, list[Told]] = {}
    for number, step in enumerate(test.steps, 1):
        its = f"{where}, step {number}"
        at = begin + _span(step.get("at", 0), its)
        moments.setdefault(at, []).extend(_told(step, site, at, its))
    expected = tuple(Expected(begin + _span(each.at, where), each.rule, each.key) for each in test.expect)
    last = max([begin, *moments, *(each.at for each in expected)])
    within = _span(test.within, where)
    end = begin + _span(test.end, where) if test.end is not None else last + within + _MORE
    told = tuple((at, tuple(moments[at])) for at in sorted(moments))
    setting = Setting(
        site.devices,
        {area.id: test.modes.get(area.id, area.mode) for area in site.areas},
        schedules_of(site),
        {area.id: area.modes for area in site.areas},
        DeviceDirectory(site.devices, 0).behind_panels(families_of_panels()),
        site_facts(site),
    )
    return RuleTest(test.name, told, expected, begin, end, within, tuple(test.rules)), setting


def _told(step: dict[str, Any], site: Site, at: Instant, where: str) -> Iterator[Told]:
    if "device" in step:
        device = str(step["device"])
        _known("device", device, [each.id for each in site.devices], where)
        values = {name: value for name, value in step.items() if name not in ("at", "device")}
        if not values:
            raise ConfigError(f"{where}: says of no signal what {device!r} reports, like smoke = true")
        for signal, value in values.items():
            try:
                yield Reading(device, signal, check(signal, value), at, at)
            except MalformedMessage:
                raise ConfigError(
                    f"{where}: {signal} = {value!r} is no signal with its value (docs/signals.md)"
                ) from None
        return
    unknown = sorted(set(step) - set(_OF_A_STEP))
    area = str(step.get("area", ""))
    if unknown or not ("mode" in step or "book" in step):
        raise ConfigError(f"{where}: a step has a device and its signals, an area and a mode, or an area and a book")
    _known("area", area, [each.id for each in site.areas], where)
    if "mode" in step:
        modes = next(each.modes for each in site.areas if each.id == area)
        _known("mode", str(step["mode"]), modes, where)
        yield SetMode(area, str(step["mode"]))
    else:
        fields = step.get("fields", {})
        if not isinstance(fields, dict):
            raise ConfigError(f"{where}: fields must be a table, like {{ checkpoint = 'gate' }}")
        written = {str(name): str(value) for name, value in fields.items()}
        yield Recorded(area, str(step["book"]), str(step.get("by", "guard")), written)


def _known(what: str, name: str, known: Any, where: str) -> None:
    names = list(known)
    if name not in names:
        raise ConfigError(f"{where}: the site has no {what} {name!r}{nearest(name, names)}")


def _start(text: str, site: Site, where: str) -> Instant:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{where}: start must be local time like {_START!r}; found {text[:40]!r}") from None
    return int(local.replace(tzinfo=ZoneInfo(site.time_zone)).timestamp()) * SECOND


def _span(value: Any, where: str) -> Instant:
    found = _SPAN.fullmatch(str(value)) if not isinstance(value, bool) else None
    if found is None:
        raise ConfigError(f"{where}: {value!r} is no span of time; write seconds, or like '5 min', '2 h', '1 d'")
    return int(float(found[1]) * _UNITS[found[2] or ""] * SECOND)
