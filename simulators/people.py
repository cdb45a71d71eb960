"""People who move through the site: a guard on a round, somebody at a door."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Round:
    """A guard walks past checkpoints again and again: one every ``every_s`` seconds, the ``skipped`` ones never.

    ``signal`` is what the reader makes of each: a card reader, for which they are cards, says ``credential``.
    """

    reader: str
    checkpoints: Sequence[str]
    started: float
    every_s: float
    skipped: frozenset[str] = frozenset()
    signal: str = "checkpoint"

    def scans(self, before: float, now: float) -> list[str]:
        """The checkpoints scanned in the time after ``before`` up to ``now``."""
        first = int((before - self.started) // self.every_s) + 1 if before >= self.started else 0
        last = int((now - self.started) // self.every_s) if now >= self.started else -1
        passed = [self.checkpoints[number % len(self.checkpoints)] for number in range(first, last + 1)]
        return [checkpoint for checkpoint in passed if checkpoint not in self.skipped]
