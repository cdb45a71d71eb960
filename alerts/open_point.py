"""What speaks against arming: a sensor that is open, or that nobody hears."""

from typing import Literal, Protocol

import msgspec

from devices.reading import Instant
from devices.signals import base_name, counts_in_snapshot

ALWAYS_TAG = "24h"
"""The tag of a sensor that is watched in every mode: no delay and no forced arming concerns it."""
_ZONE = "intrusion"


def never_waits(signal: str) -> bool:
    """What is an alarm by itself (tamper, panic): no delay and no forced arming holds it back.

    The ``intrusion`` of a panel's zone waits where a route names the zone.
    """
    return counts_in_snapshot(signal) and base_name(signal) != _ZONE


class OpenPoint(msgspec.Struct, frozen=True, order=True):
    """``device`` would be an alarm by ``signal`` since ``since`` if its area were armed; or it is ``lost``.

    ``on_route``: people leave by it, so there is time to close it.
    """

    device: str
    signal: str = ""
    since: Instant = 0
    why: Literal["open", "lost"] = "open"
    on_route: bool = False


class SeesOpen(Protocol):
    """Part of what the engine shows to workflows."""

    def open_points(self, area: str, mode: str) -> tuple[OpenPoint, ...]:
        """What is open of the sensors that count in that mode of the area, and do not now; in order of devices."""
        ...
