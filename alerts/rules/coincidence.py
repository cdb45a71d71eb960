"""``coincidence``: at least ``count`` distinct devices of one area are active within ``within_s`` seconds.

Double knock, EN 54-2 dependency type B. When members are faulty, switched off or lost, the rule needs no more than
are left, down to one: a pair with one member out must still alarm. A manual call point never waits for a second.

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

from msgspec.structs import replace

from alerts.event import Event, Members, Presence
from alerts.rule import Breach, Memory, Rule
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name

_UNHEALTHY = ("fault", "disabled", "online")
_NEVER_WAITS = "call_point"


class CoincidenceMemory(Memory, frozen=True):
    """``active``: what is active with the time we heard it; ``out``: (device, why) of members that can't be counted on."""

    members: tuple[str, ...] = ()
    active: tuple[Reading, ...] = ()
    out: tuple[tuple[str, str], ...] = ()


class CoincidenceRule(Rule[CoincidenceMemory], frozen=True, tag="coincidence"):
    """``signals`` (any of them, true) of ``count`` distinct devices, each becoming active within ``within_s``."""

    signals: tuple[str, ...]
    count: int = 2
    within_s: float = 60

    def __post_init__(self) -> None:
        if self.per != "area":
            raise ValueError('a coincidence is counted per = "area"')
        if self.count < 2 or self.within_s <= 0:
            raise ValueError("count is 2 or more, within_s more than 0")

    def watches(self, device: Device, signal: str) -> bool:
        base = base_name(signal)
        return base in self.signals or base in _UNHEALTHY

    def start(self) -> CoincidenceMemory:
        return CoincidenceMemory()

    def step(self, memory: CoincidenceMemory, event: Event, now: Instant) -> CoincidenceMemory:
        match event:
            case Reading() if base_name(event.signal) in self.signals:
                changed = _signalled(memory, event)
            case Reading():
                is_out = event.value is not base_name(event.signal).startswith("online")
                changed = _health(memory, event.device, event.signal, is_out=is_out)
            case Presence():
                changed = _health(memory, event.device, "lost", is_out=not event.present)
            case Members():
                changed = memory if memory.members == event.devices else replace(memory, members=event.devices)
            case _:
                return memory
        return memory if changed is memory else self._judge(changed, now)

    def _judge(self, memory: CoincidenceMemory, now: Instant) -> CoincidenceMemory:
        if not memory.active:
            return memory if memory.breach is None else replace(memory, breach=None)
        out = {device for device, _ in memory.out}
        sound = len([device for device in memory.members if device not in out])
        needed = max(1, min(self.count, sound))
        newest = max(reading.received for reading in memory.active)
        joined = [r for r in memory.active if newest - r.received <= int(self.within_s * SECOND)]
        pressed = any(base_name(reading.signal) == _NEVER_WAITS for reading in memory.active)
        if memory.breach is not None:
            if memory.breach.causes == memory.active:
                return memory
            return replace(memory, breach=replace(memory.breach, causes=memory.active))
        if not pressed and len({reading.device for reading in joined}) < needed:
            return memory
        text = f"{len({reading.device for reading in memory.active})} devices active"
        if needed < self.count:
            text += f" ({self.count - needed} fewer needed: members are out)"
        return replace(memory, breach=Breach(since=now, text=text, causes=memory.active))


def _signalled(memory: CoincidenceMemory, event: Reading) -> CoincidenceMemory:
    same = [r for r in memory.active if (r.device, r.signal) == (event.device, event.signal)]
    if event.value is True:
        return memory if same else replace(memory, active=(*memory.active, event))
    return replace(memory, active=tuple(r for r in memory.active if r not in same)) if same else memory


def _health(memory: CoincidenceMemory, device: str, why: str, *, is_out: bool) -> CoincidenceMemory:
    if ((device, why) in memory.out) == is_out:
        return memory
    rest = tuple(entry for entry in memory.out if entry != (device, why))
    return replace(memory, out=(*rest, (device, why)) if is_out else rest)


KIND = CoincidenceRule
