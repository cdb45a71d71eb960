"""What workflows know of the site: its areas, its devices when the file is checked, and its calendar."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from alerts.acknowledgements import AcknowledgementTimes
from alerts.calendar import Calendar
from alerts.output import Output
from alerts.route import Route
from alerts.rule import Rule
from devices.device import Device
from devices.message import Name, Text


class Place(msgspec.Struct, frozen=True):
    """A key area, as far as people are told of it, and the modes that it may be set to."""

    id: str
    name: Name
    risk: int = 3
    responsible: str = ""
    modes: tuple[str, ...] = ()


class Channel(msgspec.Struct, frozen=True):
    """A way on which people outside of the control room are told.

    ``is_personal``: it takes an address of each person; else it leads to a group, or to another system.
    """

    id: str
    name: Name
    is_personal: bool = False


def _no_faults(_rule: Rule[Any], _devices: Sequence[Device], _others: Sequence[Rule[Any]]) -> tuple[Text, ...]:
    return ()


class SiteFacts(msgspec.Struct, frozen=True):
    """``name`` of the site. ``areas`` by id; ``routes``: ways in and out, with their delays.

    ``rules``: what the site file says must hold.

    ``channels`` by id: how people outside of the control room are told; none: nobody is.

    ``faults_of(rule, devices, others)``: what speaks against a rule at this site, where these devices are and these
    other rules at work. ``acknowledgements``: how long they count. ``outputs``: sirens, relays, locks that it binds.
    """

    name: Name = Name("")
    areas: Mapping[str, Place] = {}
    devices: Sequence[Device] = ()
    calendar: Calendar = Calendar()
    routes: Sequence[Route] = ()
    rules: Sequence[Rule[Any]] = ()
    channels: Mapping[str, Channel] = {}
    faults_of: Callable[[Rule[Any], Sequence[Device], Sequence[Rule[Any]]], tuple[Text, ...]] = _no_faults
    acknowledgements: AcknowledgementTimes = AcknowledgementTimes()
    outputs: Sequence[Output] = ()


class ConfigFault(msgspec.Struct, frozen=True):
    """What is wrong in a workflow's own table of the site file; ``path`` leads from that table to the line."""

    path: tuple[str | int, ...]
    text: Text
