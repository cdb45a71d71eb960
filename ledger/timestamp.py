"""Instants as the ledger writes them: UTC, nine decimals, one spelling each (``2026-11-24T04:33:00.123456789Z``).

As text, because a nanosecond count is larger than the whole numbers that many JSON readers keep exactly.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from devices.reading import SECOND, Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z", re.ASCII)


def text_of(instant: Instant) -> str:
    """The instant as text; outside the years 1 to 9999, which no clock of ours says, its plain nanoseconds."""
    seconds, rest = divmod(instant, SECOND)
    try:
        return f"{_second(seconds)}.{rest:09d}Z"
    except OverflowError:
        return str(instant)


@lru_cache(1024)
def _second(seconds: int) -> str:
    """Whole seconds, which the entries of a storm share."""
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]


def instant_of(text: str) -> Instant:
    """The instant that ``text_of`` wrote. Raises ValueError for any other spelling."""
    if shape := _SHAPE.fullmatch(text):
        since = datetime.fromisoformat(shape[1] + "Z") - _EPOCH
        return (since.days * 86_400 + since.seconds) * SECOND + int(shape[2])
    instant = int(text)
    if text_of(instant) != text:
        raise ValueError(f"{text!r} is not an instant as the ledger writes it")
    return instant
