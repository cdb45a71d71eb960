"""The one writer: take a burst, decode it, step the engine, commit, acknowledge, publish. One thread, one loop.

Theory of operation. A *turn* is everything between two waits: the MQTT messages that are there (at most 1,000
or 20 ms), what waits in the inbox, and a Tick if a rule asked to be woken by now. What follows from a turn is
one Batch: readings for the time-series store, then alerts, memories and ledger entries in one transaction of the
relational store, then the acknowledgements, then the feed.

When a store fails (disk full, server down) the batch waits, unacknowledged, and is tried again every second in
order; turns go on, and what they cause is shown live, marked as not stored. Nothing is acknowledged before its
commit, so a crash then costs nothing but a repeat.
"""

import math
import select
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import msgspec

from alerts.command import ConsentBypass
from alerts.effects import Effects
from alerts.engine.engine import Engine
from alerts.event import Event, Tick
from api.ports import Published
from devices.device import OWN_FAMILY, Device, SenderKey
from devices.device_service import DeviceService, Prepared
from devices.errors import Refused, StoreUnavailable
from devices.orders import Change, Order
from devices.reading import SECOND, Instant, Reading
from gateway.clock import Clock
from gateway.feed import Feed
from gateway.gaps import Gaps
from gateway.importing import Importing, UnfinishedImport
from gateway.inbox import Delivery, FromLine, Inbox, give_up, refuse
from gateway.ingest.adoption_replay import AdoptionReplay
from gateway.ingest.ingest import Ingest
from gateway.ingest.mqtt_ingest import MqttIngest
from gateway.ingest.receipts import Receipts
from gateway.metrics import Metrics
from gateway.output_sender import OutputSender
from gateway.ports import Committed, MqttIntake, Records, SeriesStore, Unacknowledged
from gateway.two_people import TwoPeople
from ledger.entry import Draft

_MOST_DELIVERIES = 1_000
_LONGEST_WAIT_S = 0.5
_RETRY_S = 1.0
_MOST_UNCOMMITTED = 50_000


class _Batch(msgspec.Struct):
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
    triggered: Sequence[Device] = ()
    """What somebody has tested who stands before it: he is told when this is stored."""
    has_series: bool = False


class Pipeline:
    """Owns the engine and the write side of both stores. ``run`` is the body of its thread."""

    def __init__(
        self,
        *,
        clock: Clock,
        inbox: Inbox,
        ingest: Ingest,
        engine: Engine,
        series: SeriesStore,
        records: Records,
        feed: Feed,
        metrics: Metrics,
        device_service: DeviceService,
        drafts_of: Callable[[Effects, Instant], list[Draft]],
        receipts: Receipts,
        mqtt: MqttIntake | None = None,
        keep_announcements: Callable[[Mapping[str, bytes | None]], None] = lambda changes: None,
        on_store_fault: Callable[[str], None] = lambda reason: None,
        on_installed: Callable[[Sequence[Device]], None] = lambda devices: None,
        on_tested: Callable[[Device], None] = lambda device: None,
        unfinished: UnfinishedImport | None = None,
        outputs: OutputSender | None = None,
        on_missed: Callable[[Instant, Instant], None] = lambda since, until: None,
    ) -> None:
        self._clock, self._inbox, self._ingest, self._engine = clock, inbox, ingest, engine
        self._series, self._records, self._feed, self._metrics = series, records, feed, metrics
        self._device_service, self._drafts_of, self._mqtt = device_service, drafts_of, mqtt
        self._own = [device for device in ingest.registry.devices() if device.family == OWN_FAMILY]
        self._greeting = AdoptionReplay(ingest.registry, ingest.quarantine, engine)
        self._receipts, self._outputs = receipts, outputs or OutputSender(None, clock.monotonic)
        self._taking = MqttIngest(mqtt, ingest, receipts, clock, metrics) if mqtt is not None else None
        self._on_store_fault, self._on_installed, self._on_tested = on_store_fault, on_installed, on_tested
        self._keep_announcements, self._gaps = keep_announcements, Gaps(engine.missed, on_missed)
        self._importing = Importing(device_service, unfinished)
        self.two_people = TwoPeople(device_service, engine, self._importing, self._told_danger)
        self._waiting: deque[_Batch] = deque()
        self._uncommitted = 0
        self._retry_at = 0.0
        self._upkeep_at = 0.0
        self._stopping = False
        self.store_fault = ""
        self.unrecorded: set[str] = set()
        """The alerts of which a step waits to be stored."""
        self.newest_reading: Instant | None = None
        self.ledger_entries = 0

    def _told_danger(self, sender: SenderKey) -> bool:
        found = self._ingest.quarantine.find(sender)
        return bool(found is not None and found.dangers) or sender in self._engine.strangers()

    def stop(self) -> None:
        """Ask the loop to end after its turn; from any thread."""
        self._stopping = True
        self._inbox.wake()

    def run(self) -> None:
        """Turn after turn until stopped. However it ends, the line is given back and whoever waits is told."""
        self._gaps.begin(self._clock.now())
        try:
            while not self._stopping:
                self._wait()
                self.turn()
        finally:
            for batch in self._waiting:
                give_up(batch.deliveries, "the gateway stopped before it was stored; try again")
            give_up(self._importing.given_up(), "the gateway stopped; a long list goes on at its next start")
            if self._mqtt is not None:
                self._mqtt.close()

    def turn(self) -> None:
        """One turn; returns without waiting."""
        arrived: Sequence[Unacknowledged] = ()
        deliveries: list[Delivery] = []
        if self._uncommitted < _MOST_UNCOMMITTED:
            if self._taking is not None:
                arrived = self._taking.arrived()
            deliveries = self._importing.released() + self._inbox.take(_MOST_DELIVERIES)
        now = self._clock.now()
        self._gaps.look(now)
        wake_at = self._engine.wake_at
        if arrived or deliveries or self._has_own_work() or (wake_at is not None and now >= wake_at):
            try:
                self._take_in(arrived, deliveries, now)
            except BaseException:
                give_up(deliveries, "the gateway failed over it and starts anew; see the log")
                raise
        if self._waiting and self._clock.monotonic() >= self._retry_at:
            self._retry()
        self._outputs.look()
        if self._mqtt is not None:
            self._ask_mqtt(self._mqtt)

    # -- taking in -----------------------------------------------------------------------------------------

    def _take_in(self, arrived: Sequence[Unacknowledged], deliveries: list[Delivery], now: Instant) -> None:
        found, identified = self._greeting.taken()
        readings = [*found]
        messages: Sequence[Unacknowledged] = ()
        connection = 0
        if self._taking is not None and self._uncommitted < _MOST_UNCOMMITTED:
            messages, read = self._taking.understood(arrived, now)
            connection = self._taking.connection
            readings += read
        events: list[Event] = list(readings)
        asked: dict[int, Delivery] = {}
        ordered: list[Change] = []
        for delivery in list(deliveries):
            item = delivery.item
            if isinstance(item, FromLine):
                from_line = self._ingest.read_line(item, now)
                if self._ingest.refused:
                    refuse(deliveries, delivery, self._ingest.refused)
                readings += from_line
                events += from_line
            elif isinstance(item, Reading):
                events.append(item)
            elif isinstance(item, Order | Prepared):
                try:
                    wish = self.two_people.take(item, delivery, deliveries, ordered, now)
                except Refused as refusal:
                    refuse(deliveries, delivery, str(refusal))
                    continue
                if wish is not None:
                    asked[len(events)] = delivery
                    events.append(wish)
            else:
                if isinstance(item, ConsentBypass) and (why_not := self.two_people.speaks_against(item, delivery, now)):
                    refuse(deliveries, delivery, why_not)
                    continue
                asked[len(events)] = delivery
                events.append(item)
        if self._ingest.strangers:
            events += self._ingest.strangers
            self._ingest.strangers.clear()
        events += identified
        wake_at = self._engine.wake_at
        if wake_at is not None and now >= wake_at:
            events.append(Tick(now))
        settled: Sequence[Change] = ordered
        if self._has_slice() and not ordered:
            ordered, settled, asked_for = self._importing.next_slice()
            deliveries += asked_for
        triggered = self._device_service.hear(readings)
        effects = self._engine.step(events, now)
        if effects.readings:
            readings += effects.readings
            self._ingest.prime(effects.readings)
        self._greeting.started(now)
        for index, reason in effects.refused:
            refuse(deliveries, asked[index], reason)
        ordered += self.two_people.settled(effects.orders, deliveries, now)
        effects.devices = ordered
        if readings:
            self.newest_reading = now
        self._metrics.took_in(len(messages), len(readings), len(deliveries))
        drafts = self._drafts_of(effects, now) if effects.changes_records() else ()
        batch = _Batch(
            now, readings, effects, drafts, messages, connection, self._receipts.taken, deliveries, triggered=triggered
        )
        if settled:
            batch.installed, batch.settled = self._device_service.devices(), settled
        self._settle(batch)

    def _has_own_work(self) -> bool:
        """Whether a turn has something to do although nothing came."""
        announced = bool(self._ingest.announcements.unsaved) and not self._waiting
        return bool(self._greeting) or self._has_slice() or announced or self._has_messages()

    def _has_messages(self) -> bool:
        """Whether messages wait for their share of a turn."""
        return self._taking is not None and self._taking.waits and self._uncommitted < _MOST_UNCOMMITTED

    def _has_slice(self) -> bool:
        return self._importing.runs and not self._waiting

    # -- making durable ------------------------------------------------------------------------------------

    def _settle(self, batch: _Batch) -> None:
        self._outputs.decided(batch.effects.outputs)
        if self._waiting:
            self._put_off(batch)
            return
        try:
            self._commit(batch)
        except StoreUnavailable as error:
            self._fail(str(error))
            self._put_off(batch)

    def _store(self, batch: _Batch) -> Committed | None:
        """Durable when it returns."""
        unsaved = self._ingest.announcements.unsaved
        if unsaved:  # before the broker is told that it was heard: it may not have kept it
            self._keep_announcements(unsaved)
            unsaved.clear()
        committed = None
        changes_records = batch.effects.changes_records()
        if changes_records or batch.readings:  # what nothing follows from may be taken in again, and waits for the next
            self._receipts.save()
            receipts = self._receipts.unstored(batch.taken)
            if batch.readings and not batch.has_series:
                self._series.append(batch.readings, () if changes_records else receipts)
                batch.has_series = True
            if changes_records:
                committed = self._records.commit(batch.effects, batch.drafts, receipts, batch.now)
            self._receipts.stored(batch.taken)
        if not changes_records and (batch.messages or batch.deliveries):
            self._records.confirm()
        return committed

    def _commit(self, batch: _Batch) -> None:
        with self._outputs.storing():
            committed = self._store(batch)
        self._outputs.send(batch.effects.outputs)
        if batch.installed is not None:
            self._install(batch.installed, batch.settled)
            self._importing.stored(batch.settled)
        if batch.messages and self._taking is not None:
            self._taking.committed(batch.messages, batch.connection)
        for delivery in batch.deliveries:
            if delivery.done is not None:
                delivery.done()
        if committed is not None:
            if committed.entries:
                self.ledger_entries = committed.entries[-1].sequence
            self._feed.publish(committed.published)
            self._metrics.committed(batch.effects, self._clock.now() - batch.now)
        for device in self._tested(batch):
            self._on_tested(device)

    def _tested(self, batch: _Batch) -> list[Device]:
        """Those that a person has just made speak, in a commissioning or a walk test."""
        answers = [changed.answer.device for changed in batch.effects.walk_tests if changed.answer is not None]
        answered = [self._ingest.registry.device(device) for device in answers]
        return [*batch.triggered, *(device for device in answered if device is not None)]

    def _install(self, devices: Sequence[Device], changes: Sequence[Change]) -> None:
        """Stored orders take effect: who is known, who is watched, who waits in quarantine no more."""
        now = self._clock.now()
        directory = self._ingest.registry
        directory.install([*devices, *self._own])
        self._ingest.settle(now)
        self._engine.set_devices(directory.devices(), now)
        self._on_installed(devices)
        self._greeting.settled(changes, now)

    def _put_off(self, batch: _Batch) -> None:
        self._waiting.append(batch)
        self._uncommitted += len(batch.messages) + len(batch.deliveries)
        self._metrics.uncommitted(self._uncommitted)
        self.unrecorded |= {event.alert.id for event in batch.effects.alerts}
        newest = self._feed.newest_id
        self._feed.publish([Published(newest, "alert", event) for event in batch.effects.alerts])

    def _retry(self) -> None:
        while self._waiting:
            try:
                self._commit(self._waiting[0])
            except StoreUnavailable as error:
                self._fail(str(error))
                return
            done = self._waiting.popleft()
            self._uncommitted -= len(done.messages) + len(done.deliveries)
        self._metrics.uncommitted(0)
        self.unrecorded, self.store_fault = set(), ""
        self._on_store_fault("")

    def _fail(self, reason: str) -> None:
        self._retry_at = self._clock.monotonic() + _RETRY_S
        if reason != self.store_fault:
            self.store_fault = reason
            self._on_store_fault(reason)

    # -- waiting -------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        if self._has_messages() or (
            self._mqtt is not None and self._uncommitted < _MOST_UNCOMMITTED and self._mqtt.has_more()
        ):
            return
        timeout = 0.0 if self._importing.has_work and not self._waiting else _LONGEST_WAIT_S
        wake_at = self._engine.wake_at
        if wake_at is not None:
            timeout = min(timeout, max(0.0, (wake_at - self._clock.now()) / SECOND))
        # poll, not select: with a thousand browsers connected, descriptors are larger than select can take.
        arrivals = select.poll()
        if self._uncommitted < _MOST_UNCOMMITTED:
            arrivals.register(self._inbox.fileno(), select.POLLIN)
            descriptor = self._mqtt.fileno() if self._mqtt is not None else None
            if descriptor is not None:
                arrivals.register(descriptor, select.POLLIN)
            elif self._mqtt is not None:
                timeout = min(timeout, 0.05)
        arrivals.poll(math.ceil(timeout * 1000))

    def _ask_mqtt(self, mqtt: MqttIntake) -> None:
        monotonic = self._clock.monotonic()
        is_due = monotonic >= self._upkeep_at
        if is_due:
            self._ingest.ask(self._clock.now())
        for topic, payload in self._ingest.publish:
            mqtt.publish(topic, payload)
        self._ingest.publish.clear()
        if self._ingest.subscribe:
            mqtt.subscribe(self._ingest.subscribe)
            self._ingest.subscribe.clear()
        if is_due or mqtt.fileno() is None:
            self._upkeep_at = monotonic + _LONGEST_WAIT_S
            mqtt.upkeep()
