"""What devices said."""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from devices.reading import Instant, Reading

Aggregate = Literal["mean", "min", "max", "last", "count"]


class Point(msgspec.Struct, frozen=True, gc=False):
    """One stored value (or one aggregate of a step, at the step's start)."""

    time: Instant
    value: bool | float | str
    quality: int = 0


class Readings(Protocol):
    """What devices said."""

    def latest(self, device: str) -> list[Reading]: ...

    def series(
        self, device: str, signal: str, start: Instant, end: Instant, step: Instant | None, aggregate: Aggregate
    ) -> Sequence[Point]: ...
