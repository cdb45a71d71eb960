"""Time in which nobody listened although the gateway ran: its process, or its whole machine, was stopped for a while.

Nothing else tells of it: a pause of a virtual machine or a SIGSTOP leaves no trace but a turn that comes late. What
devices said meanwhile may still lie before us or be gone with its connection; their silence proves nothing.
"""

from collections.abc import Callable

from devices.reading import SECOND, Instant

LEAST: Instant = 3 * SECOND
"""Between the beginnings of two turns; without messages they are half a second apart."""


class Gaps:
    """Looked at in each turn, once ``begin`` has been called; ``told`` are the callers' (since, until)."""

    def __init__(self, *told: Callable[[Instant, Instant], None]) -> None:
        self._told = told
        self._looked: Instant | None = None

    def begin(self, now: Instant) -> None:
        self._looked = now

    def look(self, now: Instant) -> None:
        """A turn begins."""
        if self._looked is None:
            return
        since, self._looked = self._looked, now
        if now - since > LEAST:
            for tell in self._told:
                tell(since, now)
