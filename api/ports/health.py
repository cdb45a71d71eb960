"""How the gateway is."""

from typing import Protocol

import msgspec

from devices.message import Text
from devices.reading import Instant


class Health(msgspec.Struct, frozen=True):
    """What ``keyarea status`` and /api/health say. Ages in seconds; None where there was nothing yet."""

    ok: bool
    version: str
    started: Instant
    now: Instant
    newest_reading: Instant | None
    devices: int
    devices_lost: int
    open_alerts: int
    unacknowledged: int
    ledger_entries: int
    tasks: dict[str, str]
    lines: dict[str, str]
    faults: tuple[Text, ...]
    set_aside: dict[str, int] = {}
    """How many open alerts are set aside, by reason; they are in neither of the two counts of alerts."""
    not_understood: int = 0
    """How many messages could not be understood since the gateway's pipeline started."""
    batteries_low: int = 0
    """How many devices say so, have little charge, or a battery that will not last for two weeks."""
    devices_due: int = 0
    """How many are due for a test or a calibration."""
    unrecorded: tuple[str, ...] = ()
    """Ids of alerts of which a step is shown and not recorded yet."""
    callers: dict[str, tuple[int, int]] = {}
    """By line that panels call in on: how many do now, and how many may."""


class HealthPort(Protocol):
    """How the gateway is."""

    def health(self) -> Health:
        """All of it: looks at every device and every open alert."""
        ...

    def alarms_pass(self) -> bool:
        """Whether an alarm that came in now would be shown and stored; quick."""
        ...

    def newest_reading(self) -> Instant | None:
        """When a device was last heard; quick."""
        ...

    def metrics(self) -> bytes:
        """Prometheus text format."""
        ...
