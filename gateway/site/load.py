"""TOML text to a frozen Site: decoded in one pass, then checked whole; every fault with its line, all at once.

Only a text that is no TOML stops at its first fault, because nobody can say what the rest of it means.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from devices.errors import ConfigError
from gateway.site.bus_checks import map_faults, model_faults_of
from gateway.site.checks import name_faults
from gateway.site.fault import Fault, in_english
from gateway.site.forward_checks import forward_faults
from gateway.site.lines import line_of, positions
from gateway.site.model import Site
from gateway.site.output_checks import output_faults
from gateway.site.route_checks import route_faults, switched_off_faults
from gateway.site.safety import safety_faults
from gateway.site.shape import Misfit, fit
from gateway.site.silent_alarms import silent_alarm_faults
from gateway.site.workflow_tables import workflow_faults

LARGEST_FILE = 8 * 1024 * 1024
"""Bytes. A site of 20,000 devices is half of this."""
LONGEST_LINE = 20_000
"""Characters. tomllib takes quadratic time over a key of many dots."""


class SiteFaults(ConfigError):
    """Every fault of a site file, in the order of its lines."""

    def __init__(self, faults: Sequence[ConfigError]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults), file="", line=None)
        self.faults = tuple(faults)


def load(path: Path) -> Site:
    """The site in that file. Raises SiteFaults; ConfigError if the file can't be read at all."""
    file = str(path)
    try:
        if not path.is_file():
            raise ConfigError("there is no such file" if not path.exists() else "is not a file", file=file)
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot be read: {getattr(error, 'strerror', None) or error}", file=file) from error
    if len(content) > LARGEST_FILE:
        raise ConfigError(f"is larger than {LARGEST_FILE >> 20} MiB; is this a site file?", file=file)
    return parse(_text(content, file), file, path.parent)


def parse(text: str, file: str, folder: Path | None = None) -> Site:
    """The site in a text; ``file`` names it in faults. Raises SiteFaults.

    With a ``folder``, the files that the text names must be there, and the site names them by their whole path.
    """
    raw = _tables(text, file)
    found = _faults(raw)
    if isinstance(found, Site):
        found = found if folder is None else _with_files(found, folder)
    if isinstance(found, Site):
        misread = map_faults(found) if folder is not None else []
        if misread:
            raise SiteFaults(misread)
        found = list(_models(found)) or found
    if isinstance(found, Site):
        return found
    places = positions(text)
    located = [ConfigError(in_english(fault), file=file, line=line_of(places, fault.path)) for fault in found]
    raise SiteFaults(sorted(located, key=lambda fault: fault.line or 0))


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SiteFaults([ConfigError("is not UTF-8 text; save the file as UTF-8", file=file, line=line)]) from error


def _tables(text: str, file: str) -> dict[str, Any]:
    for number, written in enumerate(text.split("\n"), 1):
        if len(written) > LONGEST_LINE:
            problem = f"a line of {len(written)} characters; at most {LONGEST_LINE}, lists may be broken over lines"
            raise SiteFaults([ConfigError(problem, file=file, line=number)])
    try:
        return tomllib.loads(text)
    except ValueError as error:
        said, _, where = str(error).partition(" (at ")
        place = re.match(r"line (\d+)", where)
        line = int(place.group(1)) if place else text.rstrip().count("\n") + 1
        problem = f"is not TOML: {said[:1].lower()}{said[1:]}"
        raise SiteFaults([ConfigError(problem, file=file, line=line)]) from error
    except RecursionError as error:
        raise SiteFaults([ConfigError("lists or tables nested too deeply", file=file, line=1)]) from error


def _faults(raw: dict[str, Any]) -> Site | list[Fault]:
    fitted = fit(raw)
    misfit = Misfit((), fitted, {}, {}) if isinstance(fitted, Site) else fitted
    rest = misfit.rest
    further = (
        []
        if rest is None
        else [
            *(*name_faults(rest), *safety_faults(rest), *silent_alarm_faults(rest), *output_faults(rest)),
            *(*workflow_faults(rest), *route_faults(rest), *switched_off_faults(rest), *forward_faults(rest)),
        ]
    )
    at_fault = {f.path[0] for f in (*misfit.faults, *further) if f.path and (not f.lookup or f.wanted)}
    own = [_placed(fault, misfit) for fault in further if not _follows(fault, misfit, at_fault)]
    return [*misfit.faults, *own] or misfit.rest or []


def _models(site: Site) -> Iterator[Fault]:
    if any(bus.maps and not Path(bus.maps).is_absolute() for bus in site.modbus):
        return  # a text without a folder: nobody knows which maps there are
    at_fault = model_faults_of(site)
    for index, device in enumerate(site.devices):
        yield from at_fault(device, ("devices", index))


def _with_files(site: Site, folder: Path) -> Site | list[Fault]:
    buses = tuple(replace(bus, maps=str(folder.absolute() / bus.maps)) if bus.maps else bus for bus in site.modbus)
    site = replace(site, modbus=buses)
    areas = tuple(replace(area, plan=str(folder.absolute() / area.plan)) if area.plan else area for area in site.areas)
    site = replace(site, areas=areas)
    lacking: list[Fault] = []
    for table, part, keys in (
        ("mqtt", site.mqtt, ("ca_file", "cert_file", "key_file")),
        ("web", site.web, ("cert_file", "key_file")),
    ):
        whole = {key: str(folder.absolute() / named) for key in keys if part and (named := getattr(part, key))}
        if part and whole:
            site = replace(site, **{table: replace(part, **whole)})
        lacking += [
            Fault((table, key), f"there is no file {name}") for key, name in whole.items() if not Path(name).is_file()
        ]
    return lacking or site


def _follows(fault: Fault, misfit: Misfit, at_fault: Collection[str | int]) -> bool:
    """Whether it may only be there because something else is at fault."""
    if fault.wanted:
        return fault.wanted in misfit.unfit.get(fault.lookup, ())
    return fault.lookup in at_fault


def _placed(fault: Fault, misfit: Misfit) -> Fault:
    """The fault at its place in the file: tables that do not fit were left out of the numbering."""
    table, *rest = fault.path
    if rest and isinstance(rest[0], int) and isinstance(table, str) and table in misfit.kept:
        return Fault((table, misfit.kept[table][rest[0]], *rest[1:]), fault.problem)
    return fault
