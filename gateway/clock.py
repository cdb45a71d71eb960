"""The one place that asks what time it is; everything else is given the time.

What was followed at once would end every bypass with a glitch. Whether the clock is synchronised is not asked of the
kernel: many sites have no server, and containers may not ask. So for half a minute a clock that was rightly set is not
ours. What was recorded by a wrong clock stays so in the ledger.
"""

import threading
import time
from typing import Protocol

from devices.reading import SECOND, Instant

_STEP: Instant = 60 * SECOND
"""So far the machine's clock may be set at once; more is a jump."""


class Clock(Protocol):
    """``now`` is UTC in nanoseconds and never goes backwards; ``monotonic`` is in seconds, for waits and retries."""

    def now(self) -> Instant: ...
    def monotonic(self) -> float: ...
    def jump(self) -> Instant:
        """By how many nanoseconds the machine's clock is ahead of ``now`` since it jumped; 0 if it has not."""
        ...


class SystemClock:
    """The machine's clocks, of which the one that tells the date may be set while we run.

    Set by a minute at most, it is followed: forwards at once, backwards by going on a tenth slower until it has caught
    up (if time stood still, no delay and no bypass would end, and no silence be noticed, for as long). Set by more, it
    has jumped: ``now`` goes on counting by the clock that nobody sets, and ``jump`` says by how much the two differ.
    Whether the jump is right nobody can know; gateway.upkeep waits whether it is taken back, and starts anew if not.
    """

    def __init__(self) -> None:
        self._newest = time.time_ns()
        self._looked = _counted()
        self._jump = 0
        self._lock = threading.Lock()

    def now(self) -> Instant:
        with self._lock:
            wall, looked = time.time_ns(), _counted()
            passed, self._looked = looked - self._looked, looked
            ahead = wall - (self._newest + passed)
            if abs(ahead) > _STEP:
                self._jump = ahead
                self._newest += passed
            else:
                self._jump = 0
                self._newest = max(wall, self._newest + passed * 9 // 10)
            return self._newest

    def monotonic(self) -> float:
        return time.monotonic()

    def jump(self) -> Instant:
        self.now()
        return self._jump


def _counted() -> int:
    """Nanoseconds by a clock that nobody sets and that goes on while the machine is suspended."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


SYSTEM = SystemClock()
"""For commands that have no gateway to take a clock from."""


def now() -> Instant:
    """UTC in nanoseconds."""
    return SYSTEM.now()
