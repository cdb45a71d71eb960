"""``held_open``: a door stands open longer than ``open_s`` seconds (GB 50396; door state "open too long").

A door found open at a start counts from then on.

[[rules]]
kind = "held_open"
name = "archive-door-held"
alert_class = "access"
priority = 3
open_s = 30
procedure = "1. Call the person responsible. 2. Close the door."
"""

from msgspec.structs import replace

from alerts.event import Event, Tick
from alerts.rule import Breach, Memory, Rule
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name


class HeldOpenMemory(Memory, frozen=True):
    """``opened`` is the reading since which the door is open."""

    opened: Reading | None = None


class HeldOpenRule(Rule[HeldOpenMemory], frozen=True, tag="held_open"):
    """``open_s`` in seconds, 30 unless given; ``signal`` is true while the door is open."""

    open_s: float = 30
    signal: str = "door"

    def watches(self, device: Device, signal: str) -> bool:
        return base_name(signal) == self.signal

    def start(self) -> HeldOpenMemory:
        return HeldOpenMemory()

    def step(self, memory: HeldOpenMemory, event: Event, now: Instant) -> HeldOpenMemory:
        if isinstance(event, Reading):
            if event.value is not True:
                return memory if memory.opened is None or memory.opened.signal != event.signal else HeldOpenMemory()
            if memory.opened is not None:
                return memory
            return HeldOpenMemory(opened=event, wake_at=now + int(self.open_s * SECOND))
        if not isinstance(event, Tick) or memory.opened is None or memory.wake_at is None or now < memory.wake_at:
            return memory
        breach = Breach(since=now, text=f"open for more than {self.open_s:g} s", causes=(memory.opened,))
        return replace(memory, wake_at=None, breach=breach)


KIND = HeldOpenRule
