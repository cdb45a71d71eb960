"""When something applies: days and spans of local time, in a time zone, across midnight and clock changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from alerts.calendar import Calendar
from devices.errors import ConfigError
from devices.reading import SECOND, Instant

_DAY_MINUTES = 24 * 60
_AHEAD = 9
"""So many days are looked at for the next change; one that counts holidays is looked at anew then."""
Only: TypeAlias = Literal["", "workdays", "holidays"]


class Schedule(msgspec.Struct, frozen=True):
    """``days`` are ISO weekdays (1 Monday); ``spans`` are minutes after local midnight, from and to.

    ``only``: of these days those that are worked, or those that are not, as the calendar has them. A span whose end is
    not after its start runs into the next day and belongs to the day it starts on. Where a clock change skips a time,
    the span starts or ends as much later; an end that comes twice is the second one. So a span is never cut short.
    """

    days: frozenset[int]
    spans: tuple[tuple[int, int], ...]
    calendar: Calendar
    only: Only = ""

    def is_on(self, now: Instant) -> bool:
        """Whether it applies at that instant."""
        today = self.calendar.day(now)
        return any(start <= now < end for start, end in self._spans(today))

    def next_change(self, now: Instant) -> Instant | None:
        """The next instant after ``now`` at which ``is_on`` changes; None if it never does.

        Where holidays count and it changes in none of the next days, a time at which to ask again.
        """
        before = self.is_on(now)
        today = self.calendar.day(now)
        edges = sorted({edge for span in self._spans(today, ahead=_AHEAD) for edge in span if edge > now})
        again = self.calendar.at(today + timedelta(days=_AHEAD - 1), 0) if self.only else None
        return next((edge for edge in edges if self.is_on(edge) != before), again)

    def _spans(self, today: date, ahead: int = 1) -> list[tuple[Instant, Instant]]:
        found, zone = [], self.calendar.zone
        days = [today + timedelta(days=offset) for offset in range(-1, ahead + 1)]
        for day in filter(self._counts, days):
            for start, end in self.spans:
                length = end - start if end > start else end - start + _DAY_MINUTES
                ends = [_instant(day, start + length, zone, fold) for fold in (0, 1)]
                found.append((_instant(day, start, zone, 0), max(ends)))
        return found

    def _counts(self, day: date) -> bool:
        is_its = not self.only or (self.only == "holidays") == self.calendar.is_day_off(day)
        return is_its and day.isoweekday() in self.days


def from_parts(days: Sequence[int], start: str, end: str, zone: str) -> Schedule:
    """A schedule from weekdays 1..7 and ``HH:MM`` texts (``24:00`` is midnight at the end). Raises ConfigError."""
    if not days or any(not 1 <= day <= 7 for day in days):
        raise ConfigError("days must be numbers from 1 (Monday) to 7 (Sunday)")
    return Schedule(frozenset(days), ((minutes(start), minutes(end)),), Calendar(zone))


def minutes(text: str) -> int:
    """Minutes after midnight of ``HH:MM``. Raises ConfigError."""
    hours, colon, rest = text.partition(":")
    if colon and len(hours) == 2 and len(rest) == 2 and (hours + rest).isascii() and (hours + rest).isdigit():
        total = int(hours) * 60 + int(rest)
        if int(rest) < 60 and total <= _DAY_MINUTES:
            return total
    raise ConfigError(f"{text!r} is not a time of day; write HH:MM from 00:00 to 24:00")


def _instant(day: date, minute: int, zone: str, fold: int) -> Instant:
    """The wall clock's ``minute`` of that day; of a time that comes twice, the first (``fold`` 0) or the second (1)."""
    day += timedelta(days=minute // _DAY_MINUTES)
    minute %= _DAY_MINUTES
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone), fold=fold)
    return int(wall.astimezone(UTC).timestamp()) * SECOND
