"""Recorded time through the very engine that runs: what rules would have raised.

Ten minutes after what an alert is about is over, somebody has ended it; what comes again before that is the same alert.
So a latched fire does not join a month to one, nor stand in the way of what comes later. An engine's own people are not
needed for that: what they did in truth is among what was recorded, and so are the facts that workflows stated, which do
not run here.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

import msgspec

from alerts.alert import Alert, AlertClass, AlertEvent, Disposition, State
from alerts.command import Acknowledge, Close, EndCause, Reset
from alerts.effects import Effects
from alerts.event import Event, Tick
from alerts.kernel.kernel import Kernel
from alerts.lifecycle import Action
from alerts.rule import Rule
from alerts.timers import earliest
from alerts.trial.recording import Handled, HeldBack, Missed, Moment, Progress, Readings, Setting, Told
from alerts.trial.trial_engine import TrialEngine
from devices.message import Text
from devices.reading import SECOND, Instant, Reading

TOGETHER: Instant = 600 * SECOND
"""What comes again within that is the same alert; one that two sets of rules raise within that is the same, too."""
_SOMEBODY = "trial"


class Raised(msgspec.Struct, frozen=True):
    """One alert as a trial saw it. ``times``: how often it was raised or came again. ``version``: of its rule."""

    at: Instant
    rule: str
    key: str
    area: str
    alert_class: AlertClass
    priority: int
    text: Text
    version: str
    times: int = 1


class Story(msgspec.Struct, frozen=True):
    """What followed from a recording under one set of rules. ``failures``: how often each raised an exception."""

    raised: tuple[Raised, ...] = ()
    readings: int = 0
    events: int = 0
    failures: dict[str, int] = {}


class Replay:
    """One engine, moved on by what was recorded from ``begin`` on; what is raised before ``since`` does not count.

    ``together``: how long after its end an alert is ended; 0: nobody ends any, and each time counts by itself.
    """

    def __init__(
        self,
        rules: Sequence[Rule[Any]],
        setting: Setting,
        since: Instant,
        begin: Instant | None = None,
        together: Instant = TOGETHER,
    ) -> None:
        self._together = together
        self._begin = since if begin is None else begin
        self.engine = TrialEngine(
            rules=rules,
            devices=setting.devices,
            area_modes=setting.modes,
            schedules=setting.schedules,
            area_choices=setting.choices,
            panels_of=lambda _devices: setting.panels,
            kernel=Kernel(site=setting.site),
        )
        self._names = frozenset(rule.name for rule in rules)
        self._since = since
        self._raised: list[Raised] = []
        self._is_begun = False
        self._deaf_until: Instant = 0
        self._over: list[tuple[Instant, str]] = []
        """When each alert whose cause is gone is ended."""
        self._held: frozenset[str] = frozenset()
        self._newest: dict[tuple[str, str], tuple[int, Instant]] = {}
        """Of each rule and key: the place of its newest alert, and when that came last."""

    def until(self, now: Instant) -> None:
        """Let the clock run up to ``now``, woken as the gateway would be."""
        if not self._is_begun:
            self._is_begun = True
            begin = min(self._begin, now)
            self.engine.prime((), begin)
            self._note(self.engine.step((), begin))
        while (wanted := earliest((self.engine.wake_at, self._attend_at))) is not None:
            at = max(wanted, self._deaf_until)
            if at >= now:
                return
            self._note(self.engine.step(self._attending(at) or (Tick(at),), at))

    def step(self, now: Instant, told: Sequence[Told]) -> None:
        """All that came at ``now``."""
        self.until(now)
        events: list[Event] = []
        for each in told:
            if isinstance(each, Missed):
                self.engine.missed(each.since, each.until)
                self._deaf_until = each.until
            elif isinstance(each, Handled):
                events += self._handled(each)
            elif isinstance(each, HeldBack):
                self._held = self._held | each.devices if each.is_held else self._held - each.devices
            else:
                events.append(each)
        self._note(self.engine.step(events, now))

    def hear(self, readings: Readings) -> None:
        """Each of them at its own time."""
        if readings and not self._is_begun:
            self.until(readings[0].received)
        hear, place, count = self.engine.hear, 0, len(readings)
        while place < count:
            before = place
            place, effects = hear(readings, place, self._attend_at)
            if effects.alerts:
                self._note(effects)
            if place == before:
                now = readings[place].received
                self.until(now)
                wanted = earliest((self.engine.wake_at, self._attend_at))
                if (wanted is not None and wanted <= now) or now <= self.engine.now:
                    place = _behind(readings, place)
                    self._note(self.engine.step(readings[before:place], now))

    def story(self, readings: int, events: int) -> Story:
        """So far."""
        return Story(tuple(self._raised), readings, events, dict(self.engine.failures))

    def _handled(self, done: Handled) -> list[Event]:
        alert = next((a for a in self.engine.open_alerts() if (a.rule, a.key) == (done.rule, done.key)), None)
        if alert is None:
            return []
        match done.action:
            case "acknowledge":
                return [Acknowledge(alert.id, done.by)]
            case "reset":
                return [Reset(alert.id, done.by)]
            case "end_cause":
                return [EndCause(alert.id, done.by, "", is_sure=True)]
            case "close" if done.disposition is not None:
                return [Close(alert.id, done.by, done.disposition)]
        return []

    @property
    def _attend_at(self) -> Instant | None:
        return self._over[0][0] if self._over else None

    def _attending(self, now: Instant) -> list[Event]:
        """Somebody ends what has been over for so long: latched, it would stand in the way of what comes later."""
        events: list[Event] = []
        while self._over and self._over[0][0] <= now:
            _, alert_id = heappop(self._over)
            alert = self.engine.open_alert(alert_id)
            if alert is None or alert.active:
                continue
            if alert.changed + self._together > now:
                heappush(self._over, (alert.changed + self._together, alert_id))
                continue
            events += [Acknowledge(alert_id, _SOMEBODY), Reset(alert_id, _SOMEBODY)]
            events.append(Close(alert_id, _SOMEBODY, Disposition.NUISANCE))
        return events

    def _note(self, effects: Effects) -> None:
        for event in effects.alerts:
            alert = event.alert
            if self._together and not alert.active and alert.state is not State.CLOSED:
                heappush(self._over, (event.at + self._together, alert.id))
            if alert.rule in self._names and _calls(event) and not self._is_held(event):
                self._count(alert, event.at)

    def _is_held(self, event: AlertEvent) -> bool:
        devices = {cause.device for cause in event.causes or event.alert.causes}
        return bool(self._held and devices) and devices <= self._held

    def _count(self, alert: Alert, at: Instant) -> None:
        name = (alert.rule, alert.key)
        place, last = self._newest.get(name, (-1, 0))
        if place >= 0 and at - last <= self._together:
            before = self._raised[place]
            self._raised[place] = msgspec.structs.replace(before, times=before.times + 1)
        elif at >= self._since:
            place = len(self._raised)
            self._raised.append(
                Raised(
                    *(at, alert.rule, alert.key, alert.area, alert.alert_class, alert.priority),
                    *(alert.text, alert.rule_version),
                )
            )
        self._newest[name] = (place, at)


def _calls(event: AlertEvent) -> bool:
    """Whether an operator is called: it is new, has come back after it was gone, or nothing holds it back any more."""
    if event.alert.suppression is not None:
        return False
    is_anew = event.action == Action.CAUSE_AGAIN and event.alert.again == event.at
    return is_anew or event.action in (Action.RAISED, Action.BROUGHT_BACK)


def _behind(readings: Readings, place: int) -> int:
    """The place of the first of another time."""
    now = readings[place].received
    while place < len(readings) and readings[place].received == now:
        place += 1
    return place


def replayed(
    sets: Sequence[Sequence[Rule[Any]]],
    setting: Setting,
    told: Iterable[Moment | Readings],
    span: tuple[Instant, Instant],
    begin: Instant | None = None,
    progress: Progress = lambda _at: None,
) -> list[Story]:
    """What follows under each of these sets of rules, in one pass over all that was told."""
    since, until = span
    replays = [Replay(rules, setting, since, begin) for rules in sets]
    readings = events = 0
    for piece in told:
        if isinstance(piece, list):
            readings, at = readings + len(piece), piece[-1].received if piece else since
            for replay in replays:
                replay.hear(piece)
        else:
            at, its = piece
            heard = sum(type(each) is Reading for each in its)
            readings, events = readings + heard, events + len(its) - heard
            for replay in replays:
                replay.step(at, its)
        progress(at)
    for replay in replays:
        replay.until(until)
    progress(until)
    return [replay.story(readings, events) for replay in replays]
