"""From which day to which moment is told, and the moments within."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Span:
    """From the local day ``first`` to ``until``, in seconds since 1970; ``seed`` decides all that chance decides."""

    first: date
    until: int
    seed: int
    time_zone: str

    @classmethod
    def before(cls, until: int, days: int, seed: int, time_zone: str) -> "Span":
        """The days before that moment."""
        today = datetime.fromtimestamp(until, UTC).astimezone(ZoneInfo(time_zone)).date()
        return cls(today - timedelta(days=days), until, seed, time_zone)

    @property
    def last(self) -> date:
        """The day of ``until``."""
        return datetime.fromtimestamp(self.until, UTC).astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def days(self) -> int:
        return (self.last - self.first).days

    def day(self, number: int) -> date:
        """The n-th day; the first is 0."""
        return self.first + timedelta(days=number)

    def at(self, number: int, hour: float) -> int:
        """A local time of the n-th day; hours past 24 are the next day's."""
        there = datetime.combine(self.day(number), time(), ZoneInfo(self.time_zone))
        wall = there + timedelta(seconds=round(hour * 3600))
        return int(wall.timestamp())

    def numbers(self) -> Iterator[int]:
        """Of every day but the first, on which the registers are filled."""
        return iter(range(1, self.days + 1))

    def chance(self, what: str) -> Random:
        """Its own row of chances for each part, so that one can change without the others."""
        return Random(f"{self.seed} {what}")
