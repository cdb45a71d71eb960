"""From the MQTT line to readings: how much is taken, whose turn it is, what is a repeat, what may be acknowledged."""

import logging
from collections.abc import Sequence
from itertools import groupby

from devices.reading import Instant, Reading
from gateway.clock import Clock
from gateway.ingest.fair_queue import FairQueue
from gateway.ingest.ingest import Ingest
from gateway.ingest.receipts import Receipts, Standing, counts_when_doubtful
from gateway.metrics import Metrics
from gateway.ports import MqttIntake, Unacknowledged

log = logging.getLogger("keyarea.mqtt")

_BURST_MESSAGES, _BURST_S = 1_000, 0.02
_UNDERSTOOD_S = 0.04
"""How long a turn makes sense of messages; the rest waits for its share."""
_FLOOD_MESSAGES, _FLOOD_S, _FLOOD_UNDERSTOOD_S = 5_000, 0.08, 0.015
"""The same while messages wait: rather more is taken from the line, for an alarm may come behind them."""
_AT_ONCE, _AT_ONCE_IN_FLOOD = 50, 10
_TEND_EVERY_S = 0.5
_PAUSE_S = 2.0
"""A broker sends what it has kept at once: when it is silent for so long after a connection, it has sent it all."""


class MqttIngest:
    """All methods belong to the pipeline's thread."""

    def __init__(self, mqtt: MqttIntake, ingest: Ingest, receipts: Receipts, clock: Clock, metrics: Metrics) -> None:
        self._mqtt, self._ingest, self._receipts = mqtt, ingest, receipts
        self._clock, self._metrics = clock, metrics
        self._shares = FairQueue(ingest.sender, ingest.is_known)
        self.connection = 0
        """That on which the newest messages came."""
        self._heard_at = 0.0
        self._tend_at = 0.0

    @property
    def waits(self) -> bool:
        """Whether there are messages that a turn did not come to."""
        return bool(self._shares)

    def arrived(self) -> Sequence[Unacknowledged]:
        """What is there on the line, in order; nothing while too much waits already."""
        began = self._clock.monotonic()
        messages: Sequence[Unacknowledged] = ()
        if not self._shares:
            messages = self._mqtt.take(_BURST_MESSAGES, began + _BURST_S)
        elif not self._shares.is_full:
            messages = self._mqtt.take(_FLOOD_MESSAGES, began + _FLOOD_S)
        if self._mqtt.connection != self.connection:
            self.connection, self._heard_at = self._mqtt.connection, began
            self._shares.disconnected()
            self._ingest.connected()
        elif messages or self._shares:
            self._heard_at = began
        elif began - self._heard_at >= _PAUSE_S:
            self._receipts.beginning_is_over()
        return messages

    def understood(self, arrived: Sequence[Unacknowledged], now: Instant) -> tuple[list[Unacknowledged], list[Reading]]:
        """What this turn comes to, and the readings in it; the rest waits for its share."""
        messages: list[Unacknowledged] = []
        readings: list[Reading] = []
        if not self._shares:
            until = self._clock.monotonic() + _UNDERSTOOD_S
            for start in range(0, len(arrived), _AT_ONCE):
                some = arrived[start : start + _AT_ONCE]
                messages += some
                readings += self._read(some, now)
                if self._clock.monotonic() >= until:
                    break
            self._shares.hold(arrived[len(messages) :])
            return messages, readings
        self._shares.hold(arrived)
        until = self._clock.monotonic() + _FLOOD_UNDERSTOOD_S
        while self._shares:
            some = self._shares.next(_AT_ONCE_IN_FLOOD)
            messages += some
            readings += self._read(some, now)
            if self._clock.monotonic() >= until:
                break
        return messages, readings

    def committed(self, messages: Sequence[Unacknowledged], connection: int) -> None:
        """What they caused is durable: acknowledge what may be acknowledged now."""
        self._mqtt.acknowledge(self._shares.committed(messages), connection)

    def tend(self) -> None:
        """Send out what families want to say and hear, and twice a second what else a connection needs."""
        ingest, monotonic = self._ingest, self._clock.monotonic()
        is_due = monotonic >= self._tend_at
        if is_due:
            ingest.ask(self._clock.now())
        for topic, payload in ingest.publish:
            self._mqtt.publish(topic, payload)
        ingest.publish.clear()
        if ingest.subscribe:
            self._mqtt.subscribe(ingest.subscribe)
            ingest.subscribe.clear()
        if is_due or self._mqtt.fileno() is None:
            self._tend_at = monotonic + _TEND_EVERY_S
            self._mqtt.upkeep()

    def _read(self, messages: Sequence[Unacknowledged], now: Instant) -> list[Reading]:
        """The readings in what was not taken in before."""
        standings = self._receipts.take(messages)
        if standings is None:
            return self._ingest.read(messages, now)
        readings: list[Reading] = []
        for standing, pairs in groupby(zip(standings, messages, strict=True), key=lambda one: one[0]):
            group = [message for _, message in pairs]
            if standing is Standing.NEW:
                readings += self._ingest.read(group, now)
                continue
            self._metrics.repeated(standing.value, len(group))
            if standing is Standing.DOUBTFUL:
                log.warning("%d messages may have been taken in before: only what is on counts", len(group))
                readings += filter(counts_when_doubtful, self._ingest.read(group, now))
        return readings
