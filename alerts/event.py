"""What the engine is told: a reading, that time passed, what a person asked, what a person recorded."""

import msgspec

from alerts.command import Acknowledge, Arm, Close, Comment, Reset
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
    """For rules that supervise: the device was last heard at ``at`` (or watched since then without a word)."""

    device: str
    at: Instant


class Presence(msgspec.Struct, frozen=True):
    """For rules over several devices: a member was lost to supervision, or came back."""

    device: str
    present: bool


class Members(msgspec.Struct, frozen=True):
    """For rules over several devices: which devices they are about."""

    devices: tuple[str, ...]


Event = Reading | Tick | Recorded | Acknowledge | Reset | Close | Comment | Arm | LastHeard | Presence | Members
