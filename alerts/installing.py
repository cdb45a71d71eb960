"""What is at work where, and since when: devices are installed, rules begin to apply, what stood is looked at anew."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alerts.asides import Asides
from alerts.conditions import NAMES
from alerts.event import Applies, Members, Tick
from alerts.gates import Gates
from alerts.priming import forget_breach, prime
from alerts.register import Register
from alerts.rule import Rule
from alerts.settlement import Settlement
from alerts.stepping import Stepping
from alerts.watch import Watch
from alerts.watches import Watches
from devices.device import Device
from devices.message import Text
from devices.reading import Instant, Reading


class Installing:
    """Makes watches and begins them. ``panels_of(devices)``: which of them answer for which others."""

    def __init__(
        self,
        watches: Watches,
        register: Register,
        asides: Asides,
        settlement: Settlement,
        gates: Gates,
        stepping: Stepping,
        panels_of: Callable[[Sequence[Device]], Mapping[str, str]],
    ) -> None:
        self._watches, self._register, self._asides = watches, register, asides
        self._settlement, self._gates, self._stepping = settlement, gates, stepping
        self._panels_of = panels_of
        self._is_started = False
        self.stretch: Sequence[Reading] = ()
        """What was stored of the windows that rules look back over, in time order, until the first installation."""
        self._primed: set[Watch] = set()

    def install(self, devices: Sequence[Device], now: Instant) -> None:
        """These devices are there from now on, and no others."""
        is_start, self._is_started = not self._is_started, True
        self._gates.turn(self._watches.rules, now)
        members, ended = self._watches.place(devices)
        self._watches.set_panels(self._panels_of(devices))
        if is_start:  # before a rule can fail: its fault of before is over, a new one is not
            for alert in self._register.in_order():
                if alert.active and (alert.rule, alert.key) not in self._watches and alert.rule not in NAMES:
                    self._stepping.effects.alerts.append(
                        self._register.gone(alert, now, Text.of("installing.no_longer_watched"))
                    )
        for watch in ended:
            watch.applies = False
            self._settlement.settle(watch, now)
            for gone in self._watches.forgotten(watch):
                self._stepping.effects.memories[gone.rule.name, gone.key] = gone.memory
        self._primed, self.stretch = prime(self._watches, self._stepping, self.stretch, now), ()
        fresh = self.take_up(now)
        self._primed.clear()
        self._asides.installed(now)
        for watch, group in members:
            if watch.rule.parted:
                self._stepping.assemble(watch, group, now)
            elif Members in watch.rule.listens:
                self._stepping.try_(watch, Members(group), now)
            bypassed = frozenset(device.id for device in group) & self._asides.standing.bypasses.keys()
            self._stepping.tell(watch, bypassed, False, "bypassed", now)
        self.count_on(now)
        for watch in fresh:
            self.begin(watch, now)

    def take_up(self, now: Instant) -> list[Watch]:
        """New watches, with what they remember set beside the alerts that stand."""
        fresh, self._watches.fresh = self._watches.fresh, []
        for watch in fresh:
            memory, alert = watch.memory, self._register.of(watch.rule.name, watch.key)
            watch.applies, watch.begun = self._gates.applies(watch.rule, watch.area), now
            if memory.breach is not None and (memory.breach.found or (alert is not None and alert.active)):
                watch.dealt = memory.breach
            elif watch in self._primed and watch.applies:
                forget_breach(self._watches, watch, now)
            for each in (watch, *(watch.parts or {}).values()):
                if each.memory.wake_at is not None:
                    self._stepping.push(each, each.memory.wake_at)
        return fresh

    def begin(self, watch: Watch, now: Instant) -> None:
        """The first look: what runs on the clock starts, and what changed while we were away is made good."""
        if watch.rule.supervises and watch.memory.breach is not None:
            self._stepping.presence(watch, False, now)
        if watch.rule.supervises:
            self._stepping.supervise(watch, now)
        elif watch.rule.eager:
            self._stepping.try_(watch, Tick(now), now)
        breach = watch.memory.breach
        is_gated = bool(watch.rule.modes or watch.rule.schedule)
        self._settlement.settle(
            watch, now, _begins(watch.rule) if is_gated and breach is not None and not breach.found else None
        )

    def regate(self, now: Instant) -> None:
        """Modes or time have changed: rules begin to apply, or cease to."""
        gated = (watch for watch in self._watches if watch.rule.modes or watch.rule.schedule)
        turned = [watch for watch in gated if watch.applies != self._gates.applies(watch.rule, watch.area)]
        for watch in sorted(turned, key=lambda watch: (watch.rule.name, watch.key)):
            watch.applies = not watch.applies
            if watch.applies and Applies in watch.rule.listens:
                self._stepping.try_(watch, Applies(), now)
            self._settlement.settle(watch, now, _begins(watch.rule))

    def count_on(self, now: Instant) -> None:
        """Tell the rules over several devices who was bypassed, and who is back."""
        told, self._asides.permits.presences = self._asides.permits.presences, []
        at_last = dict(told)
        for present in (True, False):
            its = [device for device, is_there in at_last.items() if is_there is present]
            self._stepping.tell_groups(its, present, "bypassed", now)


def _begins(rule: Rule[Any]) -> Text:
    return Text.of("installing.armed") if rule.modes else Text.of("installing.schedule_began", schedule=rule.schedule)
