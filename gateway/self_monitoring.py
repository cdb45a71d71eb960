"""What the gateway notices of itself, said in the log, the health and as an alert: lines, stores, parts that died."""

import logging
from collections.abc import Iterable

from alerts.alert import Alert
from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import Instant, Reading
from gateway.clock import Clock
from gateway.full_doors import is_told_full
from gateway.inbox import Delivery, Inbox
from gateway.metrics import Metrics
from gateway.own_devices import CLIENT_ID
from gateway.running import Running
from gateway.transports.rivalry import CONTENDED
from gateway.vitals import Vitals

log = logging.getLogger("keyarea")


class SelfMonitoring:
    """Every method may be called from any thread."""

    def __init__(self, running: Running, vitals: Vitals, inbox: Inbox, metrics: Metrics, clock: Clock) -> None:
        self._running = running
        self._vitals, self._inbox, self._metrics, self._clock = vitals, inbox, metrics, clock
        self._left_out: tuple[Text, Instant] | None = None
        metrics.watch("keyarea_malformed_total", "Messages not understood", running.malformed_total)
        metrics.watch(
            "keyarea_passed_over_total",
            "Messages in which a family found nothing to read",
            lambda: float(sum(running.passed_over().values())),
        )
        metrics.watch("keyarea_noted_total", "Words of danger not understood", running.noted_total)

    def line_is(self, line: str, state: str) -> None:
        """``up`` or ``lost: ...``."""
        if is_told_full(line, state, self._vitals.faults, self.say):
            return
        before = self._vitals.lines.get(line)
        self._vitals.lines[line] = state
        # The first word is always passed on: the line may have been lost when the process ended, and be back now.
        if before is None or (state == "up") != (before == "up"):
            log.log(logging.INFO if state == "up" else logging.WARNING, "line %s: %s", line, state)
            self.say(f"line:{line}", fault=state != "up")
        if before is None or state.startswith(CONTENDED) != before.startswith(CONTENDED):
            self.say(f"part:{CLIENT_ID}", fault=state.startswith(CONTENDED))

    def store_is(self, fault: Text | None) -> None:
        """What is wrong with the stores ("": all is stored again)."""
        log.log(logging.ERROR if fault else logging.INFO, "storage: %s", fault or "all is stored again")
        self.say("part:storage", fault=fault is not None)

    def part_is(self, part: str, fault: Text | None) -> None:
        """What is wrong with a part that goes on ("": nothing)."""
        log.log(logging.ERROR if fault else logging.INFO, "%s: %s", part, fault or "all is well")
        if fault is not None:
            self._vitals.faults[part] = fault
        else:
            self._vitals.faults.pop(part, None)
        self.say(f"part:{part}", fault=fault is not None)

    def is_told(self, part: str) -> bool:
        """Whether a fault of that part stands: what follows from it need not be told twice."""
        if part == "storage" and self._running.waits_for_store(self._clock.monotonic):
            return True
        return part in self._vitals.faults or self._vitals.parts.get(part, "up") != "up"

    def left_out(self, what: Text, until: Instant) -> None:
        """What rules could not look back over at this start, and until when that may cost them something."""
        self._left_out = (what, until)

    def history(self) -> Text | None:
        """What is wrong with what rules remember of the time before this start."""
        return self._left_out[0] if self._left_out is not None and self._clock.now() < self._left_out[1] else None

    def died(self, part: str, reason: str) -> None:
        self._metrics.task_died(part)
        self._vitals.faults[part] = Text.of("health.died", reason=reason)
        self.say(f"part:{part}", fault=True)

    def recovered(self, part: str) -> None:
        self._vitals.faults.pop(part, None)
        self.say(f"part:{part}", fault=False)

    def restarted(self, open_alerts: Iterable[Alert], parts: Iterable[str]) -> None:
        """After a start: those of these parts that had failed when the process ended are sound, if they are now."""
        sound = {name for name in parts if name not in self._vitals.faults}
        for alert in open_alerts:
            if alert.active and alert.key.removeprefix("part:") in sound:
                self.say(alert.key, fault=False)

    def say(self, device: str, *, fault: bool) -> None:
        """For the rules: whether a device of our own is at fault."""
        now = self._clock.now()
        try:
            self._inbox.put(Delivery(Reading(device, "fault", fault, now, now)))
        except StoreUnavailable:
            log.critical("%s, fault %s: the inbox is full, so there is no alert of it", device, fault)

    def record(self, delivery: Delivery) -> None:
        """For the ledger: what happened at the door, what was done to accounts."""
        try:
            self._inbox.put(delivery)
        except StoreUnavailable:
            log.critical("the inbox is full, so the ledger misses %s", delivery.item)
