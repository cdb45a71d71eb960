"""The simulator's own reading of a site file: which devices hang in which area, how they speak, and on which lines."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_USUAL_RHYTHM_S = 20.0
_MODBUS_PORT = 502


@dataclass(frozen=True)
class DeviceEntry:
    """A device of the site file; ``rhythm_s`` is how often it speaks: well within its supervision interval.

    A device that is asked has no rhythm of its own: it always holds what it senses.
    """

    id: str
    family: str
    address: str
    area: str
    kind: str
    signals: tuple[str, ...]
    line: str
    rename: dict[str, str]
    rhythm_s: float
    name: str = ""
    model: str = ""


@dataclass(frozen=True)
class LineEntry:
    """A line of the site file. ``port`` is a serial port; ``host`` with ``tcp`` or ``udp`` a place in the network."""

    name: str
    family: str
    port: str = ""
    host: str = "127.0.0.1"
    tcp: int = 0
    udp: int = 0


@dataclass(frozen=True)
class SiteEntry:
    """What a simulator needs of a site."""

    areas: tuple[str, ...]
    devices: tuple[DeviceEntry, ...]
    lines: tuple[LineEntry, ...] = ()


def read_site(path: Path) -> SiteEntry:
    """Raises OSError, tomllib.TOMLDecodeError, KeyError: a file that ``keyarea check`` accepts raises none."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return SiteEntry(
        tuple(area["id"] for area in raw.get("areas", ())),
        tuple(_device(device) for device in raw.get("devices", ())),
        tuple(_lines(raw)),
    )


def _device(device: dict[str, Any]) -> DeviceEntry:
    return DeviceEntry(
        id=device["id"],
        family=device["family"],
        address=device["address"],
        area=device["area"],
        kind=device.get("kind", ""),
        signals=tuple(device.get("signals", ())),
        line=device.get("line", ""),
        rename=device.get("rename", {}),
        rhythm_s=0.0 if device["family"] == "modbus" else _rhythm_s(device),
        name=device.get("name_zh", "") or device.get("name", ""),
        model=device.get("model", ""),
    )


def _rhythm_s(device: dict[str, Any]) -> float:
    return min(_USUAL_RHYTHM_S, float(device.get("interval_s", 100)) / 3)


def _lines(raw: dict[str, Any]) -> Iterator[LineEntry]:
    for line in raw.get("serial", ()):
        yield LineEntry(line["name"], line.get("family", "ndjson"), port=line["port"])
    for door in raw.get("socket", ()):
        host = door.get("host", "127.0.0.1")
        yield LineEntry(door["name"], door["family"], "", host, door.get("tcp", 0), door.get("udp", 0))
    for bus in raw.get("modbus", ()):
        tcp = bus.get("tcp_port", _MODBUS_PORT)
        yield LineEntry(bus["name"], "modbus", bus.get("port", ""), bus.get("host", ""), tcp)
    for readers in raw.get("osdp", ()):
        yield LineEntry(readers["name"], "osdp", port=readers["port"])
