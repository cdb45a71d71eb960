"""``state``: a boolean signal is active for at least ``hold_s`` seconds.

A signal that means danger by itself (smoke, a call point, a panic button) counts also when it is found active after
a start. One that means an event (motion, a door) counts when it becomes active; found active, it is written down as
found, and is an alert only when the rule begins to apply (when the area is armed).

Protects against whatever a device itself detects: smoke, heat, a call point, a door, motion, a panic button.

Standard: EN 54-2 and GB 4717 (a fire is shown at once; a manual call point is never delayed); GB 50394 (hold-up
without delay).

Costs: as many as its detector misses and invents; ``hold_s`` spares short flickers and costs so many seconds.

Not known: the false alarm rate of a given detector: review the closed alerts by their findings.

[[rules]]
kind = "state"
name = "intrusion"
alert_class = "intrusion"
priority = 1
signals = ["door", "motion", "glass_break"]
modes = ["armed"]
procedure = "1. Look at the camera. 2. Send the patrol. 3. Call the police if confirmed."
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec.structs import replace

from alerts.active_signals import ActiveSignal, ActiveSignalRule, heard, is_found, judged, learns
from alerts.event import Event, Tick
from alerts.parted import listed
from alerts.rule import Direction, check_seconds
from devices.message import SignalName, Text
from devices.reading import SECOND, Instant, Reading


class StateRule(ActiveSignalRule, frozen=True, tag="state"):
    """Each signal that joins is told; the breach ends when none is active any more.

    ``signals``: boolean signals; any of them active is a breach
    ``active``: the value that means active (false for ``mains``)
    ``hold_s``: seconds for which a signal must be active
    ``pulse_s``: for buttons that tell a press and no release: seconds after which it counts as released; 0: never
    """

    of_type = bool

    sooner: ClassVar[Mapping[str, Direction]] = {**ActiveSignalRule.sooner, "signals": "wider", "hold_s": "less"}

    signals: tuple[str, ...]
    active: bool = True
    hold_s: float = 0
    pulse_s: float = 0

    def __post_init__(self) -> None:
        if not self.signals:
            raise ValueError("signals must name at least one signal")
        check_seconds("hold_s", self.hold_s)
        check_seconds("pulse_s", self.pulse_s)
        if 0 < self.pulse_s <= self.hold_s:
            raise ValueError("pulse_s must be more than hold_s, or the signal is never active for long enough")

    def watched_signals(self) -> tuple[str, ...]:
        return self.signals

    def longest_delay_s(self) -> float:
        return self.hold_s

    def step(self, memory: ActiveSignal, event: Event, now: Instant) -> ActiveSignal:
        if type(event) is Reading:
            is_active = event.value is self.active
            if not is_active and memory.reading is None and not event.quality:
                return memory  # the daily bread, kept short
            changed = heard(learns(memory, event), event, now, is_active=is_active, found=is_found(event))
            if changed is memory:
                return memory
            memory = changed
        elif type(event) is not Tick:
            return memory
        hold, pulse = int(self.hold_s * SECOND), int(self.pulse_s * SECOND)
        if not pulse or memory.reading is None:
            return judged(memory, hold, now)
        released_at = memory.since + pulse
        if released_at <= now:
            return judged(replace(memory, reading=None, since=0, found=False), hold, now)
        memory = judged(memory, hold, now)
        return replace(memory, wake_at=min(memory.wake_at or released_at, released_at))

    def told(self, causes: Sequence[Reading], more: int) -> Text:
        signals = (Text.of("state.signal", signal=SignalName(cause.signal), device=cause.device) for cause in causes)
        return Text.of("state.active", signals=listed(signals, more))


KIND = StateRule
