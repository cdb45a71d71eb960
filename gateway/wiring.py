"""The parts list: what the gateway is made of, in the order in which a reading meets it, and how each is closed.

One dull straight line on purpose (style.md C9): whoever reads it top to bottom has read the architecture.
"""

import asyncio
import contextlib
import gc
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from alerts.engine.engine import Engine
from alerts.schedule import from_parts
from api import console
from api.app import create_app
from api.catalogue import language
from api.screens import Screens
from api.silent_alarm_view import is_watched
from devices.callers import Callers
from devices.device_directory import DeviceDirectory
from devices.device_service import DeviceService
from devices.errors import Refused, StoreUnavailable
from devices.families import families_of_one_caller, families_of_panels, mqtt_families
from devices.malformed import MalformedLog
from devices.quarantine import Quarantine
from devices.reading import SECOND, Instant, Reading
from gateway import access, local_channel, notify_systemd, output_ways, web_server
from gateway.clock import Clock
from gateway.clock_rollback import after_rollback
from gateway.descriptors import LoopFaults, for_web, make_room
from gateway.device_forecast import DeviceForecast
from gateway.feed import Feed
from gateway.full_doors import is_told_full
from gateway.importing import UnfinishedImport
from gateway.inbox import Delivery, Inbox
from gateway.ingest.ingest import Ingest
from gateway.ingest.receipts import Receipts
from gateway.keys import KeyFile
from gateway.last_maintenance import LastMaintenance
from gateway.lines import Lines
from gateway.metrics import Metrics
from gateway.pipeline import Pipeline
from gateway.ports import SeriesStore
from gateway.screen_watch import ScreenWatch
from gateway.self_monitoring import AREA, CLIENT_ID, CLOCK, OWN_PARTS, READINGS, RECORDS, own_devices, own_rules_of
from gateway.settings import Settings
from gateway.site.device_checks import check_of
from gateway.site.model import Site
from gateway.site.remarks import remarks_of
from gateway.site.silent_alarms import has_silent_alarms
from gateway.state import RunningState
from gateway.stores.account_changes import AccountChanges
from gateway.stores.books import read_books
from gateway.stores.discovery_cache import StoredDiscoveryCache
from gateway.stores.folder import make_private
from gateway.stores.installation import Installation
from gateway.stores.opening import open_records
from gateway.stores.owner import Owner
from gateway.stores.runs import Runs
from gateway.stores.series_influx import SeriesInflux
from gateway.stores.series_opening import put_aside_before, series_in, upkeep_of
from gateway.stores.series_sqlite import SeriesSqlite
from gateway.stores.series_stretch import stretch
from gateway.stores.sessions import Sessions
from gateway.stores.users import Users
from gateway.stores.witness import FILE_NAME as WITNESS
from gateway.stores.witness import Witness
from gateway.supervisor import Supervisor, run_thread
from gateway.transports import mqtt
from gateway.transports.rivalry import CONTENDED
from gateway.upkeep import Upkeep, hourly, retention, told_when_changed
from gateway.view import GatewayView
from ledger.journal import drafts_of

log = logging.getLogger("keyarea")

_DAY = 86_400 * SECOND
_COLLECT_AFTER = 50_000
"""Objects made and not yet dropped; a full burst makes about 20,000."""


class Gateway:
    """Everything that runs for one site. ``run`` until cancelled; raises GivenUp when a part can't be kept alive."""

    def __init__(self, site: Site, folder: Path, settings: Settings, clock: Clock) -> None:
        self.site, self.folder, self.settings, self.clock = site, folder, settings, clock
        make_private(folder)

        # Stores first: without them nothing may be taken in.
        witness = Witness(Path(settings.witness) if settings.witness else folder / WITNESS, site.id)
        self.opened = open_records(settings.database_url.reveal(), folder, site.id, witness, clock)
        self.records, self.owner = self.opened.records, self.opened.owner
        self.database = self.records.database
        self.series = self._open_series()
        self.users = Users(self.database)
        self.books = read_books()
        self.installation = Installation(self.records.documents)
        self.announcements = StoredDiscoveryCache(self.records.documents)
        self.unfinished = UnfinishedImport(folder)
        self.sessions = Sessions(self.database)
        self.account_changes = AccountChanges(self.database)
        self.runs = Runs(self.database)

        # The doors.
        self.inbox = Inbox()
        self.feed = Feed(self.records.feed_newest(), self.records.feed_after)
        self.metrics = Metrics()

        self.access = access.AccessLog(lambda record: self._hand_in(Delivery(record)))

        self.lines = Lines(site, KeyFile(settings.key_file), self.inbox, clock, self._line_is)

        # What people see.
        self.state = RunningState(site, self.series, self.records, clock.now())
        self.state.callers = self.lines.callers
        self.view = GatewayView(
            self.state,
            clock=clock,
            inbox=self.inbox,
            feed=self.feed,
            records=self.records,
            users=self.users,
            installation=self.installation,
            books=self.books,
            metrics=self.metrics,
            access=self.access,
        )
        self.forecast = self.state.forecast = DeviceForecast(
            self.series,
            site.time_zone,
            done=LastMaintenance(self.records, self.view.last_tested),
            tell=lambda due: self.inbox.put(Delivery(due)),
            monotonic=clock.monotonic,
        )
        self.screens = Screens()
        self.app = create_app(
            self.view,
            self.sessions,
            self.screens,
            metrics_token=settings.metrics_token.reveal(),
            is_proxy=site.web.is_proxy,
        )
        console.mount(self.app, self.view, self.sessions)

        # What keeps it all running.
        self.supervisor = Supervisor(monotonic=clock.monotonic, on_death=self._died, on_alive=self._recovered)
        self.state.parts = self.supervisor.states
        self.metrics.watch("keyarea_malformed_total", "Messages not understood", self.state.malformed_total)
        self.metrics.watch(
            "keyarea_passed_over_total",
            "Messages in which a family found nothing to read",
            lambda: float(sum(self.state.passed_over().values())),
        )
        self.metrics.watch("keyarea_noted_total", "Words of danger not understood", self.state.noted_total)
        if isinstance(self.owner, Owner):
            self.supervisor.add("owner", partial(run_thread, "owner", self.owner.keep, self.owner.stop))
        self.supervisor.add("pipeline", self._run_pipeline)
        for part, run in self.lines.parts().items():
            self.supervisor.add(part, run)
        jobs = {
            "records": told_when_changed(self.opened.evidence.look, partial(self._part_is, RECORDS)),
            "accounts": self.opened.accounts.keep,
            "readings": upkeep_of(self.series, folder) if isinstance(self.series, SeriesSqlite) else self.series.upkeep,
            "damage": told_when_changed(partial(put_aside_before, folder), partial(self._part_is, READINGS)),
            "runs": self._note_run,
            "retention": hourly(clock, retention(self.runs, self.series, site.storage.keep_readings_days * _DAY)),
            "survey": lambda now: self.forecast.look(self.view.devices(), now),
        }
        upkeep = Upkeep(
            clock, jobs, faults=self.state.faults, on_clock=partial(self._part_is, CLOCK), alive=self._alive
        )
        self.supervisor.add("upkeep", upkeep.run)
        self.supervisor.add(
            "access",
            partial(access.run, self.access, self.account_changes, self.records, self._hand_in, clock.now),
        )
        self.supervisor.add("status", partial(local_channel.serve, folder, self.view))
        self.supervisor.add("web", self._web(make_room()))
        watch = ScreenWatch(
            self.screens,
            waits=has_silent_alarms(site),
            is_watched=partial(is_watched, self.view, self.screens),
            say=lambda device, is_fault: self._say(device, fault=is_fault),
        )
        self.supervisor.add("screens", partial(watch.run, clock.now))

    async def run(self) -> None:
        self.feed.bind(asyncio.get_running_loop())
        asyncio.get_running_loop().set_exception_handler(LoopFaults())
        try:
            await self.supervisor.run()
        finally:
            notify_systemd.tell("STOPPING=1")
            with contextlib.suppress(StoreUnavailable):
                self.runs.note(self.clock.now(), is_last=True)
            self.series.close()
            self.owner.release()
            self.records.close()
            self.inbox.close()

    # -- parts ---------------------------------------------------------------------------------------------

    async def _run_pipeline(self) -> None:
        """Built anew from what is stored at each start, so that a part that died leaves nothing half-done behind."""
        pipeline = await asyncio.to_thread(self._build_pipeline)
        _spare_the_collector()
        await run_thread("pipeline", pipeline.run, pipeline.stop)

    def _build_pipeline(self) -> Pipeline:
        site = self.site
        own = own_devices(["mqtt", *self.lines.names()], self._part_names())
        device_service = self._device_service()
        self.lines.serve(device_service.devices())
        directory = DeviceDirectory([*device_service.devices(), *own], allowed_skew=int(site.allowed_skew_s * SECOND))
        ahead = self.runs.ahead(self.clock.now())
        restored = after_rollback(self.records.restore(), ahead, self.clock.now())
        rules = [*site.rules, *own_rules_of(site)]
        engine = Engine(
            rules=rules,
            devices=directory.devices(),
            area_modes={area.id: restored.modes.get(area.id, area.mode) for area in (*site.areas, AREA)},
            schedules={s.name: from_parts(s.days, s.start, s.end, site.time_zone) for s in site.schedules},
            restored_alerts=restored.alerts,
            restored_memories=restored.memories,
            area_choices={area.id: area.modes for area in site.areas},
            runs=self.runs.begin(self.clock.now()),
            restored_bypasses=restored.bypasses,
            restored_tests=restored.tests,
            panels_of=lambda devices: DeviceDirectory(devices, 0).behind_panels(families_of_panels()),
        )
        latest = self.series.latest()
        looked_back = stretch(rules, directory.devices(), self.series, latest, self.clock.now)
        engine.prime(latest.values(), self.clock.now(), looked_back)
        bases = site.mqtt.families if site.mqtt is not None else {}
        codecs = mqtt_families()
        ingest = Ingest(
            directory,
            {family: codec for family, codec in codecs.items() if not bases or family in bases},
            bases,
            matches=mqtt.matches,
            quarantine=Quarantine(device_service.installed.rejected),
            malformed=MalformedLog(),
            callers=Callers({door.name: door.peers for door in site.socket}, families_of_one_caller()),
        )
        ingest.prime(latest.values())
        ingest.recall(self.announcements.all(), self.clock.now())
        broker = site.mqtt
        receipts = Receipts(
            restored.session,
            (*restored.receipts, *self.series.receipts()),
            broker=f"{broker.client_id}@{broker.host}:{broker.port}" if broker is not None else "",
            keep=self.records.note_session,
        )
        transport = None
        if site.mqtt is not None:
            transport = mqtt.MqttTransport(
                site.mqtt,
                [*ingest.topics, *(["#"] if site.mqtt.listen_to_all else [])],
                monotonic=self.clock.monotonic,
                on_state=partial(self._line_is, "mqtt"),
                on_connecting=receipts.connecting,
                on_session=receipts.connected,
                username=self.settings.mqtt_username,
                password=self.settings.mqtt_password.reveal(),
            )
        pipeline = Pipeline(
            clock=self.clock,
            inbox=self.inbox,
            ingest=ingest,
            engine=engine,
            device_service=device_service,
            series=self.series,
            records=self.records,
            feed=self.feed,
            metrics=self.metrics,
            drafts_of=partial(drafts_of, books=self.books, render=language(site.language, site.time_zone).show),
            mqtt=transport,
            receipts=receipts,
            keep_announcements=self.announcements.keep,
            on_store_fault=self._store_is,
            on_installed=self.lines.serve,
            on_tested=self.lines.tick,
            unfinished=self.unfinished,
            outputs=output_ways.sender(
                self.clock.monotonic, ingest, transport, self.inbox, self.lines.order, own_rules_of(site)
            ),
            on_missed=self.runs.missed,
        )
        self._go_on(device_service)
        pipeline.ledger_entries = self.records.ledger_head().sequence
        self.feed.catch_up()
        self.state.engine, self.state.ingest, self.state.pipeline = engine, ingest, pipeline
        self.state.device_service = device_service
        for alert in restored.alerts:  # parts that had failed when the process ended
            if alert.active and alert.key.removeprefix("part:") in self._sound_parts():
                self._say(alert.key, fault=False)
        return pipeline

    def _device_service(self) -> DeviceService:
        """What the site file and technicians installed; what of the latter the file contradicts is left out."""
        check = check_of(self.site)
        installed, left_out = self.installation.installed(self.site.devices).checked(check)
        for said in left_out:
            log.warning("%s", said)
        return DeviceService(installed, check, remarks_of([*self.site.rules, *own_rules_of(self.site)]))

    def _go_on(self, device_service: DeviceService) -> None:
        """Finish the list that a gateway had begun to import when it ended."""
        order = self.unfinished.kept()
        if order is None:
            return
        try:
            self.inbox.put(Delivery(device_service.prepare(order, self.clock.now())))
        except Refused as refusal:
            log.warning("a list of devices was imported in part before the gateway stopped; the rest: %s", refusal)
            self.unfinished.forget()

    def _web(self, descriptors: int) -> Callable[[], Awaitable[None]]:
        lines = len(self.lines.parts())
        return partial(web_server.serve, self.app, self.site.web, for_web(descriptors, lines), self.feed.end)

    def _hand_in(self, delivery: Delivery) -> None:
        try:
            self.inbox.put(delivery)
        except StoreUnavailable:
            log.critical("the inbox is full, so the ledger misses %s", delivery.item)

    def _note_run(self, now: Instant) -> None:
        if self.supervisor.states.get("pipeline") == "up":
            self.runs.note(now)

    def _alive(self) -> None:
        if all(state == "up" for state in self.supervisor.states.values()):
            notify_systemd.tell("WATCHDOG=1")

    # -- what the gateway notices of itself ----------------------------------------------------------------

    def _line_is(self, line: str, state: str) -> None:
        if is_told_full(line, state, self.state.faults, self._say):
            return
        before = self.state.lines.get(line)
        self.state.lines[line] = state
        # The first word is always passed on: the line may have been lost when the process ended, and be back now.
        if before is None or (state == "up") != (before == "up"):
            log.log(logging.INFO if state == "up" else logging.WARNING, "line %s: %s", line, state)
            self._say(f"line:{line}", fault=state != "up")
        if before is None or state.startswith(CONTENDED) != before.startswith(CONTENDED):
            self._say(f"part:{CLIENT_ID}", fault=state.startswith(CONTENDED))

    def _store_is(self, fault: str) -> None:
        log.log(logging.ERROR if fault else logging.INFO, "storage: %s", fault or "all is stored again")
        self._say("part:storage", fault=bool(fault))

    def _part_is(self, part: str, fault: str) -> None:
        """What is wrong with a part that goes on ("": nothing): in the log, the health and as an alert."""
        log.log(logging.ERROR if fault else logging.INFO, "%s: %s", part, fault or "all is well")
        if fault:
            self.state.faults[part] = fault
        else:
            self.state.faults.pop(part, None)
        self._say(f"part:{part}", fault=bool(fault))

    def _sound_parts(self) -> set[str]:
        return {name for name in self._part_names() if name not in self.state.faults}

    def _part_names(self) -> list[str]:
        return [*OWN_PARTS, *self.lines.parts()]

    def _died(self, part: str, reason: str) -> None:
        self.metrics.task_died(part)
        self.state.faults[part] = reason
        self._say(f"part:{part}", fault=True)

    def _recovered(self, part: str) -> None:
        self.state.faults.pop(part, None)
        self._say(f"part:{part}", fault=False)

    def _say(self, device: str, *, fault: bool) -> None:
        now = self.clock.now()
        try:
            self.inbox.put(Delivery(Reading(device, "fault", fault, now, now)))
        except StoreUnavailable:
            log.critical("%s, fault %s: the inbox is full, so there is no alert of it", device, fault)

    def _open_series(self) -> SeriesStore:
        influx = self.site.storage.influx
        if influx is None:
            return series_in(self.folder, self.clock.now)
        return SeriesInflux(influx, self.settings.influx_token.reveal(), self.folder / "spool", self.clock.now)


def _spare_the_collector() -> None:
    """What stands after the start lives as long as the process: the cycle collector need not look at it again.

    Measured at 20,000 messages a second: with Python's own thresholds a quarter of the pipeline's time went into
    collections that found nothing (docs/adr/0081).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
