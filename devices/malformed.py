"""Messages that could not be understood: counted, and the newest kept for the technician to see."""

from collections import Counter, deque
from collections.abc import Sequence

import msgspec

from devices.reading import Instant

_KEPT = 200
_EXCERPT = 200
_MOST_REASONS = 200


class Sample(msgspec.Struct, frozen=True):
    """One of them. ``payload`` is its beginning."""

    at: Instant
    source: str
    address: str
    reason: str
    payload: bytes


class MalformedLog:
    """Bounded in every direction: hostile senders fill counters, never memory."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=_KEPT)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.total = 0

    def add(self, source: str, address: str, reason: str, payload: bytes, at: Instant) -> None:
        reason = reason[:_EXCERPT]
        key = (source, reason)
        if key not in self.counts and len(self.counts) >= _MOST_REASONS:
            key = (source, "other reasons")
        self.counts[key] += 1
        self._samples.append(Sample(at, source, address[:_EXCERPT], reason, bytes(payload[:_EXCERPT])))
        self.total += 1  # last: who sees it counted finds it

    def samples(self) -> Sequence[Sample]:
        """The newest first."""
        return list(reversed(self._samples))
