"""Rounds that a sensitive period adds to those of the timetable: twice as many, three times as many.

They stand between the agreed ones, which stay where they are; so a period that is approved or cancelled in the middle
of a night moves no round that somebody has set out for.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from math import ceil

from devices.reading import Instant
from ledger.posts import Raised


def added(
    starts: Sequence[Instant], day: date, raised: Sequence[Raised], *, every: Instant = 0, lasts: Instant = 0
) -> Iterator[Instant]:
    """Evenly between one agreed round and the next; a part of a round is a whole one.

    After the last one of a shift that has a round ``every`` so long, evenly within that; else one after the other, each
    of which ``lasts`` so long.

    The period that asks for most counts, and only from when it was approved.
    """
    most = max((each for each in raised if each.holds_on(day)), key=lambda each: each.patrols, default=None)
    if most is None or most.patrols <= 1 or not starts:
        return
    times, ordered = ceil(most.patrols), sorted(starts)
    ends = [*(later for _, later in pairwise(ordered)), ordered[-1] + (every or lasts * times)]
    for begins, ends_at in zip(ordered, ends, strict=True):
        for place in range(1, times):
            at = begins + (ends_at - begins) * place // times
            if at > most.since:
                yield at
