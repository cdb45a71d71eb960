"""An entry and exit route (EN 50131-1): the way on which people who may go in and out reach what they disarm with."""

import msgspec

from alerts.area_mode import is_armed
from devices.reading import SECOND, Instant

LONGEST_ENTRY_S = 45
"""EN 50131-1: the entry timer is 45 s at most."""
LONGEST_EXIT_S = 300
"""Longer than anybody needs to leave; what moves on the route is not watched meanwhile."""


class SensorDelay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The delays of one sensor of a route, where they are others than the route's; in seconds.

    ``entry_s``: from when it is set off until the alarm
    ``exit_s``: from when the area is armed
    """

    entry_s: float | None = None
    exit_s: float | None = None


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way in and out: intrusion alarms of its sensors wait. All others alarm at once, whatever delay runs.

    ``name``: for people, and unique
    ``devices``: the sensors that begin an entry: the doors through which one comes in
    ``through``: sensors further along; they wait only once an entry has begun on this route, and else alarm at once
    ``entry_s``: seconds from when the first of ``devices`` is set off until the alarm, 45 at most (EN 50131-1)
    ``exit_s``: seconds from arming, in which what people on their way out set off is no alarm; 300 at most
    ``modes``: the armed modes in which there are these delays; none given: in each
    ``sensors``: delays of single sensors, by device: ``{ side-door = { entry_s = 15 } }``
    ``arm_on_close``: the exit delay is over as soon as one of ``devices`` was opened and all of them are closed
    """

    name: str
    devices: tuple[str, ...]
    through: tuple[str, ...] = ()
    entry_s: float = 30
    exit_s: float = 30
    modes: tuple[str, ...] = ()
    sensors: dict[str, SensorDelay] = {}
    arm_on_close: bool = False

    def applies(self, mode: str) -> bool:
        """Whether there are its delays in that mode of a sensor's area."""
        return is_armed(mode) and (not self.modes or mode in self.modes)

    def entry(self, device: str) -> Instant:
        """How long an alarm of that sensor waits, in nanoseconds; never longer than the standard lets it."""
        own = self.sensors.get(device, SensorDelay()).entry_s
        return int(min(self.entry_s if own is None else own, LONGEST_ENTRY_S) * SECOND)

    def exit(self, device: str) -> Instant:
        """How long after arming what that sensor says is no alarm, in nanoseconds."""
        own = self.sensors.get(device, SensorDelay()).exit_s
        return int(min(self.exit_s if own is None else own, LONGEST_EXIT_S) * SECOND)
