"""The site's time: its zone, its holidays and its shifts. Pure: every question is about an instant that is given.

Which days are holidays is decided each year anew, so a calendar knows the years of which some are named. Of any other
year weekdays apply, and ``year_without`` says so: of this year at once, which is a fault, of the next from 1 December
on, which is a quiet reminder (gateway/site/calendar.py).
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from devices.reading import SECOND, Instant

_DAYS_AHEAD = 8
_TOLD_FROM_MONTH = 12


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of each day.

    ``name``: what schedules and workflows call it
    ``start``: local time
    ``end``: local time; an end that is not after the start is on the next day
    ``name_zh``: the name on the Chinese console
    """

    name: str
    start: str
    end: str
    name_zh: str = ""


class Calendar(msgspec.Struct, frozen=True):
    """``holidays`` are local days as ISO dates, ``workdays`` weekend days that are worked (调休)."""

    zone: str = "UTC"
    holidays: frozenset[str] = frozenset()
    workdays: frozenset[str] = frozenset()
    shifts: tuple[Shift, ...] = ()

    def day(self, now: Instant) -> date:
        """The local day."""
        return self._local(now).date()

    def minute(self, now: Instant) -> int:
        """Minutes after the local midnight, by the wall clock."""
        local = self._local(now)
        return local.hour * 60 + local.minute

    def is_holiday(self, now: Instant) -> bool:
        """Whether that day is a holiday, or a weekend day that is not worked."""
        return self.is_day_off(self.day(now))

    def is_day_off(self, day: date) -> bool:
        """The same of a local day."""
        return day.isoformat() in self.holidays or (day.isoweekday() > 5 and day.isoformat() not in self.workdays)

    def year_without(self, now: Instant) -> int | None:
        """The year of which no holidays are known: this one, or from 1 December on the next. None: all is well."""
        today = self.day(now)
        known = {day[:4] for day in self.holidays}
        years = [today.year, *([today.year + 1] if today.month >= _TOLD_FROM_MONTH else [])]
        return next((year for year in years if str(year) not in known), None)

    def at(self, day: date, minute: int) -> Instant:
        """``minute`` minutes after that local midnight by the wall clock."""
        day += timedelta(days=minute // 1440)
        wall = datetime(day.year, day.month, day.day, minute // 60 % 24, minute % 60, tzinfo=ZoneInfo(self.zone))
        return int(wall.timestamp()) * SECOND

    def next_at(self, minute: int, after: Instant) -> Instant:
        """The first time after an instant at which the wall clock shows so many minutes after midnight."""
        today = self.day(after)
        times = (self.at(today + timedelta(days=ahead), minute) for ahead in range(_DAYS_AHEAD))
        return next(at for at in times if at > after)

    def _local(self, now: Instant) -> datetime:
        return datetime.fromtimestamp(now // SECOND, ZoneInfo(self.zone))
