"""Chattering alarms 抖动报警: one that comes back again and again is named, with what cures it. It is never hidden.

Every alert whose cause is gone and comes back counts. Three times within a minute it chatters: that is written on the
alert with a suggestion (a delay, a deadband, the wiring, a clean detector), stated as a fact in the book, and one alert
for all of them, at most once in ten minutes, tells whoever looks after devices. It is calm again when it has not come
back for ten minutes, or is closed. Nothing is suppressed, delayed or counted less because of it; on what guards life no
delay is ever suggested. Silent alarms are left out: the note would be read elsewhere.

Standard: three in a minute is the figure of ISA-18.2-2016 and EEMUA 191 for a chattering alarm, deadbands and delays
are their starting values (docs/adr/0281); ten minutes of calm is our choice.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.case import Case
from alerts.cures import CONTACTS, DEADBANDS, LINKS, OTHER_DEADBAND
from alerts.facts import Fact
from alerts.heard import Listens
from alerts.kinds import kinds
from alerts.lifecycle import Action
from alerts.moves import AlertNote
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.suppression.danger import DEADLY
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.message import SignalName, Text
from devices.reading import SECOND, Instant
from devices.signals import base_name

_MINUTE: Instant = 60 * SECOND
_MOST_COUNTED = 10_000
_TOLD_EVERY: Instant = 10 * _MINUTE
_NOTHING = Moves()


class Chatter(Case, frozen=True, kw_only=True):
    """An alert that chatters, under its id; it came back ``times`` times so far, the last at ``last_at``, about."""

    rule: str
    key: str
    cure: Text
    times: int = 0
    last_at: Instant = 0
    told_at: Instant = 0


class ChatteringConfig(Config, frozen=True, kw_only=True):
    """What chatters.

    ``times``: an alert whose cause came so often
    ``within_s``: within so many seconds
    ``calm_min``: it is calm when it has not come back for so many minutes
    """

    times: int = 3
    within_s: float = 60
    calm_min: float = 10

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 2 <= self.times <= 20:
            yield ConfigFault(("times",), Text.of("chattering.how_often"))
        if not 1 <= self.within_s <= 3_600:
            yield ConfigFault(("within_s",), Text.of("chattering.within"))
        if not 1 <= self.calm_min <= 1_440:
            yield ConfigFault(("calm_min",), Text.of("chattering.calm_for"))


class Chattering(Workflow[Chatter]):
    """One alert that chatters is one case."""

    name, book, case = "chattering", "chattering", Chatter
    config_type = ChatteringConfig
    listens = Listens(alerts=True)

    config: ChatteringConfig

    def __init__(self, config: ChatteringConfig | None = None) -> None:
        super().__init__(config)
        self._came: dict[str, deque[Instant]] = {}
        """When each alert came within the last moments: no case is opened for what comes back once or twice. After a
        start the minute begins anew."""
        self._gone: set[str] = set()
        """The open alerts whose cause is gone: what stands and is told once more has not come back."""

    def rules(self) -> Sequence[Rule[Any]]:
        return (CHATTERS,)

    def step(self, event: Heard, cases: Mapping[str, Chatter], world: World, now: Instant) -> Moves:
        if not isinstance(event, AlertEvent):
            return _NOTHING
        alert = event.alert
        if alert.state is State.CLOSED:
            self._came.pop(alert.id, None)
            self._gone.discard(alert.id)
            return _calm([cases[alert.id]], cases, now) if alert.id in cases else _NOTHING
        if not alert.active:
            self._gone.add(alert.id)
        is_back = event.action == Action.CAUSE_AGAIN and alert.id in self._gone
        if alert.active:
            self._gone.discard(alert.id)
        if not is_back or alert.silent or alert.origin != "real":
            return _NOTHING
        case = cases.get(alert.id)
        if case is not None:
            return self._goes_on(case, now)
        return self._counted(alert, cases, now)

    def turn(self, due: Sequence[Chatter], world: World, now: Instant) -> Moves:
        return _calm(due, cases=world.own_cases(self), now=now)

    def _counted(self, alert: Alert, cases: Mapping[str, Chatter], now: Instant) -> Moves:
        within = int(self.config.within_s * SECOND)
        if len(self._came) >= _MOST_COUNTED:
            self._came = {name: came for name, came in self._came.items() if now - came[-1] < within}
        came = self._came.setdefault(alert.id, deque([alert.raised], maxlen=self.config.times))
        came.append(now)
        if len(came) < self.config.times or now - came[0] > within:
            return _NOTHING
        del self._came[alert.id]
        cure = _cure(alert)
        case = self._next(Chatter(id=alert.id, area=alert.area, rule=alert.rule, key=alert.key, cure=cure), now)
        case = replace(case, times=alert.occurrences)
        is_told = any(now - other.told_at < _TOLD_EVERY for other in cases.values())
        case = case if is_told else replace(case, told_at=now)
        note = Text.of("chattering.note", times=self.config.times, seconds=int(self.config.within_s), cure=cure)
        facts = [_fact(case, "found", now, count=len(cases) + 1)]
        facts += [] if is_told else [_fact(case, "told", now, count=len(cases) + 1, book="")]
        return Moves(cases=(case,), facts=tuple(facts), notes=(AlertNote(alert.id, note),))

    def _goes_on(self, case: Chatter, now: Instant) -> Moves:
        """Written now and then only: what chatters comes often."""
        case = replace(case, times=case.times + 1)
        return Moves(cases=(self._next(case, now),)) if now - case.last_at >= self._calm_after // 10 else _NOTHING

    @property
    def _calm_after(self) -> Instant:
        return int(self.config.calm_min * _MINUTE)

    def _next(self, case: Chatter, now: Instant) -> Chatter:
        return replace(case, last_at=now, wake_at=now + self._calm_after)


def _calm(over: Sequence[Chatter], cases: Mapping[str, Chatter], now: Instant) -> Moves:
    ended = tuple(replace(case, is_open=False, wake_at=None) for case in over)
    left = len(cases) - len(ended)
    facts = [_fact(case, "calm", now, count=left) for case in ended]
    facts += [] if left else [_fact(ended[-1], "none_left", now, count=0, book="")]
    return Moves(cases=ended, facts=tuple(facts))


def _cure(alert: Alert) -> Text:
    """What to do about it, by what comes back."""
    first = alert.causes[0] if alert.causes else None
    signal = base_name(first.signal) if first is not None else ""
    if alert.alert_class in DEADLY:
        return Text.of("chattering.cure_danger")
    if first is None or signal in LINKS:
        return Text.of("chattering.cure_link")
    if not isinstance(first.value, bool) and isinstance(first.value, int | float):
        share, seconds = DEADBANDS.get(signal, OTHER_DEADBAND)
        return Text.of("chattering.cure_number", signal=SignalName(signal), share=share, seconds=seconds)
    return Text.of("chattering.cure_contact" if signal in CONTACTS else "chattering.cure_flag")


def _fact(case: Chatter, step: str, now: Instant, *, count: int, book: str | None = None) -> Fact:
    return Fact(
        workflow="chattering",
        case=case.id,
        step=step,
        at=now,
        area=case.area,
        text=Text.of(f"chattering.{step}", rule=case.rule, device=case.key, count=count, cure=case.cure),
        fields={"alert": case.id, "rule": case.rule, "key": case.key, "cure": case.cure},
        book=book,
    )


CHATTERS = msgspec.convert(
    {
        "kind": "fact",
        "name": "alerts-chatter",
        "title": "Chattering alarm",
        "title_zh": "报警抖动",
        "alert_class": "information",
        "priority": 4,
        "per": "site",
        "begins": ["chattering.told"],
        "ends": ["chattering.none_left"],
        "procedure": "1. Open the list of what chatters (Work, Chattering alarms).\n"
        "2. Have the cure done that stands with each; bypass nothing for it.",
        "procedure_zh": "1. 打开抖动报警清单（工作，抖动报警）。\n2. 按每条所列建议整改，不得为此屏蔽设备。",
    },
    kinds()["fact"],
)
WORKFLOW = Chattering
