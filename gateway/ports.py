"""What the gateway's rooms need of each other, as Protocols: stores and transports have several bodies each."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

import msgspec

from alerts.alert import Alert
from alerts.effects import Effects
from alerts.rule import Memory
from devices.codec import Message
from devices.reading import Instant, Reading
from ledger.entry import Draft, Entry

Aggregate = Literal["mean", "min", "max", "last", "count"]


class Point(msgspec.Struct, frozen=True, gc=False):
    """One stored value (or one aggregate of a step, at the step's start)."""

    time: Instant
    value: bool | float | str
    quality: int = 0


class SeriesStore(Protocol):
    """Time series. Every method may raise StoreUnavailable; the caller owns the retry."""

    def append(self, readings: Sequence[Reading]) -> None:
        """Durable when it returns. A repeat of the same (device, signal, time) is harmless."""

    def latest(self) -> dict[tuple[str, str], Reading]:
        """The newest reading of every (device, signal): primes the engine and the console after a start."""
        ...

    def range(
        self,
        device: str,
        signal: str,
        start: Instant,
        end: Instant,
        step: Instant | None = None,
        aggregate: Aggregate = "mean",
    ) -> list[Point]:
        """Readings with start <= time < end in time order; one point per ``step`` nanoseconds if given."""
        ...

    def retain(self, before: Instant) -> int:
        """Forget readings older than ``before``; returns how many."""
        ...

    def close(self) -> None: ...


class Committed(msgspec.Struct, frozen=True):
    """What a commit made durable: the alert events and ledger entries with their numbers in the feed."""

    feed_ids: tuple[int, ...]
    entries: tuple[Entry, ...]


class Restored(msgspec.Struct, frozen=True):
    """What survived: open alerts, rule memories as stored bytes by (rule, key), armed modes by area."""

    alerts: tuple[Alert, ...]
    memories: dict[tuple[str, str], bytes]
    modes: dict[str, str]
    fingerprints: frozenset[int]


class Records(Protocol):
    """The relational store: alerts, their history, memories, modes and the ledger, in one transaction."""

    def restore(self) -> Restored: ...

    def commit(
        self, effects: Effects, drafts: Sequence[Draft], fingerprints: Sequence[int], now: Instant
    ) -> Committed:
        """One durable transaction. ``fingerprints`` identify the messages that caused it (see restore)."""
        ...

    def close(self) -> None: ...


class Delivery:
    """One thing that came in at the one door, and the way to say that it is done.

    ``done`` is called once, after the commit (PUBACK, a confirm frame); ``failed`` instead, if it cannot be.
    """

    __slots__ = ("done", "failed", "item")

    def __init__(self, item: Any, done: Callable[[], None] | None, failed: Callable[[str], None] | None = None) -> None:
        self.item, self.done, self.failed = item, done, failed


class HotTransport(Protocol):
    """A transport that the pipeline's own thread reads: no queue between the wire and the commit."""

    def fileno(self) -> int | None: ...
    def take(self, most: int, until: float) -> list[tuple[Message, int]]: ...
    def acknowledge(self) -> None: ...
    def keep_alive(self) -> None: ...
