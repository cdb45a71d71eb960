"""The public holidays of China, and the weekend days that are worked for them (调休), by year of the package.

The State Council decides them each November for the next year, so no program can compute them; ``chinesecalendar`` is
released with each decision (ADR 0229). A year that it does not have yet is unknown: weekdays apply, and an alert says
so (alerts/calendar.py). Without the package no year is known, and the gateway runs as well.
"""

from datetime import date
from functools import cache

import msgspec

try:
    from chinese_calendar import holidays as _holidays
    from chinese_calendar import workdays as _workdays
except ImportError:  # an installation that somebody put together by hand
    _holidays = _workdays = {}


class PublicHolidays(msgspec.Struct, frozen=True):
    """Local days as ISO dates: ``off`` are not worked, ``worked`` are weekend days that are."""

    off: frozenset[str] = frozenset()
    worked: frozenset[str] = frozenset()


@cache
def public_holidays(of: str) -> PublicHolidays:
    """Those of ``"china"``; none for anything else."""
    if of != "china":
        return PublicHolidays()
    worked = (day for day in _workdays if day.isoweekday() > 5)
    return PublicHolidays(frozenset(map(date.isoformat, _holidays)), frozenset(map(date.isoformat, worked)))
