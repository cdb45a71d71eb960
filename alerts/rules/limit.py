"""``limit``: something happens more often in a period than it may: a major case in a quarter, a false alarm too many.

It counts as ``obligation`` counts (facts of ``topics``, people's records in ``books``, with the values that ``where``
names, corrected ones no more, in periods of the site's own calendar), but what it counts had better not happen: it
is an alert the moment there is one more than ``times``, and until the period is over or a correction takes it back.
What does not apply here, with its reason and an approver (workflow ``obligations``), is counted and never told.

Protects against the record that is entered, read by nobody and forgotten: a case, an accident, one more failure.

Standard: none that we know of; the first users' plan lets a major case cap the score of its quarter (C5).

Costs: what nobody records is missed. It counts for the period in which it was recorded, which is a day late for what
happened on the last evening of a quarter and was written down the next morning.

Not known: where the line is between a case and a major one; whoever grades it draws it.

[[rules]]
kind = "limit"
name = "no-major-case"
alert_class = "duty"
priority = 2
books = ["cases"]
where = { grade = "major" }
every = "quarter"
times = 0
procedure = "1. Read the record. 2. Tell the leader."
"""

from collections.abc import Mapping
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from alerts.event import Event, Recorded, Tick
from alerts.facts import Fact
from alerts.obligation import EXEMPT, EXEMPT_ENDED, Obligation, often
from alerts.rule import Breach, Direction, Memory, Rule
from alerts.tally import fits
from devices.message import At, Text
from devices.reading import SECOND, Instant

_MOST = 1_000
_ASKED_AGAIN: Instant = 86_400 * SECOND


class Counted(msgspec.Struct, frozen=True):
    """One thing that happened ``at`` a time, so many ``times``."""

    at: Instant
    times: int


class Count(Memory, frozen=True):
    """``begins``, ``ends``: of the period that is watched or comes next. ``found``: in it, the newest 1,000."""

    begins: Instant | None = None
    ends: Instant | None = None
    found: tuple[Counted, ...] = ()
    is_exempt: bool = False


class LimitRule(Obligation, Rule[Count], frozen=True, kw_only=True, tag="limit"):
    """It ends with the period, or when what was too much is corrected.

    ``every``: the period, in the site's time zone; weeks begin on Monday
    ``times``: how often it may happen in each period
    ``topics``: facts that count
    ``books``: ledger books in which a person's record counts
    ``where``: values that a record's or fact's fields must have to count
    ``at_most_one_a``: not used by this kind
    ``shift``: of ``every = "shift"``: its name in ``[[shifts]]``
    ``days``: a period counts if one of these weekdays is in it; 1 is Monday
    ``only``: and that day is worked (``"workdays"``), is not (``"holidays"``), or is a holiday by law
    (``"public_holidays"``)
    ``warn_h``: not used by this kind; hours
    ``tolerance_h``: not used by this kind; hours
    ``per``: one limit for the site, or one for each area
    ``clause``: of the plan that asks for it, shown beside it
    ``signed_by``: not used by this kind
    """

    IS_LIMIT: ClassVar[bool] = True
    LEAST_TIMES: ClassVar[int] = 0
    sooner: ClassVar[Mapping[str, Direction]] = {"times": "less"}

    listens = (Recorded, Fact)
    eager = True

    times: int = 0

    def longest_delay_s(self) -> float:
        return 0

    def start(self) -> Count:
        return Count()

    def step(self, memory: Count, event: Event, now: Instant) -> Count:
        changed = memory
        match event:
            case Tick():
                if memory.ends is None or memory.ends <= now:
                    span = self.period().span(event.calendar, now)
                    begins, ends = span if span is not None else (None, now + _ASKED_AGAIN)
                    changed = replace(memory, begins=begins, ends=ends, found=())
            case Recorded(signs=None):
                was = event.corrects
                if was is not None and was.book == event.book:
                    changed = _without(memory, was.at)
                if self.counts(event.book, event.fields):
                    changed = _with(changed, now if was is None else was.at, 1)
            case Fact() if EXEMPT in event.heard_as or EXEMPT_ENDED in event.heard_as:
                if event.fields.get("rule") == self.name:
                    changed = replace(memory, is_exempt=EXEMPT in event.heard_as)
            case Fact() if fits(event.fields, self.where):
                changed = _with(memory, event.at, often(event.fields))
        return memory if changed is memory and not isinstance(event, Tick) else self._judged(memory, changed, now)

    def _judged(self, before: Count, memory: Count, now: Instant) -> Count:
        done = sum(one.times for one in memory.found)
        breach = None
        if done > self.times and memory.ends is not None and not memory.is_exempt:
            text = Text.of("limit.exceeded", done=done, times=self.times, until=At(memory.ends))
            is_worse = before.breach is None or done > sum(one.times for one in before.found)
            since = now if is_worse or before.breach is None else before.breach.since
            breach = Breach(since, text)
        return replace(memory, breach=breach, wake_at=memory.ends)


def _with(memory: Count, at: Instant, times: int) -> Count:
    if memory.begins is None or memory.ends is None or not memory.begins <= at < memory.ends:
        return memory
    return replace(memory, found=(*memory.found, Counted(at, times))[-_MOST:])


def _without(memory: Count, at: Instant) -> Count:
    place = next((n for n, one in enumerate(memory.found) if one.at == at), None)
    return memory if place is None else replace(memory, found=memory.found[:place] + memory.found[place + 1 :])


KIND = LimitRule
