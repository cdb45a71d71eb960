"""Counters and gauges in Prometheus' terms; updated once a turn, never once a message."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from alerts.effects import Effects
from devices.reading import SECOND, Instant


class Metrics:
    """The gateway's own registry (nothing global, so two gateways in one test do not mix)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._messages = Counter("keyarea_mqtt_messages", "MQTT messages taken in", registry=self.registry)
        self._repeats = Counter(
            "keyarea_mqtt_repeats",
            "MQTT messages that were taken in before, and doubtful ones of which only what is on counts",
            ["standing"],
            registry=self.registry,
        )
        self._readings = Counter("keyarea_readings", "Readings stored", registry=self.registry)
        self._deliveries = Counter(
            "keyarea_inbox_deliveries", "Line messages and commands taken in", registry=self.registry
        )
        self._alert_events = Counter(
            "keyarea_alert_events", "Steps in the life of alerts", ["alert_class", "action"], registry=self.registry
        )
        self._commit_seconds = Histogram(
            "keyarea_commit_seconds",
            "From taking a burst in to its commit, for bursts that changed alerts or the ledger",
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 10),
            registry=self.registry,
        )
        self._uncommitted = Gauge(
            "keyarea_uncommitted", "Messages that wait for a store to come back", registry=self.registry
        )
        self._restarts = Counter("keyarea_task_restarts", "Tasks that died", ["task"], registry=self.registry)

    def took_in(self, messages: int, readings: int, deliveries: int) -> None:
        self._messages.inc(messages)
        self._readings.inc(readings)
        self._deliveries.inc(deliveries)

    def repeated(self, standing: str, messages: int) -> None:
        self._repeats.labels(standing).inc(messages)

    def committed(self, effects: Effects, took: Instant) -> None:
        """``took``: nanoseconds. What is not real is not counted, nor are silent alarms: wall screens show figures."""
        for event in effects.alerts:
            if event.alert.silent or event.alert.origin != "real":
                continue
            self._alert_events.labels(event.alert.alert_class, event.action).inc()
        self._commit_seconds.observe(took / SECOND)

    def uncommitted(self, messages: int) -> None:
        self._uncommitted.set(messages)

    def task_died(self, task: str) -> None:
        self._restarts.labels(task).inc()

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A gauge that is asked for its value when somebody looks."""
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        """Prometheus text format."""
        return generate_latest(self.registry)
