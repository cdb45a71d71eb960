"""``obligation``: a duty is not done so often as it must be in its period: an inspection a week, a drill twice a year.

What counts as done are facts of ``topics``, of which one that carries a number ``times`` counts so often, and people's
records in ``books``, with the values that ``where`` names; a record that was corrected counts no more. Periods are
those of the site's own calendar. From ``warn_h`` before the end of a period the duty is told as nearly missed;
``tolerance_h`` after its end it is missed, and stays so until it is done in full, late or in the next period. What is
told late of a time within a period counts for that period. A period without a single day that counts (``days``,
``only``) owes nothing: no weekly inspection in the week of the National Day holiday. What does not apply here, with its
reason and an approver (workflow ``exemption``), is counted and never told.

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

from bisect import bisect_right
from collections.abc import Mapping
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from alerts.event import Corrected, Event, Recorded, Signed, Tick
from alerts.facts import Fact
from alerts.obligation import EXEMPT, EXEMPT_ENDED, HOUR_S, Obligation, often
from alerts.rule import Breach, Direction, Memory, Rule
from alerts.tally import Done, Span, counted, fits, period_of
from devices.message import At, Text
from devices.reading import SECOND, Instant

_MOST_OWED = 12
_MOST_DONE = 400


class Owed(msgspec.Struct, frozen=True):
    """A period that is over. ``done``: counted for it without being remembered one by one.

    ``is_missed`` once the tolerance is over, too; ``is_made_good``: it was done in full in a later one.
    """

    begins: Instant
    ends: Instant
    done: int
    is_missed: bool = False
    is_made_good: bool = False
    parts: tuple[Instant, ...] = ()


class Duty(Memory, frozen=True):
    """``begins``, ``ends``: of the period that is watched or comes next, None: not looked yet. ``parts``: of it.

    ``done``: how often in it, as ``Owed.done``. ``is_judged``: it was watched from its beginning. ``owed``: the newest
    that are over, oldest first. ``evidence``: what was done in them, oldest first. ``is_exempt``: it does not apply.
    """

    begins: Instant | None = None
    ends: Instant | None = None
    done: int = 0
    is_judged: bool = False
    owed: tuple[Owed, ...] = ()
    parts: tuple[Instant, ...] = ()
    evidence: tuple[Done, ...] = ()
    is_exempt: bool = False


class ObligationRule(Obligation, Rule[Duty], frozen=True, kw_only=True, tag="obligation"):
    """It ends when the duty is done as often as it must be.

    ``every``: the period, in the site's time zone; weeks begin on Monday
    ``times``: how often in each period
    ``topics``: facts that count
    ``books``: ledger books in which a person's record counts
    ``where``: values that a record's or fact's fields must have to count
    ``at_most_one_a``: of each day, week, month or quarter at most one counts; empty: all of them
    ``shift``: of ``every = "shift"``: its name in ``[[shifts]]``
    ``days``: a period counts if one of these weekdays is in it; 1 is Monday
    ``only``: and that day is worked (``"workdays"``), is not (``"holidays"``), or is a holiday by law
    (``"public_holidays"``)
    ``warn_h``: hours before the end of the period from which it is nearly missed; 0: that is not told
    ``tolerance_h``: hours after the end of the period within which it may still be done
    ``per``: one duty for the site, or one for each area
    ``clause``: of the plan that asks for it, shown beside it
    ``signed_by``: the signer of the book whose signature makes a record count, for when it was done; empty: none has to
    """

    sooner: ClassVar[Mapping[str, Direction]] = {"times": "more", "warn_h": "more"}

    listens = (Recorded, Fact)
    eager = True

    def start(self) -> Duty:
        return Duty()

    def step(self, memory: Duty, event: Event, now: Instant) -> Duty:
        match event:
            case Tick():
                changed = self._turned(memory, event, now)
            case Recorded(signs=Signed() as signs):
                if not self.counts_once_signed(signs):
                    return memory
                changed = self._done(memory, signs.at, 1)
            case Recorded():
                was = event.corrects
                changed = self._taken_back(memory, was) if was is not None and was.book == event.book else memory
                if self.counts(event.book, event.fields) and not self.signed_by:
                    changed = self._done(changed, now if was is None else was.at, 1)
            case Fact() if EXEMPT in event.heard_as or EXEMPT_ENDED in event.heard_as:
                if event.fields.get("rule") != self.name:
                    return memory
                changed = replace(memory, is_exempt=EXEMPT in event.heard_as)
            case Fact() if fits(event.fields, self.where):
                changed = self._done(memory, event.at, often(event.fields))
            case _:
                return memory
        changed = self._judged(changed, now)
        return memory if changed == memory else changed

    # -- periods -------------------------------------------------------------------------------------------

    def _turned(self, memory: Duty, tick: Tick, now: Instant) -> Duty:
        """Periods that are over are owed, and those whose tolerance is over are missed."""
        if memory.ends is None or memory.begins is None or memory.ends <= now:
            span = self.period().span(tick.calendar, now)
            owed = memory.owed
            if memory.begins is not None and memory.ends is not None and memory.is_judged:
                over = Owed(memory.begins, memory.ends, memory.done, parts=memory.parts)
                owed = (*owed, over)[-_MOST_OWED:]
            memory = replace(memory, owed=owed)
            if span is None:  # none in the next 400 days: asked again in a day
                ends = now + 86_400 * SECOND
                return replace(memory, begins=None, ends=ends, done=0, parts=(), is_judged=False)
            is_watched = memory.ends is not None or span[0] >= now
            parts = self.span(tick.calendar, *span).parts
            memory = replace(memory, begins=span[0], ends=span[1], done=0, parts=parts, is_judged=is_watched)
        over_at = now - self.tolerance()
        return replace(
            memory, owed=tuple(replace(one, is_missed=one.is_missed or one.ends <= over_at) for one in memory.owed)
        )

    def _done(self, memory: Duty, at: Instant, times: int) -> Duty:
        """It counts for a period that is remembered, or for none; a full one makes good what was missed before."""
        lacking = {one.begins for one in memory.owed if self._lacks(memory, one)}
        now_on = _span(memory)
        if now_on is not None and self._in(memory, now_on, memory.done) < self.times:
            lacking.add(now_on.begins)
        spans = [*map(_span_of, memory.owed), *([now_on] if now_on is not None else [])]
        of = period_of(at, spans, lacking, self.tolerance())
        if of is None:
            return memory
        memory = _pruned(replace(memory, evidence=(*memory.evidence, Done(at, times, of))))
        if now_on is None or of != now_on.begins or self._in(memory, now_on, memory.done) < self.times:
            return memory
        return replace(memory, owed=tuple(replace(one, is_made_good=True) for one in memory.owed))

    def _taken_back(self, memory: Duty, was: Corrected) -> Duty:
        """What was corrected does not count any more; the correction stands in its place, at its time.

        Of what is remembered by its number alone (``_pruned``) the number of the period that it fell into goes down.
        """
        place = next((n for n, one in enumerate(memory.evidence) if one.at == was.at), None)
        if place is not None:
            return replace(memory, evidence=(*memory.evidence[:place], *memory.evidence[place + 1 :]))
        is_older = len(memory.evidence) >= _MOST_DONE and was.at < memory.evidence[0].at
        if not is_older or self.signed_by or not self.counts(was.book, was.fields):
            return memory
        now_on = _span(memory)
        if now_on is not None and now_on.begins <= was.at < now_on.ends:
            return replace(memory, done=max(0, memory.done - 1))
        owed = (
            replace(one, done=max(0, one.done - 1)) if one.begins <= was.at < one.ends else one for one in memory.owed
        )
        return replace(memory, owed=tuple(owed))

    def _in(self, memory: Duty, span: Span, done: int) -> int:
        return done + counted(memory.evidence, span)

    def _lacks(self, memory: Duty, one: Owed) -> bool:
        return not one.is_made_good and self._in(memory, _span_of(one), one.done) < self.times

    # -- what is told --------------------------------------------------------------------------------------

    def _judged(self, memory: Duty, now: Instant) -> Duty:
        owed = [one for one in memory.owed if self._lacks(memory, one)]
        missed = [one for one in owed if one.is_missed]
        now_on = _span(memory)
        done = self._in(memory, now_on, memory.done) if now_on is not None else 0
        is_short = memory.is_judged and done < self.times and now_on is not None
        warns = (memory.ends or 0) - int(self.warn_h * HOUR_S * SECOND) if self.warn_h and is_short else None
        text = None
        if memory.is_exempt:
            pass
        elif missed:
            text = self._told(memory, "obligation.missed", missed[-1])
        elif owed:
            text = self._told(memory, "obligation.nearly", owed[-1])
        elif warns is not None and warns <= now and memory.ends is not None:
            text = Text.of("obligation.nearly", done=done, times=self.times, until=At(memory.ends))
        times = [one.ends + self.tolerance() for one in owed if not one.is_missed]
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

    def _told(self, memory: Duty, key: str, one: Owed) -> Text:
        done = self._in(memory, _span_of(one), one.done)
        return Text.of(key, done=done, times=self.times, until=At(one.ends))


def _span(memory: Duty) -> Span | None:
    """The period that is watched."""
    if memory.begins is None or memory.ends is None:
        return None
    return Span(memory.begins, memory.ends, memory.parts)


def _span_of(one: Owed) -> Span:
    return Span(one.begins, one.ends, one.parts)


def _pruned(memory: Duty) -> Duty:
    """Without what counts for a period that is forgotten; of very much the newest, the rest by its number alone.

    Where at most one counts in each part of a period, of several in one part the newest is remembered instead: once
    that is corrected the part is empty to the rule, though the ledger and its board know the others.
    """
    known = {one.begins for one in memory.owed} | {memory.begins}
    evidence = tuple(one for one in memory.evidence if one.of in known)
    folded, kept = evidence[:-_MOST_DONE], evidence[-_MOST_DONE:]
    if not folded:
        return replace(memory, evidence=evidence)
    now_on = _span(memory)
    spans = {one.begins: _span_of(one) for one in memory.owed} | ({now_on.begins: now_on} if now_on is not None else {})
    if any(span.parts for span in spans.values()):
        newest = {(one.of, bisect_right(spans[one.of].parts, one.at)): one for one in evidence}
        return replace(memory, evidence=tuple(sorted(newest.values(), key=lambda one: one.at)))
    owed = tuple(replace(one, done=one.done + counted(folded, _span_of(one))) for one in memory.owed)
    done = memory.done + (counted(folded, now_on) if now_on is not None else 0)
    return replace(memory, evidence=kept, owed=owed, done=done)


KIND = ObligationRule
