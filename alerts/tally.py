"""How often a duty was done: the one count that the rule, the board of obligations and the forecast share.

What was done within the tolerance after a period that lacks something counts for that one, the oldest first; anything
else for the period that it was done in, whenever it was told. Where ``parts``
are given (days of a month), at most one counts in each of them; what came after the end counts as one part more.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from devices.reading import Instant

_LATE = -1


class Done(msgspec.Struct, frozen=True):
    """Done ``at`` a time, so many ``times``; ``of``: the beginning of the period that it counts for."""

    at: Instant
    times: int = 1
    of: Instant = 0


class Span(msgspec.Struct, frozen=True):
    """A period: from ``begins`` until before ``ends``. ``parts``: where each of its parts begins; empty: all counts."""

    begins: Instant
    ends: Instant
    parts: tuple[Instant, ...] = ()


def period_of(at: Instant, spans: Sequence[Span], lacking: Collection[Instant], tolerance: Instant) -> Instant | None:
    """Beginning of the one of ``spans`` (oldest first) that something done ``at`` a time counts for; None: of none.

    ``lacking``: the beginnings of those in which too little was done so far.
    """
    late = (one for one in spans if one.begins in lacking and one.ends <= at < one.ends + tolerance)
    found = next(late, next((one for one in spans if one.begins <= at < one.ends), None))
    return None if found is None else found.begins


def counted(done: Iterable[Done], span: Span) -> int:
    """How often it was done, of what counts for that period."""
    its = [one for one in done if one.of == span.begins]
    if not span.parts:
        return sum(one.times for one in its)
    return len({_part(one.at, span) for one in its if one.times > 0})


def _part(at: Instant, span: Span) -> int:
    return bisect_right(span.parts, at) if span.begins <= at < span.ends else _LATE


def shared_out(
    done: Iterable[tuple[Instant, int]], spans: Sequence[Span], times: int, tolerance: Instant
) -> list[Done]:
    """Each (at, times), in the order it was told, with the period that it counts for, if there is one.

    As ``period_of`` says, for very many: a year of days and what was done in each.
    """
    found, ends = list[Done](), [span.ends for span in spans]
    sums, parts = [0] * len(spans), [set[int]() for _ in spans]
    for at, often in done:
        place = bisect_right(ends, at - tolerance)
        while place < len(spans) and ends[place] <= at and sums[place] >= times:
            place += 1
        if place == len(spans) or (ends[place] > at and spans[place].begins > at):
            continue
        span = spans[place]
        found.append(Done(at, often, span.begins))
        if not span.parts:
            sums[place] += often
        elif often > 0:
            parts[place].add(_part(at, span))
            sums[place] = len(parts[place])
    return found


def fits(fields: Mapping[str, object], where: Mapping[str, str]) -> bool:
    """Whether a record or fact has these values in its fields."""
    return all(str(fields.get(name, "")) == value for name, value in where.items())
