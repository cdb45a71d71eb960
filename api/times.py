"""Times and steps as people write them in an address: ISO 8601 or milliseconds; ``30s``, ``5m``, ``1h``, ``1d``."""

import re
from datetime import UTC, datetime

from devices.errors import MalformedMessage
from devices.message import Text
from devices.reading import SECOND, Instant

_STEP = re.compile(r"(\d{1,6})(s|m|h|d)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 253_402_300_799_999


def instant_of(text: str) -> Instant:
    """Nanoseconds. Raises MalformedMessage."""
    if text.isascii() and text.isdigit() and len(text) < 16:
        milliseconds = int(text)
        if milliseconds <= _LATEST_MS:
            return milliseconds * 1_000_000
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        since = moment - _EPOCH
        return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1_000
    except (ValueError, OverflowError):
        raise MalformedMessage(Text.of("api.a_time")) from None


def step_of(text: str) -> Instant:
    """Nanoseconds. Raises MalformedMessage."""
    found = _STEP.fullmatch(text)
    if not found or int(found.group(1)) == 0:
        raise MalformedMessage(Text.of("api.a_step"))
    return int(found.group(1)) * _SECONDS[found.group(2)] * SECOND
