"""How the gateway is: what its parts say of themselves, and what is open. Asks no store: it must answer without one."""

from collections import Counter
from importlib.metadata import version

from alerts.alert import State
from api.live import Live
from api.ports import Health
from devices.device import OWN_FAMILY
from devices.message import Text
from devices.reading import Instant
from gateway.clock import Clock
from gateway.metrics import Metrics
from gateway.running import Running
from gateway.stores.records_read import RecordsReader
from gateway.vitals import Vitals, line_fault

_MOST_NAMED = 20
_VERSION = version("keyarea")


class HealthView:
    """Implements api.ports.health."""

    def __init__(
        self, running: Running, vitals: Vitals, live: Live, *, records: RecordsReader, clock: Clock, metrics: Metrics
    ) -> None:
        self._running, self._vitals, self._live = running, vitals, live
        self._records, self._clock, self._metrics = records, clock, metrics
        self._ledger_entries = records.ledger_head().sequence

    def metrics(self) -> bytes:
        return self._metrics.text()

    def alarms_pass(self) -> bool:
        return self._vitals.alarms_pass()

    def newest_reading(self) -> Instant | None:
        pipeline = self._running.pipeline
        return pipeline.newest_reading if pipeline is not None else None

    def health(self) -> Health:
        running, vitals, now = self._running, self._vitals, self._clock.now()
        open_alerts, unrecorded = self._live.open_alerts(), self._live.unrecorded()
        shouted = [alert for alert in open_alerts if alert.suppression is None and alert.origin == "real"]
        rules = running.engine.rules if running.engine is not None else running.site.rules
        supervision = {rule.name for rule in rules if rule.__struct_config__.tag == "supervision"}
        pipeline, forecast = running.pipeline, running.forecast
        if pipeline is not None:
            self._ledger_entries = max(self._ledger_entries, pipeline.committing.ledger_entries)
        faults = self._faults()
        return Health(
            ok=not faults,
            version=_VERSION,
            started=vitals.started,
            now=now,
            newest_reading=self.newest_reading(),
            devices=sum(device.family != OWN_FAMILY for device in running.devices()),
            devices_lost=sum(alert.rule in supervision and alert.active for alert in open_alerts),
            open_alerts=len(shouted),
            unacknowledged=sum(alert.state in (State.UNACKNOWLEDGED, State.RETURNED) for alert in shouted),
            ledger_entries=self._ledger_entries,
            tasks=dict(vitals.parts),
            lines=dict(vitals.lines),
            faults=tuple(faults),
            set_aside=dict(Counter(alert.suppression.why for alert in open_alerts if alert.suppression is not None)),
            not_understood=int(running.malformed_total() + running.noted_total()),
            batteries_low=forecast.low_batteries() if forecast is not None else 0,
            unrecorded=tuple(sorted(unrecorded)),
            devices_due=forecast.overdue(now) if forecast is not None else 0,
            callers=dict(vitals.callers()),
        )

    def _faults(self) -> list[Text]:
        running, vitals = self._running, self._vitals
        faults = [Text.of("health.part", part=name, reason=reason) for name, reason in sorted(vitals.faults.items())]
        pipeline, service, ingest = running.pipeline, running.device_service, running.ingest
        if pipeline is not None and pipeline.committing.store_fault is not None:
            faults.append(Text.of("health.part", part="storage", reason=pipeline.committing.store_fault))
        faults += [line_fault(name, state) for name, state in sorted(vitals.lines.items()) if state != "up"]
        if service is not None and service.installed.left_out:
            names = tuple(sorted(service.installed.left_out)[:_MOST_NAMED])
            faults.append(Text.of("health.left_out", devices=names))
        faults += self._records.damaged.copy().values()
        if ingest is not None and ingest.codec_faults:
            faults.append(Text.of("health.codec_faults", count=ingest.codec_faults))
        return faults
