"""The record of a fridge, folded small: stretches in which its readings were within its limits or beyond, and gaps.

A stretch ends when the state changes, when nothing was heard for too long, and after an hour, so that the lowest and
the highest value of any time can be told. Times are those of the source. What was not heard is a gap and never filled
in; a reading that comes late (a sensor that sends its memory) adds what is beyond the limits and mends no gap.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from devices.message import At
from devices.reading import SECOND, Instant

MINUTE: Instant = 60 * SECOND
HOUR: Instant = 60 * MINUTE
KEPT: Instant = 96 * HOUR
"""Samples are judged after 48 h; what is older serves nobody."""
_MOST = 400
_STEPS = 6
"""A stretch that goes on is written down so often within the longest gap: a start loses no more."""
Use: TypeAlias = Literal["samples", "chilled", "frozen"]
Verdict: TypeAlias = Literal["proved", "broken", "not_observed"]


_WORSE: tuple[Verdict, ...] = ("proved", "not_observed", "broken")


class Limits(msgspec.Struct, frozen=True):
    """In °C, a value at a limit is within it.

    ``gap``: the longest silence that still counts as observed; ``spared``: how long it may be beyond the limits and
    break nothing (an open door); 0: not at all.
    """

    lowest: float
    highest: float
    gap: Instant = 30 * MINUTE
    spared: Instant = 0

    def holds(self, value: float) -> bool:
        return self.lowest <= value <= self.highest


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """From its first reading to its last, with the lowest and the highest of them, all within the limits or none."""

    since: Instant
    until: Instant
    low: float
    high: float
    is_within: bool


class Fridge(Case, frozen=True, kw_only=True):
    """A fridge under its device's id. ``stretches``: oldest first."""

    use: Use
    limits: Limits
    stretches: tuple[Stretch, ...] = ()


class Proof(msgspec.Struct, frozen=True):
    """What the record says of a time. ``low``, ``high``: of what was read then, None: nothing was.

    ``beyond``: the first value furthest beyond the limits, with ``since`` and ``until``: the first and the last reading
    out of them; ``unseen``: how long nothing was heard, all together.
    """

    verdict: Verdict
    low: float | None = None
    high: float | None = None
    beyond: float | None = None
    since: Instant = 0
    until: Instant = 0
    unseen: Instant = 0


def noted(fridge: Fridge, value: float, at: Instant) -> Fridge:
    """With that reading; the same fridge where nothing of it has to be kept."""
    limits, is_within = fridge.limits, fridge.limits.holds(value)
    one = Stretch(at, at, value, value, is_within)
    if not fridge.stretches:
        return replace(fridge, stretches=(one,))
    last = fridge.stretches[-1]
    if at < last.until:
        return fridge if is_within else _with_late(fridge, one)
    is_silent, is_same = at - last.until > limits.gap, last.is_within == is_within
    if is_same and not is_silent and at // HOUR == last.since // HOUR:
        if last.low <= value <= last.high and at - last.until < limits.gap // _STEPS:
            return fridge
        return replace(fridge, stretches=(*fridge.stretches[:-1], _grown(last, one)))
    young = tuple(each for each in fridge.stretches if each.until >= at - KEPT)
    if len(young) < _MOST:
        return replace(fridge, stretches=(*young, one))
    if is_silent:  # a gap is kept; what it takes the place of is the oldest
        return replace(fridge, stretches=(*young[1:], one))
    return replace(fridge, stretches=(*young[:-1], _grown(last, one)))


def _grown(last: Stretch, one: Stretch) -> Stretch:
    """Both as one; where there is no room for two that differ, it is beyond the limits."""
    both = last.is_within and one.is_within
    return Stretch(last.since, one.until, min(last.low, one.low), max(last.high, one.high), both)


def _with_late(fridge: Fridge, one: Stretch) -> Fridge:
    if len(fridge.stretches) >= _MOST or one.since < fridge.stretches[-1].until - KEPT:
        return fridge
    return replace(fridge, stretches=tuple(sorted((*fridge.stretches, one), key=lambda each: each.since)))


def proof(fridge: Fridge, since: Instant, until: Instant) -> Proof:
    """Of the time from ``since`` to ``until``, which is over."""
    limits = fridge.limits
    here = [each for each in fridge.stretches if each.until >= since and each.since <= until]
    out = _beyond(fridge, since, until)
    heard = max((each.until for each in fridge.stretches if each.since < since), default=since)
    seen, unseen = min(heard, since), 0
    for start, end in [*((each.since, each.until) for each in here), (until, until)]:
        if start - seen > limits.gap:
            unseen += max(0, min(start, until) - max(seen, since))
        seen = max(seen, end)
    found = Proof(
        "broken" if out else "not_observed" if unseen or not here else "proved",
        low=min((each.low for each in here), default=None),
        high=max((each.high for each in here), default=None),
        unseen=unseen,
    )
    if not out:
        return found
    furthest = max((value for each in out for value in (each.low, each.high)), key=lambda value: _far(limits, value))
    return replace(
        found, beyond=furthest, since=max(since, out[0].since), until=min(until, max(each.until for each in out))
    )


def joined(proofs: Sequence[Proof]) -> Proof:
    """Of a time in several parts, each with a proof of its own: the worst of them, and all that was read."""
    worst = max(proofs, key=lambda each: _WORSE.index(each.verdict), default=Proof("not_observed"))
    lows = [each.low for each in proofs if each.low is not None]
    highs = [each.high for each in proofs if each.high is not None]
    unseen = sum(each.unseen for each in proofs)
    return replace(worst, low=min(lows, default=None), high=max(highs, default=None), unseen=unseen)


def read_in(proof: Proof) -> dict[str, Any]:
    """The parameters of what is said of it."""
    known = {"low": proof.low, "high": proof.high, "beyond": proof.beyond}
    read = {name: round(value, 1) for name, value in known.items() if value is not None}
    times = {"since": At(proof.since), "until": At(proof.until), "minutes": proof.unseen // MINUTE}
    return {"low": "?", "high": "?", "beyond": "?", **read, **times}


def _far(limits: Limits, value: float) -> float:
    return max(value - limits.highest, limits.lowest - value)


def _beyond(fridge: Fridge, since: Instant, until: Instant) -> list[Stretch]:
    """Stretches out of the limits within that time, but for runs of them that are no longer than is spared.

    A run lasts until the next reading within the limits.
    """
    found, run = list[Stretch](), list[Stretch]()
    for each, following in zip_longest(fridge.stretches, fridge.stretches[1:]):
        if each.is_within:
            continue
        run.append(each)
        if following is not None and not following.is_within:
            continue
        lasts = min(following.since if following is not None else each.until, until) - max(run[0].since, since)
        if not fridge.limits.spared or lasts > fridge.limits.spared:
            found += [one for one in run if one.until >= since and one.since <= until]
        run = []
    return found
