"""Sensitive periods and major events 敏感时期、重大活动: days on which more people, rounds and coverage are asked for.

A period is declared ahead, by two leaders, with a plan; from its first day to its last the roster needs more people at
the posts named, and patrols and coverage are raised for whoever asks (``raised``). After it somebody reports how it
went; without a report an alert says so. The number of people is our reading of the plan that is asked for; no standard
that we know of gives one.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.facts import POSTS, RAISED, ROSTER, Fact
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant
from ledger.posts import Raised

_LEADERS = frozenset({"manager", "admin"})
_LONGEST_DAYS, _FURTHEST_DAYS, _MOST_TIMES, _REPORT_DAYS = 92, 732, 10, 7


class Period(Case, frozen=True, kw_only=True):
    """``stage``: what is to come, goes on, or is over and waits for its report; ``is_late``: for too long."""

    raised: Raised
    plan: str = ""
    stage: str = "declared"
    is_late: bool = False


class Declare(Ask, tag="declare", frozen=True, kw_only=True):
    """``first``, ``last``: days as 2026-10-01. ``duty``: so many times as many people at ``posts`` (none: at all).

    ``patrols``: so many times as many rounds; ``coverage``: the least coverage of key areas, 0 to 1; ``plan``: how.
    """

    ROLES = _LEADERS
    SECOND = True
    SECOND_ROLES = _LEADERS

    name: str
    first: str
    last: str
    plan: str
    duty: int = 1
    patrols: float = 1
    coverage: float = 0
    posts: tuple[str, ...] = ()


class Report(Ask, tag="report", frozen=True, kw_only=True):
    """It is over, and this is how it went (in the note)."""

    ROLES = _LEADERS


class Cancel(Ask, tag="cancel", frozen=True, kw_only=True):
    """It shall not be, or ends now."""

    ROLES = _LEADERS
    SECOND = True
    SECOND_ROLES = _LEADERS


class SensitivePeriods(Workflow[Period]):
    """One period is one case."""

    name, book, case = "sensitive_period", "sensitive_periods", Period
    asks = (Declare, Report, Cancel)

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.provides = {RAISED: _raised}

    def rules(self) -> Sequence[Rule[Any]]:
        return (UNREPORTED,)

    def takes_two(self, ask: Any, world: World) -> bool:
        return isinstance(ask, Declare | Cancel)

    def check(self, ask: Any, cases: Mapping[str, Period], world: World, now: Instant) -> None:
        if isinstance(ask, Declare):
            for field, key in _wrong(ask, world, now):
                text = Text.of(f"sensitive_period.{key}")
                raise Refused(text, ((0, field, text),))
            return
        period = cases.get(ask.case)
        if period is None:
            raise Refused(Text.of("sensitive_period.none"))
        if isinstance(ask, Report):
            if period.stage != "over":
                raise Refused(Text.of("sensitive_period.goes_on", last=period.raised.last))
            if not ask.note.strip():
                raise Refused(Text.of("sensitive_period.no_report"), ((0, "note", Text.of("form.wanting")),))
        elif period.stage == "over":
            raise Refused(Text.of("sensitive_period.is_over"))

    def step(self, event: Heard, cases: Mapping[str, Period], world: World, now: Instant) -> Moves:
        match event:
            case Declare():
                names = ("first", "last", "duty", "patrols", "coverage", "posts")
                raised = Raised(name=event.name.strip(), since=now, **{name: getattr(event, name) for name in names})
                period = Period(id=event.id, by=event.by, second=event.second, raised=raised, plan=event.plan.strip())
                return _told(replace(period, wake_at=_at(raised.first, world)), "declared", now, event)
            case Report():
                return _told(replace(cases[event.case], is_open=False, wake_at=None), "reported", now, event)
            case Cancel():
                return _told(replace(cases[event.case], is_open=False, wake_at=None), "cancelled", now, event)
        return Moves()

    def turn(self, due: Sequence[Period], world: World, now: Instant) -> Moves:
        return Moves.joined(_turned(period, world, now) for period in due)


def _turned(period: Period, world: World, now: Instant) -> Moves:
    after = (date.fromisoformat(period.raised.last) + timedelta(days=1)).isoformat()
    late = (date.fromisoformat(period.raised.last) + timedelta(days=1 + _REPORT_DAYS)).isoformat()
    if period.stage == "declared" and now < _at(after, world):
        return _told(replace(period, stage="begun", wake_at=_at(after, world)), "begun", now)
    if period.stage != "over":
        return _told(replace(period, stage="over", wake_at=_at(late, world)), "over", now)
    return _told(replace(period, is_late=True, wake_at=None), "report_missing", now)


def _at(day: str, world: World) -> Instant:
    return world.site.calendar.at(date.fromisoformat(day), 0)


def _raised(about: Mapping[str, Any], cases: Mapping[str, Period], _world: World, _now: Instant) -> tuple[Raised, ...]:
    """All that are not reported yet, or those that hold on a day: the last night goes on after its midnight."""
    every = (period.raised for period in cases.values())
    return tuple(raised for raised in every if "on" not in about or raised.holds_on(about["on"]))


def _wrong(ask: Declare, world: World, now: Instant) -> list[tuple[str, str]]:
    """(field, key of what is wrong with it)"""
    found = [(name, "empty") for name in ("name", "plan") if not getattr(ask, name).strip()]
    days = []
    for name in ("first", "last"):
        try:
            text = getattr(ask, name)
            days.append(date.fromisoformat(text if len(text) == 10 else ""))
        except ValueError:
            found.append((name, "no_day"))
    if len(days) == 2:
        today = world.site.calendar.day(now)
        if not 0 <= (days[0] - today).days <= _FURTHEST_DAYS:
            found.append(("first", "not_ahead"))
        if not 0 <= (days[1] - days[0]).days < _LONGEST_DAYS:
            found.append(("last", "too_long"))
    known = {post.id for posts in world.ask_of(POSTS) for post in posts}
    limits = (
        ("duty", 1 <= ask.duty <= _MOST_TIMES),
        ("patrols", 1 <= ask.patrols <= _MOST_TIMES),
        ("coverage", 0 <= ask.coverage <= 1),
        ("posts", set(ask.posts) <= known),
    )
    return [*found, *((name, f"wrong_{name}") for name, is_good in limits if not is_good)]


def _told(period: Period, step: str, now: Instant, ask: Ask | None = None) -> Moves:
    raised = period.raised
    fact = Fact(
        workflow="sensitive_period",
        case=period.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=ask.second if ask is not None else "",
        text=Text.of(f"sensitive_period.{step}", name=raised.name, first=raised.first, last=raised.last),
        fields={
            "name": raised.name,
            "first": raised.first,
            "last": raised.last,
            "duty": raised.duty,
            "patrols": raised.patrols,
            "coverage": raised.coverage,
            "posts": ", ".join(raised.posts),
            "plan": period.plan,
            "note": ask.note if ask is not None else "",
        },
        topics=(ROSTER,),
    )
    return Moves(cases=(period,), facts=(fact,))


UNREPORTED = msgspec.convert(
    {
        "kind": "fact",
        "name": "sensitive-period-unreported",
        "title": "Sensitive period without a report",
        "title_zh": "敏感时期未总结报告",
        "alert_class": "duty",
        "priority": 3,
        "begins": ["sensitive_period.report_missing"],
        "ends": ["sensitive_period.reported"],
        "procedure": "1. Ask the security office how it went.\n2. Report it on the page Work, Sensitive periods.",
        "procedure_zh": "1. 向保卫部门了解情况。\n2. 在工作页面的敏感时期中填写总结报告。",
    },
    kinds()["fact"],
)
WORKFLOW = SensitivePeriods
