"""``state``: a boolean signal is active for at least ``hold_s`` seconds.

A signal that means danger by itself (smoke, a call point, a panic button) counts also in a snapshot; one that
means an event (motion, a door) counts only when it becomes active (anchors.md trap 9).
"""

from msgspec.structs import replace

from alerts.event import Event, Tick
from alerts.rule import Breach, Memory, Rule
from devices.device import Device
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name, counts_in_snapshot


class StateMemory(Memory, frozen=True):
    """``active`` is the reading that became active, None while the signal is at rest."""

    active: Reading | None = None


class StateRule(Rule[StateMemory], frozen=True, tag="state"):
    """``signals``: any of them active breaches; ``active``: the value that means so; ``hold_s``: for how long."""

    signals: tuple[str, ...]
    active: bool = True
    hold_s: float = 0

    def watches(self, device: Device, signal: str) -> bool:
        return base_name(signal) in self.signals

    def start(self) -> StateMemory:
        return StateMemory()

    def step(self, memory: StateMemory, event: Event, now: Instant) -> StateMemory:
        if isinstance(event, Reading):
            if event.value is not self.active:
                if memory.active is None or memory.active.signal != event.signal:
                    return memory
                return StateMemory()
            if memory.active is not None:
                return memory
            if event.quality & Quality.SNAPSHOT and not counts_in_snapshot(event.signal):
                return memory
            memory = StateMemory(active=event, wake_at=now + int(self.hold_s * SECOND))
        elif not isinstance(event, Tick):
            return memory
        if memory.wake_at is None or memory.active is None or now < memory.wake_at:
            return memory
        breach = Breach(since=now, text=f"{memory.active.signal} active", causes=(memory.active,))
        return replace(memory, wake_at=None, breach=breach)


KIND = StateRule
