"""What the running gateway is at this moment, for those who only look: the API, ``keyarea status``, the metrics.

The pipeline's thread owns the engine; others read it here. Every such read is one C-level copy of a dict's or a
list's items, which CPython does not interrupt.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

from alerts.alert import Alert, State
from alerts.bypass import Bypassed
from alerts.case import Case
from alerts.engine.engine import Engine
from api.ports import CommissioningView, Health, MalformedSample, QuarantinedSender, RejectedSender, UpkeepView
from devices.device import OWN_FAMILY, Device
from devices.device_service import DeviceService
from devices.message import Text
from devices.proposal import propose
from devices.reading import Instant, Reading
from devices.walk_test import WalkTest
from gateway.device_forecast import DeviceForecast
from gateway.ingest.ingest import Ingest
from gateway.own_devices import AREA
from gateway.pipeline import Pipeline
from gateway.ports import SeriesStore
from gateway.site.model import Area, Site
from gateway.stores.records_read import RecordsReader

_MOST_NAMED = 20


class RunningState:
    """Filled by gateway.wiring; ``engine``, ``intake`` and ``pipeline`` are replaced when the pipeline restarts."""

    def __init__(self, site: Site, series: SeriesStore, records: RecordsReader, started: Instant) -> None:
        self.site, self.series, self.records, self.started = site, series, records, started
        self.areas: Sequence[Area] = (*site.areas, AREA)
        self._areas = {area.id: area for area in self.areas}
        self.engine: Engine | None = None
        self.ingest: Ingest | None = None
        self.pipeline: Pipeline | None = None
        self.device_service: DeviceService | None = None
        self.forecast: DeviceForecast | None = None
        self.parts: Mapping[str, str] = {}
        self.lines: dict[str, str] = {}
        self.callers: Callable[[], Mapping[str, tuple[int, int]]] = dict
        self.faults: dict[str, Text] = {}
        self._ledger_entries = records.ledger_head().sequence
        self._supervision = {rule.name for rule in site.rules if rule.__struct_config__.tag == "supervision"}

    def devices(self) -> Sequence[Device]:
        return self.ingest.registry.devices() if self.ingest is not None else self.site.devices

    def area(self, area: str) -> Area | None:
        return self._areas.get(area)

    def device(self, device: str) -> Device | None:
        return self.ingest.registry.device(device) if self.ingest is not None else None

    def modes(self) -> Mapping[str, str]:
        return dict(self.engine.modes) if self.engine is not None else {}

    def open_alerts(self) -> list[Alert]:
        return self.engine.open_alerts() if self.engine is not None else []

    def open_alert(self, alert_id: str) -> Alert | None:
        return self.engine.open_alert(alert_id) if self.engine is not None else None

    def latest(self, device: str) -> list[Reading]:
        return self.series.latest_of(device)

    def cases(self, workflow: str) -> list[Case]:
        cases = list(self.engine.kernel.cases.of(workflow).values()) if self.engine is not None else []
        return sorted(cases, key=lambda case: (case.opened, case.id))

    def bypasses(self) -> list[Bypassed]:
        return self.engine.bypasses() if self.engine is not None else []

    def bypass_wishes(self) -> list[Bypassed]:
        return self.engine.wishes() if self.engine is not None else []

    def walk_tests(self) -> list[WalkTest]:
        return self.engine.walk_tests() if self.engine is not None else []

    def last_heard(self, device: str) -> Instant | None:
        return self.engine.last_heard(device) if self.engine is not None else None

    def upkeep(self, device: str, now: Instant) -> UpkeepView:
        supervised = self.engine.supervised(device) if self.engine is not None else None
        view = UpkeepView(
            device=device,
            last_heard=self.last_heard(device),
            is_lost=supervised is not None and supervised.is_lost,
            interval_s=supervised.interval_s if supervised is not None else None,
            interval_from=supervised.interval_from if supervised is not None else "",
            firmware=self.ingest.firmware.get(device, "") if self.ingest is not None else "",
            via=self._carrier(device),
            remarks=self._remarks(device),
        )
        return self.forecast.on(view, now) if self.forecast is not None else view

    def _carrier(self, device_id: str) -> str:
        device = self.device(device_id)
        return self.ingest.registry.carrier(device) if self.ingest is not None and device is not None else ""

    def _remarks(self, device_id: str) -> tuple[Text, ...]:
        device = self.device(device_id)
        return self.device_service.remarks(device) if self.device_service is not None and device is not None else ()

    def quarantine(self) -> list[QuarantinedSender]:
        if self.ingest is None:
            return []
        settled = self.device_service.installed.places if self.device_service is not None else ()
        taken = {*(device.id for device in self.devices()), *settled}
        return [
            QuarantinedSender(
                line=sender.line,
                family=sender.family,
                address=sender.address,
                first_heard=sender.first_heard,
                last_heard=sender.last_heard,
                messages=sender.messages,
                live=sender.live,
                heartbeat_s=sender.heartbeat_s,
                guess_model=sender.guess_model,
                guess_kind=sender.guess_kind,
                signals=dict(sender.signals),
                proposed=propose(sender, taken),
                dangers=sender.dangers,
            )
            for sender in self.ingest.quarantine.senders()
        ]

    def rejected(self) -> list[RejectedSender]:
        if self.ingest is None:
            return []
        heard = sorted(self.ingest.quarantine.rejected().items())
        return [RejectedSender(key.line, key.family, key.address, count) for key, count in heard]

    def commissionings(self, now: Instant) -> list[CommissioningView]:
        found = self.device_service.commissions.all() if self.device_service is not None else []
        return [
            CommissioningView(
                device=walk.device.id,
                by=walk.by,
                started=walk.started,
                left_s=walk.left_s(now),
                wanting=tuple(walk.wanting(now)),
                measured=walk.measured(now),
                last_heard=walk.last_heard,
                triggered=walk.triggered,
            )
            for walk in found
        ]

    def malformed(self) -> list[MalformedSample]:
        if self.ingest is None:
            return []
        return [
            MalformedSample(sample.at, sample.source, sample.address, sample.reason, sample.payload, sample.times)
            for sample in self.ingest.malformed.samples()
        ]

    def malformed_total(self) -> float:
        """How many messages could not be understood since the pipeline started."""
        return float(self.ingest.malformed.total) if self.ingest is not None else 0.0

    def passed_over(self) -> dict[str, int]:
        """By family, the messages since the start in which it found nothing to read."""
        return dict(self.ingest.malformed.passed_over) if self.ingest is not None else {}

    def noted_total(self) -> float:
        """How many words of danger nobody understood since the pipeline started."""
        return float(self.ingest.malformed.noted) if self.ingest is not None else 0.0

    def health(self, now: Instant) -> Health:
        """Asks no store: it must answer when the store does not."""
        open_alerts = self.open_alerts()
        shouted = [alert for alert in open_alerts if alert.suppression is None and alert.origin == "real"]
        pipeline = self.pipeline
        if pipeline is not None:
            self._ledger_entries = max(self._ledger_entries, pipeline.committing.ledger_entries)
        faults = [Text.of("health.part", part=name, reason=reason) for name, reason in sorted(self.faults.items())]
        if pipeline is not None and pipeline.committing.store_fault is not None:
            faults.append(Text.of("health.part", part="storage", reason=pipeline.committing.store_fault))
        faults += [line_fault(name, state) for name, state in sorted(self.lines.items()) if state != "up"]
        if self.device_service is not None and self.device_service.installed.left_out:
            names = tuple(sorted(self.device_service.installed.left_out)[:_MOST_NAMED])
            faults.append(Text.of("health.left_out", devices=names))
        faults += self.records.damaged.copy().values()
        if self.ingest is not None and self.ingest.codec_faults:
            faults.append(Text.of("health.codec_faults", count=self.ingest.codec_faults))
        return Health(
            ok=not faults,
            version=version("keyarea"),
            started=self.started,
            now=now,
            newest_reading=pipeline.newest_reading if pipeline is not None else None,
            devices=sum(device.family != OWN_FAMILY for device in self.devices()),
            devices_lost=sum(alert.rule in self._supervision and alert.active for alert in open_alerts),
            open_alerts=len(shouted),
            unacknowledged=sum(alert.state in (State.UNACKNOWLEDGED, State.RETURNED) for alert in shouted),
            ledger_entries=self._ledger_entries,
            tasks=dict(self.parts),
            lines=dict(self.lines),
            faults=tuple(faults),
            set_aside=dict(
                Counter(alert.suppression.reason.value for alert in open_alerts if alert.suppression is not None)
            ),
            not_understood=int(self.malformed_total() + self.noted_total()),
            batteries_low=self.forecast.low_batteries() if self.forecast is not None else 0,
            unrecorded=tuple(sorted(pipeline.committing.unrecorded.copy())) if pipeline is not None else (),
            devices_due=self.forecast.overdue(now) if self.forecast is not None else 0,
            callers=dict(self.callers()),
        )


def line_fault(name: str, state: str) -> Text:
    """What is wrong with a line: ``lost: ...``, ``contended: ...`` or what else it calls its state."""
    word, colon, reason = state.partition(": ")
    if word == "contended":
        return Text.of("health.line_contended", line=name)
    if word == "lost" and colon:
        return Text.of("health.line_lost", line=name, reason=reason)
    return Text.of("health.line", line=name, state=state)
