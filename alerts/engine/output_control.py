"""Which outputs shall be on, and the orders that follow: looked at when an alert moves, never for a reading.

An output is on while one of its alerts wants it (alerts/output.py), or a person or procedure does (standing_orders.py).
Fire equipment takes two independent inputs (linkages.py), and goes on while one of its alerts stands. A person silences
what is heard, or stops an output; a new alert, or one that comes again or is joined, starts it anew (EN 54-2). An order
has one id however often it is sent. After a start what should be on is ordered again, and what was on and should be off
is ordered off; an output that this gateway never switched on is left alone, because a fire panel may sound it too.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from alerts.alert import Alert, AlertClass, AlertEvent
from alerts.effects import Effects
from alerts.engine.linkages import Linkages
from alerts.engine.stepping import Stepping
from alerts.lifecycle import Action
from alerts.open_alerts import OpenAlerts
from alerts.output import Output
from alerts.output_event import OutputAnswered, OutputEvent, SilenceOutputs
from alerts.output_rule import Ordered, OutputMemory, OutputRule, OutputState
from alerts.rule import Rule
from alerts.rule_instance import RuleInstance
from alerts.rule_instances import RuleInstances
from alerts.standing_orders import Standing, is_stopped, wanting, with_order
from devices.errors import Refused
from devices.extinguishing import extinguishes
from devices.message import Text
from devices.output_orders import AUDIBLE, OutputFact, OutputOrder, Step, refused
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
        self._linkages = Linkages(rules, watches)
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
            self._start(now)
        for event in tuple(effects.alerts):
            self._moved(event, now)
        if self.wake_at is not None and now >= self.wake_at:
            for place in range(len(self._rule.outputs)):
                self._settle(place, now)
        elif effects.memories and self._linkages.are_changed(effects.memories):
            for place, output in enumerate(self._rule.outputs):
                if output.is_fire_equipment:
                    self._settle(place, now)
        if effects.memories:
            self._tell(effects, now)

    def states(self) -> list[OutputState]:
        """Every output that the site binds, as it stands; from any thread."""
        found = []
        for output in self._rule.outputs:
            instance = self._instance(output)
            memory, key = _memory(instance) if instance is not None else OutputMemory(), output.key
            found.append(
                OutputState(
                    output.device,
                    output,
                    memory.orders.get(key),
                    key in memory.silenced,
                    memory.silenced_by.get(key, "") if key in memory.silenced else "",
                    memory.standing.get(key, ()),
                    self._linkages.fewest_left(output) if output.is_fire_equipment else None,
                )
            )
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
            if command.areas and instance.area not in command.areas:
                continue
            memory, key = _memory(instance), output.key
            on = memory.orders.get(key)
            if on is None or on.order.value != output.value or key in memory.silenced:
                continue
            silenced = True
            by = {**memory.silenced_by, key: command.by}
            quiet = msgspec.structs.replace(memory, silenced=(*memory.silenced, key), silenced_by=by)
            self._stepping.change(instance, quiet, now)
            effects.output_facts.append(OutputFact(on.order, "silenced", now, by=command.by))
            self._settle(place, now)
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
        """Orders of workflows: of bound devices their feedback is waited for as well."""
        others, effects.outputs = effects.outputs, []
        for order in others:
            try:
                place = self._place_of(order)
            except Refused as refusal:
                effects.output_facts.append(OutputFact(order, "refused", now, by=order.by, why=refusal.text))
                continue
            instance = self._instances.of_outputs(self._rule, order.device)
            if instance is None:
                effects.outputs.append(order)
            elif place is None or order.value not in (self._rule.outputs[place].value, self._rule.outputs[place].off):
                self._stepping.change(instance, self._rule.ordered(_memory(instance), order, now), now)
            elif order.duration_s and not order.stops:  # it ends by itself, and leaves an alarm its siren
                if not self._is_on(instance, self._rule.outputs[place]):
                    self._stepping.change(instance, self._rule.ordered(_memory(instance), order, now), now)
            else:
                self._stand(place, instance, order, effects, now)

    def _place_of(self, order: OutputOrder) -> int | None:
        """Where the output is bound, if it is. Raises Refused for what nobody may order."""
        device = self._instances.post(order.device).device
        if extinguishes(device, order.what, order.channel):
            raise refused("extinguishing", order)
        its = (self._rule.outputs[i] for i in range(len(self._rule.outputs)))
        found = [
            (i, output) for i, output in enumerate(its) if (output.device, output.key) == (order.device, order.key)
        ]
        if order.origin != "real" and (order.origin != "drill" or (found and not any(o.drills for _, o in found))):
            raise refused("not_real", order)
        return found[0][0] if found else None

    def _stand(self, place: int, instance: RuleInstance, order: OutputOrder, effects: Effects, now: Instant) -> None:
        """A person or procedure wants it on, wants it no more, or stops it."""
        memory, output = _memory(instance), self._rule.outputs[place]
        before = memory.standing.get(output.key, ())
        if order.stops and (not self._is_on(instance, output) or order.origin != "real"):
            return
        after = with_order(before, order, output.value)
        quiet = memory.silenced if order.value != output.value else _without(memory.silenced, output.key)
        if (after, quiet) == (before, memory.silenced):
            return
        standing = {key: its for key, its in {**memory.standing, output.key: after}.items() if its}
        self._stepping.change(instance, msgspec.structs.replace(memory, standing=standing, silenced=quiet), now)
        if order.stops:
            effects.output_facts.append(OutputFact(order, "stopped", now, by=order.by, why=order.reason))
        self._settle(place, now)

    def _is_on(self, instance: RuleInstance, output: Output) -> bool:
        known = _memory(instance).orders.get(output.key)
        return known is not None and known.order.value == output.value

    def _start(self, now: Instant) -> None:
        self._is_started = True
        for alert in self._open_alerts.in_order():
            for place, output in enumerate(self._rule.outputs):
                if self._wants(output, alert):
                    self._wanting.setdefault(place, {})[alert.id] = alert
                    if output.is_fire_equipment:
                        self._linkages.heard(place, output, alert, alert.causes)
        for place, output in enumerate(self._rule.outputs):
            instance = self._instance(output)
            before = _memory(instance).orders.get(output.key) if instance is not None else None
            if before is not None:
                self._sent[output.device, output.key] = (before.order.id, before.order.attempt)
                self._told[output.device, output.key] = (before.order.id, before.state)
            self._settle(place, now, is_start=True)

    def _wants(self, output: Output, alert: Alert) -> bool:
        """An output is no remedy for its own failure."""
        is_own = alert.rule == self._rule.name and alert.key == output.device
        return not is_own and output.wants(alert)

    def _moved(self, event: AlertEvent, now: Instant) -> None:
        alert = event.alert
        for place, output in enumerate(self._rule.outputs):
            wanting = self._wanting.setdefault(place, {})
            if not self._wants(output, alert):
                if wanting.pop(alert.id, None) is not None:
                    self._linkages.over(place, alert.id)
                    self._settle(place, now)
                continue
            is_new, wanting[alert.id] = alert.id not in wanting, alert
            if output.is_fire_equipment:
                self._linkages.heard(place, output, alert, (*alert.causes, *event.causes) if is_new else event.causes)
            is_calling = event.action is Action.EXPIRED and output.until == "acknowledged"  # the operator, nobody else
            if event.action in _SOUNDS_ANEW or is_calling:
                self._begin(output, now)
            self._settle(place, now)

    def _begin(self, output: Output, now: Instant) -> None:
        instance = self._instances.of_outputs(self._rule, output.device)
        if instance is None:
            return
        memory, key = _memory(instance), output.key
        quiet = _without(memory.silenced, key)
        started = {**memory.started, key: now} if output.lasts_s else memory.started
        standing = memory.standing
        if is_stopped(standing.get(key, ())):
            standing = {other: its for other, its in standing.items() if other != key}
        if (quiet, started, standing) != (memory.silenced, memory.started, memory.standing):
            new = msgspec.structs.replace(memory, silenced=quiet, started=started, standing=standing)
            self._stepping.change(instance, new, now)

    def _settle(self, place: int, now: Instant, *, is_start: bool = False) -> None:
        """Order it on or off, if it is not so already."""
        output = self._rule.outputs[place]
        instance = self._instances.of_outputs(self._rule, output.device)
        if instance is None:
            return
        memory, key = _memory(instance), output.key
        before, standing = memory.orders.get(key), memory.standing.get(key, ())
        is_on = before is not None and before.order.value == output.value
        is_free = key not in memory.silenced and not is_stopped(standing)
        ordered = wanting(standing) if is_free else None
        alert = self._starter(place, memory, now) if is_free else None
        if before is not None and before.order.origin != "real" and alert is not None and alert.origin == "real":
            is_on = False  # on for a drill: it is ordered anew, as what it is now
        if alert is not None and output.lasts_s:
            lasts_until = memory.started.get(key, now) + int(output.lasts_s * SECOND)
            self.wake_at = min(lasts_until, self.wake_at or lasts_until)
        if (alert is not None or ordered is not None) and (not is_on or is_start):
            new = _order_of(output, output.value, alert, instance.area, now) if alert is not None else ordered
            order = before.order if before is not None and is_on else new
            assert order is not None
            self._order(instance, order, before, now)
        elif not (alert or ordered or (is_free and self._others_want(place, memory, now))) and before and is_on:
            self._order(instance, _off_after(before.order, output.off, standing, now), before, now)

    def _starter(self, place: int, memory: OutputMemory, now: Instant) -> Alert | None:
        """An alert that wants it on now: of fire equipment the one that completes two inputs, or goes on with it."""
        output, calling = self._rule.outputs[place], self._wanting.get(place)
        if not calling:
            return None
        if output.lasts_s and now >= memory.started.get(output.key, now) + int(output.lasts_s * SECOND):
            return None
        if not output.is_fire_equipment:
            return _first(calling)
        before = memory.orders.get(output.key)
        if before is not None and before.order.value == output.value and before.order.alert:
            going_on = (alert for alert in calling.values() if alert.origin == before.order.origin)
            if (alert := next(going_on, None)) is not None:
                return alert
        return calling.get(self._linkages.starter(place, output) or "")

    def _others_want(self, place: int, memory: OutputMemory, now: Instant) -> bool:
        """Several tables may bind one output: it is off when none of them wants it."""
        mine = self._rule.outputs[place]
        return any(
            other != place
            and (output.device, output.key, output.value) == (mine.device, mine.key, mine.value)
            and self._starter(other, memory, now) is not None
            for other, output in enumerate(self._rule.outputs)
        )

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


def _first(calling: Mapping[str, Alert]) -> Alert:
    """What is real goes before a drill."""
    real = (alert for alert in calling.values() if alert.origin == "real")
    return next(real, None) or next(iter(calling.values()))


_STEPS: Mapping[str, Step] = {"acted": "acted", "failed": "failed"}


def _memory(instance: RuleInstance) -> OutputMemory:
    memory = instance.memory
    return memory if isinstance(memory, OutputMemory) else OutputMemory()


def _without(keys: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(one for one in keys if one != key)


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


def _off_after(before: OutputOrder, value: bool | str, standing: Standing, now: Instant) -> OutputOrder:
    stop = next((order for order in standing if order.stops), None)
    reason = stop.reason if stop is not None else Text.of("output_control.over")
    return msgspec.structs.replace(
        before,
        id=_id(before.device, before.key, value, before.id, now),
        value=value,
        at=now,
        reason=reason,
        duration_s=0,
        attempt=1,
        by=stop.by if stop is not None else "",
        holder="",
    )


def _id(device: str, key: str, value: bool | str, cause: str, at: Instant) -> str:
    return blake2b(msgspec.json.encode((device, key, value, cause, at)), digest_size=8).hexdigest()
