"""``obligation``: a duty is not done so often as it must be in its period: an inspection a week, a drill twice a year.

What counts as done are facts of ``topics``, of which one that carries a number ``times`` counts so often, and people's
records in ``books``. Periods are those of the site's own calendar. From ``warn_h`` before the end of a period the duty
is told as nearly missed; ``tolerance_h`` after its end it is missed, and stays so until it is done in full, late or in
the next period. What is told late of a time within a period counts for that period. A period without a single day that
counts (``days``, ``only``) owes nothing: no weekly inspection in the week of the National Day holiday.

Protects against the duty that everybody thinks somebody else did: an inspection, a drill, a log, an assessment.

Standard: Order 61 art. 25 (daily patrols) and 26 (monthly inspections); Fire Law art. 16 (yearly test); GB 25506
(equipment log of the control room). They name the period, never a tolerance: 0 unless said.

Costs: a duty that was done and not recorded is a false alert, one recorded without being done is missed. The period
in which the rule was made, and whole periods in which the gateway was off, are not judged: nobody watched them.

Not known: how many duties are recorded late in practice, so which tolerance is right.

[[rules]]
kind = "obligation"
name = "weekly-inspection"
alert_class = "duty"
priority = 3
books = ["safety_inspection"]
every = "week"
times = 1
warn_h = 48
procedure = "1. Ask the safety officer. 2. Inspect today, record it in the book."
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec
from msgspec.structs import replace

from alerts.event import Event, Recorded, Tick
from alerts.facts import Fact
from alerts.period import LONGEST_S, Every, Period
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from alerts.schedule import Only
from devices.message import At, Text
from devices.reading import SECOND, Instant

_HOUR_S = 3600
_MOST_OWED = 12


class Owed(msgspec.Struct, frozen=True):
    """A period that is over and in which too little was ``done``; ``is_missed`` once the tolerance is over, too."""

    begins: Instant
    ends: Instant
    done: int
    is_missed: bool = False


class Duty(Memory, frozen=True):
    """``begins``, ``ends``: of the period that is watched or comes next, None: not looked yet.

    ``done``: how often in it. ``is_judged``: it was watched from its beginning. ``owed``: oldest first.
    """

    begins: Instant | None = None
    ends: Instant | None = None
    done: int = 0
    is_judged: bool = False
    owed: tuple[Owed, ...] = ()


class ObligationRule(Rule[Duty], frozen=True, kw_only=True, tag="obligation"):
    """It ends when the duty is done as often as it must be.

    ``every``: the period, in the site's time zone; weeks begin on Monday
    ``times``: how often in each period
    ``topics``: facts that count
    ``books``: ledger books in which a person's record counts
    ``shift``: of ``every = "shift"``: its name in ``[[shifts]]``
    ``days``: a period counts if one of these weekdays is in it; 1 is Monday
    ``only``: and that day is worked (``"workdays"``) or is not (``"holidays"``)
    ``warn_h``: hours before the end of the period from which it is nearly missed; 0: that is not told
    ``tolerance_h``: hours after the end of the period within which it may still be done
    ``per``: one duty for the site, or one for each area
    """

    sooner: ClassVar[Mapping[str, Direction]] = {"times": "more", "warn_h": "more"}

    listens = (Recorded, Fact)
    eager = True

    every: Every
    times: int = 1
    topics: tuple[str, ...] = ()
    books: tuple[str, ...] = ()
    shift: str = ""
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    only: Only = ""
    warn_h: float = 0
    tolerance_h: float = 0
    per: Literal["site", "area"] = "site"

    def __post_init__(self) -> None:
        if not (self.topics or self.books):
            raise ValueError("topics and books are both empty; name what counts as done")
        if not 1 <= self.times <= 1000:
            raise ValueError("times must be from 1 to 1000")
        if (self.every == "shift") != bool(self.shift):
            raise ValueError('shift goes with every = "shift": name one of [[shifts]]')
        if not self.days or not all(1 <= day <= 7 for day in self.days):
            raise ValueError("days must be numbers from 1 (Monday) to 7 (Sunday), at least one")
        check_seconds("warn_h", self.warn_h * _HOUR_S)
        check_seconds("tolerance_h", self.tolerance_h * _HOUR_S)

    def heard_topics(self) -> tuple[str, ...]:
        return (*self.topics, *self.books)

    def named_shifts(self) -> tuple[str, ...]:
        return (self.shift,) if self.shift else ()

    def longest_delay_s(self) -> float:
        return LONGEST_S[self.every] + self.tolerance_h * _HOUR_S

    def start(self) -> Duty:
        return Duty()

    def step(self, memory: Duty, event: Event, now: Instant) -> Duty:
        match event:
            case Tick():
                changed = self._turned(memory, event, now)
            case Recorded():
                changed = self._done(memory, now, 1)
            case Fact():
                said = event.fields.get("times", 1)
                changed = self._done(memory, event.at, said if type(said) is int and said > 0 else 1)
            case _:
                return memory
        changed = self._judged(changed, now)
        return memory if changed == memory else changed

    # -- periods -------------------------------------------------------------------------------------------

    def _turned(self, memory: Duty, tick: Tick, now: Instant) -> Duty:
        """Periods that are over are owed, and those whose tolerance is over are missed."""
        if memory.ends is None or memory.begins is None or memory.ends <= now:
            period = Period(self.every, self.shift, self.days, self.only)
            span = period.span(tick.calendar, now)
            is_short = memory.is_judged and memory.done < self.times
            owed = memory.owed
            if memory.begins is not None and memory.ends is not None and is_short:
                owed = (*owed, Owed(memory.begins, memory.ends, memory.done))[-_MOST_OWED:]
            if span is None:  # none in the next 400 days: asked again in a day
                return replace(memory, begins=None, ends=now + 86_400 * SECOND, done=0, is_judged=False, owed=owed)
            is_watched = memory.ends is not None or span[0] >= now
            memory = Duty(memory.breach, memory.wake_at, span[0], span[1], 0, is_watched, owed)
        tolerance = int(self.tolerance_h * _HOUR_S * SECOND)
        owed = tuple(replace(one, is_missed=True) if one.ends + tolerance <= now else one for one in memory.owed)
        return memory if owed == memory.owed else replace(memory, owed=owed)

    def _done(self, memory: Duty, at: Instant, times: int) -> Duty:
        """In the period that it was done in; else in the oldest that may still be done; else in this one."""
        its = next((one for one in memory.owed if one.begins <= at < one.ends), None)
        its = its or next((one for one in memory.owed if not one.is_missed and at >= one.ends), None)
        if its is not None:
            filled = replace(its, done=its.done + times)
            others = (filled if one is its else one for one in memory.owed)
            return replace(memory, owed=tuple(one for one in others if one.done < self.times))
        if memory.begins is None or at < memory.begins:
            return memory
        done = memory.done + times
        owed = () if done >= self.times else memory.owed
        return replace(memory, done=done, owed=owed)

    # -- what is told --------------------------------------------------------------------------------------

    def _judged(self, memory: Duty, now: Instant) -> Duty:
        missed = [one for one in memory.owed if one.is_missed]
        is_short = memory.is_judged and memory.done < self.times and memory.begins is not None
        warns = (memory.ends or 0) - int(self.warn_h * _HOUR_S * SECOND) if self.warn_h and is_short else None
        text = None
        if missed:
            text = self._told("obligation.missed", missed[-1].done, missed[-1].ends)
        elif any(not one.is_missed for one in memory.owed):
            text = self._told("obligation.nearly", memory.owed[-1].done, memory.owed[-1].ends)
        elif warns is not None and warns <= now and memory.ends is not None:
            text = self._told("obligation.nearly", memory.done, memory.ends)
        tolerance = int(self.tolerance_h * _HOUR_S * SECOND)
        times = [one.ends + tolerance for one in memory.owed if not one.is_missed]
        times += [time for time in (memory.ends, warns) if time is not None and time > now]
        wake_at = min((time for time in times if time > now), default=None)
        return replace(memory, breach=self._breach(memory, text, now), wake_at=wake_at)

    def _breach(self, memory: Duty, text: Text | None, now: Instant) -> Breach | None:
        """Told anew when it gets worse, not when one more is done of what is missed."""
        before = memory.breach
        if text is None or before is None:
            return None if text is None else Breach(now, text)
        is_worse = (before.text.key, before.text.params["until"]) != (text.key, text.params["until"])
        return Breach(now if is_worse else before.since, text)

    def _told(self, key: str, done: int, ends: Instant) -> Text:
        return Text.of(key, done=done, times=self.times, until=At(ends))


KIND = ObligationRule
