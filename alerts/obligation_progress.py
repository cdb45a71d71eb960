"""How an obligation stands: done so often in this period and in those before it, and where that leads.

The count is that of the rule (alerts/tally.py). The forecast is two plain sums and says so: the same pace until the
end of the period; and, if one is done in every week (or day) that is left, from when on the goal is out of reach.
Neither is a judgement: what alarms is the rule.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from alerts.calendar import Calendar
from alerts.obligation import Obligation, Part
from alerts.period import Every, Period
from alerts.tally import Done, Span, counted, shared_out
from devices.message import At, Text
from devices.reading import Instant

State: TypeAlias = Literal["done", "open", "late", "missed", "exempt", "not_yet", "kept", "broken", "counting"]
_STEPS: dict[Every, Every] = {"year": "week", "quarter": "week", "month": "week", "week": "day"}
_SHOWN = 12
_DAY_MIN = 1440


class Past(msgspec.Struct, frozen=True):
    """A period that is over; ``is_judged``: it was watched from its beginning, ``is_met``: it was as it must be."""

    begins: Instant
    ends: Instant
    done: int
    is_judged: bool
    is_met: bool


class Forecast(msgspec.Struct, frozen=True):
    """``by_pace``: so often by the end, if it goes on as it went; None: too early to say.

    ``step``: week or day. ``lost_from``: when it is or was out of reach with one in each step; None: it is done.
    """

    by_pace: int | None
    step: Every | None
    lost_from: Instant | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Of one obligation, for one area where it is counted by area. ``begins`` None: nothing is owed in a year.

    ``missed``: how many periods that are over were not as they must be, of those that were watched. ``since``: counted
    from then. ``is_limit``: ``times`` is the most that there may be.
    """

    rule: str
    clause: str
    area: str
    every: Every
    times: int
    state: State
    since: Instant
    begins: Instant | None = None
    ends: Instant | None = None
    done: int = 0
    missed: int = 0
    past: tuple[Past, ...] = ()
    forecast: Forecast | None = None
    is_limit: bool = False


def progress(
    rule: Obligation,
    done: Iterable[tuple[Instant, int]],
    calendar: Calendar,
    now: Instant,
    since: Instant,
    *,
    area: str = "",
    is_exempt: bool = False,
) -> Progress:
    """``done``: (when, how often), in the order it was told. Raises KeyError for a shift that there is not."""
    every = _spans(rule.period(), rule.at_most_one_a, calendar, since, calendar.at(calendar.day(now), _DAY_MIN) - 1)
    spans = [span for span in every if span.begins <= now]
    shares = dict[Instant, list[Done]]()
    for one in shared_out(done, spans, rule.times, rule.tolerance()):
        shares.setdefault(one.of, []).append(one)
    counts = [counted(shares.get(span.begins, ()), span) for span in spans]
    over = [(span, so_far) for span, so_far in zip(spans, counts, strict=True) if span.ends <= now]
    past = tuple(
        Past(span.begins, span.ends, so_far, rule.IS_LIMIT or since <= span.begins, rule.is_met(so_far))
        for span, so_far in over
    )
    lacking = [one for one in past if one.is_judged and not one.is_met]
    known = Progress(
        rule=rule.name,
        clause=rule.clause,
        area=area,
        every=rule.every,
        times=rule.times,
        state="exempt" if is_exempt else "not_yet",
        since=since,
        missed=len(lacking),
        past=past[-_SHOWN:],
        is_limit=rule.IS_LIMIT,
    )
    if not spans or spans[-1].ends <= now:
        return known
    span, so_far = spans[-1], counts[-1]
    return msgspec.structs.replace(
        known,
        begins=span.begins,
        ends=span.ends,
        done=so_far,
        state="exempt" if is_exempt else _state(rule, past, so_far, now),
        forecast=None if rule.IS_LIMIT else forecast(rule.every, rule.times, so_far, span, calendar, now),
    )


def still_counted(one: Progress) -> Progress:
    """As it is shown while not all of the ledger is counted yet: nothing of it is judged."""
    return msgspec.structs.replace(one, state="counting", missed=0, past=(), forecast=None)


@lru_cache(maxsize=512)
def _spans(period: Period, part: Part, calendar: Calendar, since: Instant, until: Instant) -> tuple[Span, ...]:
    """The same all day: a year of days and their parts takes longer to find than to count what was done in them."""
    starts = Period(part).starts if part else lambda *_: ()
    return tuple(
        Span(begins, ends, starts(calendar, begins, ends)) for begins, ends in period.spans(calendar, since, until)
    )


def _state(rule: Obligation, past: Sequence[Past], so_far: int, now: Instant) -> State:
    if rule.IS_LIMIT:
        return "kept" if rule.is_met(so_far) else "broken"
    if rule.is_met(so_far):
        return "done"
    last = past[-1] if past else None
    if last is not None and last.is_judged and not last.is_met:
        return "missed" if last.ends + rule.tolerance() <= now else "late"
    return "open"


def forecast(every: Every, times: int, done: int, span: Span, calendar: Calendar, now: Instant) -> Forecast:
    """Where it leads, at ``now`` within ``span``."""
    passed, length = now - span.begins, span.ends - span.begins
    by_pace = done * length // passed if passed * 10 >= length else None
    step = _STEPS.get(every)
    if step is None or done >= times:
        return Forecast(by_pace, step, None)
    starts = Period(step).starts(calendar, span.begins, span.ends)
    too_late = len(starts) - (times - done) + 1
    return Forecast(by_pace, step, starts[max(0, too_late)] if too_late < len(starts) else span.ends)


def told(one: Progress, now: Instant) -> Text:
    """In one sentence."""
    if one.begins is None or one.ends is None:
        return Text.of("obligation_progress.nothing_owed")
    so_far = {"done": one.done, "times": one.times}
    if one.state == "counting":
        return Text.of("obligation_progress.counting", **so_far)
    if one.is_limit and one.state != "exempt":
        key = "within" if one.state == "kept" else "exceeded"
        return Text.of(f"obligation_progress.{key}", until=At(one.ends), **so_far)
    is_partial = one.since > one.begins and one.done < one.times and one.state != "exempt"
    if is_partial:  # nobody watched it from its beginning: what is missing says nothing
        return Text.of("obligation_progress.partial", since=At(one.since), until=At(one.ends), **so_far)
    if one.state == "exempt":
        return Text.of("obligation_progress.exempt", **so_far)
    if one.done >= one.times:
        return Text.of("obligation_progress.reached", until=At(one.ends), **so_far)
    ahead = one.forecast
    if ahead is None or ahead.by_pace is None or ahead.step is None or ahead.lost_from is None:
        return Text.of("obligation_progress.so_far", until=At(one.ends), **so_far)
    is_lost = ahead.lost_from <= now
    key = f"obligation_progress.{'lost' if is_lost else 'ahead'}_{ahead.step}"
    return Text.of(key, until=At(one.ends), by_pace=ahead.by_pace, from_=At(ahead.lost_from), **so_far)
