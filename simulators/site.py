"""The simulator's own reading of a site file: which devices hang in which area, and how they speak."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_USUAL_RHYTHM_S = 20.0


@dataclass(frozen=True)
class DeviceEntry:
    """A device of the site file; ``rhythm_s`` is how often it speaks: well within its supervision interval."""

    id: str
    family: str
    address: str
    area: str
    kind: str
    signals: tuple[str, ...]
    line: str
    rename: dict[str, str]
    rhythm_s: float


@dataclass(frozen=True)
class SiteEntry:
    """What a simulator needs of a site."""

    areas: tuple[str, ...]
    devices: tuple[DeviceEntry, ...]


def read_site(path: Path) -> SiteEntry:
    """Raises OSError, tomllib.TOMLDecodeError, KeyError: a file that ``keyarea check`` accepts raises none."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    devices = tuple(
        DeviceEntry(
            id=device["id"],
            family=device["family"],
            address=device["address"],
            area=device["area"],
            kind=device.get("kind", ""),
            signals=tuple(device.get("signals", ())),
            line=device.get("line", ""),
            rename=device.get("rename", {}),
            rhythm_s=min(_USUAL_RHYTHM_S, float(device.get("interval_s", 100)) / 3),
        )
        for device in raw.get("devices", ())
    )
    return SiteEntry(tuple(area["id"] for area in raw.get("areas", ())), devices)
