"""What a device says of the time, as an instant: ISO 8601 with an offset, or milliseconds since 1970."""

import math
from datetime import UTC, datetime

from devices.errors import MalformedMessage
from devices.message import Text
from devices.reading import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MILLISECONDS = 1e15


def instant_of(time: str | float) -> Instant:
    """Nanoseconds, exact to the microsecond. Raises MalformedMessage; local time without an offset tells nothing."""
    if isinstance(time, str):
        try:
            since = datetime.fromisoformat(time) - _EPOCH
        except (ValueError, TypeError, OverflowError):
            raise MalformedMessage(Text.of("source_time.no_iso", time=repr(time[:60]))) from None
        return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000
    if not math.isfinite(time) or abs(time) > _MOST_MILLISECONDS:
        raise MalformedMessage(Text.of("source_time.no_milliseconds"))
    return round(time * 1_000) * 1_000
