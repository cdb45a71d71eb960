"""``held_open``: a door stands open for longer than ``open_s`` seconds (GB 50396, door open too long).

A door found open after a start counts from then on: how it came to be open does not matter here.

[[rules]]
kind = "held_open"
name = "archive-door-held"
alert_class = "access"
priority = 3
areas = ["archive"]
open_s = 30
procedure = "1. Call the person responsible. 2. Close the door."
"""

from msgspec.structs import replace

from alerts.activity import Activity, heard, judged, remaining
from alerts.event import Event, Members, Tick
from alerts.rule import Rule, check_seconds
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name


class HeldOpenRule(Rule[Activity], frozen=True, tag="held_open"):
    """Each door counts for itself; it ends when it is closed.

    ``open_s``: seconds for which it may stand open
    ``signal``: the signal that is true while the door is open
    """

    open_s: float = 30
    signal: str = "door"

    def __post_init__(self) -> None:
        check_seconds("open_s", self.open_s)

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
        return judged(memory, int(self.open_s * SECOND), now, self._text)

    def _text(self, causes: tuple[Reading, ...]) -> str:
        doors = ", ".join(f"{cause.signal} of {cause.device}" for cause in causes)
        return f"{doors} open for more than {self.open_s:g} s"


KIND = HeldOpenRule
