"""Shadow points: what a drill, a canary or a test makes devices say, heard by rules with a memory of their own.

Theory of operation. For each origin that is not real there is a second engine with the same rules and devices, made
when it is first needed. Stimuli go there and nowhere else, so no real member of a rule over several is ever joined
with a drill's, and real smoke on a detector under drill finds a real memory in which nothing has happened: it is a new
alert. Alerts of a shadow are shown, acknowledged and closed like any other and carry their origin; what rules would
order or find beside them is dropped, for a drill starts no output but its own. docs/adr/0178.

The canary's shadow has its one point and rule. Its alert is nobody's to see or to handle, so it is told apart from all
others, keeps nothing, and ends with its cause. docs/adr/0282.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from alerts.alert import Alert
from alerts.canary import ORIGIN, POINT, POINT_KIND, SIGNAL, Canary, CanaryRaised
from alerts.command import Acknowledge, AlertCommand
from alerts.effects import Effects
from alerts.event import Event, Tick
from alerts.lifecycle import Action
from alerts.linkage_rule import LinkageRule
from alerts.moves import Notification, SetMode, Stimulus
from alerts.output_rule import OutputRule
from alerts.restored import Restored
from alerts.rule import Rule
from devices.device import Device
from devices.reading import Instant, Origin, Reading

MARK = ":"
"""Between the origin and the name of the rule, in the name under which a shadow's memory is stored."""


class Shadow(Protocol):
    """As much of an engine as is needed here."""

    @property
    def wake_at(self) -> Instant | None: ...
    @property
    def modes(self) -> Mapping[str, str]: ...
    def open_alerts(self) -> list[Alert]: ...
    def open_alert(self, alert_id: str) -> Alert | None: ...
    def set_devices(self, devices: Sequence[Device], now: Instant) -> None: ...
    def set_rules(self, rules: Sequence[Rule[Any]]) -> None: ...
    def step(self, events: Sequence[Event], now: Instant) -> Effects: ...
    def forget(self, now: Instant) -> Effects: ...


Make = Callable[[Restored], Shadow]


class Shadows:
    """``make(restored)`` makes the engine of an origin, which goes on from that; ``restored`` is of the real one."""

    def __init__(self, make: Make, restored: Restored) -> None:
        self._make, self._memories = make, restored.memories
        self._of: dict[Origin, Shadow] = {}
        self._stimuli: dict[Origin, list[Stimulus]] = {}
        self._commands: dict[Origin, list[tuple[int, AlertCommand]]] = {}
        self._modes: dict[Origin, dict[str, str]] = {}
        """The armed modes of each origin that differ from the real ones."""
        self._told: set[tuple[Origin, str, str]] = set()
        alerts = restored.alerts if restored.origin == "real" else ()
        for origin in sorted({alert.origin for alert in alerts} - {"real"}):
            self._of[origin] = self._new(origin, [alert for alert in alerts if alert.origin == origin])

    def _new(self, origin: Origin, alerts: Sequence[Alert] = ()) -> Shadow:
        stored = {
            (rule.removeprefix(f"{origin}{MARK}"), key): memory
            for (rule, key), memory in self._memories.items()
            if rule.startswith(f"{origin}{MARK}")
        }
        return self._make(Restored(alerts=alerts, memories=stored, origin=origin))

    @property
    def wake_at(self) -> Instant | None:
        if not self._of:
            return None
        times = (shadow.wake_at for shadow in self._of.values())
        return min((time for time in times if time is not None), default=None)

    def open_alerts(self) -> list[Alert]:
        return [alert for shadow in self._shown() for alert in shadow.open_alerts()]

    def _shown(self) -> list[Shadow]:
        return [shadow for origin, shadow in self._of.items() if origin != ORIGIN]

    def open_alert(self, alert_id: str) -> Alert | None:
        found = (shadow.open_alert(alert_id) for shadow in self._shown())
        return next((alert for alert in found if alert is not None), None)

    def set_devices(self, devices: Sequence[Device], now: Instant) -> None:
        for origin, shadow in self._of.items():
            if origin != ORIGIN:
                shadow.set_devices(devices, now)

    def set_rules(self, rules: Sequence[Rule[Any]]) -> None:
        for origin, shadow in self._of.items():
            if origin != ORIGIN:
                shadow.set_rules(rules_of(rules, origin))

    def stimulate(self, stimulus: Stimulus, origin: Origin) -> None:
        """To be heard in the next step."""
        self._stimuli.setdefault(origin, []).append(stimulus)

    def sing(self, canary: Canary) -> list[Notification]:
        """To be heard in the next step; the message that goes out with it."""
        self.stimulate(Stimulus(POINT, SIGNAL, canary.is_on), ORIGIN)
        return canary.messages()

    def set_mode(self, area: str, mode: str, origin: Origin) -> None:
        """Set for that origin, to be heard in the next step; the real one, when it is set, goes for all."""
        if origin != "real":
            self._modes.setdefault(origin, {})[area] = mode
            return
        for own in self._modes.values():
            own.pop(area, None)

    def end(self, origin: Origin, effects: Effects, now: Instant) -> None:
        """What they alarm is closed as a test, what they remember is forgotten: the next drill begins from nothing."""
        self._stimuli.pop(origin, None)
        self._modes.pop(origin, None)
        self._told = {place for place in self._told if place[0] != origin}
        shadow = self._of.pop(origin, None)
        mark = f"{origin}{MARK}"
        self._memories = {place: memory for place, memory in self._memories.items() if not place[0].startswith(mark)}
        if shadow is not None:
            followed = shadow.forget(now)
            effects.alerts += followed.alerts
            effects.memories |= {(f"{mark}{rule}", key): memory for (rule, key), memory in followed.memories.items()}

    def takes(self, place: int, event: Event) -> bool:
        """Whether it is a command about an alert of a shadow: then it is carried out in the next step."""
        if not isinstance(event, AlertCommand) or not self._of:
            return False
        for origin, shadow in self._of.items():
            if origin != ORIGIN and shadow.open_alert(event.alert) is not None:
                self._commands.setdefault(origin, []).append((place, event))
                return True
        return False

    def wants(self, now: Instant) -> bool:
        """Whether a step would do anything."""
        return bool(self._stimuli or self._commands) or ((at := self.wake_at) is not None and at <= now)

    def step(self, modes: Mapping[str, str], effects: Effects, now: Instant) -> None:
        """What follows joins the effects of the turn; ``modes`` are the real ones, which go where a shadow has none."""
        stimuli, self._stimuli = self._stimuli, {}
        commands, self._commands = self._commands, {}
        for origin in stimuli:
            if origin not in self._of:
                self._of[origin] = self._new(origin)
        for origin, shadow in self._of.items():
            events: list[Any] = [command for _, command in commands.get(origin, ())]
            places = [place for place, _ in commands.get(origin, ())]
            wanted = {**modes, **self._modes.get(origin, {})}
            events += [SetMode(area, mode) for area, mode in wanted.items() if shadow.modes.get(area) != mode]
            for stimulus in stimuli.get(origin, ()):
                events += self._readings(origin, stimulus, now)
            if events or ((at := shadow.wake_at) is not None and at <= now):
                followed = shadow.step(events or [Tick(now)], now)
                if origin == ORIGIN:
                    effects.canaries += [CanaryRaised(e.alert) for e in followed.alerts if e.action == Action.RAISED]
                    _let_go(shadow, now)
                    continue
                effects.alerts += followed.alerts
                effects.memories |= {(f"{origin}{MARK}{r}", key): m for (r, key), m in followed.memories.items()}
                effects.refused += [(places[place], why) for place, why in followed.refused if place < len(places)]

    def _readings(self, origin: Origin, stimulus: Stimulus, now: Instant) -> list[Reading]:
        """What the device says; the first time, how it stood before comes first: so that it is a change."""
        place = (origin, stimulus.device, stimulus.signal)
        said = [Reading(stimulus.device, stimulus.signal, stimulus.value, now, now, origin=origin)]
        if place not in self._told and stimulus.value is True:
            said.insert(0, Reading(stimulus.device, stimulus.signal, False, now, now, origin=origin))
        self._told.add(place)
        return said


def _let_go(shadow: Shadow, now: Instant) -> None:
    """A canary whose cause is gone is over: nobody is shown it, so nobody can be asked about it."""
    over = [Acknowledge(alert.id, by=ORIGIN) for alert in shadow.open_alerts() if not alert.active]
    if over:
        shadow.step(over, now)


def rules_of(rules: Sequence[Rule[Any]], origin: Origin) -> list[Rule[Any]]:
    """Those that a shadow has: what waits for silence or for the clock alone would alarm of points that say nothing.

    Nor does one order outputs, or wait for what it never ordered: the real engine starts those that drills may start.
    The canary's has its own rule, which is nobody else's.
    """
    heard = [rule for rule in rules if Reading in rule.listens and not (rule.eager or rule.patient)]
    silent = [rule for rule in heard if not isinstance(rule, OutputRule | LinkageRule)]
    return [rule for rule in silent if (rule.device_kinds == (POINT_KIND,)) == (origin == ORIGIN)]


def devices_of(devices: Sequence[Device], origin: Origin) -> Sequence[Device]:
    """The canary has its point; all others have all."""
    return [device for device in devices if device.id == POINT] if origin == ORIGIN else devices
