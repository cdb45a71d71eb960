"""When a phone did what it hands in: by its own clock, which may be wrong, and by one that nobody can set."""

from math import isfinite
from typing import Protocol

from devices.reading import SECOND, Instant

_JUMP_S = 60
_BACK_S = 5


class Dated(Protocol):
    """What says when it was done."""

    @property
    def done_at(self) -> Instant | None: ...
    @property
    def phone_at(self) -> float | None: ...
    @property
    def sent_at(self) -> float | None: ...
    @property
    def ago_s(self) -> float | None: ...


def done_at(ask: Dated, now: Instant) -> tuple[Instant, bool]:
    """When it was done, and whether the phone's clock was set in between.

    Only spans are believed, never the phone's time of day: a clock that is wrong by a day is wrong by it both times.
    """
    if ask.done_at is not None:
        return ask.done_at, False
    by_clock = None if ask.phone_at is None or ask.sent_at is None else ask.sent_at - ask.phone_at
    if ask.ago_s is not None and isfinite(ask.ago_s):
        jumped = by_clock is not None and abs(by_clock - ask.ago_s) > _JUMP_S
        return now - int(ask.ago_s * SECOND), jumped
    if by_clock is None or not isfinite(by_clock):
        return now, False
    return now - int(max(0.0, by_clock) * SECOND), by_clock < -_BACK_S


def off_s(ask: Dated, now: Instant) -> float | None:
    """By how many seconds the phone's clock is ahead of ours; None: it did not say."""
    return None if ask.sent_at is None else round(ask.sent_at - now / SECOND, 1)
