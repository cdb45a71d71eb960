"""A sketch of many durations: it says a percentile within 1 %, can be added to another, and is a few numbers long.

Durations fall into buckets, each 2 % wider than the one below (DDSketch, Masson, Rim and Lee 2019, with a relative
accuracy of 0.01). What was within 30, 60, 90 and 180 s is counted beside them and is exact.
"""

from collections.abc import Iterable, Mapping
from math import ceil, exp, log

import msgspec

LIMITS_S = (30, 60, 90, 180)
"""EN 50518 asks for 30 and 60 s where life is at stake, for 90 and 180 s else."""
ERROR = 0.01
"""The most by which a percentile is wrong, as a share of it."""

_GROWTH = log((1 + ERROR) / (1 - ERROR))
_MIDDLE = 1 - ERROR
_LEAST_S = 0.1
"""Whatever is shorter is told as this."""


class Times(msgspec.Struct):
    """``buckets``: how many durations by bucket; ``within``: how many took at most so many seconds."""

    count: int = 0
    buckets: dict[int, int] = {}
    within: dict[int, int] = {}

    def add(self, seconds: float) -> None:
        """One more."""
        bucket = ceil(log(max(seconds, _LEAST_S)) / _GROWTH)
        self.count += 1
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        for limit in LIMITS_S:
            if seconds <= limit:
                self.within[limit] = self.within.get(limit, 0) + 1

    def join(self, other: "Times") -> None:
        """All of another."""
        self.count += other.count
        _join(self.buckets, other.buckets)
        _join(self.within, other.within)

    def percentile(self, share: float) -> float | None:
        """Seconds that so large a share took at most (nearest rank), within 1 %. None: there is nothing."""
        rank = max(1, ceil(share * self.count))
        for bucket in sorted(self.buckets):
            rank -= self.buckets[bucket]
            if rank <= 0:
                # the middle of the bucket, as far in per cent from its upper as from its lower end
                return exp(bucket * _GROWTH) * _MIDDLE
        return None

    def share_within(self, limit: int) -> float | None:
        """Which share took at most so many seconds, exactly. None: there is nothing."""
        return self.within.get(limit, 0) / self.count if self.count else None


def joined(several: Iterable[Times]) -> Times:
    """One sketch of all."""
    whole = Times()
    for each in several:
        whole.join(each)
    return whole


def _join(into: dict[int, int], more: Mapping[int, int]) -> None:
    for key, count in more.items():
        into[key] = into.get(key, 0) + count
