"""What follows from a turn becomes durable, then it is published, then it is acknowledged: in order, until it is done.

When a store fails (disk full, server down) the batch waits, unacknowledged, and is tried again every second; those
after it wait behind it, and what they cause is shown live, marked as not stored.

Readings and records are two stores, and each may be a server: readings are committed first, then in one transaction all
that they caused and the receipts of the messages. A crash between the two may store a reading without a time of its own
twice, never an alert.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence

import msgspec

from alerts.effects import Effects
from alerts.facts import DEVICE_TESTED
from alerts.moves import Notification
from devices.device import Device
from devices.errors import StoreUnavailable
from devices.message import Text
from devices.orders import Change
from devices.reading import Instant, Reading
from gateway.clock import Clock
from gateway.feed import Feed
from gateway.importing import UnfinishedImport
from gateway.inbox import Delivery, Inbox, give_up
from gateway.ingest.ingest import Ingest
from gateway.ingest.mqtt_ingest import MqttIngest
from gateway.ingest.receipts import Receipts
from gateway.metrics import Metrics
from gateway.output_sender import OutputSender
from gateway.ports import Committed, MqttIntake, Records, SeriesStore, Unacknowledged
from ledger.entry import Draft

_RETRY_S = 1.0
_MOST_UNCOMMITTED = 50_000
"""So many messages and deliveries may wait for a store before nothing more is taken in."""


class Stores(msgspec.Struct, frozen=True):
    """Where what follows from a turn is kept. All of it belongs to the pipeline's thread."""

    series: SeriesStore
    records: Records
    drafts_of: Callable[[Effects, Instant], list[Draft]]
    """What the ledger says of it."""
    keep_announcements: Callable[[Mapping[str, bytes | None]], None] = lambda _changes: None
    unfinished: UnfinishedImport | None = None


class Callbacks(msgspec.Struct, frozen=True):
    """Who is told what of the pipeline's work, in its thread."""

    on_store_fault: Callable[[Text | None], None] = lambda _reason: None
    """With None when all is stored again."""
    on_installed: Callable[[Sequence[Device]], None] = lambda _devices: None
    on_tested: Callable[[Device], None] = lambda _device: None
    on_missed: Callable[[Instant, Instant], None] = lambda _since, _until: None


class Batch(msgspec.Struct):
    """What follows from one turn, on its way to being durable."""

    now: Instant
    readings: Sequence[Reading]
    effects: Effects
    drafts: Sequence[Draft]
    messages: Sequence[Unacknowledged]
    connection: int
    taken: int
    """How far the receipts are with this batch."""
    deliveries: list[Delivery]
    installed: Sequence[Device] | None = None
    """What is in service when this is stored, if that changed."""
    settled: Sequence[Change] = ()
    """What takes effect when this is stored."""
    has_series: bool = False


class Doors(msgspec.Struct, frozen=True):
    """Where what is taken in comes from, and where what is committed goes out."""

    inbox: Inbox
    feed: Feed
    receipts: Receipts
    mqtt: MqttIntake | None = None
    outputs: OutputSender | None = None
    notify: Callable[[Sequence[Notification]], None] = lambda _notifications: None
    """Asked for twice a notification is one."""


class Committing:
    """``install(devices, changes)`` puts stored orders into effect.

    All methods belong to the pipeline's thread; what is public may be read from any.
    """

    def __init__(
        self,
        stores: Stores,
        doors: Doors,
        callbacks: Callbacks,
        *,
        clock: Clock,
        metrics: Metrics,
        ingest: Ingest,
        taking: MqttIngest | None,
        install: Callable[[Sequence[Device], Sequence[Change]], None],
    ) -> None:
        self._stores, self._callbacks = stores, callbacks
        self._receipts, self._feed = doors.receipts, doors.feed
        self._notify = doors.notify
        self.outputs = doors.outputs or OutputSender(None, clock.monotonic)
        self._clock, self._metrics = clock, metrics
        self._ingest, self._taking, self._install = ingest, taking, install
        self._waiting: deque[Batch] = deque()
        self._uncommitted = 0
        self._retry_at = 0.0
        self.store_fault: Text | None = None
        self.ledger_entries = 0

    @property
    def is_behind(self) -> bool:
        """Whether anything waits for a store."""
        return bool(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether so much waits that nothing more may be taken in."""
        return self._uncommitted >= _MOST_UNCOMMITTED

    def add(self, batch: Batch) -> None:
        """Make it durable, now or after what waits already."""
        self.outputs.decided(batch.effects.outputs)
        self._feed.decided(batch.effects.alerts)
        if batch.effects.canaries:
            self._feed.canary = batch.effects.canaries[-1]
        if self._waiting:
            self._put_off(batch)
            return
        try:
            self._commit(batch)
        except StoreUnavailable as error:
            self._fail(error.text)
            self._put_off(batch)

    def go_on(self) -> None:
        """Try again what waits, if it is time to."""
        if not self._waiting or self._clock.monotonic() < self._retry_at:
            return
        while self._waiting:
            try:
                self._commit(self._waiting[0])
            except StoreUnavailable as error:
                self._fail(error.text)
                return
            done = self._waiting.popleft()
            self._uncommitted -= len(done.messages) + len(done.deliveries)
        self._metrics.uncommitted(0)
        self.store_fault = None
        self._feed.nothing_waits()
        self._callbacks.on_store_fault(None)

    def give_up(self, reason: Text) -> None:
        """Tell everybody whose delivery still waits that nothing comes of it."""
        for batch in self._waiting:
            give_up(batch.deliveries, reason)
        self._feed.nothing_waits()

    def _store(self, batch: Batch) -> Committed | None:
        """Durable when it returns."""
        stores, unsaved = self._stores, self._ingest.announcements.unsaved
        if unsaved:  # before the broker is told that it was heard: it may not have kept it
            stores.keep_announcements(unsaved)
            unsaved.clear()
        committed = None
        changes_records = batch.effects.changes_records()
        if changes_records or batch.readings:  # what nothing follows from may be taken in again, and waits for the next
            self._receipts.save()
            receipts = self._receipts.unstored(batch.taken)
            if batch.readings and not batch.has_series:
                stores.series.append(batch.readings, () if changes_records else receipts)
                batch.has_series = True
            if changes_records:
                committed = stores.records.commit(batch.effects, batch.drafts, receipts, batch.now)
            self._receipts.stored(batch.taken)
        if not changes_records and (batch.messages or batch.deliveries):
            stores.records.confirm()
        return committed

    def _commit(self, batch: Batch) -> None:
        with self.outputs.storing():
            committed = self._store(batch)
        self.outputs.send(batch.effects.outputs)
        if batch.effects.notifications:
            self._notify(batch.effects.notifications)
        if batch.installed is not None:
            self._install(batch.installed, batch.settled)
        if committed is not None:
            if committed.entries:
                self.ledger_entries = committed.entries[-1].sequence
            self._feed.publish(committed.published)  # people wait for it, and nobody for the answer to the broker
            self._metrics.committed(batch.effects, self._clock.now() - batch.now)
        if batch.messages and self._taking is not None:
            self._taking.committed(batch.messages, batch.connection)
        for delivery in batch.deliveries:  # who is told that it is done finds it done
            if delivery.done is not None:
                delivery.done()
        for device in self._tested(batch):
            self._callbacks.on_tested(device)

    def _tested(self, batch: Batch) -> list[Device]:
        """Those that a person has just made speak."""
        facts = [fact for fact in batch.effects.facts if DEVICE_TESTED in fact.topics]
        found = [self._ingest.registry.device(device) for fact in facts for device in fact.devices]
        return [device for device in found if device is not None]

    def _put_off(self, batch: Batch) -> None:
        self._waiting.append(batch)
        self._uncommitted += len(batch.messages) + len(batch.deliveries)
        self._metrics.uncommitted(self._uncommitted)
        self._feed.show(batch.effects.alerts)
        urgent = [each for each in batch.effects.notifications if each.is_urgent]
        if urgent:  # people who run to a fire do not wait for a disk
            self._notify(urgent)

    def _fail(self, reason: Text) -> None:
        self._retry_at = self._clock.monotonic() + _RETRY_S
        if reason != self.store_fault:
            self.store_fault = reason
            self._callbacks.on_store_fault(reason)
