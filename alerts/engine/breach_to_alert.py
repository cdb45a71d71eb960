"""Brings the alert of a watch in line with its breach: raised, come again, gone, or only found."""

from collections.abc import Callable, Sequence
from itertools import chain, repeat

from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.effects import Effects, Found
from alerts.lifecycle import Action
from alerts.open_alerts import OpenAlerts
from alerts.rule import Breach
from alerts.rule_instance import RuleInstance
from alerts.rules_in_force import own_name
from alerts.suppression.suppressor import Suppressor, is_line
from devices.message import Text
from devices.reading import Instant, Quality, Reading

_EVENT = int(Quality.EVENT)

_ONE_BY_ONE = 20
"""So many occurrences of an alert are told one by one; beyond that, those that join at one instant in one step."""
_TOGETHER = 50
"""So many at most."""


class BreachToAlert:
    """What follows goes to ``effects``, which the engine sets anew for each step."""

    def __init__(self, register: OpenAlerts, asides: Suppressor) -> None:
        self._open_alerts, self._suppressor = register, asides
        self.effects = Effects()
        self.by = ""
        self.why: str | Text = ""
        """Who says that what ends now is over, and how they know; or why it is over without a word of the device."""
        self.holds: Callable[[RuleInstance, Alert | None, bool, Instant], bool] = lambda *_: False
        """Whether its breach, which was found so or not, is no alert yet (entry_exit.py)."""
        self.closes: Callable[[RuleInstance, Instant], None] = lambda *_: None
        """Told of what does not stand any more."""
        self._newest: tuple[Effects, dict[str, int]] = (self.effects, {})
        """Where the newest step of each alert stands in these effects."""

    def settle(self, instance: RuleInstance, now: Instant, begins: Text | None = None) -> None:
        """Bring the alert of a watch in line with its breach; ``begins`` says why it applies only from now on."""
        breach = instance.memory.breach if instance.applies else None
        alert = self._open_alerts.of(own_name(instance.rule.name), instance.key)
        other = self._suppressor.other_version(instance)
        is_told = breach is not None and not (breach.found and begins is None)
        if is_told and self.holds(instance, alert, begins is not None, now):
            return
        dealt, instance.dealt = instance.dealt, breach
        if is_line(instance):
            self._suppressor.line(instance, now)
        if breach is None:
            if alert is not None and alert.active and other is None:
                self.tell(self._open_alerts.gone(alert, now, self.why, self.by), now)
            self.closes(instance, now)
            return
        told = dealt.causes if dealt is not None else ()
        causes = tuple(cause for cause in breach.causes if cause not in told)
        if other is not None and other.dealt is not None and alert is not None and alert.active:
            its = {(cause.device, cause.signal) for cause in other.dealt.causes}  # the other version has told of these
            causes = tuple(cause for cause in causes if (cause.device, cause.signal) not in its)
        if breach.found and begins is None and (alert is None or not alert.active):
            self.effects.found += [Found(instance.area, cause) for cause in causes]
        elif alert is None:
            suppression = self._suppressor.of(instance, chain(breach.causes, instance.causes()), now)
            self.tell(self._open_alerts.raised(instance, breach, now, begins, suppression), now)
        elif not alert.active or causes or (dealt is not None and breach.since > dealt.since):
            joined = causes if alert.active else breach.causes
            if self._joins(alert, instance, breach, causes, now):
                return
            suppression = self._suppressor.of(instance, chain(breach.causes, instance.causes()), now, alert)
            is_anew = any(map(_is_event_again, joined, repeat(told)))
            self.tell(
                self._open_alerts.again(alert, instance.rule, breach, joined, now, suppression, is_anew=is_anew), now
            )
        else:
            self._suppressor.review(alert, now)

    def alarm(self, instance: RuleInstance, held: Breach, now: Instant) -> None:
        """What was ``held`` is an alert now; over at once if it does not stand any more."""
        alert, breach = self._open_alerts.of(own_name(instance.rule.name), instance.key), instance.memory.breach
        instance.dealt = breach
        suppression = self._suppressor.of(instance, held.causes, now, alert)
        if alert is None:
            self.tell(self._open_alerts.raised(instance, held, now, None, suppression), now)
        else:
            self.tell(self._open_alerts.again(alert, instance.rule, held, held.causes, now, suppression), now)
        alert = self._open_alerts.of(own_name(instance.rule.name), instance.key)
        if breach is None and alert is not None:
            self.tell(self._open_alerts.gone(alert, now), now)

    def review(self, instance: RuleInstance, now: Instant) -> None:
        """Fewer stand behind a breach that goes on: what is left may be set aside."""
        self.closes(instance, now)
        alert = self._open_alerts.of(own_name(instance.rule.name), instance.key)
        if alert is not None:
            self._suppressor.review(alert, now)

    def tell(self, event: AlertEvent, now: Instant) -> None:
        """A step of an alert; then what it means for what is set aside."""
        self._places[event.alert.id] = len(self.effects.alerts)
        self.effects.alerts.append(event)
        self._suppressor.follow(event.alert, now)
        if event.action in (Action.RAISED, Action.CAUSE_AGAIN):
            self._suppressor.raised(event, now)
        elif event.alert.state is not State.CLOSED:
            self._suppressor.review(event.alert, now)

    @property
    def _places(self) -> dict[str, int]:
        if self._newest[0] is not self.effects:
            self._newest = (self.effects, {})
        return self._newest[1]

    def _joins(
        self, alert: Alert, instance: RuleInstance, breach: Breach, causes: tuple[Reading, ...], now: Instant
    ) -> bool:
        """Whether it was added to what has just been told of the alert: in a storm many join at one instant.

        Each is named there and counts as an occurrence; told one by one, they would hold up what comes next.
        """
        place = self._places.get(alert.id)
        event = self.effects.alerts[place] if place is not None else None
        if event is None or place is None or event.alert is not alert or not causes:
            return False
        if (
            alert.occurrences <= _ONE_BY_ONE
            or event.action != Action.CAUSE_AGAIN
            or event.at != now
            or len(event.causes) + len(causes) > _TOGETHER
        ):
            return False
        if alert.suppression is not None or not alert.active:
            return False
        event = self.effects.alerts[place] = self._open_alerts.joined(event, instance.rule, breach, causes)
        self._suppressor.raised(replace(event, causes=causes), now)
        return True


def _is_event_again(cause: Reading, told: Sequence[Reading]) -> bool:
    """Whether it says of something that has been told that it has happened once more."""
    same = (before.device == cause.device and before.signal == cause.signal for before in told)
    return bool(cause.quality & _EVENT) and any(same)
