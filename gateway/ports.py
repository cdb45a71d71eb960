"""What the gateway's rooms need of each other, as Protocols: stores and transports have several bodies each."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import msgspec

from alerts.ask import Ask
from alerts.effects import Effects
from alerts.event import Event
from alerts.output_rule import OutputState
from alerts.restored import Restored
from alerts.rule import Rule
from alerts.rule_instance import Supervised
from api.ports import Aggregate, Point, Published
from devices.device import Device, SenderKey
from devices.reading import Instant, Reading
from ledger.entry import Draft, Entry

__all__ = [
    "RECEIPTS_KEPT",
    "Aggregate",
    "Committed",
    "EngineReads",
    "EngineSteps",
    "MqttIntake",
    "Point",
    "Receipt",
    "Records",
    "RestoredRecords",
    "SeriesStore",
    "Session",
    "Unacknowledged",
]


RECEIPTS_KEPT = 40_000
"""MQTT messages of which it is known that they were taken in.

With those that may come in between (gateway/ingest/fair_queue.py) fewer than there are packet ids: one that is used
again in its
turn does not look like a repeat."""


class Receipt(msgspec.Struct, frozen=True):
    """That messages were taken in: gateway/ingest/receipts.py. Durable together with what they caused.

    ``first`` counts messages, the newest 40,000 are kept; ``packed`` are packet ids, then digests.
    """

    first: int
    connection: int
    packed: bytes


class Session(msgspec.Struct, frozen=True):
    """The session with the broker: receipts before ``first`` are of another one. ``key`` is the secret of digests.

    ``connection`` counts the times that the broker may have heard of us.
    """

    key: bytes
    first: int = 0
    connection: int = 0


class SeriesStore(Protocol):
    """Time series. Every method may raise StoreUnavailable; the caller owns the retry."""

    def append(self, readings: Sequence[Reading], receipts: Sequence[Receipt] = ()) -> None:
        """Durable when it returns, both or neither. A repeat of the same (device, signal, time) is harmless.

        The receipts are of messages that caused nothing but readings; there are none without readings.
        """

    def receipts(self) -> Sequence[Receipt]:
        """Those appended, at least the newest ``RECEIPTS_KEPT`` messages of them."""
        ...

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

    def latest_of(self, device: str) -> list[Reading]:
        """The newest reading of each signal of one device."""
        ...

    def upkeep(self, now: Instant) -> None:
        """What must be done now and then (sealing, sending on); from a thread of its own."""

    def retain(self, before: Instant) -> int:
        """Forget readings older than ``before``; returns how many."""
        ...

    def close(self) -> None: ...


class Committed(msgspec.Struct, frozen=True):
    """What a commit made durable.

    ``feed_ids`` are the numbers in the feed of the alert events, then of the changes of mode; ``published`` is all
    that goes out, in order: those, then (kind ``ledger``) the entries that neither of them tells.
    """

    feed_ids: tuple[int, ...]
    entries: tuple[Entry, ...]
    published: tuple[Published, ...] = ()


class RestoredRecords(msgspec.Struct, frozen=True):
    """What survived: what the engine goes on from, the modes of areas, and what was heard of the broker."""

    engine: Restored
    modes: dict[str, str]
    session: Session
    receipts: Sequence[Receipt] = ()


class Records(Protocol):
    """The relational store: alerts, their history, memories, modes and the ledger, in one transaction."""

    def restore(self) -> RestoredRecords: ...

    def commit(self, effects: Effects, drafts: Sequence[Draft], receipts: Sequence[Receipt], now: Instant) -> Committed:
        """One durable transaction. ``receipts`` are of the messages that caused it (see restore)."""
        ...

    def confirm(self) -> None:
        """What no commit follows from may be acknowledged all the same. Raises StoreUnavailable if it may not."""

    def note_session(self, session: Session) -> None:
        """Durable when it returns."""

    def close(self) -> None: ...


class Unacknowledged(Protocol):
    """An MQTT message that the broker keeps until it is acknowledged (paho's MQTTMessage has this shape)."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def mid(self) -> int: ...
    @property
    def qos(self) -> int: ...
    @property
    def dup(self) -> bool: ...
    @property
    def retain(self) -> bool: ...


class EngineSteps(Protocol):
    """The engine as the pipeline's thread turns it; pipeline_assembly makes it."""

    @property
    def wake_at(self) -> Instant | None: ...
    def step(self, events: Sequence[Event], now: Instant) -> Effects: ...
    def missed(self, since: Instant, until: Instant) -> None: ...
    def set_devices(self, devices: Sequence[Device], now: Instant) -> None: ...
    def strangers(self) -> dict[SenderKey, tuple[str, ...]]: ...
    def installs(self, ask: Ask) -> bool: ...
    def is_danger_point(self, device: Device) -> bool: ...


class OutputReads(Protocol):
    """What outputs do, from any thread."""

    def states(self) -> list[OutputState]: ...


class KernelReads(Protocol):
    """What workflows say of an ask before it is handed in, from any thread."""

    def who_consents(self, ask: Ask) -> Collection[str]: ...


class EngineReads(Protocol):
    """What no event tells of the engine, from any thread."""

    @property
    def kernel(self) -> KernelReads: ...
    @property
    def rules(self) -> Sequence[Rule[Any]]: ...
    @property
    def outputs(self) -> OutputReads: ...
    def last_heard(self, device: str) -> Instant | None: ...
    def supervised(self, device: str) -> Supervised | None: ...


class MqttIntake(Protocol):
    """The MQTT connection as the pipeline's thread uses it; see gateway/transports/mqtt.py."""

    @property
    def connection(self) -> int: ...
    @property
    def is_up(self) -> bool: ...
    def fileno(self) -> int | None: ...
    def has_more(self) -> bool: ...
    def take(self, most: int, until: float) -> Sequence[Unacknowledged]: ...
    def acknowledge(self, messages: Sequence[Unacknowledged], connection: int) -> None: ...
    def publish(self, topic: str, payload: bytes) -> None: ...
    def subscribe(self, topics: Sequence[str]) -> None: ...
    def upkeep(self) -> None: ...
    def close(self) -> None: ...
