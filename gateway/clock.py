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
    """The machine's clocks. After the wall clock was set back, ``now`` stands still until it has caught up."""

    def __init__(self) -> None:
        self._newest = 0
        self._lock = threading.Lock()

    def now(self) -> Instant:
        with self._lock:
            self._newest = max(self._newest, time.time_ns())
            return self._newest

    def monotonic(self) -> float:
        return time.monotonic()


SYSTEM = SystemClock()
"""For commands that have no gateway to take a clock from."""


def now() -> Instant:
    """UTC in nanoseconds."""
    return SYSTEM.now()
