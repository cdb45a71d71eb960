"""The sans-I/O engine: events and ``now`` in, effects and the next wake-up time out.

Theory of operation. Each rule keeps one frozen memory for each device, area or site that it is about: a *rule instance*
(rule_instance.py). A reading finds the state of its device and there the instances for its signal; a signal that no
rule watches maps to an empty tuple and costs two look-ups. A rule's step returns the very same memory if nothing
changed, and then nothing else happens. If the memory changed, its breach is compared with the alert that stands for
it (open_alerts.py).

Rules run on the clock, not on the next message: a memory names the time at which it wants a Tick, the engine keeps
these in a heap (timers.py) and answers ``wake_at``. In a batch that comes late, timers that were due run first (what
was active so long has been active so long), but those that wait for something that does not come run last (it may be
in the batch). Nothing here waits, logs, or looks anywhere, so any stretch of recorded events can be replayed, and the
same events give the same effects.

Snapshot or transition: the first value of a signal after a start is how it was found, unless the rule's restored
memory knows how it stood before; so are the values of a device that was away. docs/adr/0071 says why.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from alerts.alert import Alert
from alerts.ask import Ask
from alerts.canary import Canary
from alerts.effects import Effects, ModeChanged
from alerts.engine.acknowledged import Acknowledged
from alerts.engine.applicability import Applicability
from alerts.engine.breach_to_alert import BreachToAlert
from alerts.engine.endings import Endings
from alerts.engine.entry_exit import EntryExit
from alerts.engine.first_values import FirstValues
from alerts.engine.footing import Footing
from alerts.engine.handling import Handling
from alerts.engine.installing import Installing
from alerts.engine.listeners import Listeners
from alerts.engine.output_control import OutputControl
from alerts.engine.shadows import Shadows, devices_of, rules_of
from alerts.engine.stepping import Stepping
from alerts.event import (
    Applies,
    Due,
    Event,
    Identified,
    LastHeard,
    Members,
    PanelReset,
    Presence,
    Recorded,
    Stranger,
    Tick,
)
from alerts.facts import Fact
from alerts.kernel.ear import ear
from alerts.kernel.kernel import Kernel
from alerts.lifecycle import Action
from alerts.moves import Receipt, SetMode
from alerts.open_alerts import OpenAlerts
from alerts.output_event import OutputEvent
from alerts.restored import Restored
from alerts.rule import Rule
from alerts.rule_instance import Supervised
from alerts.rule_instances import RuleInstances
from alerts.schedule import Schedule
from alerts.site_facts import SiteFacts
from alerts.suppression.suppressor import Suppressor
from alerts.timers import earliest
from alerts.unregistered_alarm import standing
from devices.device import Device, SenderKey
from devices.errors import Refused
from devices.keypad import Presented
from devices.message import Text
from devices.reading import Instant, Quality, Reading

_NO_WORD = int(Quality.SNAPSHOT | Quality.DEDUCED)
"""What does not show that the device itself has just spoken."""
MOST_LOSSES = 500
"""So many silent devices at a look: when a whole site falls silent, an alarm gets through between two looks.

A step with all 10,000 held alarms up for 0.7 to 8.9 s; at 500 the longest takes 15 to 29 ms (a busy machine).
"""

_MOST_RUNS = 1_000
_NOTHING = Restored()


class Engine:
    """Owns every rule's memory, every open alert and the armed modes. ``step`` is the only way to change them."""

    def __init__(
        self,
        *,
        rules: Sequence[Rule[Any]],
        devices: Sequence[Device],
        area_modes: Mapping[str, str],
        schedules: Mapping[str, Schedule],
        restored: Restored = _NOTHING,
        area_choices: Mapping[str, Sequence[str]] | None = None,
        panels_of: Callable[[Sequence[Device]], Mapping[str, str]] = lambda _devices: {},
        kernel: Kernel | None = None,
    ) -> None:
        """``area_choices``: the modes that each area may be set to (missing: any).

        ``panels_of(devices)``: which of them answer for which others, as part and panel, by id. ``kernel``: with the
        workflows and their cases; none: there are no workflows.
        """
        self._instances = RuleInstances(rules, restored.memories, area_modes)
        own = [alert for alert in restored.alerts if alert.origin == restored.origin]
        self._open_alerts = OpenAlerts(own, rules, restored.origin)
        self._suppressor = Suppressor(self._instances, self._open_alerts)
        self._breach_to_alert = BreachToAlert(self._open_alerts, self._suppressor)
        self._stepping = Stepping(self._instances, self._open_alerts, self._breach_to_alert, restored.runs)
        self.outputs = OutputControl(rules, self._instances, self._open_alerts, self._stepping)
        self._applicability = Applicability(area_modes, area_choices or {}, schedules)
        self._latest_devices = devices
        self.kernel = kernel = kernel or Kernel()
        self._acknowledged = Acknowledged(self._open_alerts, kernel.world.site, self._breach_to_alert.tell)
        self._installing = Installing(
            *(
                self._instances,
                self._open_alerts,
                self._suppressor,
                self._breach_to_alert,
                self._applicability,
                self._stepping,
            ),
            *(kernel, panels_of),
        )
        self._shadows = Shadows(
            lambda before: Engine(
                rules=rules_of(self._installing.rules, before.origin),
                devices=devices_of(self._latest_devices, before.origin),
                area_modes=self._applicability.modes,
                schedules=schedules,
                restored=before,
                area_choices=area_choices,
                panels_of=panels_of,
                kernel=Kernel(site=_for_shadows(kernel.world.site)),
            ),
            restored,
        )
        self._listeners = Listeners(self._instances, self._installing, self._stepping)
        self._first_values = FirstValues(self._instances, self._installing, self._stepping)
        self._handling = Handling(
            *(self._open_alerts, self._breach_to_alert, Endings(self._instances, self._open_alerts)),
            *(self._first_values, self._stepping),
        )
        self._entry_exit = EntryExit(
            *(kernel.world.site.routes, self._instances, self._open_alerts, self._applicability),
            *(self._breach_to_alert, restored.memories, kernel.tell),
        )
        self._footing = Footing(
            *(
                self._handling,
                self._suppressor,
                self._applicability,
                self._stepping,
                self._installing,
                self._listeners,
            ),
            *(self._shadows, self._entry_exit),
        )
        kernel.stand_on(self._footing)
        self._suppressor.standing.cases, self._suppressor.standing.held = kernel.cases, kernel.held
        self._instances.listen(kernel.signals, ear(kernel.tell))
        self._stepping.hears_presence = kernel.hears_presence
        self._devices: Sequence[Device] | None = devices
        """Devices to install at the next step."""
        self._now: Instant = 0
        self._effects = Effects()

    # -- what others ask -----------------------------------------------------------------------------------

    @property
    def wake_at(self) -> Instant | None:
        """When a Tick is wanted next; None if no rule waits for anything."""
        if self._devices is not None or self._installing.rules_to_come is not None:
            return self._now
        return earliest((self._stepping.timers.next, self._stepping.patient.next, self._others_at()))

    def _others_at(self) -> Instant | None:
        """When something else than a rule wants a Tick."""
        parts = (self._suppressor, self._acknowledged, self.outputs, self.kernel, self._shadows, self._entry_exit)
        return earliest((self._applicability.change_at, *[part.wake_at for part in parts]))

    @property
    def failures(self) -> Mapping[str, int]:
        """How often each rule raised an exception."""
        return self._stepping.failures

    @property
    def modes(self) -> Mapping[str, str]:
        return self._applicability.modes

    @property
    def rules(self) -> Sequence[Rule[Any]]:
        """Every rule at work, the other version of one under a name of its own."""
        return self._installing.rules

    def open_alerts(self) -> list[Alert]:
        """Every alert that is not closed, in the operator's order."""
        return [*self._open_alerts.in_order(), *self._shadows.open_alerts()]

    def open_alert(self, alert_id: str) -> Alert | None:
        """The open alert of that id."""
        return self._open_alerts.find(alert_id) or self._shadows.open_alert(alert_id)

    def installs(self, ask: Ask) -> bool:
        """Whether installed devices may be changed by it."""
        return self.kernel.installs(ask)

    def is_danger_point(self, device: Device) -> bool:
        """Whether it is a fire, gas or hold-up point, by what it is and by what rules make of it."""
        return self._suppressor.is_danger_point()(device)

    def strangers(self) -> dict[SenderKey, tuple[str, ...]]:
        """The unregistered devices that have told a danger, with what of it still stands."""
        return standing(instance.memory for instance in self._instances.of_strangers)

    def last_heard(self, device: str) -> Instant | None:
        """By the gateway's clock; None if never. A retained message is no word of it."""
        device_state = self._instances.device_states.get(device)
        return device_state.heard or None if device_state is not None else None

    def supervised(self, device: str) -> Supervised | None:
        """By the strictest rule that waits for the device; None if none does."""
        device_state = self._instances.device_states.get(device)
        if device_state is None or device_state.device is None:
            return None
        watches, is_lost = self._instances.supervisors(device), bool(device_state.lost)
        waits = (instance.rule.waits(instance.memory, device_state.device) for instance in watches)
        return min((Supervised(*wait, is_lost) for wait in waits), default=None)

    def prime(self, readings: Iterable[Reading], now: Instant, stretch: Sequence[Reading] = ()) -> None:
        """Remember from stored readings when each device was last heard; causes nothing.

        ``stretch``: what was stored of the windows that rules and workflows look back over, in time order (priming.py).
        """
        self._installing.stretch = stretch
        self.kernel.recall(stretch)
        for reading in readings:
            self.kernel.recall((reading,))
            device_state = self._instances.post(reading.device)
            if not reading.quality & _NO_WORD:
                device_state.heard = max(min(reading.received, now), device_state.heard)
        self._now = max(self._now, now)

    def set_devices(self, devices: Sequence[Device], now: Instant) -> None:
        """A technician adopted, moved or retired a device; takes effect in the next step, which is wanted at once."""
        self._now = max(self._now, now)
        self._devices = self._latest_devices = devices
        self._shadows.set_devices(devices, now)

    def set_rules(self, rules: Sequence[Rule[Any]]) -> None:
        """These rules are at work from the next step on, which is wanted at once."""
        self._footing.set_rules(rules)

    def missed(self, since: Instant, until: Instant) -> None:
        """Nobody listened from ``since`` to ``until`` (the process was stopped): as after a start, silence was ours."""
        self._stepping.runs = (*self._stepping.runs, (self._stepping.listening, since))[-_MOST_RUNS:]
        self._stepping.listening = until
        for instance in self._instances:
            if instance.rule.supervises:
                instance.begun = max(instance.begun, until)

    def forget(self, now: Instant) -> Effects:
        """Of a shadow that is over: its alerts are closed as tests, its memories are as at their start."""
        effects = Effects(alerts=self._open_alerts.tested(now))
        for whole in self._instances:
            was = {each.key: each.memory for each in (whole, *(whole.parts or {}).values())}
            for gone in self._instances.forgotten(whole):
                if gone.memory != was[gone.key]:
                    effects.memories[gone.rule.name, gone.key] = gone.memory
        return effects

    # -- events in, effects out ----------------------------------------------------------------------------

    def step(self, events: Sequence[Event], now: Instant) -> Effects:
        """All that follows from these events at ``now``. Time never goes backwards: an earlier ``now`` is raised."""
        now = max(now, self._now)
        effects = self._begin(now)
        if self._devices is not None or self._installing.rules_to_come is not None:
            self._installing.change_rules(now)
            devices, self._devices = self._devices or self._latest_devices, None
            self._entry_exit.begin(now)
            self._installing.install(devices, now)
            self._entry_exit.tell_unread(now)
        self._run_timers(now)
        self._take(events, now)
        self._finish(events, now)
        return effects

    def _begin(self, now: Instant) -> Effects:
        self._now = now
        self._stepping.listening = self._stepping.listening or now
        self._effects = effects = Effects()
        self._breach_to_alert.effects = self._stepping.effects = effects
        self._footing.effects = self._entry_exit.effects = self._handling.effects = effects
        self._suppressor.begin_step(effects)
        return effects

    def _finish(self, events: Sequence[Event], now: Instant) -> None:
        """What is looked at once, after all that came."""
        self._stepping.run(self._stepping.patient, Tick(now, self.kernel.world.site.calendar), now, MOST_LOSSES)
        if self.kernel.cases.hearing:
            self.kernel.overhear(events)
        if self.kernel.has_work(now) or self._shadows.wants(now):
            self._move(now)
        heard = len(self._effects.alerts)
        self._suppressor.count(now)
        self.outputs.follow(self._effects, now)
        for event in self._effects.alerts[heard:]:  # too late for this turn: workflows hear of it in the next
            if event.action == Action.RAISED:
                self.kernel.tell(event)

    def _take(self, events: Sequence[Event], now: Instant) -> None:
        device_states = self._instances.device_states
        for place, event in enumerate(events):
            if type(event) is Reading:
                device_state = device_states.get(event.device)
                if device_state is None:
                    device_state = self._instances.post(event.device)
                if not event.quality & _NO_WORD and device_state.heard != now:  # once a message
                    if device_state.heard and now - device_state.heard > device_state.pause:
                        device_state.pause = now - device_state.heard
                    device_state.heard = now
                if device_state.is_tested:
                    self.kernel.in_test(event, now)
                if device_state.lost:
                    self._first_values.speaks(device_state, event, now)
                watches = device_state.signals.get(event.signal)
                if watches is None:
                    self._first_values.first(device_state, event, now)
                    continue
                for instance in watches:
                    memory = instance.memory
                    try:
                        new = instance.rule.step(memory, event, now)
                    except Exception as error:  # noqa: BLE001 - docs/adr/0070: one rule's bug must not silence the others
                        self._stepping.failed(instance, error, now)
                        continue
                    if new is not memory:
                        self._stepping.change(instance, new, now)
            elif type(event) is not Tick:
                self._other(place, event, now)

    def _other(self, place: int, event: Event, now: Instant) -> None:
        if self._shadows.takes(place, event):
            return
        try:
            match event:
                case Recorded():
                    self._effects.recorded.append((event, now))
                    self._listeners.recorded(event, now)
                    self.kernel.tell(event)
                case SetMode():
                    self._footing.set_mode(ModeChanged(event.area, event.mode, "", now), "real")
                case Ask():
                    self.kernel.ask(place, event)
                case Fact() | Receipt() | Presented():
                    self._effects.facts += [event] if isinstance(event, Fact) else []
                    self.kernel.tell(event)
                case Canary():
                    self._effects.notifications += self._shadows.sing(event)
                case Due():
                    self._listeners.due(event, now)
                case OutputEvent():
                    self.outputs.take(event, self._effects, now)
                case Stranger() | Identified() | PanelReset():
                    self._listeners.stranger(event, now)
                case Reading() | Tick() | Applies() | LastHeard() | Members() | Presence():
                    raise Refused(Text.of("engine.not_from_outside", kind=type(event).__name__))
                case _:
                    self._handling.carry_out(event, now)
        except Refused as refusal:
            self._effects.refused.append((place, refusal.text))

    def _move(self, now: Instant) -> None:
        """Workflows, when every alarm of this turn is in the effects already."""
        for lost in self._stepping.heard:
            self.kernel.tell(lost)
        self._stepping.heard.clear()
        self._footing.settle(now)
        self.kernel.step(now)

    # -- time ----------------------------------------------------------------------------------------------

    def _run_timers(self, now: Instant) -> None:
        self._suppressor.turn(now)
        self._acknowledged.turn(now)
        self._installing.count_on(now)
        if self._applicability.change_at is not None and self._applicability.change_at <= now:
            self._applicability.turn(self._instances.rules, now)
            self._installing.regate(now)
        self._stepping.run(self._stepping.timers, Tick(now, self.kernel.world.site.calendar), now)
        self._entry_exit.turn(now)


def _for_shadows(site: SiteFacts) -> SiteFacts:
    """What holds for an alert of a shadow as well: how long its acknowledgement counts."""
    return SiteFacts(acknowledgements=site.acknowledgements, calendar=site.calendar)
