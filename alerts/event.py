"""What the engine is told: a reading, that time passed, what a person asked, what a person recorded."""

import msgspec

from alerts.command import Command
from devices.device import Device
from devices.reading import Instant, Reading


class Tick(msgspec.Struct, frozen=True):
    """Time has passed: it is now ``now``."""

    now: Instant


class Recorded(msgspec.Struct, frozen=True):
    """A person's record on its way into a ledger book (a checkpoint scan, an inspection, a handover)."""

    area: str
    book: str
    by: str
    fields: dict[str, str]


class LastHeard(msgspec.Struct, frozen=True):
    """The engine, to a rule that supervises: the device was heard last, or is waited for since, ``at``.

    ``interval_s`` is the longest silence that the device itself names, in seconds.
    """

    device: str
    at: Instant
    interval_s: float | None = None


class Presence(msgspec.Struct, frozen=True):
    """The engine, to a rule over several devices: a member was lost to supervision, or came back."""

    device: str
    present: bool


class Members(msgspec.Struct, frozen=True):
    """The engine, to a rule over several devices: which devices it selects in this area."""

    devices: tuple[Device, ...]


class Applies(msgspec.Struct, frozen=True):
    """The engine, to a rule with modes or a schedule: from now on it applies."""


Event = Reading | Tick | Recorded | Command | LastHeard | Presence | Members | Applies
