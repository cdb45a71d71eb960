"""The one place that asks what time it is; everything else is given the time."""

import threading
import time
from typing import Protocol

from devices.reading import Instant


class Clock(Protocol):
    """``now`` is UTC in nanoseconds and never goes backwards; ``monotonic`` is in seconds, for waits and retries."""

    def now(self) -> Instant: ...
    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's clocks. After the wall clock was set back, ``now`` goes on a tenth slower until it has caught up.

    If it stood still, no delay, no bypass and no walk test would end, and no silence be noticed, for as long.
    """

    def __init__(self) -> None:
        self._newest = 0
        self._looked = time.monotonic_ns()
        self._lock = threading.Lock()

    def now(self) -> Instant:
        with self._lock:
            wall, looked = time.time_ns(), time.monotonic_ns()
            self._newest = max(wall, self._newest + (looked - self._looked) * 9 // 10)
            self._looked = looked
            return self._newest

    def monotonic(self) -> float:
        return time.monotonic()


SYSTEM = SystemClock()
"""For commands that have no gateway to take a clock from."""


def now() -> Instant:
    """UTC in nanoseconds."""
    return SYSTEM.now()
