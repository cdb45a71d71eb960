"""``forced_open``: a door opens that nobody was granted to open (GB 50396, door forced open).

A grant is ``access`` that begins with ``granted``, told by a reader or panel of the area; a button or a motion sensor
inside (``exits``) lets people out. A door that opens within ``granted_s`` after is open by right. The word of a grant
may come over another line and a little later than that of the door, so the rule waits ``grace_s`` for it, and no
longer. A door found open after a start says nothing of how it came to be open: for that there is ``held_open``. It
misses whoever slips in behind somebody with a right; a grant that is never told makes an alarm of a door opened by
right, so give the rule only doors whose readers speak.

Protects against a door that is opened with force, or with a right that nobody gave.

Standard: GB 50396 (door forced open); EN 60839-11-1.

Costs: a grant or exit button that does not speak makes an alarm of each opening by right; who slips in behind
somebody is missed.

Not known: how late the grant of a given reader comes; later than ``grace_s`` it is a false alert.

[[rules]]
kind = "forced_open"
name = "archive-door-forced"
alert_class = "intrusion"
priority = 1
areas = ["archive"]
exits = ["archive-exit-button"]
procedure = "1. Look at the camera. 2. Send the patrol. 3. Do not go in alone."
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec
from msgspec.structs import replace

from alerts.event import Event, Members, Tick
from alerts.parted import NAMED, listed
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from devices.message import SignalName, Text
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

_SNAPSHOT = int(Quality.SNAPSHOT)
_ACCESS, _ACTION = "access", "action"
_LETS_OUT = frozenset({_ACTION, "motion", "occupancy", "switch"})


class Opened(msgspec.Struct, frozen=True):
    """A door that stands open: what said so; ``until`` its grant is waited for, None if that is over: it was forced."""

    reading: Reading
    until: Instant | None


class Doors(Memory, frozen=True):
    """``at_rest``: doors that were heard to be closed last, and exits that were still.

    ``granted``: when each device last let somebody through.
    """

    at_rest: frozenset[str] = frozenset()
    granted: dict[str, Instant] = {}
    opened: tuple[Opened, ...] = ()


class ForcedOpenRule(Rule[Doors], frozen=True, kw_only=True, tag="forced_open"):
    """It ends when every door that was forced is closed.

    ``signal``: the signal that is true while the door is open
    ``granted_s``: seconds after a grant within which the door may be opened
    ``grace_s``: seconds by which the word of a grant may come after that of the door
    ``exits``: devices inside that let people out: a button that is pressed, a motion sensor or contact that is true
    ``readers``: whose grant opens a door, by the door's device; a door without is opened by any of its area
    ``per``: one alert at a time for the doors of each area
    """

    sooner: ClassVar[Mapping[str, Direction]] = {"granted_s": "less", "grace_s": "less"}

    listens = (Reading, Members)

    signal: str = "door"
    granted_s: float = 15
    grace_s: float = 1
    exits: tuple[str, ...] = ()
    readers: dict[str, tuple[str, ...]] = {}
    per: Literal["area"] = "area"

    def __post_init__(self) -> None:
        check_seconds("granted_s", self.granted_s, least=1)
        check_seconds("grace_s", self.grace_s)

    def watched_signals(self) -> tuple[str, ...]:
        return (self.signal, _ACCESS, *sorted(_LETS_OUT)) if self.exits else (self.signal, _ACCESS)

    def longest_delay_s(self) -> float:
        return self.grace_s

    def start(self) -> Doors:
        return Doors()

    def knows(self, memory: Doors, reading: Reading) -> bool:
        """A grant or a press happens at its moment; of what lasts it must have been heard that it was at rest."""
        return base_name(reading.signal) in (_ACCESS, _ACTION) or _name(reading) in memory.at_rest

    def step(self, memory: Doors, event: Event, now: Instant) -> Doors:
        match event:
            case Reading() if self._lets_through(event):
                memory = self._granted(memory, event.device, now)
            case Reading(value=False) if event.device in self.exits and base_name(event.signal) != self.signal:
                return _still(memory, event)
            case Reading() if base_name(event.signal) == self.signal:
                memory = self._door(memory, event, now)
            case Members(devices=devices):
                memory = _without_others(memory, {device.id for device in devices})
            case Tick():
                pass
            case _:
                return memory
        return self._judged(memory, now)

    def _lets_through(self, reading: Reading) -> bool:
        if reading.quality & _SNAPSHOT:
            return False
        name = base_name(reading.signal)
        if name == _ACCESS:
            return isinstance(reading.value, str) and reading.value.startswith("granted")
        return reading.device in self.exits and name in _LETS_OUT and reading.value not in (False, "")

    def _granted(self, memory: Doors, device: str, now: Instant) -> Doors:
        """From now on, and for the doors that have just been opened."""
        opened = tuple(one for one in memory.opened if one.until is None or not self._opens(device, one.reading.device))
        return replace(memory, granted={**memory.granted, device: now}, opened=opened)

    def _door(self, memory: Doors, reading: Reading, now: Instant) -> Doors:
        name = _name(reading)
        if reading.value is not True:
            opened = tuple(one for one in memory.opened if _name(one.reading) != name)
            if name in memory.at_rest and len(opened) == len(memory.opened):
                return memory
            return replace(memory, at_rest=memory.at_rest | {name}, opened=opened)
        if name not in memory.at_rest:
            return memory
        memory = replace(memory, at_rest=memory.at_rest - {name})
        if reading.quality & _SNAPSHOT or self._is_granted(memory, reading.device, now):
            return memory
        return replace(memory, opened=(*memory.opened, Opened(reading, now + int(self.grace_s * SECOND))))

    def _is_granted(self, memory: Doors, door: str, now: Instant) -> bool:
        latest = [at for device, at in memory.granted.items() if self._opens(device, door)]
        return bool(latest) and now - max(latest) <= int(self.granted_s * SECOND)

    def _opens(self, device: str, door: str) -> bool:
        return door not in self.readers or device in self.readers[door] or device in self.exits

    def _judged(self, memory: Doors, now: Instant) -> Doors:
        opened = tuple(
            replace(one, until=None) if one.until is not None and one.until <= now else one for one in memory.opened
        )
        waits = [one.until for one in opened if one.until is not None]
        causes = tuple(one.reading for one in opened if one.until is None)
        breach = memory.breach if memory.breach is not None and memory.breach.causes == causes[: NAMED + 1] else None
        if causes and breach is None:
            has_joined = memory.breach is None or not set(causes) <= set(memory.breach.causes)
            since = now if has_joined or memory.breach is None else memory.breach.since
            breach = Breach(since, _told(causes), causes[: NAMED + 1])
        changed = replace(memory, breach=breach, wake_at=min(waits, default=None), opened=opened)
        return memory if changed == memory else changed


def _still(memory: Doors, reading: Reading) -> Doors:
    name = _name(reading)
    return memory if name in memory.at_rest else replace(memory, at_rest=memory.at_rest | {name})


def _told(causes: tuple[Reading, ...]) -> Text:
    doors = [Text.of("forced_open.door", signal=SignalName(cause.signal), device=cause.device) for cause in causes]
    return Text.of("forced_open.forced", doors=listed(doors[:NAMED], len(doors) - NAMED))


def _without_others(memory: Doors, devices: set[str]) -> Doors:
    """What is installed here no more is waited for no more."""
    return replace(
        memory,
        at_rest=frozenset(name for name in memory.at_rest if name.partition("\n")[0] in devices),
        granted={device: at for device, at in memory.granted.items() if device in devices},
        opened=tuple(one for one in memory.opened if one.reading.device in devices),
    )


def _name(reading: Reading) -> str:
    return f"{reading.device}\n{reading.signal}"


KIND = ForcedOpenRule
