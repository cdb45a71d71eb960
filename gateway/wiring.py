"""The parts list: what the gateway is made of, in the order in which a reading meets it, and how each is closed.

One dull straight line on purpose (style.md C9): whoever reads it top to bottom has read the architecture.
"""

import asyncio
from functools import partial
from pathlib import Path

from alerts.facts import DEVICE_TESTED
from api import console
from api.app import create_app
from api.live import Live, follow
from api.machine_users import MachineUsers
from api.screens import Screens
from api.silent_alarm_view import is_watched
from devices.reading import Instant
from gateway import access, foundation, notify_systemd, upkeep_jobs, web_server
from gateway.alarm_path import AlarmPath, count
from gateway.clock import Clock
from gateway.descriptors import LoopFaults, for_web, make_room
from gateway.device_forecast import DeviceForecast
from gateway.forward.forwarders import Forwarders
from gateway.heartbeat import heartbeat_of
from gateway.inbox import Delivery
from gateway.keys import KeyFile
from gateway.last_maintenance import LastMaintenance
from gateway.lines import Lines
from gateway.live_source import LiveSource
from gateway.notify.assembly import hand_over, sender_of
from gateway.own_devices import CLOCK, HEARTBEAT
from gateway.pipeline_assembly import PipelineAssembly
from gateway.pulse import Pulse
from gateway.running import Running
from gateway.screen_watch import ScreenWatch
from gateway.self_monitoring import SelfMonitoring
from gateway.settings import Settings
from gateway.site.model import Site
from gateway.site.silent_alarms import has_silent_alarms
from gateway.stores.owner import Owner
from gateway.supervisor import Supervisor, run_thread
from gateway.upkeep import Upkeep
from gateway.views.nouns import nouns
from gateway.vitals import Vitals


class Gateway:
    """Everything that runs for one site. ``run`` until cancelled; raises GivenUp when a part can't be kept alive."""

    def __init__(self, site: Site, folder: Path, settings: Settings, clock: Clock) -> None:
        self.site, self.folder, self.clock = site, folder, clock
        self.foundation = foundation.lay(site, folder, settings, clock)
        self.stores, self.inbox = self.foundation.stores, self.foundation.inbox
        self.feed, self.metrics = self.foundation.feed, self.foundation.metrics

        # What it notices of itself, and the lines on which devices speak.
        self.running, self.vitals = Running(site), Vitals(clock.now())
        self.monitoring = SelfMonitoring(self.running, self.vitals, self.inbox, self.metrics, clock)
        keys = KeyFile(settings.key_file)
        self.lines = Lines(site, keys, self.inbox, clock, self.monitoring.line_is)
        self.vitals.callers = self.lines.callers
        # Whether an alarm would get through, from the inbox to people's eyes and ears.
        self.live, self.screens = Live(), Screens(clock.now)
        self.feed.attach(self.screens.receipts)
        self.alarm_path = AlarmPath(
            *(site, clock, self.inbox.put, self.feed, self.live, self.screens),
            said_already=self.monitoring.is_told,
            tell_fault=self.monitoring.part_is,
        )
        count(self.alarm_path, self.metrics)

        # Who is told by messages, and what all that is decided goes through.
        self.notifications = sender_of(self.foundation, keys, self.alarm_path.told)
        self.assembly = PipelineAssembly(
            *(self.foundation, self.running, self.monitoring, self.lines), partial(hand_over, self.notifications)
        )

        # Who is told outside.
        self.forwarders = Forwarders(self.foundation, keys, self.running.device, self.monitoring.part_is)

        # What people see.
        self.access = access.AccessLog(lambda record: self.monitoring.record(Delivery(record)))
        self.live_source = LiveSource(self.feed, self.stores, clock)
        self.gateway = nouns(
            *(self.foundation, self.running, self.vitals, self.live, self.access, self.forwarders.view),
            self.alarm_path,
        )
        self.forecast = self.running.forecast = DeviceForecast(
            self.stores.series,
            site.time_zone,
            done=LastMaintenance(self.stores.records, partial(self.stores.records.newest_facts, DEVICE_TESTED)),
            tell=lambda due: self.inbox.put(Delivery(due)),
            monotonic=clock.monotonic,
        )

        def look(now: Instant) -> None:
            self.forecast.look(self.gateway.devices.devices(), now)

        self.app = create_app(
            self.gateway,
            self.stores.sessions,
            self.screens,
            MachineUsers(folder.stat().st_uid, site.web.local_users, self.stores.users.role),
            metrics_token=settings.metrics_token.reveal(),
            is_proxy=site.web.is_proxy,
        )
        console.mount(self.app, self.gateway, self.stores.sessions)
        self.screen_watch = ScreenWatch(
            self.screens,
            waits=has_silent_alarms(site),
            is_watched=partial(is_watched, self.gateway, self.screens),
            say=lambda device, is_fault: self.monitoring.say(device, fault=is_fault),
        )

        # What keeps it all running.
        self.supervisor = Supervisor(
            monotonic=clock.monotonic, on_death=self.monitoring.died, on_alive=self.monitoring.recovered
        )
        self.vitals.parts = self.supervisor.states
        waits = partial(self.running.waits_for_store, clock.monotonic)
        self.pulse = Pulse(
            self.inbox.put,
            clock,
            self.supervisor.states,
            self.vitals.faults,
            waits,
        )
        self.vitals.alarms_pass = passes = lambda: self.pulse.passes() and self.alarm_path.passes()
        self.heartbeat = heartbeat_of(
            *(site, settings, clock), passes=passes, key=keys, tell_fault=self.monitoring.part_is
        )
        self.upkeep = Upkeep(
            clock,
            upkeep_jobs.jobs(
                *(self.foundation, folder, self.monitoring, self.supervisor.states),
                forecast=look,
                obligations=self.gateway.obligations.read_on,
                kpi=self.gateway.kpi.read_on,
                channels=self.notifications.unable,
            ),
            faults=self.vitals.faults,
            on_clock=partial(self.monitoring.part_is, CLOCK),
            alive=partial(notify_systemd.alive, self.supervisor.states, self.pulse.stands_still),
        )
        self._add_parts()

    async def run(self) -> None:
        self.feed.bind(asyncio.get_running_loop())
        asyncio.get_running_loop().set_exception_handler(LoopFaults())
        try:
            await self.supervisor.run()
        finally:
            notify_systemd.tell("STOPPING=1")
            self.stores.close(self.clock.now())
            self.inbox.close()

    def _add_parts(self) -> None:
        """Every part that runs, by name."""
        add, stores, now = self.supervisor.add, self.stores, self.clock.now
        owner = stores.opened.owner
        if isinstance(owner, Owner):
            add("owner", partial(run_thread, "owner", owner.keep, owner.stop))
        add("pipeline", self.assembly.run)
        if self.site.channels:
            sender = self.notifications
            add("notifications", partial(run_thread, "notifications", sender.run, sender.stop))
        add("live", partial(follow, self.live, self.live_source))
        lines = self.lines.parts()
        for part, run in lines.items():
            add(part, run)
        for part, run in self.forwarders.parts().items():
            add(part, run)
        add("upkeep", self.upkeep.run)
        record = self.monitoring.record
        add("access", partial(access.run, self.access, stores.account_changes, stores.records, record, now))
        add("pulse", self.pulse.run)
        add("alarm path", self.alarm_path.run)
        if self.heartbeat is not None:
            add(HEARTBEAT, self.heartbeat.run)
        add("status", partial(web_server.serve_locally, self.app, self.folder, self.site.web, self.feed.end))
        connections = for_web(make_room(), len(lines))
        add("web", partial(web_server.serve, self.app, self.site.web, connections, self.feed.end))
        add("screens", partial(self.screen_watch.run, now))
