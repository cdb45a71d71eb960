"""The site's time: its zone, its holidays and its shifts. Pure: every question is about an instant that is given."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from devices.reading import SECOND, Instant

_DAYS_AHEAD = 8


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of each day. ``start`` and ``end`` as ``HH:MM``; an end that is not after its start is on the next day."""

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

    def is_holiday(self, now: Instant) -> bool:
        """Whether that day is a holiday, or a weekend day that is not worked."""
        day = self.day(now)
        return day.isoformat() in self.holidays or (day.isoweekday() > 5 and day.isoformat() not in self.workdays)

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
