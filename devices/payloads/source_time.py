"""What a device says of the time, as an instant: ISO 8601 with an offset, or milliseconds since 1970."""

import math
from datetime import UTC, datetime

from devices.errors import MalformedMessage
from devices.reading import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MILLISECONDS = 1e15


def instant_of(time: str | float) -> Instant:
    """Nanoseconds, exact to the microsecond. Raises MalformedMessage; local time without an offset tells nothing."""
    if isinstance(time, str):
        try:
            since = datetime.fromisoformat(time) - _EPOCH
        except (ValueError, TypeError, OverflowError):
            raise MalformedMessage(f"time {time[:60]!r} is not ISO 8601 with an offset from UTC") from None
        return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000
    if not math.isfinite(time) or abs(time) > _MOST_MILLISECONDS:
        raise MalformedMessage("time is not a number of milliseconds since 1970")
    return round(time * 1_000) * 1_000
