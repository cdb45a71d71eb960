"""TOML text to a frozen Site: decoded in one pass, then checked whole; every fault with its line, all at once."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from alerts.kinds import kinds
from alerts.rule import Rule
from devices.errors import ConfigError
from gateway.site.checks import Fault, faults_of, nearest
from gateway.site.lines import line_of, positions
from gateway.site.model import Site

_LARGEST_FILE = 16 * 1024 * 1024
_PATH = re.compile(r" - at `(\$[^`]*)`$")
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]+)`")


class SiteFaults(ConfigError):
    """Every fault of a site file, in the order of its lines."""

    def __init__(self, faults: list[ConfigError]) -> None:
        self.faults = faults
        Exception.__init__(self, "\n".join(str(fault) for fault in faults))


def load(path: Path) -> Site:
    """The site in that file. Raises SiteFaults, or ConfigError if the file can't be read at all."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ConfigError(f"larger than {_LARGEST_FILE >> 20} MiB; is this a site file?", file=str(path))
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"is not UTF-8 text (byte {error.start})", file=str(path)) from error
    return parse(text, str(path))


def parse(text: str, file: str) -> Site:
    """The site in a text; ``file`` names it in faults. Raises SiteFaults."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise SiteFaults([ConfigError(str(error).partition(" (at ")[0], file=file, line=line)]) from error
    except RecursionError as error:
        raise SiteFaults([ConfigError("nested too deeply", file=file)]) from error
    where = positions(text)
    try:
        site = _convert(raw)
    except msgspec.ValidationError:
        faults = _shape_faults(raw)
    else:
        faults = faults_of(site)
    if faults:
        located = [ConfigError(fault.problem, file=file, line=line_of(where, fault.path)) for fault in faults]
        raise SiteFaults(sorted(located, key=lambda fault: fault.line or 0))
    return site


def _convert(raw: dict[str, Any]) -> Site:
    rules = raw.get("rules", [])
    site = msgspec.convert({key: value for key, value in raw.items() if key != "rules"}, Site)
    return msgspec.structs.replace(site, rules=tuple(_rule(table) for table in rules))


def _rule(table: Any) -> Rule[Any]:
    kind = kinds().get(table.get("kind") if isinstance(table, dict) else "")
    if kind is None:
        raise msgspec.ValidationError("kind")
    rule: Rule[Any] = msgspec.convert(table, kind)
    return rule


def _shape_faults(raw: dict[str, Any]) -> list[Fault]:
    """Every table converted on its own, so that one wrong device does not hide the next."""
    faults: list[Fault] = []
    single: dict[str, Any] = {}
    fields = {field.name: field for field in msgspec.structs.fields(Site)}
    for key, value in raw.items():
        if key not in fields:
            faults.append(Fault(f"$.{key}", f"unknown table or key {key!r}{nearest(key, fields)}"))
        elif key == "rules":
            faults += _rule_faults(value)
        elif isinstance(value, list):
            element = fields[key].type.__args__[0]
            for index, table in enumerate(value):
                faults += _table_faults(table, element, f"$.{key}[{index}]")
        else:
            single[key] = value
    try:
        msgspec.convert({"id": "x", "name": "x", **single}, Site)
    except msgspec.ValidationError as error:
        faults.append(_fault(error, "$", single, Site))
    faults += [Fault("$", f"the site has no {key!r}") for key in ("id", "name") if key not in raw]
    return faults


def _rule_faults(rules: Any) -> list[Fault]:
    if not isinstance(rules, list):
        return [Fault("$.rules", "write each rule as a [[rules]] table")]
    faults = []
    for index, table in enumerate(rules):
        path = f"$.rules[{index}]"
        name = table.get("kind") if isinstance(table, dict) else None
        kind = kinds().get(name) if isinstance(name, str) else None
        if kind is None:
            known = ", ".join(sorted(kinds()))
            faults.append(
                Fault(f"{path}.kind", f"kind must be one of {known}; found {name!r}{nearest(str(name), kinds())}")
            )
        else:
            faults += _table_faults(table, kind, path)
    return faults


def _table_faults(table: Any, shape: Any, path: str) -> list[Fault]:
    """All faults of one table: mended field by field, so that the second fault shows as well."""
    faults: list[Fault] = []
    rest = dict(table) if isinstance(table, dict) else table
    while True:
        try:
            msgspec.convert(rest, shape)
        except msgspec.ValidationError as error:
            fault = _fault(error, path, rest, shape)
            faults.append(fault)
            key = fault.path.removeprefix(path + ".").partition(".")[0].partition("[")[0]
            if not isinstance(rest, dict) or key not in rest or len(faults) > 20 or not _may_go(shape, key):
                return faults
            del rest[key]
        else:
            return faults


def _may_go(shape: Any, key: str) -> bool:
    field = next((field for field in msgspec.structs.fields(shape) if field.name == key), None)
    return field is None or not field.required


def _fault(error: msgspec.ValidationError, base: str, table: Any, shape: Any) -> Fault:
    text = str(error)
    found = _PATH.search(text)
    path = base + (found.group(1)[1:] if found else "")
    problem = _PATH.sub("", text)
    unknown = _UNKNOWN_FIELD.search(text)
    if unknown:
        name = unknown.group(1)
        known = [field.encode_name for field in msgspec.structs.fields(shape)]
        return Fault(f"{path}.{name}", f"unknown key {name!r}{nearest(name, known)}")
    if found and isinstance(table, dict):
        value = table.get(found.group(1)[2:].partition(".")[0].partition("[")[0])
        if value is not None and not isinstance(value, dict | list):
            problem += f"; found {value!r}"[:120]
    return Fault(path, problem[0].lower() + problem[1:])
