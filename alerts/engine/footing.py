"""Where the kernel stands in the engine: what of rules, alerts and modes it may look at, and how it changes them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.alert import Alert, AlertClass
from alerts.effects import Effects, ModeChanged
from alerts.engine.applicability import Applicability
from alerts.engine.entry_exit import EntryExit
from alerts.engine.handling import Handling
from alerts.engine.installing import Installing
from alerts.engine.listeners import Listeners
from alerts.engine.shadows import Shadows
from alerts.engine.stepping import Stepping
from alerts.facts import Fact
from alerts.moves import AlertNote, StandingAlert, Stimulus, Unreal
from alerts.open_point import OpenPoint
from alerts.rule import Rule
from alerts.suppression.suppressor import Suppressor
from alerts.system_alerts import SystemAlert
from devices.device import Device
from devices.message import Text
from devices.reading import Instant, Origin
from devices.supervision import Span


class Footing:
    """The body of Ground. ``effects`` are the engine's, set anew for each of its steps."""

    def __init__(
        self,
        handling: Handling,
        asides: Suppressor,
        gates: Applicability,
        stepping: Stepping,
        installing: Installing,
        listeners: Listeners,
        shadows: Shadows,
        entry_exit: EntryExit,
    ) -> None:
        self._handling, self._open_alerts, self._suppressor = handling, handling.open_alerts, asides
        self._applicability, self._stepping = gates, stepping
        self._installing, self._listeners, self._shadows = installing, listeners, shadows
        self._entry_exit = entry_exit
        self.effects = Effects()
        self._is_changed = False
        self._real: set[str] = set()

    # -- what is seen --------------------------------------------------------------------------------------

    @property
    def sees(self) -> "Footing":
        """It is what the engine shows, too."""
        return self

    @property
    def devices(self) -> Mapping[str, Device]:
        return self._suppressor.known

    @property
    def modes(self) -> Mapping[str, str]:
        return self._applicability.modes

    def open_alerts(self) -> Sequence[Alert]:
        return [*self._open_alerts.in_order(), *self._shadows.open_alerts()]

    @property
    def handling(self) -> Handling:
        return self._handling

    def guards_life(self, device: Device) -> bool:
        return self._suppressor.guards_life(device)

    def is_danger_point(self, device: Device) -> bool:
        return self._suppressor.is_danger_point()(device)

    def open_points(self, area: str, mode: str) -> tuple[OpenPoint, ...]:
        return self._entry_exit.open_points(area, mode)

    def outages(self, since: Instant) -> tuple[Span, ...]:
        return self._stepping.outages(since)

    # -- what is changed -----------------------------------------------------------------------------------

    def check_mode(self, area: str, mode: str) -> None:
        self._applicability.check(area, mode)

    def set_mode(self, change: ModeChanged, origin: Origin) -> None:
        self.check_mode(change.area, change.mode)
        change = replace(change, mode=self._applicability.meant(change.area, change.mode))
        self._shadows.set_mode(change.area, change.mode, origin)
        if origin == "real":
            self._applicability.modes[change.area] = change.mode
            self.effects.modes.append(change)
            self._entry_exit.mode_set(change.area, change.at)
            self._installing.regate(change.at)
            self._entry_exit.mode_applies(change.area, change.at)

    @property
    def rules(self) -> Sequence[Rule[Any]]:
        return self._installing.rules

    def set_rules(self, rules: Sequence[Rule[Any]]) -> None:
        self._installing.rules = self._installing.rules_to_come = rules
        self._shadows.set_rules(rules)

    def says(self, rule: str, alert: StandingAlert, origin: Origin, now: Instant) -> None:
        found = self._open_alerts.of(rule, alert.key)
        if alert.is_active:
            procedure = alert.procedure if alert.procedure is not None else Text.of("workflow.procedure")
            area = alert.area or self._suppressor.own_area
            said = SystemAlert(rule, alert.key, area, alert.text, alert.priority, procedure, alert.alert_class, origin)
            self.effects.alerts += self._open_alerts.says(said, now, is_loud=alert.is_loud)
        elif found is not None and found.active:
            self.effects.alerts.append(self._open_alerts.gone(found, now))

    def note(self, note: AlertNote, now: Instant) -> None:
        event = self._open_alerts.noted(note, now)
        if event is not None:
            self.effects.alerts.append(event)

    def fault(self, rule: str, key: str, text: Text, now: Instant) -> None:
        found = self._open_alerts.of(rule, key)
        if found is None or not found.active:
            procedure = Text.of("workflow.failed_procedure")
            said = SystemAlert(rule, key, self._suppressor.own_area, text, 1, procedure, AlertClass.FAULT)
            self.effects.alerts += self._open_alerts.says(said, now, is_loud=True)

    def hear(self, fact: Fact, now: Instant) -> None:
        self._listeners.fact(fact, now)

    def stimulate(self, stimulus: Stimulus, origin: Origin, now: Instant) -> None:
        self._shadows.stimulate(stimulus, origin)

    def end_shadow(self, origin: Unreal, now: Instant) -> None:
        self._shadows.end(origin, self.effects, now)

    def held_changed(self, devices: Collection[str], out: Collection[str], back: Collection[str]) -> None:
        self._suppressor.held(devices, out, back)
        self._is_changed = True

    def turned_out_real(self, devices: Collection[str]) -> None:
        self._real.update(devices)

    def settle(self, now: Instant) -> None:
        if self._shadows.wants(now):
            self._shadows.step(self._applicability.modes, self.effects, now)
        if self._is_changed:
            self._is_changed = False
            real, self._real = frozenset(self._real), set()
            self._suppressor.held_changed(real, now)
            self._installing.count_on(now)
