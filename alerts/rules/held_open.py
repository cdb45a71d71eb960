"""``held_open``: a door stands open for longer than ``hold_s`` seconds (GB 50396, door open too long).

A door found open after a start counts from then on: how it came to be open does not matter here.

[[rules]]
kind = "held_open"
name = "archive-door-held"
alert_class = "access"
priority = 3
areas = ["archive"]
hold_s = 30
procedure = "1. Call the person responsible. 2. Close the door."
"""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from alerts.activity import Activity, heard, judged, remaining
from alerts.event import Event, Members, Tick
from alerts.rule import Rule, Seconds
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name


class HeldOpenRule(Rule[Activity], frozen=True, tag="held_open"):
    """Each door counts for itself; it ends when it is closed."""

    hold_s: Annotated[Seconds, Meta(description="Seconds for which it may stand open.")] = 30
    signal: Annotated[str, Meta(description="The signal that is true while the door is open.")] = "door"

    def watches(self, device: Device, signal: str) -> bool:
        return base_name(signal) == self.signal

    def start(self) -> Activity:
        return Activity()

    def step(self, memory: Activity, event: Event, now: Instant) -> Activity:
        if type(event) is Reading:
            active = heard(memory.active, event, now, is_active=event.value is True)
            if active is memory.active:
                return memory
            memory = replace(memory, active=active)
        elif type(event) is Members:
            memory = remaining(memory, event.devices)
        elif type(event) is not Tick:
            return memory
        return judged(memory, int(self.hold_s * SECOND), now, self._text)

    def _text(self, causes: tuple[Reading, ...]) -> str:
        doors = ", ".join(f"{cause.signal} of {cause.device}" for cause in causes)
        return f"{doors} open for more than {self.hold_s:g} s"


KIND = HeldOpenRule
