"""Installed devices, and how they are kept up."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from devices.broker_access import Login
from devices.device import Device
from devices.message import Text
from devices.orders import Change
from devices.reading import Instant


class DueView(msgspec.Struct, frozen=True):
    """Something that a device is due for: ``what`` is test, calibration or battery; ``on`` a day (ISO 8601)."""

    what: str
    on: str
    left_days: int
    """Negative: overdue."""


class UpkeepView(msgspec.Struct, frozen=True):
    """How a device is kept up. None, "" and empty: not known (yet), or there is no such thing on it.

    ``interval_s`` is the longest silence, and ``interval_from`` says why: ``set``, ``learnt``, ``rule``, or "" where
    no rule waits for the device. ``battery`` in percent; ``battery_note`` says why no days are estimated.
    ``link_signal`` (linkquality or rssi) with the lowest and the mean of the last day. ``via`` is the id of the device
    through which it speaks. ``remarks``: what is not well with it as it is installed, for instance that no rule looks
    at what it detects.
    """

    device: str
    last_heard: Instant | None = None
    is_lost: bool = False
    interval_s: float | None = None
    interval_from: str = ""
    battery: float | None = None
    battery_days_left: int | None = None
    battery_note: Text | None = None
    battery_changed: Instant | None = None
    link_signal: str = ""
    link_min: float | None = None
    link_mean: float | None = None
    is_link_weak: bool = False
    firmware: str = ""
    via: str = ""
    due: tuple[DueView, ...] = ()
    remarks: tuple[Text, ...] = ()


class LabelSheet(msgspec.Struct, frozen=True):
    """A PDF to print, what there is to say about it ("" if nothing), how many labels, and where they lead to."""

    pdf: bytes
    note: str
    labels: int
    url: str


class Devices(Protocol):
    """Installed devices, and how they are kept up."""

    def devices(self) -> Sequence[Device]: ...

    def device_name(self, key: str, language: str) -> str:
        """The name of a device, or the key itself."""
        ...

    def device_history(self, device: str) -> list[Change]:
        """What was done to a device while a gateway ran, its former hardware with it, oldest first."""
        ...

    def last_heard(self, device: str) -> Instant | None: ...

    def upkeep(self, device: str) -> UpkeepView:
        """What is known of its supervision, battery, link, firmware and due dates; asks no store."""
        ...

    def logins(self) -> list[Login]:
        """Who signs in at the broker, and what each may do there."""
        ...

    def label_sheet(self, *, area: str, devices: Sequence[str], sheet: str, skip: int) -> LabelSheet:
        """Labels of an area's devices (or of those named). Takes seconds. Raises Refused for what cannot be printed."""
        ...
