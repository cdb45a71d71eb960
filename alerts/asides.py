"""What is set aside: asks the stages of each alert, and brings back what no stage holds any more.

An alert is set aside when every device that it is about is, each by the first stage that has something against
shouting. It is raised, kept, told and counted like any other. What people have been shown of a danger stays shown
until they have acknowledged it; what comes back comes back unacknowledged (ISA-18.2 11.7.3). docs/adr/0104 says why.
"""

import heapq
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.aside import Aside, AsideReason
from alerts.bypass import Bypassed
from alerts.conditions import NAMES, conditions
from alerts.effects import Effects
from alerts.lifecycle import MANNERS, Action, Manner
from alerts.permits import PermitCommand, Permits
from alerts.register import Register
from alerts.rule import Breach
from alerts.stages.bypass import bypass
from alerts.stages.line_lost import line_lost
from alerts.stages.walk_test import walk_test
from alerts.standing import DEADLY, Case, Stage, Standing, line_of
from alerts.watch import Post, Watch
from alerts.watches import Watches
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from devices.walk_test import WalkTest

STAGES: tuple[Stage, ...] = (bypass, walk_test, line_lost)
"""Every reason not to shout, in the order in which they are asked."""

_STAYS_SHOWN = DEADLY | {AlertClass.INTRUSION}
_UNSEEN = (State.UNACKNOWLEDGED, State.RETURNED)
_COUNT_EVERY: Instant = 10 * SECOND
_LINE = "line:"


class Asides:
    """Owns what stands. The engine asks it in each step; ``presences`` are for the engine to hand on to rules."""

    def __init__(
        self, watches: Watches, register: Register, bypasses: Sequence[Bypassed], tests: Sequence[WalkTest]
    ) -> None:
        self._watches, self._register = watches, register
        self.standing = Standing()
        self.permits = Permits(self.standing, bypasses, tests)
        self._ends: list[tuple[Instant, str]] = []
        """When each aside ends at the latest, by alert; those overtaken fade."""
        self._line_rules: dict[str, str] = {}
        self._counted: dict[str, Instant] = {}
        self._recount: set[str] = set()
        self._effects = Effects()
        for alert in register.in_order():
            self._note(alert)

    def begin_step(self, effects: Effects) -> None:
        self._effects = self.permits.effects = effects

    @property
    def wake_at(self) -> Instant | None:
        times = [self._counted.get(line, 0) + _COUNT_EVERY for line in self._recount]
        if self._ends:
            times.append(self._ends[0][0])
        if self.permits.wake_at is not None:
            times.append(self.permits.wake_at)
        return min(times, default=None)

    # -- what the engine tells -----------------------------------------------------------------------------

    def installed(self, now: Instant) -> None:
        """Devices were installed or are gone; at a start, also what stands is looked at anew."""
        for watch in self._watches:
            if is_line(watch) and watch.memory.breach is not None and watch.key not in self.standing.lost:
                self.standing.lost[watch.key] = watch.memory.breach.since
                self._line_rules[watch.key] = watch.rule.name
        self.permits.installed(self._devices().keys(), now)
        self._changed(now)

    def carry_out(self, command: PermitCommand, now: Instant) -> None:
        """What a person asks for. Raises Refused."""
        self.permits.carry_out(command, self._devices(), self._register.in_order(), now)
        self._changed(now)

    def turn(self, now: Instant) -> None:
        """What ends or is to be said again by now."""
        if self.permits.wake_at is not None and self.permits.wake_at <= now:
            self.permits.turn(now)
            self._changed(now)
        while self._ends and self._ends[0][0] <= now:
            alert = self._register.find(heapq.heappop(self._ends)[1])
            if alert is not None:
                self.review(alert, now)

    def heard(self, post: Post, reading: Reading, now: Instant) -> None:
        """A device in a walk test has spoken."""
        if post.device is not None and self.permits.heard(post.device, reading, self._devices, now):
            self._changed(now)

    def line(self, watch: Watch, now: Instant) -> None:
        """A line of the gateway is lost, or is back."""
        breach, line = watch.memory.breach, watch.key
        if (breach is not None) == (line in self.standing.lost):
            return
        if breach is not None:
            self.standing.lost[line] = breach.since
            self.standing.back.pop(line, None)
            self._line_rules[line] = watch.rule.name
        else:
            del self.standing.lost[line]
            self.standing.back[line] = now
            self._recount.discard(line)
        self._review_all(now)

    def raised(self, event: AlertEvent, now: Instant) -> None:
        """An alert was raised or has come again: a danger in the open ends the walk tests around it."""
        alert = event.alert
        self._note(alert)
        if alert.aside is None and alert.alert_class in DEADLY and self.permits.tests:
            devices = {cause.device for cause in event.causes} or {alert.key}
            why = f"a real alarm: {alert.text}"
            if self.permits.interrupt((alert.area,), devices, why, self._devices(), now):
                self._changed(now)

    # -- the question --------------------------------------------------------------------------------------

    def of(self, watch: Watch, breach: Breach, now: Instant, alert: Alert | None = None) -> Aside | None:
        """Why an alert of this breach is not to be shouted; ``alert``: as it stands so far."""
        so_far = alert.aside if alert is not None else None
        if so_far is None and (not self.standing or (alert is not None and _stays_shown(alert))):
            return None
        about: dict[str, set[str]] = {} if breach.causes else {watch.key: set()}
        for cause in breach.causes:
            about.setdefault(cause.device, set()).add(cause.signal)
        found = [self._of_device(watch, breach, name, signals, now, so_far) for name, signals in about.items()]
        held = [aside for aside in found if aside is not None]
        if len(held) < len(found):
            return None
        first = min(held, key=lambda aside: (aside.until is None, aside.until or 0))
        return first if so_far is None else replace(first, since=so_far.since)

    def _of_device(
        self, watch: Watch, breach: Breach, name: str, signals: set[str], now: Instant, so_far: Aside | None
    ) -> Aside | None:
        post = self._watches.posts.get(name)
        if post is None or post.device is None:
            return None
        case = Case(
            device=post.device,
            alert_class=watch.rule.alert_class,
            begun=breach.since,
            now=now,
            signals=frozenset(signals),
            interval_s=watch.rule.waits(watch.memory, post.device)[0] if watch.rule.supervises else None,
            aside=so_far,
        )
        return next((aside for stage in STAGES if (aside := stage(case, self.standing)) is not None), None)

    def review(self, alert: Alert, now: Instant) -> None:
        """Set the alert aside, or bring it back, if what stands says otherwise than it does."""
        if alert.aside is None and not self.standing:
            return
        wanted = self._wanted(alert, now)
        if wanted == alert.aside:
            return
        if wanted is not None:
            note = f"{wanted.reason} {wanted.note}".strip()
            event = self._register.changed(alert, Action.SET_ASIDE, now, note=note, aside=wanted)
        elif alert.active or _was_shown(alert):
            event = self._register.changed(alert, Action.BROUGHT_BACK, now)
        else:
            event = self._register.changed(alert, Action.LAPSED, now, note="it was over while it was set aside")
        self._effects.alerts.append(event)
        self._note(event.alert)
        if alert.aside is not None:
            self._recount.update({alert.aside.source} & self.standing.lost.keys())

    def _wanted(self, alert: Alert, now: Instant) -> Aside | None:
        so_far = alert.aside
        if not alert.active:
            is_over = so_far is None or MANNERS[alert.alert_class] is Manner.SELF_CLOSING
            return so_far if so_far is not None and not is_over and self.standing.has(so_far.source) else None
        watch = self._watches.find(alert.rule, alert.key)
        if watch is None or watch.memory.breach is None:
            return None
        wanted = self.of(watch, watch.memory.breach, now, alert)
        return wanted if wanted is None or so_far is not None else replace(wanted, since=now)

    def _review_all(self, now: Instant) -> None:
        for alert in self._register.in_order():
            self.review(alert, now)

    def _note(self, alert: Alert) -> None:
        aside = alert.aside
        if aside is None or alert.state is State.CLOSED:
            return
        if aside.until is not None and alert.active:
            heapq.heappush(self._ends, (aside.until, alert.id))
        if aside.reason is AsideReason.LINE_LOST:
            self._recount.update({aside.source} & self.standing.lost.keys())

    # -- what the gateway says of it -----------------------------------------------------------------------

    def _changed(self, now: Instant) -> None:
        """Bypasses or tests have changed: mark who is in a test, review what stands, say what is so."""
        for name, post in self._watches.posts.items():
            post.is_tested = name in self.standing.tests
        self._review_all(now)
        wanted = conditions(self.permits.bypasses.values(), self.permits.tests.values(), self._devices())
        for condition in wanted.values():
            is_loud = (condition.rule, condition.key) in self.permits.loud
            self._effects.alerts += self._register.says(condition, now, is_loud=is_loud)
        self.permits.loud.clear()
        for alert in self._register.in_order():
            if alert.rule in NAMES and alert.active and (alert.rule, alert.key) not in wanted:
                self._effects.alerts.append(self._register.gone(alert, now))

    def count(self, now: Instant) -> None:
        """Say on the alert of each lost line how many devices behind it are not heard; not too often."""
        for line in sorted(self._recount):
            if line in self._counted and now < self._counted[line] + _COUNT_EVERY:
                continue
            self._recount.discard(line)
            alert = self._register.of(self._line_rules.get(line, ""), line)
            if alert is None or not alert.active:
                continue
            self._counted[line] = now
            behind = [post.device for post in self._watches.posts.values() if post.device is not None]
            total = sum(line_of(device) == line for device in behind)
            held = {a.key for a in self._register.in_order() if a.aside is not None and a.aside.source == line}
            text = f"{line.removeprefix(_LINE)} lost: {len(held)} of {total} devices behind it not heard"
            event = self._register.changed(alert, Action.COUNTED, now, text=text)
            self._effects.alerts.append(event)

    def _devices(self) -> Mapping[str, Device]:
        return {name: post.device for name, post in self._watches.posts.items() if post.device is not None}


def is_line(watch: Watch) -> bool:
    """Whether it watches over one of the gateway's own lines."""
    return watch.rule.alert_class is AlertClass.FAULT and watch.key.startswith(_LINE)


def _stays_shown(alert: Alert) -> bool:
    """A danger that people were shown and nobody has acknowledged is not taken off their list by anybody else."""
    return alert.alert_class in _STAYS_SHOWN and alert.aside is None and alert.state in _UNSEEN


def _was_shown(alert: Alert) -> bool:
    """Whether it was in the open before, and a person has to deal with it in the end."""
    aside = alert.aside
    is_shown = aside is not None and aside.since > alert.raised
    return is_shown and MANNERS[alert.alert_class] is not Manner.SELF_CLOSING
