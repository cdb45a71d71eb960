"""What is at work where, and since when: devices are installed, rules begin to apply, what stood is looked at anew."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.engine.applicability import Applicability
from alerts.engine.breach_to_alert import BreachToAlert
from alerts.engine.priming import forget_breach, prime
from alerts.engine.stepping import Stepping
from alerts.event import Applies, Members, Tick
from alerts.kernel.kernel import Kernel
from alerts.open_alerts import OpenAlerts
from alerts.rule import Rule
from alerts.rule_instance import RuleInstance
from alerts.rule_instances import RuleInstances
from alerts.rules_in_force import own_name
from alerts.suppression.suppressor import Suppressor
from alerts.system_alerts import NAMES
from devices.device import Device
from devices.message import Text
from devices.reading import Instant, Reading


class Installing:
    """Makes watches and begins them. ``panels_of(devices)``: which of them answer for which others."""

    def __init__(
        self,
        watches: RuleInstances,
        register: OpenAlerts,
        asides: Suppressor,
        settlement: BreachToAlert,
        gates: Applicability,
        stepping: Stepping,
        kernel: Kernel,
        panels_of: Callable[[Sequence[Device]], Mapping[str, str]],
    ) -> None:
        self._instances, self._open_alerts, self._suppressor = watches, register, asides
        self._breach_to_alert, self._applicability, self._stepping = settlement, gates, stepping
        self._kernel, self._panels_of = kernel, panels_of
        self._is_started = False
        self.rules: Sequence[Rule[Any]] = watches.rules
        self.rules_to_come: Sequence[Rule[Any]] | None = None
        """From the next step on."""
        self.stretch: Sequence[Reading] = ()
        """What was stored of the windows that rules look back over, in time order, until the first installation."""
        self._primed: set[RuleInstance] = set()

    def change_rules(self, now: Instant) -> None:
        """Those to come are at work from now on, and no others; the devices are installed anew afterwards."""
        if self.rules_to_come is None:
            return
        rules, self.rules_to_come = self.rules_to_come, None
        going_on, ended = self._instances.set_rules(rules)
        self._open_alerts.set_rules(rules)
        self._applicability.turn(rules, now)
        self._breach_to_alert.why = Text.of("installing.no_longer_watched")
        for instance in ended:
            self._end(instance, now)
        self._breach_to_alert.why = ""
        for instance in going_on:
            applies = self._applicability.applies(instance.rule, instance.area)
            if applies != instance.applies:
                instance.applies = applies
                self._breach_to_alert.settle(instance, now, _begins(instance.rule))
            for each in (instance, *(instance.parts or {}).values()):
                if each.memory.wake_at is not None:  # it may be due sooner by what it is told now
                    self._stepping.push(each, now)
                    each.memory = replace(each.memory, wake_at=now)

    def _end(self, instance: RuleInstance, now: Instant) -> None:
        instance.applies = False
        self._breach_to_alert.settle(instance, now)
        for gone in self._instances.forgotten(instance):
            self._stepping.effects.memories[gone.rule.name, gone.key] = gone.memory

    def install(self, devices: Sequence[Device], now: Instant) -> None:
        """These devices are there from now on, and no others."""
        is_start, self._is_started = not self._is_started, True
        self._applicability.turn(self._instances.rules, now)
        members, ended = self._instances.place(devices)
        self._instances.set_panels(self._panels_of(devices))
        if is_start:  # before a rule can fail: its fault of before is over, a new one is not
            for alert in self._open_alerts.in_order():
                is_own = alert.rule in NAMES or self._kernel.stands_behind(alert)
                if alert.active and (alert.rule, alert.key) not in self._instances and not is_own:
                    self._stepping.effects.alerts.append(
                        self._open_alerts.gone(alert, now, Text.of("installing.no_longer_watched"))
                    )
        for instance in ended:
            self._end(instance, now)
        self._primed, self.stretch = prime(self._instances, self._stepping, self.stretch, now), ()
        fresh = self.take_up(now)
        self._primed.clear()
        self._suppressor.installed(now)
        if not is_start:
            self._kernel.installed(now)
        for instance, group in members:
            if instance.rule.parted:
                self._stepping.assemble(instance, group, now)
            elif Members in instance.rule.listens:
                self._stepping.try_(instance, Members(group), now)
            its = frozenset(device.id for device in group)
            self._stepping.tell(instance, self._kernel.cases.out(its), False, "bypassed", now)
        self.count_on(now)
        for instance in fresh:
            self.begin(instance, now)

    def take_up(self, now: Instant) -> list[RuleInstance]:
        """New watches, with what they remember set beside the alerts that stand."""
        fresh, self._instances.fresh = self._instances.fresh, []
        for instance in fresh:
            memory, alert = instance.memory, self._open_alerts.of(own_name(instance.rule.name), instance.key)
            instance.applies, instance.begun = self._applicability.applies(instance.rule, instance.area), now
            if memory.breach is not None and (memory.breach.found or (alert is not None and alert.active)):
                instance.dealt = memory.breach
            elif instance in self._primed and instance.applies:
                forget_breach(self._instances, instance, now)
            for each in (instance, *(instance.parts or {}).values()):
                if each.memory.wake_at is not None:
                    self._stepping.push(each, each.memory.wake_at)
        return fresh

    def begin(self, instance: RuleInstance, now: Instant) -> None:
        """The first look: what runs on the clock starts, and what changed while we were away is made good."""
        if instance.rule.supervises and instance.memory.breach is not None:
            self._stepping.presence(instance, False, now)
        if instance.rule.supervises:
            self._stepping.supervise(instance, now)
        elif instance.rule.eager:
            self._stepping.try_(instance, Tick(now, self._kernel.world.site.calendar), now)
        breach = instance.memory.breach
        is_gated = bool(instance.rule.modes or instance.rule.schedule)
        self._breach_to_alert.settle(
            instance, now, _begins(instance.rule) if is_gated and breach is not None and not breach.found else None
        )

    def regate(self, now: Instant) -> None:
        """Modes or time have changed: rules begin to apply, or cease to."""
        gated = (instance for instance in self._instances if instance.rule.modes or instance.rule.schedule)
        turned = [
            instance
            for instance in gated
            if instance.applies != self._applicability.applies(instance.rule, instance.area)
        ]
        for instance in sorted(turned, key=lambda instance: (instance.rule.name, instance.key)):
            instance.applies = not instance.applies
            if instance.applies and Applies in instance.rule.listens:
                self._stepping.try_(instance, Applies(), now)
            self._breach_to_alert.settle(instance, now, _begins(instance.rule))

    def count_on(self, now: Instant) -> None:
        """Tell the rules over several devices who was bypassed, and who is back."""
        if not self._suppressor.presences:
            return
        told, self._suppressor.presences = self._suppressor.presences, []
        at_last = dict(told)
        for present in (True, False):
            its = [device for device, is_there in at_last.items() if is_there is present]
            self._stepping.tell_groups(its, present, "bypassed", now)


def _begins(rule: Rule[Any]) -> Text:
    if not (rule.modes or rule.schedule):
        return Text.of("installing.rule_changed")
    return Text.of("installing.armed") if rule.modes else Text.of("installing.schedule_began", schedule=rule.schedule)
