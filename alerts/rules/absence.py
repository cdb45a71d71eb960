"""``absence``: something that must be there is not: no guard scan in an area for hours, no reading of the fridge.

What counts is a reading of one of ``signals`` (of true or false only true: motion that stays away), a person's record
in one of ``books``, a fact of one of ``topics``. Time counts from the first start, from each of them, and anew whenever
the rule begins to apply. That a device is silent is the kind ``supervision``; this one is about what people do and what
devices would say if somebody did it. It is told up to a twentieth of ``every_s`` late, which spares a stored row for
each reading. While the gateway was off nothing was heard: what was not seen then counts as not done.

Protects against the round that nobody walks, the fridge that nobody reads, the store that nobody visits.

Standard: Ministry of Public Security Order 61, art. 25 (patrols, 2 h where the public gathers); GB/T 40248-2021 7.3.

Costs: what is done and not recorded is a false alert; a motion sensor that sees a cat is a visit. It is told up to a
twentieth of ``every_s`` late.

Not known: how often a visit leaves no reading at all.

[[rules]]
kind = "absence"
name = "warehouse-unvisited"
alert_class = "duty"
priority = 3
areas = ["warehouse"]
signals = ["checkpoint", "motion"]
every_s = 14400
schedule = "night"
procedure = "1. Call the guard on duty. 2. Send the stand-in."
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec.structs import replace

from alerts.event import Applies, Event, Recorded, Tick
from alerts.facts import Fact
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from devices.message import Duration, Part, SignalName, Text
from devices.reading import SECOND, Instant, Reading

_STEPS = 20
"""A window moves on in so many steps."""


class Seen(Memory, frozen=True):
    """``last``: when something that counts was heard, or since when it is waited for; None: not begun."""

    last: Instant | None = None


class AbsenceRule(Rule[Seen], frozen=True, kw_only=True, tag="absence"):
    """It ends when something that counts is heard.

    ``every_s``: the longest time, in seconds, without any of it
    ``signals``: readings that count
    ``books``: ledger books in which a person's record counts
    ``topics``: facts of workflows that count
    ``per``: one alert at a time for each area, each device, or the site
    """

    sooner: ClassVar[Mapping[str, Direction]] = {}
    """None: the window moves on in steps of its own length, so a little less of it may end later; and whatever is
    listened to besides puts the alert off."""

    listens = (Reading, Recorded, Fact, Applies)
    eager = True
    patient = True

    every_s: float
    signals: tuple[str, ...] = ()
    books: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    per: Literal["area", "device", "site"] = "area"

    def __post_init__(self) -> None:
        if not (self.signals or self.books or self.topics):
            raise ValueError("give signals, books or topics")
        check_seconds("every_s", self.every_s, least=1)

    def watched_signals(self) -> tuple[str, ...]:
        return self.signals

    def heard_topics(self) -> tuple[str, ...]:
        return (*self.books, *self.topics)

    def longest_delay_s(self) -> float:
        return self.every_s + self.every_s / _STEPS

    def start(self) -> Seen:
        return Seen()

    def step(self, memory: Seen, event: Event, now: Instant) -> Seen:
        step = int(self.every_s * SECOND / _STEPS)
        match event:
            case Reading(value=False):
                return memory
            case Reading() | Recorded() | Fact() | Applies():
                if memory.breach is None and memory.last is not None and 0 <= now - memory.last < step:
                    return memory
                return Seen(None, now + int(self.every_s * SECOND) + step, now)
            case Tick():
                if memory.last is None:
                    return Seen(None, now + int(self.every_s * SECOND) + step, now)
                if memory.breach is None and memory.wake_at is not None and memory.wake_at <= now:
                    return replace(memory, breach=Breach(now, self._told()), wake_at=None)
        return memory

    def _told(self) -> Text:
        waited: tuple[Part, ...] = (*map(SignalName, self.signals), *self.books, *self.topics)
        return Text.of("absence.nothing", waited=waited, time=Duration(self.every_s))


KIND = AbsenceRule
