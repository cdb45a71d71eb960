"""What is done with alerts: by a command of a person, by an ask of a workflow, and which incident each belongs to."""

from collections.abc import Sequence

from msgspec.structs import replace

from alerts.alert import Alert, State
from alerts.command import Acknowledge, AlertCommand, EndCause
from alerts.effects import Effects
from alerts.engine.breach_to_alert import BreachToAlert
from alerts.engine.endings import Endings
from alerts.engine.first_values import FirstValues
from alerts.engine.stepping import Stepping
from alerts.moves import Grouped
from alerts.open_alerts import OpenAlerts, asked_of
from alerts.rule_instance import RuleInstance
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant, Quality, Reading


class Handling:
    """What follows goes to ``effects``, which the engine sets anew for each step."""

    def __init__(
        self,
        open_alerts: OpenAlerts,
        breach_to_alert: BreachToAlert,
        endings: Endings,
        first_values: FirstValues,
        stepping: Stepping,
    ) -> None:
        self.open_alerts, self._breach_to_alert, self._endings = open_alerts, breach_to_alert, endings
        self._first_values, self._stepping = first_values, stepping
        self.effects = Effects()
        self._told: tuple[Effects, int, dict[str, list[int]]] = (self.effects, 0, {})
        """Where the steps of each alert stand in these effects, of so many of them."""

    # -- incidents -----------------------------------------------------------------------------------------

    def find(self, alert: str) -> Alert | None:
        """One that is open, and real."""
        return self.open_alerts.find(alert)

    def members(self, incident: str) -> Sequence[Alert]:
        """The open alerts of that incident, in the order in which they joined."""
        return self.open_alerts.members(incident)

    def has_members(self, incident: str) -> bool:
        """Whether any of them is open: a look-up, where ``members`` sorts them all."""
        return self.open_alerts.has_members(incident)

    def group(self, grouped: Grouped, now: Instant) -> None:
        """It belongs to that incident from now on: told with what has just become of it, else by a step of its own."""
        alert = self.open_alerts.find(grouped.alert)
        if alert is None:
            return
        places = self._places(alert.id)
        if not places or self.effects.alerts[places[-1]].alert is not alert:
            self.effects.alerts.append(self.open_alerts.grouped(alert, grouped.incident, grouped.place, now))
            return
        changed = self.open_alerts.regrouped(alert, grouped.incident, grouped.place)
        for place in places:
            event = self.effects.alerts[place]
            its = replace(event.alert, incident=grouped.incident, place=grouped.place)
            self.effects.alerts[place] = replace(event, alert=changed if place == places[-1] else its)

    def _places(self, alert: str) -> list[int]:
        """Where the steps of that alert stand in the effects: each is looked at once, thousands may be told at once."""
        effects, seen, places = self._told
        if effects is not self.effects:
            effects, seen, places = self.effects, 0, {}
        for place in range(seen, len(effects.alerts)):
            places.setdefault(effects.alerts[place].alert.id, []).append(place)
        self._told = (effects, len(effects.alerts), places)
        return places.get(alert, [])

    # -- verbs ---------------------------------------------------------------------------------------------

    def check(self, commands: Sequence[AlertCommand], now: Instant) -> None:
        """Whether they could be carried out, one after the other. Raises Refused with why the first could not."""
        stands: dict[str, Alert] = {}
        for command in commands:
            if isinstance(command, EndCause):
                self._endings.asked(command)
                continue
            alert = stands.get(command.alert) or self.open_alerts.find(command.alert)
            if alert is None or alert.state is State.CLOSED:
                raise Refused(Text.of("open_alerts.none_such"))
            stands[alert.id] = asked_of(alert, command, now).alert

    def carry_out(self, command: AlertCommand, now: Instant) -> None:
        """Raises Refused."""
        if isinstance(command, EndCause):
            self._end(*self._endings.asked(command), now, by=command.by, why=command.note)
            return
        event = self.open_alerts.asked(command, now)
        self._breach_to_alert.tell(event, now)
        if isinstance(command, Acknowledge):
            instance, causes = self._endings.by_acknowledgement(event.alert)
            if instance is not None:
                self._end(instance, causes, now, why=Text.of("endings.no_restore"))

    def _end(
        self, instance: RuleInstance, causes: Sequence[Reading], now: Instant, *, by: str = "", why: str | Text
    ) -> None:
        """What these told is over, though they do not say so; of a number, only for this rule."""
        self._breach_to_alert.by, self._breach_to_alert.why = by, why
        try:
            for cause in causes:
                if type(cause.value) is bool:
                    is_over, deduced = not cause.value, int(Quality.DEDUCED)
                    reading = Reading(cause.device, cause.signal, is_over, now, now, deduced, cause.origin)
                    self.effects.readings.append(reading)
                    self._first_values.deduced(reading, now)
            for part in list((instance.standing or {}).values()) if causes else ():
                if any(cause in causes for cause in (part.memory.breach.causes if part.memory.breach else ())):
                    self._stepping.change(part, instance.rule.over(part.memory), now)  # type: ignore[attr-defined]
        finally:
            self._breach_to_alert.by = self._breach_to_alert.why = ""
