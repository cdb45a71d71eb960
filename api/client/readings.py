"""Stored readings of one signal over a span of time."""

from datetime import datetime
from typing import Literal

import msgspec

from api.client.caller import Caller

Aggregate = Literal["mean", "min", "max", "last", "count"]


class Reading(msgspec.Struct, frozen=True):
    """One reading; no ``quality`` is good."""

    device: str
    signal: str
    value: bool | float | str
    time: datetime
    received: datetime
    quality: tuple[str, ...]


class Point(msgspec.Struct, frozen=True):
    """One stored value, or one aggregate at the start of its step."""

    time: datetime
    value: bool | float | str
    quality: tuple[str, ...]


class _Series(msgspec.Struct, frozen=True):
    points: list[Point]


class ReadingCalls:
    """``client.readings``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(
        self,
        device: str,
        signal: str,
        start: datetime,
        end: datetime,
        *,
        step: str | None = None,
        aggregate: Aggregate = "mean",
    ) -> list[Point]:
        """From ``start`` to before ``end``: as they came, or one for a ``step`` (``30s``, ``5m``, ``1h``, ``1d``)."""
        span = {"start": start.isoformat(), "end": end.isoformat()}
        how = {"step": step, "aggregate": aggregate}
        return self._caller.get("/api/readings", _Series, device=device, signal=signal, **span, **how).points
