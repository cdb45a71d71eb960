"""The pipeline from what is stored: registry, engine, intake, the receipts of the broker's messages, its connection."""

import asyncio
import gc
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from alerts.area_mode import meant
from alerts.engine.engine import Engine
from alerts.moves import Notification
from alerts.restored import Restored
from alerts.rule import Rule
from alerts.world import World
from api.catalogue import language
from devices.callers import Callers
from devices.device_directory import DeviceDirectory
from devices.device_service import DeviceService
from devices.errors import Refused
from devices.families import families_of_one_caller, families_of_panels, mqtt_families
from devices.keypad import Keypads
from devices.malformed import MalformedLog
from devices.quarantine import Quarantine
from devices.reading import SECOND, Reading
from gateway import output_ways
from gateway.clock_rollback import after_rollback
from gateway.code_holders import also_armed_by, of_people_here
from gateway.committing import Callbacks, Doors, Stores
from gateway.foundation import Foundation
from gateway.inbox import Delivery
from gateway.ingest.ingest import Ingest
from gateway.ingest.receipts import Receipts
from gateway.lines import Lines
from gateway.own_devices import AREA, OWN_PARTS, forwarding_part, own_devices
from gateway.own_rules import own_rules_of
from gateway.pipeline import Pipeline
from gateway.ports import RestoredRecords
from gateway.running import Running
from gateway.self_monitoring import SelfMonitoring
from gateway.site.calendar import schedules_of
from gateway.site.device_checks import check_of
from gateway.site.remarks import remarks_of
from gateway.stores.series_stretch import stretch
from gateway.supervisor import run_thread
from gateway.transports import mqtt
from gateway.transports.topic_filter import matches
from gateway.workflow_parts import kernel_of, rules_of
from ledger.feeds import Feeds
from ledger.journal import drafts_of

log = logging.getLogger("keyarea")

_COLLECT_AFTER = 50_000
"""Objects made and not yet dropped; a full burst makes about 20,000."""


class PipelineAssembly:
    """``build`` makes a pipeline anew at each start of it, so that one that died leaves nothing half-done behind."""

    def __init__(
        self,
        foundation: Foundation,
        running: Running,
        monitoring: SelfMonitoring,
        lines: Lines,
        notify: Callable[[World, Sequence[Notification]], None] = lambda _world, _notifications: None,
    ) -> None:
        """``notify``: who tells people outside, given the world that knows where they are reached."""
        self._notify = notify
        self._foundation, self._running, self._monitoring, self._lines = foundation, running, monitoring, lines
        self._site, self._clock, self._stores = foundation.site, foundation.clock, foundation.stores

    async def run(self) -> None:
        """Build one and run it until cancelled: the body of the part."""
        pipeline = await asyncio.to_thread(self.build)
        _spare_the_collector()
        await run_thread("pipeline", pipeline.run, pipeline.stop)

    def build(self) -> Pipeline:
        """One that goes on where the last one ended; ``running`` shows it. Raises StoreUnavailable."""
        foundation, lines, stores, clock = self._foundation, self._lines, self._stores, self._clock
        centres = self._site.forwarding
        parts = [*OWN_PARTS, *lines.parts(), *(forwarding_part(centre.name) for centre in centres)]
        device_service = self._device_service()
        lines.serve(device_service.devices())
        directory = DeviceDirectory(
            [*device_service.devices(), *own_devices(["mqtt", *lines.names()], parts, centres)],
            allowed_skew=int(self._site.allowed_skew_s * SECOND),
        )
        ahead = stores.runs.ahead(clock.now())
        restored = stores.records.restore()
        before = after_rollback(restored.engine, ahead, clock.now())
        rules = rules_of(self._site, before.cases)
        engine = self._engine(rules, device_service, directory, before, restored.modes)
        latest = stores.series.latest()
        looked_back = stretch(
            *(rules, directory.devices(), stores.series, latest, clock.now),
            listened=engine.kernel.windows,
            left_out=self._monitoring.left_out,
        )
        engine.prime(latest.values(), clock.now(), looked_back)
        ingest = self._ingest(directory, device_service, latest.values(), engine)
        receipts = self._receipts(restored)
        broker = self._broker(ingest, receipts)
        outputs = output_ways.sender(
            clock.monotonic, ingest, broker, foundation.inbox, lines.order, own_rules_of(self._site)
        )
        pipeline = Pipeline(
            clock=clock,
            metrics=foundation.metrics,
            doors=Doors(
                *(foundation.inbox, foundation.feed, receipts, broker, outputs),
                partial(self._notify, engine.kernel.world),
            ),
            stores=Stores(
                stores.series,
                stores.records,
                partial(
                    drafts_of,
                    books=stores.books,
                    render=language(self._site.language, self._site.time_zone).show,
                    feeds=Feeds(stores.books.values(), directory.device),
                ),
                stores.announcements.keep,
                stores.unfinished,
            ),
            engine=engine,
            ingest=ingest,
            device_service=device_service,
            callbacks=Callbacks(self._monitoring.store_is, lines.serve, lines.tick, stores.runs.missed),
        )
        self._go_on(device_service)
        pipeline.committing.ledger_entries = stores.records.ledger_head().sequence
        foundation.feed.catch_up()
        self._running.engine, self._running.ingest, self._running.pipeline = engine, ingest, pipeline
        self._running.device_service = device_service
        self._monitoring.restarted(before.alerts, parts)
        return pipeline

    def _device_service(self) -> DeviceService:
        """What the site file and technicians installed; what of the latter the file contradicts is left out."""
        check = check_of(self._site)
        installed, left_out = self._stores.installation.installed(self._site.devices).checked(check)
        for said in left_out:
            log.warning("%s", said)
        return DeviceService(installed, check, remarks_of([*self._site.rules, *own_rules_of(self._site)]))

    def _engine(
        self,
        rules: Sequence[Rule[Any]],
        device_service: DeviceService,
        directory: DeviceDirectory,
        before: Restored,
        modes: dict[str, str],
    ) -> Engine:
        site = self._site
        return Engine(
            rules=rules,
            devices=directory.devices(),
            area_modes={area.id: meant(modes.get(area.id, area.mode), area.modes) for area in (*site.areas, AREA)},
            schedules=schedules_of(site),
            restored=replace(before, runs=self._stores.runs.begin(self._clock.now())),
            area_choices={area.id: area.modes for area in site.areas},
            panels_of=lambda devices: DeviceDirectory(devices, 0).behind_panels(families_of_panels()),
            kernel=kernel_of(site, before.cases, device_service),
        )

    def _ingest(
        self, directory: DeviceDirectory, device_service: DeviceService, latest: Iterable[Reading], engine: Engine
    ) -> Ingest:
        site = self._site
        bases = site.mqtt.families if site.mqtt is not None else {}
        codecs = mqtt_families()
        ingest = Ingest(
            directory,
            {family: codec for family, codec in codecs.items() if not bases or family in bases},
            bases,
            matches=matches,
            quarantine=Quarantine(device_service.installed.rejected),
            malformed=MalformedLog(),
            callers=Callers({door.name: door.peers for door in site.socket}, families_of_one_caller()),
            keypads=self._keypads(engine),
        )
        ingest.prime(latest)
        ingest.recall(self._stores.announcements.all(), self._clock.now())
        return ingest

    def _keypads(self, engine: Engine) -> Keypads:
        codes, locks = self._stores.codes, self._stores.keypad_locks
        codes.take_room()
        world = engine.kernel.world
        find = of_people_here(codes.find, world)
        return Keypads(find, codes.spend, locks.standing(self._clock.now()), locks.keep, partial(also_armed_by, world))

    def _receipts(self, restored: RestoredRecords) -> Receipts:
        broker = self._site.mqtt
        return Receipts(
            restored.session,
            (*restored.receipts, *self._stores.series.receipts()),
            broker=f"{broker.client_id}@{broker.host}:{broker.port}" if broker is not None else "",
            keep=self._stores.records.note_session,
        )

    def _broker(self, ingest: Ingest, receipts: Receipts) -> mqtt.MqttTransport | None:
        """The connection to the broker, which the pipeline opens; None if the site has none."""
        broker, settings = self._site.mqtt, self._foundation.settings
        if broker is None:
            return None
        return mqtt.MqttTransport(
            broker,
            [*ingest.topics, *(["#"] if broker.listen_to_all else [])],
            monotonic=self._clock.monotonic,
            on_state=partial(self._monitoring.line_is, "mqtt"),
            on_connecting=receipts.connecting,
            on_session=receipts.connected,
            username=settings.mqtt_username,
            password=settings.mqtt_password.reveal(),
        )

    def _go_on(self, device_service: DeviceService) -> None:
        """Finish the list that a gateway had begun to import when it ended."""
        unfinished = self._stores.unfinished
        order = unfinished.kept()
        if order is None:
            return
        try:
            self._foundation.inbox.put(Delivery(device_service.prepare(order, self._clock.now())))
        except Refused as refusal:
            log.warning("a list of devices was imported in part before the gateway stopped; the rest: %s", refusal)
            unfinished.forget()


def _spare_the_collector() -> None:
    """What stands after the start lives as long as the process: the cycle collector need not look at it again.

    Measured at 20,000 messages a second: with Python's own thresholds a quarter of the pipeline's time went into
    collections that found nothing: 1.71 times the CPU of a bare paho consumer before, 1.26 after
    (benchmarks.ingest), for 4 MB more with 10,000 devices. It stays on: a cycle in a library would grow for months.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
