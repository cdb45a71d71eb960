"""The one writer: take a burst, decode it, step the engine, commit, publish, acknowledge. One thread, one loop.

Theory of operation. A *turn* is everything between two waits: the MQTT messages that are there (at most 1,000
or 20 ms), what waits in the inbox, and a Tick if a rule asked to be woken by now. What follows from a turn is
one Batch: readings for the time-series store, then alerts, memories and ledger entries in one transaction of the
relational store, then the feed, then the acknowledgements.

When a store fails (disk full, server down) the batch waits, unacknowledged (committing.py); turns go on. Nothing is
acknowledged before its commit, so a crash then costs nothing but a repeat.
"""

import math
import select
from collections.abc import Sequence

from alerts.ask import Ask
from alerts.event import Event, Tick
from devices.device import OWN_FAMILY, Device, SenderKey
from devices.device_service import DeviceService, Prepared
from devices.message import Text, as_text
from devices.orders import Change
from devices.reading import SECOND, Instant, Reading
from gateway.clock import Clock
from gateway.committing import Batch, Callbacks, Committing, Doors, Stores
from gateway.gaps import Gaps
from gateway.importing import Importing
from gateway.inbox import Delivery, FromLine, answer_to, give_up, refuse
from gateway.ingest.adoption_replay import AdoptionReplay
from gateway.ingest.ingest import Ingest
from gateway.ingest.mqtt_ingest import MqttIngest
from gateway.metrics import Metrics
from gateway.ports import EngineSteps, Unacknowledged

_MOST_DELIVERIES = 1_000
_LONGEST_WAIT_S = 0.5
_NOBODY = Callbacks()


class Pipeline:
    """Owns the engine and the write side of both stores. ``run`` is the body of its thread."""

    def __init__(
        self,
        *,
        clock: Clock,
        metrics: Metrics,
        doors: Doors,
        stores: Stores,
        engine: EngineSteps,
        ingest: Ingest,
        device_service: DeviceService,
        callbacks: Callbacks = _NOBODY,
    ) -> None:
        self._clock, self._metrics, self._inbox, self._mqtt = clock, metrics, doors.inbox, doors.mqtt
        self._engine, self._ingest, self._device_service = engine, ingest, device_service
        self._drafts_of, self._receipts, self._on_installed = stores.drafts_of, doors.receipts, callbacks.on_installed
        self._own = [device for device in ingest.registry.devices() if device.family == OWN_FAMILY]
        self._greeting = AdoptionReplay(ingest.registry, ingest.quarantine, engine)
        self._taking = (
            MqttIngest(doors.mqtt, ingest, doors.receipts, clock, metrics) if doors.mqtt is not None else None
        )
        self._gaps = Gaps(engine.missed, callbacks.on_missed)
        self._importing = Importing(device_service, stores.unfinished)
        device_service.has_told_danger = self._told_danger
        self.committing = Committing(
            stores,
            doors,
            callbacks,
            clock=clock,
            metrics=metrics,
            ingest=ingest,
            taking=self._taking,
            install=self._install,
        )
        self._stopping = False
        self.newest_reading: Instant | None = None
        self.turned_at = 0.0
        """When a turn ended last, by the monotonic clock."""

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
            self.committing.give_up(Text.of("pipeline.stopped"))
            give_up(self._importing.given_up(), Text.of("pipeline.stopped_over_a_list"))
            if self._mqtt is not None:
                self._mqtt.close()

    def turn(self) -> None:
        """One turn; returns without waiting."""
        arrived: Sequence[Unacknowledged] = ()
        deliveries: list[Delivery] = []
        if not self.committing.is_full:
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
                give_up(deliveries, Text.of("pipeline.failed"))
                raise
        self.committing.go_on()
        self.committing.outputs.look()
        if self._taking is not None:
            self._taking.tend()
        self.turned_at = self._clock.monotonic()

    # -- taking in -----------------------------------------------------------------------------------------

    def _take_in(self, arrived: Sequence[Unacknowledged], deliveries: list[Delivery], now: Instant) -> None:
        found, identified = self._greeting.taken()
        readings = [*found]
        messages: Sequence[Unacknowledged] = ()
        connection = 0
        if self._taking is not None and not self.committing.is_full:
            messages, read = self._taking.understood(arrived, now)
            connection = self._taking.connection
            readings += read
        events: list[Event] = list(readings)
        asked: dict[int, Delivery] = {}
        lists: list[Delivery] = []
        for delivery in list(deliveries):
            item = delivery.item
            if isinstance(item, FromLine):
                from_line = self._ingest.read_line(item, now)
                if self._ingest.refused:
                    refuse(deliveries, delivery, as_text(self._ingest.refused))
                readings += from_line
                events += from_line
            elif isinstance(item, Reading):
                events.append(item)
            elif isinstance(item, Prepared):
                lists.append(delivery)
            elif isinstance(item, Ask) and (lists or self._importing.runs) and self._engine.installs(item):
                deliveries.remove(delivery)
                self._importing.hold(delivery)
            else:
                asked[len(events)] = delivery
                events.append(item)
        if self._ingest.strangers:
            events += self._ingest.strangers
            self._ingest.strangers.clear()
        events += identified
        wake_at = self._engine.wake_at
        if wake_at is not None and now >= wake_at:
            events.append(Tick(now))
        effects = self._engine.step(events, now)
        self._ingest.codes_answered(((m.area, m.by) for m in effects.modes if m.proof == "code"), now)
        if effects.readings:
            readings += effects.readings
            self._ingest.prime(effects.readings)
        self._greeting.started(now)
        for index, reason in effects.refused:
            refuse(deliveries, asked[index], reason, effects.faults.get(index, ()))
        for answer in effects.answered:
            answer_to(deliveries, asked[answer.place], answer)
        for delivery in lists:
            self._importing.take(delivery, deliveries, self._engine.is_danger_point)
        settled: Sequence[Change] = effects.devices
        if self._has_slice() and not settled:
            effects.devices, settled, asked_for = self._importing.next_slice()
            deliveries += asked_for
        if readings:
            self.newest_reading = now
        self._metrics.took_in(len(messages), len(readings), len(deliveries))
        drafts = self._drafts_of(effects, now) if effects.changes_records() else ()
        batch = Batch(now, readings, effects, drafts, messages, connection, self._receipts.taken, deliveries)
        if settled:
            batch.installed, batch.settled = self._device_service.devices(), settled
        self.committing.add(batch)

    def _has_own_work(self) -> bool:
        """Whether a turn has something to do although nothing came."""
        announced = bool(self._ingest.announcements.unsaved) and not self.committing.is_behind
        return bool(self._greeting) or self._has_slice() or announced or self._has_messages()

    def _has_messages(self) -> bool:
        """Whether messages wait for their share of a turn."""
        return self._taking is not None and self._taking.waits and not self.committing.is_full

    def _has_slice(self) -> bool:
        return self._importing.runs and not self.committing.is_behind

    def _install(self, devices: Sequence[Device], changes: Sequence[Change]) -> None:
        """Stored orders take effect: who is known, who is watched, who waits in quarantine no more."""
        now = self._clock.now()
        directory = self._ingest.registry
        directory.install([*devices, *self._own])
        self._ingest.settle(now)
        self._engine.set_devices(directory.devices(), now)
        self._on_installed(devices)
        self._greeting.settled(changes, now)
        self._importing.stored(changes)

    # -- waiting -------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        if self._has_messages() or (self._mqtt is not None and not self.committing.is_full and self._mqtt.has_more()):
            return
        timeout = 0.0 if self._importing.has_work and not self.committing.is_behind else _LONGEST_WAIT_S
        wake_at = self._engine.wake_at
        if wake_at is not None:
            timeout = min(timeout, max(0.0, (wake_at - self._clock.now()) / SECOND))
        # poll, not select: with a thousand browsers connected, descriptors are larger than select can take.
        arrivals = select.poll()
        if not self.committing.is_full:
            arrivals.register(self._inbox.fileno(), select.POLLIN)
            descriptor = self._mqtt.fileno() if self._mqtt is not None else None
            if descriptor is not None:
                arrivals.register(descriptor, select.POLLIN)
            elif self._mqtt is not None:
                timeout = min(timeout, 0.05)
        arrivals.poll(math.ceil(timeout * 1000))
