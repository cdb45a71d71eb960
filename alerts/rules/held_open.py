"""``held_open``: a door stands open for longer than ``open_s`` seconds (GB 50396, door open too long).

A door found open after a start counts from then on: how it came to be open does not matter here.

Protects against a door that is left open: a fire door that holds no smoke back, a store that anybody can enter.

Standard: GB 50396 (door open too long); Order 61 art. 25 (fire doors that must be closed are).

Costs: deliveries: 30 s are short for a goods door. A door that is opened for less than ``open_s`` again and again is
missed.

Not known: how long doors of a given use stand open by right; nobody has measured it.

[[rules]]
kind = "held_open"
name = "archive-door-held"
alert_class = "access"
priority = 3
areas = ["archive"]
open_s = 30
procedure = "1. Call the person responsible. 2. Close the door."
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from alerts.active_signals import ActiveSignal, ActiveSignalRule, heard, judged
from alerts.event import Event, Tick
from alerts.parted import listed
from alerts.rule import Direction, check_seconds
from devices.message import SignalName, Text
from devices.reading import SECOND, Instant, Reading


class HeldOpenRule(ActiveSignalRule, frozen=True, tag="held_open"):
    """Each door counts for itself; it ends when it is closed.

    ``open_s``: seconds for which it may stand open
    ``signal``: the signal that is true while the door is open
    """

    of_type = bool

    sooner: ClassVar[Mapping[str, Direction]] = {**ActiveSignalRule.sooner, "open_s": "less"}

    open_s: float = 30
    signal: str = "door"

    def __post_init__(self) -> None:
        check_seconds("open_s", self.open_s)

    def watched_signals(self) -> tuple[str, ...]:
        return (self.signal,)

    def longest_delay_s(self) -> float:
        return self.open_s

    def step(self, memory: ActiveSignal, event: Event, now: Instant) -> ActiveSignal:
        if type(event) is Reading:
            changed = heard(memory, event, now, is_active=event.value is True)
            if changed is memory:
                return memory
            memory = changed
        elif type(event) is not Tick:
            return memory
        return judged(memory, int(self.open_s * SECOND), now)

    def told(self, causes: Sequence[Reading], more: int) -> Text:
        doors = (Text.of("held_open.door", signal=SignalName(cause.signal), device=cause.device) for cause in causes)
        return Text.of("held_open.too_long", doors=listed(doors, more), seconds=self.open_s)


KIND = HeldOpenRule
