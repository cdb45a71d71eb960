"""What workflows know of the site: its areas, its devices when the file is checked, and its calendar."""

from collections.abc import Mapping, Sequence

import msgspec

from alerts.calendar import Calendar
from alerts.route import Route
from devices.device import Device
from devices.message import Name, Text


class Place(msgspec.Struct, frozen=True):
    """A key area, as far as people are told of it, and the modes that it may be set to."""

    id: str
    name: Name
    risk: int = 3
    responsible: str = ""
    modes: tuple[str, ...] = ()


class SiteFacts(msgspec.Struct, frozen=True):
    """``areas`` by id; ``routes``: ways in and out, with their delays."""

    areas: Mapping[str, Place] = {}
    devices: Sequence[Device] = ()
    calendar: Calendar = Calendar()
    routes: Sequence[Route] = ()


class ConfigFault(msgspec.Struct, frozen=True):
    """What is wrong in a workflow's own table of the site file; ``path`` leads from that table to the line."""

    path: tuple[str | int, ...]
    text: Text
