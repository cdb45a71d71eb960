"""When a phone did what it hands in, though nobody knows how its clock stands, or whether it was set in between."""

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
    @property
    def behind_s(self) -> float | None: ...


def done_at(ask: Dated, now: Instant) -> tuple[Instant, bool]:
    """When it was done, and whether the phone's clock was set in between.

    Its time of day is never believed, only spans: from the scan to now by its clock; at least so long by the page's
    steady clock, which stands still while the phone sleeps; and how far its clock was behind ours at the last contact
    before the scan. Where these contradict each other the clock was set.
    """
    if ask.done_at is not None:
        return ask.done_at, False
    steady = max(0.0, ask.ago_s or 0.0)
    if ask.phone_at is None or ask.sent_at is None:
        return now - int(steady * SECOND), False
    by_clock = ask.sent_at - ask.phone_at
    by_contact = None if ask.behind_s is None else now / SECOND - ask.phone_at - ask.behind_s
    is_back = by_clock < -_BACK_S or by_clock < steady - _JUMP_S
    if not is_back and (by_contact is None or abs(by_contact - by_clock) <= _JUMP_S):
        return now - int(max(by_clock, 0.0) * SECOND), False
    ago = by_contact if by_contact is not None and by_contact >= steady - _JUMP_S else steady
    return now - int(max(ago, 0.0) * SECOND), True


def ahead_s(ask: Dated, now: Instant) -> float | None:
    """By how many seconds the phone's clock is ahead of ours; None: it did not say."""
    return None if ask.sent_at is None else round(ask.sent_at - now / SECOND, 1)
