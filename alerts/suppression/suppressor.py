"""What is set aside: asks the stages of each alert, and brings back what no stage holds any more.

An alert is set aside when every device that it is about is, each by the first stage that has something against
shouting. It is raised, kept, told and counted like any other. What people have been shown of a danger stays shown
until they have acknowledged it; what comes back comes back unacknowledged (ISA-18.2 11.7.3). docs/adr/0104 says why.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.effects import Effects
from alerts.event import Stranger
from alerts.lifecycle import MANNERS, Action, Manner, may_lapse
from alerts.open_alerts import OpenAlerts
from alerts.rule_instance import RuleInstance
from alerts.rule_instances import RuleInstances
from alerts.rules_in_force import other_name, own_name
from alerts.suppression.danger import DEADLY, is_danger_point, takes_two
from alerts.suppression.fires import Fires
from alerts.suppression.in_force import FIRE, Candidate, InForce, line_of
from alerts.suppression.shelved import shelved
from alerts.suppression.shown import stays_shown, was_shown
from alerts.suppression.stage_finder import stages
from alerts.suppression_reason import Suppression, SuppressionReason
from alerts.system_alerts import NAMES, NOT_PUT_UP, gone
from alerts.system_alerts import not_put_up as not_put_up_line
from devices.danger_points import lost
from devices.device import OWN_FAMILY, Device
from devices.message import Text
from devices.reading import SECOND, Instant, Reading

_COUNT_EVERY: Instant = 10 * SECOND
_LINE = "line:"


class Suppressor:
    """Owns what stands. The engine asks it in each step; ``presences`` are for the engine to hand on to rules."""

    def __init__(self, watches: RuleInstances, register: OpenAlerts) -> None:
        self._instances, self._open_alerts = watches, register
        self.standing = InForce()
        self.presences: list[tuple[str, bool]] = []
        """Devices that can be counted on no more, or again: for rules over several."""
        self._known: Mapping[str, Device] = {}
        """Every installed device: asked for with each alarm, so it is made once."""
        self._ends: list[tuple[Instant, str]] = []
        """When each aside ends at the latest, by alert; those overtaken fade."""
        self._ends_of: dict[str, Instant] = {}
        """The newest of these of each alert: one that comes again and again is entered once."""
        self._fires = Fires(self.standing.fires)
        self._line_rules: dict[str, str] = {}
        self._counted: dict[str, Instant] = {}
        self._real: frozenset[str] = frozenset()
        """Devices whose dangers have just turned out to be real: they come back though they may be over."""
        self._recount: set[str] = set()
        self._unheard_at: Instant | None = None
        """When the devices that were never heard are counted again; None while their number has not changed."""
        self._unheard_counted: Instant = -_COUNT_EVERY
        self._effects = Effects()
        for alert in register.in_order():
            self._fires.follow(alert)
            self._note(alert)

    def begin_step(self, effects: Effects) -> None:
        self._effects = effects

    @property
    def wake_at(self) -> Instant | None:
        if not (self._ends or self._recount or self._unheard_at is not None):
            return None
        times = [self._counted.get(line, 0) + _COUNT_EVERY for line in self._recount]
        if self._ends:
            times.append(self._ends[0][0])
        if self._unheard_at is not None:
            times.append(self._unheard_at)
        return min(times, default=None)

    # -- what the engine tells -----------------------------------------------------------------------------

    def installed(self, now: Instant) -> None:
        """Devices were installed or are gone; at a start, also what stands is looked at anew."""
        for instance in self._instances:
            if is_line(instance) and instance.memory.breach is not None and instance.key not in self.standing.lost:
                self.standing.lost[instance.key] = instance.memory.breach.since
                self._line_rules[instance.key] = instance.rule.name
        before, self._known = (
            self._known,
            {
                name: device_state.device
                for name, device_state in self._instances.device_states.items()
                if device_state.device is not None
            },
        )
        for name, device_state in self._instances.device_states.items():
            device_state.is_tested = self.standing.cases.in_test(name)
        self._miss(before, now)
        self._review_all(now, self._is_permitted)

    def _miss(self, before: Mapping[str, Device], now: Instant) -> None:
        """Say which points of danger are watched no more as they were, whichever way that came."""
        changed = [device for name, device in before.items() if self._known.get(name) is not device]
        is_danger = self.is_danger_point() if changed else None
        for device in changed:
            what = lost(device, self._known.get(device.id)) if is_danger is not None and is_danger(device) else None
            if what is not None:
                told = self._open_alerts.says(gone(device, what, now), now, is_loud=False)
                self._effects.alerts += [*told, *(self._open_alerts.gone(event.alert, now) for event in told)]

    def is_danger_point(self) -> Callable[[Device], bool]:
        """Which devices are fire, gas or hold-up points."""
        return is_danger_point(self._instances.rules, self._signals_of)

    @property
    def known(self) -> Mapping[str, Device]:
        """Every installed device, by id."""
        return self._known

    @property
    def own_area(self) -> str:
        """Where the gateway's own parts are."""
        return next((device.area for device in self._known.values() if device.family == OWN_FAMILY), "")

    def guards_life(self, device: Device) -> bool:
        """Whether it takes two people to take that device out of service."""
        return takes_two(self._instances.rules, self._signals_of)(device)

    def held(self, devices: Collection[str], out: Collection[str], back: Collection[str]) -> None:
        """Workflows hold these otherwise than before; of some that are out or back rules are told at the next count."""
        self.presences += [*((device, False) for device in out), *((device, True) for device in back)]
        for device in devices:
            self._instances.post(device).is_tested = self.standing.cases.in_test(device)

    def held_changed(self, real: frozenset[str], now: Instant) -> None:
        """Look anew at what a case may hold back, or has held; what these told was ``real``."""
        self._real = real
        self._review_all(now, self._is_permitted)
        self._real = frozenset()

    def _signals_of(self, device: str) -> Collection[str]:
        device_state = self._instances.device_states.get(device)
        return tuple(device_state.signals) if device_state is not None else ()

    def turn(self, now: Instant) -> None:
        """What ends or is to be said again by now."""
        while self._ends and self._ends[0][0] <= now:
            at, alert_id = heapq.heappop(self._ends)
            if self._ends_of.get(alert_id) == at:
                del self._ends_of[alert_id]
            alert = self._open_alerts.find(alert_id)
            if alert is not None:
                self.review(alert, now)

    def line(self, instance: RuleInstance, now: Instant) -> None:
        """A line of the gateway is lost, or is back."""
        breach, line = instance.memory.breach, instance.key
        if (breach is not None) == (line in self.standing.lost):
            return
        if breach is not None:
            self.standing.lost[line] = breach.since
            self.standing.back.pop(line, None)
            self._line_rules[line] = instance.rule.name
        else:
            del self.standing.lost[line]
            self.standing.back[line] = now
            self._recount.discard(line)
        self._review_all(now, lambda alert: self._is_behind(alert, line))

    def follow(self, alert: Alert, now: Instant) -> None:
        """A step of an alert: a fire stands now, or stands no more."""
        over = self._fires.follow(alert)
        if over:
            self._review_all(now, lambda one: _is_of_fire(one.suppression, over))

    def raised(self, event: AlertEvent, now: Instant) -> None:
        """An alert was raised or has come again."""
        self._note(event.alert)

    # -- the question --------------------------------------------------------------------------------------

    def of(
        self, instance: RuleInstance, causes: Iterable[Reading], now: Instant, alert: Alert | None = None
    ) -> Suppression | None:
        """Why an alert of these causes is not to be shouted; ``alert``: as it stands so far."""
        so_far = alert.suppression if alert is not None else None
        if Stranger in instance.rule.listens:
            return None  # a stranger is no device that anybody could hold back
        if so_far is None and alert is not None and stays_shown(alert):
            return None
        if so_far is None and not self.standing and not instance.rule.supervises:
            return None
        if self.standing.cases.shelves(own_name(instance.rule.name), instance.key):
            causes = tuple(causes)
            whole = shelved(instance, causes, self.standing, now, alert)
            if whole is not None:
                return whole
        about: dict[str, list[Reading]] = {}
        for cause in causes:
            area = known.area if (known := self._known.get(cause.device)) is not None else ""
            if instance.rule.parted and not self.standing.may_hold(cause.device, area, instance.rule.alert_class):
                return None  # one in the open is enough: the others, which may be hundreds, need not be asked
            about.setdefault(cause.device, []).append(cause)
        since = instance.memory.breach.since if instance.memory.breach is not None else now
        found = [
            self._of_device(instance, since, name, its, now, so_far)
            for name, its in (about or {instance.key: []}).items()
        ]
        held = [suppression for suppression in found if suppression is not None]
        if len(held) < len(found):
            return None
        first = min(held, key=lambda suppression: (suppression.until is None, suppression.until or 0))
        return first if so_far is None else replace(first, since=so_far.since)

    def other_version(self, instance: RuleInstance) -> RuleInstance | None:
        """The same rule in its other version, if both run and that one stands in breach."""
        other = self._instances.find(other_name(instance.rule.name), instance.key)
        return other if other is not None and other.applies and other.memory.breach is not None else None

    def _of_device(
        self,
        instance: RuleInstance,
        since: Instant,
        name: str,
        causes: list[Reading],
        now: Instant,
        so_far: Suppression | None,
    ) -> Suppression | None:
        device_state = self._instances.device_states.get(name)
        if device_state is None or device_state.device is None:
            return None
        candidate = Candidate(
            device=device_state.device,
            alert_class=instance.rule.alert_class,
            begun=min((since, *(cause.received for cause in causes))),
            now=now,
            told=max((cause.received for cause in causes), default=since),
            signals=frozenset(cause.signal for cause in causes),
            interval_s=instance.rule.waits(instance.memory, device_state.device)[0]
            if instance.rule.supervises
            else None,
            suppression=so_far,
            is_heard=bool(device_state.heard),
            breached=since,
        )
        return next((found for stage in stages() if (found := stage.ask(candidate, self.standing)) is not None), None)

    def review(self, alert: Alert, now: Instant) -> None:
        """Set the alert aside, or bring it back, if what stands says otherwise than it does."""
        if alert.suppression is None and (not self.standing or alert.rule in NAMES):
            return
        wanted = self._wanted(alert, now)
        if wanted == alert.suppression:
            return
        if wanted is not None:
            event = self._open_alerts.changed(alert, Action.SET_ASIDE, now, note=_because(wanted), suppression=wanted)
        elif not may_lapse(alert) or was_shown(alert) or self._is_real(alert):
            event = self._open_alerts.changed(alert, Action.BROUGHT_BACK, now)
        else:
            event = self._open_alerts.changed(alert, Action.LAPSED, now, note=Text.of("suppressor.over"))
        self._effects.alerts.append(event)
        self._note(event.alert)
        if alert.suppression is not None:
            self._recount_after(alert.suppression)
        self.follow(event.alert, now)

    def _recount_after(self, suppression: Suppression) -> None:
        if suppression.reason == SuppressionReason.LINE_LOST:
            self._recount.update({suppression.source} & self.standing.lost.keys())
        elif suppression.reason == SuppressionReason.NOT_PUT_UP:
            self._unheard_at = self._unheard_counted + _COUNT_EVERY

    def _is_real(self, alert: Alert) -> bool:
        return alert.alert_class in DEADLY and any(cause.device in self._real for cause in alert.causes)

    def _wanted(self, alert: Alert, now: Instant) -> Suppression | None:
        so_far = alert.suppression
        if not alert.active:
            is_over = so_far is None or MANNERS[alert.alert_class] is Manner.SELF_CLOSING
            return so_far if so_far is not None and not is_over and self.standing.stands(so_far) else None
        instance = self._instances.find(alert.rule, alert.key)
        if instance is None or instance.memory.breach is None:
            return None
        wanted = self.of(instance, instance.causes(), now, alert)
        return wanted if wanted is None or so_far is not None else replace(wanted, since=now)

    def _review_all(self, now: Instant, concerns: Callable[[Alert], bool]) -> None:
        """All that the change may concern: thousands may be open, and a turn must not take long."""
        for alert in self._open_alerts.in_order(concerns):
            self.review(alert, now)

    def _is_behind(self, alert: Alert, line: str) -> bool:
        """Whether a line may set it aside or has."""
        if alert.suppression is not None and alert.suppression.source == line:
            return True
        instance, device = self._instances.find(alert.rule, alert.key), self._known.get(alert.key)
        return instance is not None and instance.rule.supervises and device is not None and line_of(device) == line

    def _is_permitted(self, alert: Alert) -> bool:
        """Whether a case may set it aside, or something has."""
        if alert.suppression is not None or self.standing.cases.shelves(alert.rule, alert.key):
            return True
        instance = self._instances.find(alert.rule, alert.key)
        if instance is None or instance.memory.breach is None:
            return False
        devices = {cause.device for cause in instance.causes()} or {alert.key}
        return any(map(self.standing.cases.holds, devices))

    def _note(self, alert: Alert) -> None:
        suppression = alert.suppression
        if suppression is None or alert.state is State.CLOSED:
            self._ends_of.pop(alert.id, None)
            return
        if suppression.until is not None and alert.active and self._ends_of.get(alert.id) != suppression.until:
            self._ends_of[alert.id] = suppression.until
            heapq.heappush(self._ends, (suppression.until, alert.id))
        self._recount_after(suppression)

    # -- what the gateway says of it -----------------------------------------------------------------------

    def count(self, now: Instant) -> None:
        """Say on the alert of each lost line how many devices behind it are not heard; not too often.

        Likewise of those that were never heard at all.
        """
        if self._unheard_at is not None and now >= self._unheard_at:
            self._count_unheard(now)
        due = [line for line in sorted(self._recount) if now >= self._counted.get(line, -_COUNT_EVERY) + _COUNT_EVERY]
        if not due:
            return
        self._recount.difference_update(due)
        total = Counter(map(line_of, self._known.values()))
        asides = self._open_alerts.in_order(lambda alert: alert.suppression is not None)
        held = Counter(line for line, _ in {(a.suppression.source, a.key) for a in asides if a.suppression is not None})
        for line in due:
            alert = self._open_alerts.of(self._line_rules.get(line, ""), line)
            if alert is None or not alert.active:
                continue
            self._counted[line] = now
            text = Text.of(
                "suppressor.line_lost", line=line.removeprefix(_LINE), unheard=held[line], devices=total[line]
            )
            event = self._open_alerts.changed(alert, Action.COUNTED, now, text=text)
            self._effects.alerts.append(event)

    def _count_unheard(self, now: Instant) -> None:
        self._unheard_at, self._unheard_counted = None, now
        held = self._open_alerts.in_order(
            lambda a: a.suppression is not None and a.suppression.reason == SuppressionReason.NOT_PUT_UP
        )
        silent = {alert.key: self._known[alert.key] for alert in held if alert.active and alert.key in self._known}
        if silent:
            line = not_put_up_line([*silent.values()], self.own_area)
            self._effects.alerts += self._open_alerts.says(line, now, is_loud=False)
            return
        alert = self._open_alerts.of(NOT_PUT_UP, "site")
        if alert is not None and alert.active:
            self._effects.alerts.append(self._open_alerts.gone(alert, now))


def _is_of_fire(suppression: Suppression | None, areas: Collection[str]) -> bool:
    return suppression is not None and suppression.reason == FIRE and suppression.source in areas


def _because(suppression: Suppression) -> Text:
    """Why an alert is set aside; with the words of whoever did it, if they gave any."""
    title, note = suppression.title, suppression.note
    return Text.of("suppression_reason.noted", reason=title, note=note) if note else title


def is_line(instance: RuleInstance) -> bool:
    """Whether it watches over one of the gateway's own lines."""
    return instance.rule.alert_class is AlertClass.FAULT and instance.key.startswith(_LINE)
