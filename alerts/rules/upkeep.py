"""``upkeep``: a device is due for its test or calibration, or its battery will be empty soon.

The dates come from the device (``installed``, ``test_every_days``, ``calibrate_every_days``), from what the ledger says
was done, and from the trend of the battery; the rule waits for them on the clock.

Protects against detectors that nobody has tested or calibrated in time, and batteries that end in the night.

Standard: Fire Law art. 16 (yearly test); for calibration the maker's manual.

Costs: work that was done and not written into the maintenance book is told as due. A battery that fails at once has
no trend and is missed.

Not known: the end of a battery whose charge is not reported.

[[rules]]
kind = "upkeep"
name = "upkeep"
alert_class = "supervisory"
priority = 4
procedure = "1. Do what is due. 2. Write it into the maintenance book: the date moves by itself."
"""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from alerts.event import Due, Event, Members, Tick
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from devices.maintenance_dates import WHATS, What
from devices.message import Text
from devices.reading import SECOND, Instant

_DAY: Instant = 86_400 * SECOND


class Date(msgspec.Struct, frozen=True, order=True):
    """A device is due for something ``at`` a time."""

    device: str
    what: What
    at: Instant


class Dates(Memory, frozen=True):
    """``told``: the dates that the breach tells."""

    dates: tuple[Date, ...] = ()
    told: tuple[Date, ...] = ()


class UpkeepRule(Rule[Dates], frozen=True, tag="upkeep"):
    """Each date that comes is told; the breach ends when what was due is done, or the battery is new.

    ``what``: what counts: ``test``, ``calibration``, ``battery``
    ``ahead_days``: so many days before a test or calibration is due it is told
    ``battery_ahead_days``: so many days before a battery is likely to be empty it is told
    """

    sooner: ClassVar[Mapping[str, Direction]] = {"what": "wider", "ahead_days": "more", "battery_ahead_days": "more"}

    listens = (Due, Members)

    what: tuple[What, ...] = WHATS
    ahead_days: float = 0
    battery_ahead_days: float = 14

    def __post_init__(self) -> None:
        if not self.what:
            raise ValueError("what must name at least one thing")
        check_seconds("ahead_days", self.ahead_days * 86_400)
        check_seconds("battery_ahead_days", self.battery_ahead_days * 86_400)

    def longest_delay_s(self) -> float:
        return 0

    def start(self) -> Dates:
        return Dates()

    def step(self, memory: Dates, event: Event, now: Instant) -> Dates:
        if type(event) is Due:
            others = tuple(date for date in memory.dates if date.device != event.device)
            dates = (*others, *(Date(event.device, what, at) for what, at in event.dates if what in self.what))
            if sorted(dates) == sorted(memory.dates):
                return memory
            memory = replace(memory, dates=dates)
        elif type(event) is Members:
            there = {device.id for device in event.devices}
            dates = tuple(date for date in memory.dates if date.device in there)
            memory = replace(memory, dates=dates) if len(dates) < len(memory.dates) else memory
        elif type(event) is not Tick:
            return memory
        return self._judged(memory, now)

    def _judged(self, memory: Dates, now: Instant) -> Dates:
        told_before = {(date.device, date.what) for date in memory.told}
        told, times = [], []
        for date in memory.dates:
            ahead = int((self.battery_ahead_days if date.what == "battery" else self.ahead_days) * _DAY)
            # An estimate moves a little from day to day: what was told stays told until it is half as far again.
            stays = (date.device, date.what) in told_before and now >= date.at - ahead - ahead // 2
            if stays or now >= date.at - ahead:
                told.append(date)
            else:
                times.append(date.at - ahead)
        wake_at = min(times, default=None)
        names = [(date.device, date.what) for date in told]
        if names == [(date.device, date.what) for date in memory.told]:
            breach = memory.breach
        else:
            has_joined = memory.breach is None or not told_before.issuperset(names)
            since = now if has_joined or memory.breach is None else memory.breach.since
            breach = Breach(since=since, text=_text(told, now)) if told else None
        if (breach, wake_at, tuple(told)) == (memory.breach, memory.wake_at, memory.told):
            return memory
        return replace(memory, breach=breach, wake_at=wake_at, told=tuple(told))


def _text(dates: Sequence[Date], now: Instant) -> Text:
    return Text.of("upkeep.due", dates=tuple(_of_one(date, now) for date in dates))


def _of_one(date: Date, now: Instant) -> Text:
    days = ceil((date.at - now) / _DAY)
    when = "ahead" if days > 0 else "overdue" if days < 0 and date.what != "battery" else "now"
    return Text.of(f"upkeep.{date.what}_{when}", device=date.device, days=abs(days))


KIND = UpkeepRule
