"""Periods in which something is owed: days, shifts, weeks, months, quarters, years of the site's own time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, TypeAlias

import msgspec

from alerts.calendar import Calendar
from alerts.schedule import Only, minutes
from devices.reading import Instant

Every: TypeAlias = Literal["day", "shift", "week", "month", "quarter", "year"]
Which: TypeAlias = Only | Literal["public_holidays"]
"""Of the days off those alone that are holidays by law, not each weekend."""
_DAY_S = 86_400
LONGEST_S: dict[Every, float] = {
    "day": _DAY_S,
    "shift": _DAY_S,
    "week": 7 * _DAY_S,
    "month": 31 * _DAY_S,
    "quarter": 92 * _DAY_S,
    "year": 366 * _DAY_S,
}
_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "year": 12}
_AHEAD_DAYS = 400


class Period(msgspec.Struct, frozen=True):
    """``every`` what; of a shift ``shift`` is its name, and without such a shift ``span`` raises KeyError.

    A period counts if any of its days is one of ``days`` (ISO weekdays) and, with ``only``, one that is worked or
    not, or a holiday by law.
    """

    every: Every
    shift: str = ""
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    only: Which = ""

    def span(self, calendar: Calendar, now: Instant) -> tuple[Instant, Instant] | None:
        """Begin and end of the period that counts and is not over: this one or the next. None: none within 400 days."""
        times = (self._times(calendar, first, after) for first, after in self._from(calendar.day(now), calendar))
        return next(((begins, ends) for begins, ends in times if ends > now), None)

    def starts(self, calendar: Calendar, begins: Instant, ends: Instant) -> tuple[Instant, ...]:
        """Where each of its periods begins, from the one at ``begins`` until before ``ends``."""
        day, found = calendar.day(begins), list[Instant]()
        while (start := calendar.at(self._days(day)[0], 0)) < ends:
            found.append(start)
            day = self._days(day)[1]
        return tuple(found)

    def spans(self, calendar: Calendar, since: Instant, until: Instant) -> list[tuple[Instant, Instant]]:
        """Begin and end of each period that counts and is not over at ``since``, until the one at ``until``."""
        found, at = list[tuple[Instant, Instant]](), since
        while (span := self.span(calendar, at)) is not None and span[0] <= until:
            found.append(span)
            at = span[1]
        return found

    def _from(self, today: date, calendar: Calendar) -> Iterator[tuple[date, date]]:
        """First day and the day after the last, of the periods that count, from yesterday's on."""
        day = today - timedelta(days=1)
        while day <= today + timedelta(days=_AHEAD_DAYS):
            first, after = self._days(day)
            if any(self._counts(first + timedelta(days=n), calendar) for n in range((after - first).days)):
                yield first, after
            day = after

    def _counts(self, day: date, calendar: Calendar) -> bool:
        if self.only == "public_holidays":
            return day.isoformat() in calendar.holidays and day.isoweekday() in self.days
        is_its = not self.only or (self.only == "holidays") == calendar.is_day_off(day)
        return is_its and day.isoweekday() in self.days

    def _days(self, day: date) -> tuple[date, date]:
        if self.every == "week":
            monday = day - timedelta(days=day.isoweekday() - 1)
            return monday, monday + timedelta(days=7)
        if self.every in _MONTHS:
            length = _MONTHS[self.every]
            month = (day.month - 1) // length * length
            return date(day.year, month + 1, 1), date(day.year + (month + length) // 12, (month + length) % 12 + 1, 1)
        return day, day + timedelta(days=1)

    def _times(self, calendar: Calendar, first: date, after: date) -> tuple[Instant, Instant]:
        if self.every != "shift":
            return calendar.at(first, 0), calendar.at(after, 0)
        shift = next((shift for shift in calendar.shifts if shift.name == self.shift), None)
        if shift is None:
            raise KeyError(self.shift)
        start, end = minutes(shift.start), minutes(shift.end)
        return calendar.at(first, start), calendar.at(first, end if end > start else end + 1440)
