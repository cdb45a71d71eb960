"""The six bytes of a time label (second, minute, hour, day, month, year since 2000, each plain binary) as an instant.

The frame carries neither zone nor century; the zone is a setting, UTC+8 unless it says otherwise.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from devices.reading import SECOND, Instant

LABEL_LENGTH = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_YEARS = 99


def instant_of(label: bytes, zone: ZoneInfo) -> Instant | None:
    """None for a time that cannot be: second 75, month 13, all zero."""
    second, minute, hour, day, month, year = label
    if year > _MOST_YEARS:
        return None
    try:
        since = datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone) - _EPOCH
    except ValueError:
        return None
    return (since.days * 86_400 + since.seconds) * SECOND


def is_possible(label: bytes) -> bool:
    """Whether six bytes look like a time at all, near enough to tell a frame from chance."""
    second, minute, hour, day, month, year = label
    return second < 60 and minute < 60 and hour < 24 and 1 <= day <= 31 and 1 <= month <= 12 and year <= _MOST_YEARS


def label_of(now: Instant, zone: ZoneInfo) -> bytes:
    """The label of an instant, whole seconds; the year is 2000 to 2099 also for a clock that was never set."""
    time = (_EPOCH + timedelta(seconds=now // SECOND)).astimezone(zone)
    year = min(max(time.year - 2000, 0), _MOST_YEARS)
    return bytes((time.second, time.minute, time.hour, time.day, time.month, year))


def text_of(label: bytes) -> str:
    """As a person would write it, possible or not."""
    second, minute, hour, day, month, year = label
    return f"{2000 + year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
