"""Messages that could not be understood: counted, and the newest kept for the technician to see.

What was said again counts at its first entry, which moves to the front: a device that says one unknown word each minute
is one line, and pushes nobody out. What speaks of a danger (devices/payloads/not_understood.py) has room of its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from devices.payloads.not_understood import Note
from devices.reading import Instant

_KEPT = 200
_KEPT_CALM = 100
_EXCERPT = 200
_MOST_REASONS = 200

_Entry = tuple[str, str, str]


class Sample(msgspec.Struct, frozen=True):
    """One of them. ``at`` is when it was said last, ``times`` how often so far; ``payload`` is its beginning."""

    at: Instant
    source: str
    address: str
    reason: str
    payload: bytes
    times: int = 1


class MalformedLog:
    """Bounded in every direction: hostile senders fill counters, never memory.

    ``total`` counts messages that were refused in whole or part, ``noted`` words of danger that nobody understood, and
    ``passed_over`` by family those in which it found neither.
    """

    def __init__(self) -> None:
        self._refused: dict[_Entry, Sample] = {}
        self._dangers: dict[_Entry, Sample] = {}
        self._calm: dict[_Entry, Sample] = {}
        """Each in the order of their newest words."""
        self.counts: Counter[tuple[str, str]] = Counter()
        self.total = 0
        self.noted = 0
        self.passed_over: Counter[str] = Counter()

    def add(self, source: str, address: str, reason: str, payload: bytes, at: Instant) -> None:
        reason = reason[:_EXCERPT]
        self._count(source, reason)
        self._keep(self._refused, _KEPT, Sample(at, source, address, reason, payload))
        self.total += 1  # last: who sees it counted finds it

    def note(self, source: str, address: str, notes: Iterable[Note], payload: bytes, at: Instant) -> None:
        """Words of danger in a message that was understood otherwise, or said nothing else.

        Calm ones are one line for all the devices that say them, and count only there.
        """
        for note in notes:
            reason = note.text[:_EXCERPT]
            if note.is_calm:
                self._keep(self._calm, _KEPT_CALM, Sample(at, source, address, reason, payload), by_address=False)
                continue
            self._count(source, reason)
            self._keep(self._dangers, _KEPT, Sample(at, source, address, reason, payload))
            self.noted += 1

    def samples(self) -> Sequence[Sample]:
        """The newest first."""
        kept = (*self._calm.values(), *self._refused.values(), *self._dangers.values())
        return sorted(kept, key=attrgetter("at"))[::-1]

    def _count(self, source: str, reason: str) -> None:
        key = (source, reason)
        if key not in self.counts and len(self.counts) >= _MOST_REASONS:
            key = (source, "other reasons")
        self.counts[key] += 1

    @staticmethod
    def _keep(kept: dict[_Entry, Sample], most: int, sample: Sample, *, by_address: bool = True) -> None:
        address = sample.address[:_EXCERPT]
        key = (sample.source, address if by_address else "", sample.reason)
        before = kept.pop(key, None)
        times = before.times + 1 if before is not None else 1
        if len(kept) >= most:
            del kept[next(iter(kept))]
        kept[key] = Sample(sample.at, sample.source, address, sample.reason, bytes(sample.payload[:_EXCERPT]), times)
