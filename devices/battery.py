"""How long a battery will last, from what it said day by day: a number of days, or why none can be given.

The slope is Theil and Sen's, the median of the slopes between all pairs of days, which a few odd days cannot move. It
is taken over all days since the battery was changed and over the last three weeks; the steeper counts, because a cell
falls faster towards its end. A battery that is charged now and then (solar, a standby supply) has no end to foretell.
"""

from collections.abc import Iterable, Sequence
from math import floor
from statistics import median

import msgspec

from devices.message import Text
from devices.reading import SECOND, Instant

DAY: Instant = 86_400 * SECOND
WINDOW_DAYS = 120
"""So far back one looks."""
EMPTY = 5.0
"""Percent at which a device may stop: what is left then is not counted on."""
LONGEST_DAYS = 1_500

_CHANGED = 20.0
_OFTEN = 3
_FEWEST, _SPAN, _RECENT, _STALE = 7, 10, 21, 4
_LEAST_FALL = 2.0

DayCharge = tuple[int, float]
"""A day (days since 1970, UTC) and the median charge of that day in percent."""


class Battery(msgspec.Struct, frozen=True):
    """``charge`` in percent; ``days_left``, or in ``note`` why that is not known; ``changed``: the day it was new."""

    charge: float | None = None
    days_left: int | None = None
    note: Text | None = None
    changed: int | None = None


def medians(charges: Iterable[tuple[Instant, float]]) -> list[DayCharge]:
    """The median charge of each day in which anything was said, in order."""
    days: dict[int, list[float]] = {}
    for time, charge in charges:
        days.setdefault(time // DAY, []).append(charge)
    return [(day, median(said)) for day, said in sorted(days.items())]


def outlook(days: Sequence[DayCharge], today: int) -> Battery:
    """What these days, in order, tell of the battery."""
    if not days:
        return Battery(note=Text.of("battery.never_reported"))
    steady = _steady([charge for _, charge in days])
    changes = [number for number in range(1, len(days)) if steady[number] - steady[number - 1] >= _CHANGED]
    since = days[changes[-1] :] if changes else days
    changed = since[0][0] if changes else None
    charge = median(charge for _, charge in since[-3:])

    def unknown(why: str, **params: int) -> Battery:
        return Battery(charge, None, Text.of(f"battery.{why}", **params), changed)

    if today - days[-1][0] >= _STALE:
        return unknown("not_reported", days=today - days[-1][0])
    if len(changes) >= _OFTEN:
        return unknown("is_charged")
    span = since[-1][0] - since[0][0]
    if len(since) < _FEWEST or span < _SPAN:
        return unknown("known_shortly", days=span + 1)
    slopes = [_slope(since)]
    recent = [entry for entry in since if entry[0] > since[-1][0] - _RECENT]
    if len(recent) >= _FEWEST and recent[-1][0] - recent[0][0] >= _SPAN:
        slopes.append(_slope(recent))
    steepest = min(slopes)
    if steepest >= 0 or -steepest * span < _LEAST_FALL:
        return unknown("hardly_fallen")
    left = max(0.0, charge - EMPTY) / -steepest - (today - since[-2][0])  # the middle of the three days of ``charge``
    if left > LONGEST_DAYS:
        return unknown("hardly_fallen")
    return Battery(charge, max(0, floor(left)), None, changed)


def _steady(charges: Sequence[float]) -> list[float]:
    """Each as the middle one of itself and its neighbours: one odd day is no change, a new battery is."""
    inner = (median(charges[place - 1 : place + 2]) for place in range(1, len(charges) - 1))
    return [*charges[:1], *inner, *charges[1:][-1:]]


def _slope(days: Sequence[DayCharge]) -> float:
    """Percent a day."""
    return median(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for place, earlier in enumerate(days)
        for later in days[place + 1 :]
    )
