"""The spans that figures are asked for: a shift, a day, a week and so on of the site's own time, this one or before."""

from typing import TypeAlias

from alerts.calendar import Calendar
from alerts.period import Every, Period
from devices.reading import SECOND, Instant

SpanOf: TypeAlias = Every
SPANS: tuple[SpanOf, ...] = ("shift", "day", "week", "month", "quarter", "year")
MOST_BACK: dict[SpanOf, int] = {"shift": 90, "day": 400, "week": 104, "month": 26, "quarter": 9, "year": 2}
"""How far back one may ask, in spans; the first is limited by how long half hours are told apart."""
_LOOK_BACK: Instant = 36 * 3600 * SECOND


def span_of(every: SpanOf, back: int, calendar: Calendar, now: Instant) -> tuple[Instant, Instant] | None:
    """From when until when; ``back`` 0 is the one that goes on. None: the site has no shifts."""
    at = now
    for _ in range(back + 1):
        found = _at(every, calendar, at)
        if found is None:
            return None
        at = found[0] - 1
    return found


def _at(every: SpanOf, calendar: Calendar, at: Instant) -> tuple[Instant, Instant] | None:
    """The one that goes on then; of shifts, if there is none at that time, the last before it."""
    if every != "shift":
        return Period(every).span(calendar, at)
    spans = [
        span
        for shift in calendar.shifts
        for span in Period("shift", shift.name).spans(calendar, at - _LOOK_BACK, at)
        if span[0] <= at
    ]
    return max(spans, default=None)
