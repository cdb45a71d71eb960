"""``coincidence``: at least ``count`` distinct devices of one area are active within ``within_s`` seconds.

Double knock; EN 54-2 dependency type B. A device counts while it is active and for ``within_s`` after, so two
detectors that are active together count however far apart they began. When members are faulty, switched off, lost or
bypassed, the rule needs no more than are left, down to one: a pair with one member out must still alarm. That a member
is lost is known from a ``supervision`` rule, so give its devices one. A manual call point never waits for a second.

[[rules]]
kind = "coincidence"
name = "store-fire-confirmed"
alert_class = "fire"
priority = 1
per = "area"
signals = ["smoke", "heat"]
count = 2
within_s = 60
procedure = "1. Evacuate. 2. Call 119."
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from alerts.activity import Active, Activity, heard, is_found, knows, learnt
from alerts.event import Event, Members, Presence
from alerts.rule import Breach, Rule, check_seconds
from devices.device import Device
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

_UNHEALTHY = ("fault", "disabled", "online")
_NEVER_WAITS = "call_point"
_SNAPSHOT = int(Quality.SNAPSHOT)


class Ended(Struct, frozen=True):
    """An activity that is over; it counts until ``within_s`` after."""

    reading: Reading
    at: Instant


class CoincidenceMemory(Activity, frozen=True):
    """``members``: devices that can report one of the signals; ``call_points`` of them need no second.

    ``out``: (device, why) of those that cannot be counted on; ``ended``: what was active a short time ago.
    """

    members: tuple[str, ...] = ()
    call_points: tuple[str, ...] = ()
    out: frozenset[tuple[str, str]] = frozenset()
    ended: tuple[Ended, ...] = ()


class CoincidenceRule(Rule[CoincidenceMemory], frozen=True, kw_only=True, tag="coincidence"):
    """It ends when none is active any more. Motion or a door found active after a start does not count.

    ``signals``: boolean signals; any of them counts
    ``count``: how many distinct devices
    ``within_s``: seconds within which they count together
    ``per``: where they count together
    """

    signals: tuple[str, ...]
    count: int = 2
    within_s: float = 60
    per: Literal["area", "site"] = "area"

    def __post_init__(self) -> None:
        if not self.signals:
            raise ValueError("signals must name at least one signal")
        if self.count < 2:
            raise ValueError("count must be 2 or more; for a single device there is the kind state")
        check_seconds("within_s", self.within_s, least=1)

    def watches(self, device: Device, signal: str) -> bool:
        base = base_name(signal)
        return base in self.signals or base in _UNHEALTHY

    def start(self) -> CoincidenceMemory:
        return CoincidenceMemory()

    def knows(self, memory: CoincidenceMemory, reading: Reading) -> bool:
        return knows(memory, reading)

    def step(self, memory: CoincidenceMemory, event: Event, now: Instant) -> CoincidenceMemory:
        match event:
            case Reading(value=False, quality=0) if event.signal in self.signals and not memory.active:
                return memory  # the daily bread, kept short
            case Reading() if base_name(event.signal) in self.signals:
                changed = self._signalled(memory, event, now)
            case Reading():
                is_out = event.value is not (base_name(event.signal) == "online")
                changed = _health(memory, frozenset({event.device}), event.signal, is_out=is_out)
            case Presence():
                changed = _health(memory, event.devices, event.why, is_out=not event.present)
            case Members():
                changed = self._joined(memory, event.devices)
            case _:
                return memory
        return memory if changed is memory else self._judged(changed, now)

    def _signalled(self, memory: CoincidenceMemory, event: Reading, now: Instant) -> CoincidenceMemory:
        known = learnt(memory, event) if event.quality & _SNAPSHOT else memory.known
        active = heard(memory.active, event, now, is_active=event.value is True, found=is_found(event))
        members = memory.members if event.device in memory.members else (*memory.members, event.device)
        if active is memory.active and known is memory.known and members is memory.members:
            return memory
        ended = len(active) < len(memory.active)
        over = [Ended(was.reading, now) for was in memory.active if ended and was not in active and not was.found]
        kept = [ended for ended in memory.ended if now - ended.at <= int(self.within_s * SECOND)]
        return replace(memory, active=active, known=known, members=members, ended=(*kept, *over))

    def _joined(self, memory: CoincidenceMemory, devices: tuple[Device, ...]) -> CoincidenceMemory:
        """Members by what they declare; one that declares nothing joins when it first reports one of the signals."""
        able = {d.id for d in devices if any(base_name(signal) in self.signals for signal in d.signals)}
        known = set(memory.members)
        counted = able | {d.id for d in devices if not d.signals and d.id in known}
        selected = {d.id for d in devices}
        changed = replace(
            memory,
            members=tuple(d.id for d in devices if d.id in counted),
            call_points=tuple(d.id for d in devices if d.kind == _NEVER_WAITS),
            active=tuple(entry for entry in memory.active if entry.reading.device in selected),
            ended=tuple(entry for entry in memory.ended if entry.reading.device in selected),
            out=frozenset(entry for entry in memory.out if entry[0] in selected),
        )
        return memory if changed == memory else changed

    def _judged(self, memory: CoincidenceMemory, now: Instant) -> CoincidenceMemory:
        active = [entry for entry in memory.active if not entry.found]
        if not active:
            return memory if memory.breach is None else replace(memory, breach=None)
        recent = [ended.reading for ended in memory.ended if now - ended.at <= int(self.within_s * SECOND)]
        causes = (*recent, *(entry.reading for entry in active))
        out = {device for device, _ in memory.out}
        needed = max(1, min(self.count, len([device for device in memory.members if device not in out])))
        devices = dict.fromkeys(cause.device for cause in causes)
        old = memory.breach
        if old is None and len(devices) < needed and not any(_is_call_point(memory, entry) for entry in active):
            return memory
        if old is not None and old.causes == causes:
            return memory
        text = f"{', '.join(devices)} active"
        if len(devices) < self.count and out:
            text += f"; needs no more because {', '.join(sorted(out))} cannot be counted on"
        has_joined = old is None or any(cause not in old.causes for cause in causes)
        since = now if has_joined or old is None else old.since
        return replace(memory, breach=Breach(since=since, text=text, causes=causes))


def _is_call_point(memory: CoincidenceMemory, entry: Active) -> bool:
    return base_name(entry.reading.signal) == _NEVER_WAITS or entry.reading.device in memory.call_points


def _health(memory: CoincidenceMemory, devices: frozenset[str], why: str, *, is_out: bool) -> CoincidenceMemory:
    told = {(device, why) for device in devices}
    if told <= memory.out if is_out else told.isdisjoint(memory.out):
        return memory
    return replace(memory, out=memory.out | told if is_out else memory.out - told)


KIND = CoincidenceRule
