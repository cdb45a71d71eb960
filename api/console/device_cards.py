"""Devices as a list shows them: which of them fit what somebody looks for, and each as a card."""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from api.console.kinds import kind_name
from api.console.locale import Say
from api.console.signals import signal_label, value_label
from api.device_rank import DeviceRow
from api.ports import Gateway
from devices.reading import Instant, Reading
from devices.signals import base_name

ANY_MARK = "wrong"
"""The state of every device with which anything is wrong."""
_SIGNALS_SHOWN, _OF_A_CARD = 6, 3
_OF_NO_NEWS = "online"
"""Said of every device that is well; how long ago it was heard stands beside it."""


class Wanted(msgspec.Struct, frozen=True):
    """What somebody looks for; "" is everything. ``state`` is one of MARKS, or ANY_MARK."""

    text: str = ""
    area: str = ""
    kind: str = ""
    state: str = ""


class Card(msgspec.Struct, frozen=True):
    """A device ready to draw. ``marks``: the name of each and its word; ``heard`` in microseconds, 0 for never."""

    id: str
    path: str
    name: str
    marks: list[tuple[str, str]]
    area: str
    kind: str
    heard: int
    latest: str


def wanted_of(query: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> Wanted:
    """What an address asks for; what is none of the ``choices`` is as if it was not there."""
    chosen = {name: query.get(name, "") for name in choices}
    return Wanted(
        text=query.get("text", "")[:100],
        **{name: value if value in choices[name] else "" for name, value in chosen.items()},
    )


def fits(row: DeviceRow, wanted: Wanted) -> bool:
    device, needle = row.device, wanted.text.casefold().strip()
    if wanted.area not in ("", device.area) or wanted.kind not in ("", device.kind):
        return False
    if wanted.state and wanted.state not in row.marks and not (wanted.state == ANY_MARK and row.marks):
        return False
    words = (device.id, device.name, device.name_zh, device.address, device.family, device.model, *device.tags)
    return not needle or any(needle in word.casefold() for word in words)


def path_of(device: str) -> str:
    """The address of its page."""
    return f"/console/devices/{quote(device, safe='')}"


def card(row: DeviceRow, gateway: Gateway, say: Say) -> Card:
    device = row.device
    return Card(
        id=device.id,
        path=path_of(device.id),
        name=gateway.devices.device_name(device.id, say.language),
        marks=marks(row, say),
        area=gateway.areas.area_name(device.area, say.language),
        kind=kind_name(device.kind, say),
        heard=micros(row.heard),
        latest=", ".join(
            f"{signal_label(one.signal, say)} {_briefly(one, say)}"
            for one in worth_showing(device.signals, gateway.readings.latest(device.id))
        ),
    )


def _briefly(reading: Reading, say: Say) -> str:
    """A card's number is told on the page of its reader; in a list of everything stands its end."""
    if base_name(reading.signal) == "credential" and isinstance(reading.value, str):
        return f"…{reading.value[-_OF_A_CARD:]}"
    return value_label(reading.signal, reading.value, say)


def marks(row: DeviceRow, say: Say) -> list[tuple[str, str]]:
    """What is wrong with it, the worst first."""
    return [(mark, say(f"mark.{mark}")) for mark in row.marks]


def micros(instant: Instant | None) -> int:
    """As browsers count ages; 0 for never."""
    return (instant or 0) // 1_000


def worth_showing(own: tuple[str, ...], latest: list[Reading]) -> list[Reading]:
    """What the device is there for comes first; its battery and radio after it."""
    places = {signal: place for place, signal in enumerate(own)}
    told = [reading for reading in latest if reading.signal != _OF_NO_NEWS or reading.value is not True]
    return sorted(told, key=lambda reading: places.get(reading.signal, len(places)))[:_SIGNALS_SHOWN]
