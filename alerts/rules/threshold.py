"""``threshold``: a number lies beyond a limit for at least ``hold_s`` seconds, and ends with hysteresis.

Give ``above``, ``below`` or both (outside a band). The alert's text carries the unit of devices/signals.py.

Protects against values that are dangerous by themselves: 57 °C, 3.4 %/m, 20 % LEL, 30 ppm CO, a cold store at 8 °C.

Standard: EN 54-5 class A1 (54 to 65 °C), EN 50291 (CO: 50 ppm after 60 to 90 min), EN 60079-29 (LEL).

Costs: on the recordings of ``make detection`` 57 °C, 3.4 %/m or 30 ppm found every fire by every device but one in a
home, burner fires at the median after 10.2 s, where 8.3 K in 60 s took 5.5 s; they cried wolf in 44 of 60 modelled
episodes of dust, steam and exhaust.

Not known: the drift of a sensor that nobody calibrates.

[[rules]]
kind = "threshold"
name = "store-hot"
alert_class = "fire"
priority = 1
signal = "temperature"   # °C
above = 57.0             # a class A1 heat detector trips from 54 to 65 °C (EN 54-5)
hysteresis = 3.0
procedure = "1. Look at the camera. 2. Send the patrol."
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import ClassVar

from alerts.active_signals import ActiveSignal, ActiveSignalRule, heard, judged
from alerts.event import Event, Tick
from alerts.parted import listed
from alerts.rule import Direction, check_seconds
from devices.message import SignalName, Text
from devices.reading import SECOND, Instant, Reading
from devices.signals import SIGNALS


class ThresholdRule(ActiveSignalRule, frozen=True, tag="threshold"):
    """A value at the limit is within it. A reading is never NaN: devices.signals.check refuses it at the door.

    ``signal``: a numeric signal
    ``above``: beyond it the rule is breached; in the signal's unit
    ``below``: under it the rule is breached; in the signal's unit
    ``hysteresis``: how far back inside the limit it must come to be over; in the signal's unit
    ``hold_s``: seconds for which it must be beyond
    """

    of_type = float

    sooner: ClassVar[Mapping[str, Direction]] = {
        **ActiveSignalRule.sooner,
        "above": "less",
        "below": "more",
        "hold_s": "less",
    }

    signal: str
    above: float | None = None
    below: float | None = None
    hysteresis: float = 0
    hold_s: float = 0

    def __post_init__(self) -> None:
        check_seconds("hold_s", self.hold_s)
        if not all(isfinite(limit) for limit in (self.above, self.below, self.hysteresis) if limit is not None):
            raise ValueError("above, below and hysteresis must be finite")
        if self.hysteresis < 0:
            raise ValueError("hysteresis must be 0 or more")
        if self.above is None and self.below is None:
            raise ValueError("give above, below or both")
        if self.above is not None and self.below is not None and self.below >= self.above:
            raise ValueError("below must be less than above; a breach is a value outside of them")
        known = SIGNALS.get(self.signal)
        if known is not None and self.above is not None and known.highest is not None and self.above >= known.highest:
            raise ValueError(
                f"above must be less than {known.highest:g}: {self.signal} is never more, so nobody is told"
            )
        if known is not None and self.below is not None and known.lowest is not None and self.below <= known.lowest:
            raise ValueError(
                f"below must be more than {known.lowest:g}: {self.signal} is never less, so nobody is told"
            )

    def watched_signals(self) -> tuple[str, ...]:
        return (self.signal,)

    def longest_delay_s(self) -> float:
        return self.hold_s

    def step(self, memory: ActiveSignal, event: Event, now: Instant) -> ActiveSignal:
        if type(event) is Reading:
            value = event.value
            above, below = self.above, self.below
            is_beyond = (above is not None and value > above) or (below is not None and value < below)  # type: ignore[operator]
            if not is_beyond and (memory.reading is None or not self._is_back(value)):  # type: ignore[arg-type]
                return memory
            changed = heard(memory, event, now, is_active=is_beyond)
            if changed is memory:
                return memory
            memory = changed
        elif type(event) is not Tick:
            return memory
        return judged(memory, int(self.hold_s * SECOND), now)

    def _is_back(self, value: float) -> bool:
        return (self.above is None or value <= self.above - self.hysteresis) and (
            self.below is None or value >= self.below + self.hysteresis
        )

    def told(self, causes: Sequence[Reading], more: int) -> Text:
        return Text.of("threshold.beyond", values=listed(map(self._value, causes), more))

    def _value(self, cause: Reading) -> Text:
        unit, value = SIGNALS[self.signal].unit if self.signal in SIGNALS else "", float(cause.value)
        is_above = self.above is not None and value > self.above
        return Text.of(
            "threshold.above" if is_above else "threshold.below",
            signal=SignalName(cause.signal),
            device=cause.device,
            value=value,
            limit=float((self.above if is_above else self.below) or 0),
            unit=f" {unit}" if unit else "",
        )


KIND = ThresholdRule
