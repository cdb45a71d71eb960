"""``rate_of_rise``: a number rises or falls by so much within ``within_s`` seconds.

What a rate-of-rise heat detector does (EN 54-5, suffix R), by any thermometer; also a tank that drains, a cold store
that warms up. A slow change of the same size is none: for that there is the kind ``threshold``. What was measured
within the window before a restart still counts after it. The window runs on the gateway's clock.

Protects against fires that grow fast where the room is cold, before 57 °C is reached; leaking tanks, failing cold
stores.

Standard: EN 54-5 suffix R and GB 4716 (rate-of-rise heat detectors); 8.3 K a minute is UL 521's figure.

Costs: heaters and opened ovens raise as fast: 1.74 K in 60 s cried wolf in every modelled opening of an oven door,
8.3 K in none (``make detection``). A slow fire is missed: put a ``threshold`` beside it.

Not known: how fast air warms at the ceiling of a given room.

[[rules]]
kind = "rate_of_rise"
name = "store-heat-rise"
alert_class = "fire"
priority = 1
signal = "temperature"   # °C
rise = 10.0
within_s = 60
procedure = "1. Look at the camera. 2. Send the patrol."
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from alerts.active_signals import ActiveSignal, ActiveSignalRule, heard, judged
from alerts.event import Event, Tick
from alerts.parted import listed
from alerts.rule import Direction, Memory, check_seconds
from devices.message import Duration, SignalName, Text
from devices.reading import SECOND, Instant, Reading
from devices.signals import SIGNALS

_MARKS = 30
"""So many stretches a window has: what is remembered does not grow with how often a device speaks."""


class Mark(msgspec.Struct, frozen=True):
    """The lowest and the highest value of a stretch that begins ``at``."""

    at: Instant
    lowest: float
    highest: float


class Course(ActiveSignal, frozen=True):
    """``marks``: the window, oldest stretch first. Not stored with each reading, but built up again after a start."""

    marks: tuple[Mark, ...] = ()


class RateOfRiseRule(ActiveSignalRule, frozen=True, kw_only=True, tag="rate_of_rise"):
    """Each channel counts for itself; it ends when the window holds no such change any more.

    ``signal``: a numeric signal
    ``rise``: by how much it must rise to be a breach; in the signal's unit
    ``fall``: by how much it must fall to be a breach; in the signal's unit
    ``within_s``: the window, in seconds
    """

    of_type = float

    sooner: ClassVar[Mapping[str, Direction]] = {**ActiveSignalRule.sooner, "rise": "less", "fall": "less"}

    signal: str
    rise: float | None = None
    fall: float | None = None
    within_s: float = 60

    def __post_init__(self) -> None:
        check_seconds("within_s", self.within_s, least=1)
        given = [limit for limit in (self.rise, self.fall) if limit is not None]
        if not given:
            raise ValueError("give rise, fall or both")
        if not all(isfinite(limit) and limit > 0 for limit in given):
            raise ValueError("rise and fall must be more than 0, and finite")

    def watched_signals(self) -> tuple[str, ...]:
        return (self.signal,)

    def window_s(self) -> float:
        return self.within_s

    def longest_delay_s(self) -> float:
        """None: a change that is large enough is told at once."""
        return 0

    def start(self) -> Course:
        return Course()

    def over(self, memory: ActiveSignal) -> Course:
        return Course()

    def parts_before(self, stored: bytes) -> dict[str, ActiveSignal]:
        return {}

    def is_worth_storing(self, old: Memory, new: Memory) -> bool:
        return new.breach is not old.breach

    def step(self, memory: ActiveSignal, event: Event, now: Instant) -> ActiveSignal:
        if not isinstance(memory, Course) or type(event) not in (Reading, Tick):
            return memory
        if isinstance(event, Reading) and not isinstance(event.value, str):
            value = float(event.value)
            marks = self._marks(memory.marks, value, now)
            is_beyond = (self.rise is not None and value - min(mark.lowest for mark in marks) >= self.rise) or (
                self.fall is not None and max(mark.highest for mark in marks) - value >= self.fall
            )
            memory = heard(memory, event, now, is_active=is_beyond)
            memory = memory if marks == memory.marks else replace(memory, marks=marks)
        return judged(memory, 0, now)

    def _marks(self, marks: tuple[Mark, ...], value: float, now: Instant) -> tuple[Mark, ...]:
        """With the value, and without what is older than the window."""
        width = max(1, int(self.within_s * SECOND) // _MARKS)
        begun = now - now % width
        kept = tuple(mark for mark in marks if now - mark.at <= int(self.within_s * SECOND))
        if not kept or kept[-1].at < begun:
            return (*kept, Mark(begun, value, value))
        last = kept[-1]
        return (*kept[:-1], Mark(last.at, min(last.lowest, value), max(last.highest, value)))

    def told(self, causes: Sequence[Reading], more: int) -> Text:
        return Text.of("rate_of_rise.changes", values=listed(map(self._change, causes), more))

    def _change(self, cause: Reading) -> Text:
        unit = SIGNALS[self.signal].unit if self.signal in SIGNALS else ""
        which = "either" if None not in (self.rise, self.fall) else "rises" if self.rise is not None else "falls"
        limits = {"rise": self.rise, "fall": self.fall}
        return Text.of(
            f"rate_of_rise.{which}",
            signal=SignalName(cause.signal),
            device=cause.device,
            value=float(cause.value),
            unit=f" {unit}" if unit else "",
            within=Duration(self.within_s),
            **{name: float(limit) for name, limit in limits.items() if limit is not None},
        )


KIND = RateOfRiseRule
