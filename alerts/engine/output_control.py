"""Which outputs shall be on, and the orders that follow: looked at when an alert moves, never for a reading.

An output is on while one of its alerts wants it (alerts/output.py). A person silences what is heard; a new alert, or
one that comes again or is joined, sounds it anew (EN 54-2). An order has one id however often it is sent. After a start
what should be on is ordered again, and what was on and should be off is ordered off; an output that this gateway never
switched on is left alone, because a fire panel may sound it too.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from alerts.alert import Alert, AlertClass, AlertEvent
from alerts.effects import Effects
from alerts.engine.stepping import Stepping
from alerts.lifecycle import Action
from alerts.open_alerts import OpenAlerts
from alerts.output import Output
from alerts.output_event import OutputAnswered, OutputEvent, SilenceOutputs
from alerts.output_rule import Ordered, OutputMemory, OutputRule, OutputState
from alerts.rule import Rule
from alerts.rule_instance import RuleInstance
from alerts.rule_instances import RuleInstances
from devices.errors import Refused
from devices.message import Text
from devices.output_orders import AUDIBLE, OutputFact, OutputOrder, Step
from devices.reading import SECOND, Instant

_NONE = OutputRule(name="", alert_class=AlertClass.FAULT, priority=1, procedure="", outputs=())
_SOUNDS_ANEW = frozenset({Action.RAISED, Action.CAUSE_AGAIN, Action.BROUGHT_BACK})


class OutputControl:
    """Orders for the outputs that the gateway's own rule names. What was sent is remembered in its memories."""

    def __init__(
        self, rules: Sequence[Rule[Any]], watches: RuleInstances, register: OpenAlerts, stepping: Stepping
    ) -> None:
        """Without an OutputRule among ``rules`` nothing is ever ordered."""
        self._rule = next((rule for rule in rules if isinstance(rule, OutputRule)), None) or _NONE
        self._instances, self._open_alerts, self._stepping = watches, register, stepping
        self._wanting: dict[int, dict[str, Alert]] = {}
        """By place of the output in the rule: the alerts that want it on."""
        self._sent: dict[tuple[str, str], tuple[str, int]] = {}
        self._told: dict[tuple[str, str], tuple[str, str]] = {}
        """By device and output: the order and attempt that went out last, and what was told of it."""
        self._is_started = False
        self.wake_at: Instant | None = None
        """When an output ends that is on for so many seconds only."""

    # -- what the engine calls -----------------------------------------------------------------------------

    def follow(self, effects: Effects, now: Instant) -> None:
        """After all else of a step: what of it starts or ends outputs, and what became of orders."""
        if not self._rule.outputs:
            return
        try:
            self._follow(effects, now)
        except Exception as error:  # noqa: BLE001 - docs/adr/0070: what orders outputs must not hold up an alarm
            instance = self._instance(self._rule.outputs[0])
            event = self._open_alerts.failed(self._rule, instance.area if instance is not None else "", error, now)
            if event is not None:
                effects.alerts.append(event)

    def _follow(self, effects: Effects, now: Instant) -> None:
        self._adopt(effects, now)
        if not self._is_started:
            self._start(effects, now)
        for event in tuple(effects.alerts):
            self._moved(event, effects, now)
        if self.wake_at is not None and now >= self.wake_at:
            for place in range(len(self._rule.outputs)):
                self._settle(place, effects, now)
        if effects.memories:
            self._tell(effects, now)

    def states(self) -> list[OutputState]:
        """Every output that the site binds, as it stands; from any thread."""
        found = []
        for output in self._rule.outputs:
            instance = self._instance(output)
            memory = _memory(instance) if instance is not None else OutputMemory()
            ordered, is_silenced = memory.orders.get(output.key), output.key in memory.silenced
            found.append(OutputState(output.device, output, ordered, is_silenced))
        return found

    def take(self, event: OutputEvent, effects: Effects, now: Instant) -> None:
        """A person's wish, or what the way to a device says. Raises Refused."""
        if isinstance(event, SilenceOutputs):
            self.silence(event, effects, now)
        elif isinstance(event, OutputAnswered):
            self.answered(event, effects, now)

    def silence(self, command: SilenceOutputs, effects: Effects, now: Instant) -> None:
        """Quiet until a new alert sounds them. Raises Refused if nothing sounds there."""
        silenced = False
        for place, output in enumerate(self._rule.outputs):
            instance = self._instance(output)
            if instance is None or output.what not in AUDIBLE or (command.area and instance.area != command.area):
                continue
            memory = _memory(instance)
            on = memory.orders.get(output.key)
            if on is None or on.order.value != output.value or output.key in memory.silenced:
                continue
            silenced = True
            quiet = msgspec.structs.replace(memory, silenced=(*memory.silenced, output.key))
            self._stepping.change(instance, quiet, now)
            effects.output_facts.append(OutputFact(on.order, "silenced", now, by=command.by))
            self._settle(place, effects, now)
        if not silenced:
            raise Refused(Text.of("output_control.nothing_sounds"))

    def answered(self, event: OutputAnswered, effects: Effects, now: Instant) -> None:
        """What the way to the device says: it was told and never answers, its bus has done it, or it can't be."""
        instance = self._instances.find(self._rule.name, event.order.device)
        if instance is None:
            return
        if event.step == "early":
            effects.output_facts.append(OutputFact(event.order, "early", now))
            return
        memory = _memory(instance)
        if event.step == "refused":
            new = self._rule.refused(memory, event.order.id, event.why or Text.of("output_control.no_way"), now)
        else:
            new = self._rule.acted(memory, event.order.id, now)
        if new is not memory:
            self._stepping.change(instance, new, now)

    # -- inside --------------------------------------------------------------------------------------------

    def _adopt(self, effects: Effects, now: Instant) -> None:
        """Orders that others have put there (a drill's own): of bound devices their feedback is waited for as well."""
        others, effects.outputs = effects.outputs, []
        for order in others:
            instance = self._instances.of_outputs(self._rule, order.device)
            if instance is None:
                effects.outputs.append(order)
            else:
                self._stepping.change(instance, self._rule.ordered(_memory(instance), order, now), now)

    def _start(self, effects: Effects, now: Instant) -> None:
        self._is_started = True
        for alert in self._open_alerts.in_order():
            for place, output in enumerate(self._rule.outputs):
                if self._wants(output, alert):
                    self._wanting.setdefault(place, {})[alert.id] = alert
        for place, output in enumerate(self._rule.outputs):
            instance = self._instance(output)
            before = _memory(instance).orders.get(output.key) if instance is not None else None
            if before is not None:
                self._sent[output.device, output.key] = (before.order.id, before.order.attempt)
                self._told[output.device, output.key] = (before.order.id, before.state)
            self._settle(place, effects, now, is_start=True)

    def _wants(self, output: Output, alert: Alert) -> bool:
        """An output is no remedy for its own failure."""
        is_own = alert.rule == self._rule.name and alert.key == output.device
        return not is_own and output.wants(alert)

    def _moved(self, event: AlertEvent, effects: Effects, now: Instant) -> None:
        alert = event.alert
        for place, output in enumerate(self._rule.outputs):
            wanting = self._wanting.setdefault(place, {})
            if not self._wants(output, alert):
                if wanting.pop(alert.id, None) is not None:
                    self._settle(place, effects, now)
                continue
            wanting[alert.id] = alert
            is_calling = event.action is Action.EXPIRED and output.until == "acknowledged"  # the operator, nobody else
            if event.action in _SOUNDS_ANEW or is_calling:
                self._begin(output, now)
            self._settle(place, effects, now)

    def _begin(self, output: Output, now: Instant) -> None:
        instance = self._instances.of_outputs(self._rule, output.device)
        if instance is None:
            return
        memory = _memory(instance)
        quiet = tuple(key for key in memory.silenced if key != output.key)
        started = {**memory.started, output.key: now} if output.lasts_s else memory.started
        if (quiet, started) != (memory.silenced, memory.started):
            self._stepping.change(instance, msgspec.structs.replace(memory, silenced=quiet, started=started), now)

    def _settle(self, place: int, effects: Effects, now: Instant, *, is_start: bool = False) -> None:
        """Order it on or off, if it is not so already."""
        output = self._rule.outputs[place]
        instance = self._instances.of_outputs(self._rule, output.device)
        if instance is None:
            return
        memory = _memory(instance)
        alert = next(iter(self._wanting.get(place, {}).values()), None)
        lasts_until = memory.started.get(output.key, now) + int(output.lasts_s * SECOND) if output.lasts_s else None
        is_wanted = (
            alert is not None and output.key not in memory.silenced and (lasts_until is None or now < lasts_until)
        ) or self._others_want(place, memory, now)
        before = memory.orders.get(output.key)
        is_on = before is not None and before.order.value == output.value
        if is_wanted and alert is not None and lasts_until is not None:
            self.wake_at = min(lasts_until, self.wake_at or lasts_until)
        if is_wanted and alert is not None and (not is_on or is_start):
            self._order(instance, _order_of(output, output.value, alert, instance.area, now), before, now)
        elif not is_wanted and before is not None and is_on:
            self._order(instance, _off_after(before.order, output.off, now), before, now)

    def _others_want(self, place: int, memory: OutputMemory, now: Instant) -> bool:
        """Several tables may bind one output: it is off when none of them wants it."""
        mine = self._rule.outputs[place]
        for other, output in enumerate(self._rule.outputs):
            is_same = (output.device, output.key, output.value) == (mine.device, mine.key, mine.value)
            if other == place or not is_same or not self._wanting.get(other) or output.key in memory.silenced:
                continue
            started = memory.started.get(output.key, now)
            if not output.lasts_s or now < started + int(output.lasts_s * SECOND):
                return True
        return False

    def _order(self, instance: RuleInstance, order: OutputOrder, before: Ordered | None, now: Instant) -> None:
        if before is not None and before.order.id == order.id:  # after a start: the same order, sent again
            order = msgspec.structs.replace(before.order, attempt=before.order.attempt + 1)
        self._stepping.change(instance, self._rule.ordered(_memory(instance), order, now), now)

    def _tell(self, effects: Effects, now: Instant) -> None:
        """Send what was ordered since, and say what became of it."""
        self._schedule(now)
        for output in self._rule.outputs:
            if (self._rule.name, output.device) not in effects.memories:
                continue
            instance = self._instance(output)
            for key, known in (_memory(instance).orders if instance is not None else {}).items():
                where, order = (output.device, key), known.order
                if self._sent.get(where) != (order.id, order.attempt):
                    self._sent[where] = (order.id, order.attempt)
                    effects.outputs.append(order)
                if known.state != "waiting" and self._told.get(where) != (order.id, known.state):
                    self._told[where] = (order.id, known.state)
                    effects.output_facts.append(OutputFact(order, _STEPS[known.state], now, why=known.why))

    def _schedule(self, now: Instant) -> None:
        """When the next output ends by its own time."""
        ends = []
        for place, output in enumerate(self._rule.outputs):
            instance = self._instance(output) if output.lasts_s and self._wanting.get(place) else None
            started = _memory(instance).started.get(output.key) if instance is not None else None
            if started is not None and started + int(output.lasts_s * SECOND) > now:
                ends.append(started + int(output.lasts_s * SECOND))
        self.wake_at = min(ends, default=None)

    def _instance(self, output: Output) -> RuleInstance | None:
        return self._instances.find(self._rule.name, output.device)


_STEPS: Mapping[str, Step] = {"acted": "acted", "failed": "failed"}


def _memory(instance: RuleInstance) -> OutputMemory:
    memory = instance.memory
    return memory if isinstance(memory, OutputMemory) else OutputMemory()


def _order_of(output: Output, value: bool | str, alert: Alert, area: str, now: Instant) -> OutputOrder:
    return OutputOrder(
        id=_id(output.device, output.key, value, alert.id, alert.loud_since),
        device=output.device,
        what=output.what,
        value=value,
        at=now,
        reason=Text.of("output_control.reason", alert_class=str(alert.alert_class), area=alert.area),
        channel=output.channel,
        duration_s=output.lasts_s,
        origin=alert.origin,
        alert=alert.id,
        alert_class=str(alert.alert_class),
        area=area,
    )


def _off_after(before: OutputOrder, value: bool | str, now: Instant) -> OutputOrder:
    order = _id(before.device, before.key, value, before.id, now)
    reason = Text.of("output_control.over")
    return msgspec.structs.replace(before, id=order, value=value, at=now, reason=reason, duration_s=0, attempt=1)


def _id(device: str, key: str, value: bool | str, cause: str, at: Instant) -> str:
    return blake2b(msgspec.json.encode((device, key, value, cause, at)), digest_size=8).hexdigest()
