"""Every open alert, by id and by the watch that raised it; each change of one is returned as an AlertEvent.

An id is a hash of rule, key, and device, signal and time of the first cause: a crash between effects and commit repeats
them, and the same alarm must not become two. If the breach stood before the rule began to apply, or the last alert of
this watch had that very id and was closed, the time of raising is hashed too, for a closed alert is never opened again.
So a reading that is repeated after its alert was closed, and that no receipt stopped, raises an alert of its own.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts import transmission
from alerts.alert import Alert, AlertClass, AlertEvent, Disposition, State, display_order
from alerts.command import Acknowledge, Close, Comment, Reset, Silence
from alerts.lifecycle import MANNERS, Action, Manner, after, check_seen, written
from alerts.moves import AlertNote
from alerts.rule import Breach, Rule
from alerts.rule_instance import RuleInstance
from alerts.rules_in_force import own_name
from alerts.suppression_reason import Suppression
from alerts.system_alerts import SystemAlert
from devices.errors import Refused
from devices.message import Name, Text
from devices.reading import Instant, Origin, Reading

_MOST_REASON = 200


class OpenAlerts:
    """One open alert at most for each (rule, key)."""

    def __init__(self, open_alerts: Sequence[Alert], rules: Sequence[Rule[Any]], origin: Origin = "real") -> None:
        """``origin``: of every alert that it raises."""
        self._origin: Origin = origin
        self._versions = {rule.name: rule_version(rule) for rule in rules}
        self._alerts = {alert.id: alert for alert in open_alerts}
        self._by_watch = {(alert.rule, alert.key): alert.id for alert in open_alerts}
        self._closed: dict[tuple[str, str], str] = {}
        self._numbers = {alert.id: number for number, alert in enumerate(open_alerts)}
        """Of two at one instant, the first comes first."""
        self._raised = len(self._numbers)
        self.kept: Callable[[Alert], None] = lambda _alert: None
        """Told of each alert as it stands after a change."""
        self._order = sorted(self._place(alert) for alert in open_alerts)
        """Kept in order, so that neither a change nor a look costs a sort of all."""
        self._members: dict[str, dict[str, None]] = {}
        """The open alerts of each incident."""
        for alert in open_alerts:
            self._belongs(None, alert)

    def set_rules(self, rules: Sequence[Rule[Any]]) -> None:
        """What is raised from now on says which version of these raised it."""
        self._versions.update({rule.name: rule_version(rule) for rule in rules})

    def of(self, rule: str, key: str) -> Alert | None:
        """The open alert of that watch."""
        return self._alerts.get(self._by_watch.get((rule, key), ""))

    def find(self, alert_id: str) -> Alert | None:
        """The open alert of that id."""
        return self._alerts.get(alert_id)

    def in_order(self, wanted: Callable[[Alert], bool] | None = None) -> list[Alert]:
        """Every open alert, or those that are wanted, in the operator's order."""
        found = (self._alerts.get(place[-1]) for place in self._order.copy())
        return [alert for alert in found if alert is not None and (wanted is None or wanted(alert))]

    def raised(
        self,
        instance: RuleInstance,
        breach: Breach,
        now: Instant,
        found: Text | None = None,
        suppression: Suppression | None = None,
    ) -> AlertEvent:
        """A new alert; ``found`` says so if it stood already when the rule began to apply."""
        # The same readings may breach again each time the rule begins to apply, and a repeated reading must not
        # bring a closed alert to life: each of these is an alert of its own.
        salt = -now if self._origin != "real" else now if found is not None else 0
        rule, name = instance.rule, own_name(instance.rule.name)
        alert_id = _alert_id(name, instance.key, breach, salt)
        if alert_id == self._closed.get((name, instance.key)):
            alert_id = _alert_id(name, instance.key, breach, now)
        alert = Alert(
            id=alert_id,
            rule=name,
            rule_version=self._versions[rule.name],
            area=instance.area,
            key=instance.key,
            alert_class=rule.alert_class,
            priority=rule.priority,
            text=self._text(rule, breach, found),
            state=State.UNACKNOWLEDGED,
            raised=now,
            changed=now,
            causes=breach.causes,
            latched=MANNERS[rule.alert_class] is Manner.LATCHING,
            procedure=Text.of("alert.procedure", words=Name(rule.procedure, rule.procedure_zh)),
            suppression=suppression,
            silent=rule.is_silent,
            origin=self._origin,
        )
        return self._kept(AlertEvent(alert, Action.RAISED, now, causes=breach.causes))

    def again(
        self,
        alert: Alert,
        rule: Rule[Any],
        breach: Breach,
        causes: tuple[Reading, ...],
        now: Instant,
        suppression: Suppression | None = None,
        *,
        is_anew: bool = False,
    ) -> AlertEvent:
        """The cause is back, or more have joined; ``is_anew``: an event that stood has happened once more."""
        text = self._text(rule, breach)
        changed = replace(after(alert, Action.CAUSE_AGAIN, now, text=text, is_anew=is_anew), suppression=suppression)
        return self._kept(AlertEvent(changed, Action.CAUSE_AGAIN, now, causes=causes))

    def joined(self, event: AlertEvent, rule: Rule[Any], breach: Breach, causes: tuple[Reading, ...]) -> AlertEvent:
        """What has just been told again, with those that have joined in the same instant."""
        alert = event.alert
        changed = replace(alert, occurrences=alert.occurrences + 1, text=self._text(rule, breach))
        return self._kept(replace(event, alert=changed, causes=(*event.causes, *causes)))

    def changed(
        self,
        alert: Alert,
        action: Action,
        now: Instant,
        *,
        note: str | Text = "",
        text: Text | None = None,
        suppression: Suppression | None = None,
    ) -> AlertEvent:
        """What the gateway does with an alert that is set aside, or with what it counts."""
        changed = after(alert, action, now, note=note, text=text, suppression=suppression)
        return self._kept(AlertEvent(changed, action, now, note=note))

    def says(self, condition: SystemAlert, now: Instant, *, is_loud: bool) -> list[AlertEvent]:
        """The gateway's own word: raised, told again if ``is_loud``, else brought up to date without a sound."""
        alert, text = self.of(condition.rule, condition.key), marked(condition.text, condition.origin)
        if alert is not None and (is_loud or not alert.active):
            changed = after(alert, Action.CAUSE_AGAIN, now, text=text)
            return [self._kept(AlertEvent(changed, Action.CAUSE_AGAIN, now))]
        if alert is not None:
            is_same = alert.text == text
            return [] if is_same else [self.changed(alert, Action.COUNTED, now, text=text)]
        alert = Alert(
            id=_alert_id(condition.rule, condition.key, Breach(since=now, text=condition.text), now),
            rule=condition.rule,
            rule_version="",
            area=condition.area,
            key=condition.key,
            alert_class=condition.alert_class,
            priority=condition.priority,
            text=text,
            state=State.UNACKNOWLEDGED,
            raised=now,
            changed=now,
            causes=(),
            procedure=condition.procedure,
            origin=condition.origin,
        )
        return [self._kept(AlertEvent(alert, Action.RAISED, now))]

    def _text(self, rule: Rule[Any], breach: Breach, found: Text | None = None) -> Text:
        return _titled(rule, marked(breach.text, self._origin), found)

    def gone(self, alert: Alert, now: Instant, note: str | Text = "", by: str = "") -> AlertEvent:
        """The cause of an active alert is gone; ``by`` whose word that is so, "" if it shows by itself."""
        action = Action.END_CAUSE if by else Action.CAUSE_GONE
        return self._kept(AlertEvent(after(alert, action, now), action, now, by=by, note=note))

    def asked(self, command: Acknowledge | Silence | Reset | Close | Comment, now: Instant) -> AlertEvent:
        """What a person asked for. Raises Refused."""
        alert = self._alerts.get(command.alert)
        if alert is None:
            raise Refused(Text.of("open_alerts.none_such"))
        return self._kept(asked_of(alert, command, now))

    def tested(self, now: Instant) -> list[AlertEvent]:
        """All of a shadow that is over are closed as tests, however they stand: none of them ever was real."""
        if self._origin == "real":
            raise ValueError("what is real ends by its own life, never at once")
        over = Text.of("open_alerts.shadow_over")
        tested = [
            replace(
                alert,
                state=State.CLOSED,
                active=False,
                latched=False,
                changed=now,
                closed=now,
                disposition=Disposition.TEST,
                note=over,
            )
            for alert in self.in_order()
        ]
        return [self._kept(AlertEvent(alert, Action.CLOSE, now, note=over)) for alert in tested]

    def grouped(self, alert: Alert, incident: str, place: int, now: Instant) -> AlertEvent:
        """It belongs to that incident from now on."""
        changed = after(alert, Action.GROUPED, now, incident=(incident, place))
        return self._kept(AlertEvent(changed, Action.GROUPED, now))

    def regrouped(self, alert: Alert, incident: str, place: int) -> Alert:
        """The same, told with the step that has just been told of it."""
        changed = replace(alert, incident=incident, place=place)
        return self._kept(AlertEvent(changed, Action.GROUPED, alert.changed)).alert

    def members(self, incident: str) -> list[Alert]:
        """The open alerts of an incident, in the order in which they joined."""
        found = (self._alerts[alert_id] for alert_id in self._members.get(incident, ()))
        return sorted(found, key=lambda alert: (alert.place, alert.raised))

    def has_members(self, incident: str) -> bool:
        """Whether any alert of that incident is open; asked at each that is closed, so it sorts none."""
        return bool(self._members.get(incident))

    def noted(self, said: AlertNote, now: Instant) -> AlertEvent | None:
        """What a workflow knows that somebody did about it: told beside what a person wrote there, never over it."""
        alert = self._alerts.get(said.alert)
        if alert is None:
            return None
        if said.known_until is not None:
            changed = replace(alert, changed=now, known_until=said.known_until)
        elif said.transmitted is not None:
            told = transmission.after(alert.transmitted, said.transmitted)
            changed = replace(alert, changed=now, transmitted=told)
        else:
            changed = after(alert, Action.COMMENT, now, by=said.by, note=written(alert) or said.text)
        return self._kept(AlertEvent(changed, Action.COMMENT, now, by=said.by, note=said.text))

    def failed(self, rule: Rule[Any], area: str, error: Exception, now: Instant) -> AlertEvent | None:
        """A fault: the rule itself does not work. It stands until the gateway is started again."""
        key = failure_key(rule)
        alert = self.of(rule.name, key)
        if alert is not None and alert.active:
            return None
        reason = f"{type(error).__name__}: {error}"[:_MOST_REASON]
        breach = Breach(since=now, text=Text.of("open_alerts.rule_failed", rule=rule.name, reason=reason))
        if alert is not None:
            return self._kept(AlertEvent(after(alert, Action.CAUSE_AGAIN, now), Action.CAUSE_AGAIN, now))
        alert = Alert(
            id=_alert_id(rule.name, key, breach, now),
            rule=rule.name,
            rule_version=self._versions[rule.name],
            area=area,
            key=key,
            alert_class=AlertClass.FAULT,
            priority=1,
            text=breach.text,
            state=State.UNACKNOWLEDGED,
            raised=now,
            changed=now,
            causes=(),
            procedure=Text.of("open_alerts.rule_failed_procedure"),
        )
        return self._kept(AlertEvent(alert, Action.RAISED, now))

    def _place(self, alert: Alert) -> tuple[Any, ...]:
        return *display_order(alert), self._numbers[alert.id], alert.id

    def _belongs(self, before: Alert | None, alert: Alert) -> None:
        is_open = alert.state is not State.CLOSED
        if before is not None and before.incident and (before.incident != alert.incident or not is_open):
            rest = self._members.get(before.incident, {})
            rest.pop(alert.id, None)
            if not rest:
                self._members.pop(before.incident, None)
        if alert.incident and is_open:
            self._members.setdefault(alert.incident, {})[alert.id] = None

    def _kept(self, event: AlertEvent) -> AlertEvent:
        alert = event.alert
        instance = (alert.rule, alert.key)
        before = self._alerts.get(alert.id)
        if before is not None:
            self._order.pop(bisect_left(self._order, self._place(before)))
        else:
            self._raised += 1
            self._numbers[alert.id] = self._raised
        self._belongs(before, alert)
        if alert.state is not State.CLOSED:
            insort(self._order, self._place(alert))
        if alert.state is State.CLOSED:
            del self._alerts[alert.id], self._by_watch[instance], self._numbers[alert.id]
            self._closed[instance] = alert.id
        else:
            self._alerts[alert.id] = alert
            self._by_watch[instance] = alert.id
        self.kept(alert)
        return event


def asked_of(alert: Alert, command: Acknowledge | Silence | Reset | Close | Comment, now: Instant) -> AlertEvent:
    """What a person asked for, done with that alert. Raises Refused."""
    by, note = command.by, command.note
    match command:
        case Acknowledge():
            action, changed = Action.ACKNOWLEDGE, after(alert, Action.ACKNOWLEDGE, now, by=by)
            check_seen(alert, command.seen)
            return AlertEvent(changed, action, now, by=by, note=note, seen=command.seen)
        case Silence():
            action, changed = Action.SILENCE, after(alert, Action.SILENCE, now, by=by)
            check_seen(alert, command.seen)
            return AlertEvent(changed, action, now, by=by, note=note, seen=command.seen)
        case Reset():
            action, changed = Action.RESET, after(alert, Action.RESET, now, by=by)
        case Close(disposition=finding):
            action, changed = Action.CLOSE, after(alert, Action.CLOSE, now, by=by, disposition=finding, note=note)
        case Comment():
            action, changed = Action.COMMENT, after(alert, Action.COMMENT, now, by=by, note=note)
    return AlertEvent(changed, action, now, by=by, note=note)


def failure_key(rule: Rule[Any]) -> str:
    """The key of the alert which says that a rule failed."""
    return f"rule:{rule.name}"


def rule_version(rule: Rule[Any]) -> str:
    """A short hash of a rule's parameters: each alert says which version raised it."""
    rule = replace(rule, name=own_name(rule.name))
    return blake2b(msgspec.json.encode(rule, order="sorted"), digest_size=4).hexdigest()


def _alert_id(rule: str, key: str, breach: Breach, salt: Instant) -> str:
    """The same breach told twice is the same alert: a hash of the rule, the key and what first showed it."""
    first = breach.causes[0] if breach.causes else None
    told = (first.device, first.signal, first.time) if first is not None else ("", "", breach.since)
    return blake2b(msgspec.json.encode((rule, key, *told, salt)), digest_size=8).hexdigest()


def marked(text: Text, origin: Origin) -> Text:
    """What is not real says so itself, wherever it is read."""
    return text if origin == "real" else Text.of("alert.not_real", origin=origin, text=text)


def _titled(rule: Rule[Any], said: Text, found: Text | None) -> Text:
    """Of a rule with a title ``alert.titled``: what it names beside the title is its ``text``."""
    text = said if found is None else Text.of("alert.found", text=said, found=found)
    if not (rule.title or rule.title_zh):
        return text
    return Text.of("alert.titled", title=Name(rule.title, rule.title_zh), text=text)
