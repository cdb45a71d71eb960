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
    """Each (at, times), in the order it was told, with the period that it counts for, if there is one."""
    found: list[Done] = []
    sums = dict.fromkeys((span.begins for span in spans), 0)
    by_begin = {span.begins: span for span in spans}
    for at, often in done:
        lacking = {begins for begins, so_far in sums.items() if so_far < times}
        of = period_of(at, spans, lacking, tolerance)
        if of is not None:
            found.append(Done(at, often, of))
            sums[of] = counted(found, by_begin[of])
    return found


def fits(fields: Mapping[str, object], where: Mapping[str, str]) -> bool:
    """Whether a record or fact has these values in its fields."""
    return all(str(fields.get(name, "")) == value for name, value in where.items())
