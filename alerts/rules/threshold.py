"""``threshold``: a number lies beyond a limit for at least ``hold_s`` seconds, and ends with hysteresis.

[[rules]]
kind = "threshold"
name = "store-hot"
alert_class = "fire"
priority = 1
signal = "temperature"   # °C, see devices/signals.py
above = 57.0             # the static limit of a class A1 heat detector lies at 54 to 65 °C (EN 54-5)
hysteresis = 3.0
procedure = "1. Look at the camera. 2. Send the patrol."
"""

from msgspec.structs import replace

from alerts.event import Event, Tick
from alerts.rule import Breach, Memory, Rule
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name


class ThresholdMemory(Memory, frozen=True):
    """``first`` is the reading that went beyond the limit and has not come back since."""

    first: Reading | None = None


class ThresholdRule(Rule[ThresholdMemory], frozen=True, tag="threshold"):
    """``above`` or ``below`` (or both: outside a band) in the signal's unit; ``hysteresis`` in the same unit."""

    signal: str
    above: float | None = None
    below: float | None = None
    hysteresis: float = 0
    hold_s: float = 0

    def __post_init__(self) -> None:
        if self.above is None and self.below is None:
            raise ValueError("give above, below or both")
        if self.hysteresis < 0 or self.hold_s < 0:
            raise ValueError("hysteresis and hold_s are 0 or more")

    def watches(self, device: Device, signal: str) -> bool:
        return base_name(signal) == self.signal

    def start(self) -> ThresholdMemory:
        return ThresholdMemory()

    def step(self, memory: ThresholdMemory, event: Event, now: Instant) -> ThresholdMemory:
        if type(event) is Reading:
            value = event.value
            above, below = self.above, self.below
            if memory.first is None:
                if (above is None or value <= above) and (below is None or value >= below):  # type: ignore[operator]
                    return memory
                memory = ThresholdMemory(first=event, wake_at=now + int(self.hold_s * SECOND))
            elif memory.first.signal == event.signal and self._is_back(value):  # type: ignore[arg-type]
                return ThresholdMemory()
        elif type(event) is not Tick:
            return memory
        first = memory.first
        if first is None or memory.wake_at is None or now < memory.wake_at:
            return memory
        limit = f"above {self.above:g}" if self.above is not None and first.value > self.above else f"below {self.below:g}"  # type: ignore[operator]
        return replace(
            memory, wake_at=None, breach=Breach(since=now, text=f"{first.signal} {first.value:g} {limit}", causes=(first,))
        )

    def _is_back(self, value: float) -> bool:
        return (self.above is None or value <= self.above - self.hysteresis) and (
            self.below is None or value >= self.below + self.hysteresis
        )


KIND = ThresholdRule
