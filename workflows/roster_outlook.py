"""The roster looked at ahead 排班预查: gaps, people at two places, without rest or certificate, seven days before.

Each post is looked at daily at one time, at each start, and whenever the roster, the register of people or a sensitive
period changes. What is found is a fact, one for each post, and the rule shipped here makes an alert of it, which ends
when all of it was mended or is past. A gap that has begun is told anew, as the post that has too few people now. The
case of a post holds its next 14 days for the console.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from alerts.case import Case
from alerts.facts import POSTS, ROSTER, ROSTER_FAULTS, ROSTERED, Fact, Item
from alerts.heard import Installed, Listens, Slot
from alerts.kinds import kinds
from alerts.person import is_certified, person_of
from alerts.rule import Rule
from alerts.schedule import minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import EVERYBODY, Ask, Config, Heard, Moves, Workflow, World
from devices.errors import ConfigError
from devices.message import At, Text
from devices.reading import SECOND, Instant
from ledger.posts import Post, raised_periods
from ledger.roster import Finding, Stint, findings
from ledger.timestamp import text_of

_DAY = 86_400 * SECOND
SHOWN_DAYS = 14
_MOST_AHEAD = 60
_PLANNERS = frozenset({"manager", "admin"})
_ABOUT_PEOPLE = ("added", "changed", "left", "came_back", "forgotten", "given", "renewed", "withdrawn")


class Outlook(Case, frozen=True, kw_only=True):
    """A post in the days to come. ``told``: what of it is within the days that an alert is given ahead.

    ``is_unstaffed``: fewer people than it needs are rostered at this time.
    """

    post: Post
    stints: tuple[Stint, ...] = ()
    findings: tuple[Finding, ...] = ()
    told: tuple[Finding, ...] = ()
    looked_at: Instant = 0
    is_unstaffed: bool = False


class Look(Ask, tag="look", frozen=True, kw_only=True):
    """Look at the roster now."""

    ROLES = EVERYBODY
    ADDRESS = "duty/outlook"


class OutlookConfig(Config, frozen=True, kw_only=True):
    """When the roster is looked at.

    ``at``: each day at this local time
    ``days_ahead``: so many days before something is wrong it is an alert
    """

    at: str = "07:00"
    days_ahead: int = 7

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        try:
            minutes(self.at)
        except ConfigError:
            yield ConfigFault(("at",), Text.of("duty.no_time"))
        if not 1 <= self.days_ahead <= _MOST_AHEAD:
            yield ConfigFault(("days_ahead",), Text.of("roster_outlook.days", most=_MOST_AHEAD))


class RosterOutlook(Workflow[Outlook]):
    """One post is one case, under its id."""

    name, book, case = "roster_outlook", "duty_roster_findings", Outlook
    config_type = OutlookConfig
    listens = Listens(topics=frozenset({ROSTER, *(f"people.{step}" for step in _ABOUT_PEOPLE)}), installed=True)
    asks = (Look,)
    page = "/console/roster"

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        self.provides = {ROSTER_FAULTS: _faults}

    def rules(self) -> Sequence[Rule[Any]]:
        return (NOT_STAFFED, UNSTAFFED)

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        return world.site.calendar.next_at(minutes(self.config.at) % 1_440, max(last, now))

    def step(self, event: Heard, cases: Mapping[str, Outlook], world: World, now: Instant) -> Moves:
        return self._looked(cases, world, now) if isinstance(event, Slot | Fact | Installed | Look) else Moves()

    def turn(self, due: Sequence[Outlook], world: World, now: Instant) -> Moves:
        return Moves.joined(_by_now(case, case, now) for case in due)

    def waits_for(self, case: Outlook, account: str, role: str) -> bool:
        """Whoever plans has to mend it."""
        return bool(case.told) and role in _PLANNERS

    def shows(self, case: Outlook, now: Instant) -> dict[str, Any]:
        shown = {"post": case.post.called, "findings": tuple(map(_said, case.findings))}
        return {**shown, "stints": len(case.stints), "told": None}

    def _looked(self, cases: Mapping[str, Outlook], world: World, now: Instant) -> Moves:
        calendar = world.site.calendar
        today = calendar.day(now)
        since, until = calendar.at(today, 0), calendar.at(today + timedelta(days=SHOWN_DAYS), 0)
        horizon = calendar.at(today + timedelta(days=self.config.days_ahead), 0) + _DAY
        posts = [post for each in world.ask_of(POSTS) for post in each]
        raised = raised_periods(world)
        until = max(until, horizon)
        stints = [one for each in world.ask_of(ROSTERED, since=since - 2 * _DAY, until=until) for one in each]
        found = findings(posts, stints, calendar, raised, _unfit(world), since, until)
        moves = [self._of_post(post, cases.get(post.id), stints, found, horizon, now) for post in posts]
        gone = [case for case in cases.values() if case.id not in [post.id for post in posts]]
        moves += [self._closed(case, now) for case in gone]
        return Moves.joined(moves)

    def _of_post(
        self,
        post: Post,
        before: Outlook | None,
        stints: Sequence[Stint],
        found: Sequence[Finding],
        horizon: Instant,
        now: Instant,
    ) -> Moves:
        """Told again when something is new, and when what was told first is no more."""
        own = tuple(each for each in found if each.post == post.id)
        near = tuple(each for each in own if each.begins < horizon and each.ends > now)
        told = before.told if before is not None else ()
        case = Outlook(
            id=post.id,
            area=post.area,
            post=post,
            stints=tuple(each for each in stints if each.post == post.id),
            findings=own,
            told=near,
            looked_at=now,
        )
        is_new = any(not any(_is_same(each, other) for other in told) for each in near)
        is_new |= bool(near and told) and _first(near) != _first(told)
        step = "found" if is_new else "mended" if told and not near else ""
        ahead = (_fact(case, step, now),) if step else ()
        return Moves.joined((Moves(facts=ahead), _by_now(case, before, now)))

    def _closed(self, case: Outlook, now: Instant) -> Moves:
        """The site has the post no more."""
        gone = msgspec.structs.replace(case, is_open=False, told=(), findings=())
        told = (_fact(gone, "mended", now),) if case.told else ()
        return Moves.joined((Moves(facts=told), _by_now(gone, case, now)))


def _by_now(case: Outlook, before: Outlook | None, now: Instant) -> Moves:
    """The case with what stands at this time; told when that changes."""
    gaps = [each for each in case.findings if each.kind == "gap"]
    is_unstaffed = any(each.begins <= now < each.ends for each in gaps)
    changes = [at for each in gaps for at in (each.begins, each.ends) if at > now]
    stands = msgspec.structs.replace(case, is_unstaffed=is_unstaffed, wake_at=min(changes, default=None))
    was = before is not None and before.is_unstaffed
    step = "unstaffed" if is_unstaffed and not was else "staffed" if was and not is_unstaffed else ""
    return Moves(cases=(stands,), facts=(_fact(stands, step, now),) if step else ())


def _first(found: Sequence[Finding]) -> tuple[object, ...]:
    """What is told of the first; not its end, which moves on with the days that are looked at."""
    return found[0].kind, found[0].person, found[0].people, found[0].begins


def _is_same(one: Finding, other: Finding) -> bool:
    is_its = (one.kind, one.post, one.person) == (other.kind, other.post, other.person)
    return is_its and one.begins < other.ends and other.begins < one.ends


def _unfit(world: World) -> Any:
    def look(name: str, post: Post, day: date) -> Literal["", "uncertified", "left"]:
        person = person_of(world, person=name)
        if person is None or not person.is_here(day):
            return "left"
        is_fit = not post.certificate or is_certified(world, name, post.certificate, day)
        return "" if is_fit else "uncertified"

    return look


def _said(found: Finding) -> Text:
    said: dict[str, Any] = {"begins": At(found.begins), "ends": At(found.ends), "person": found.person}
    if found.kind == "gap":
        said |= {"people": found.people, "needed": found.needed}
    return Text.of(f"roster_outlook.{found.kind}", **said)


def _faults(about: Mapping[str, Any], cases: Mapping[str, Outlook], _world: World, now: Instant) -> tuple[Text, ...]:
    area = about.get("area", "")
    told = [(case, each) for case in cases.values() if area in ("", case.area) for each in case.told]
    told.sort(key=lambda one: (one[1].begins, one[0].id))
    return tuple(
        Text.of("roster_outlook.of_post", post=case.post.called, fault=_said(each))
        for case, each in told
        if each.ends > now
    )


def _fact(case: Outlook, step: str, now: Instant) -> Fact:
    said: dict[str, Any] = {"post": case.post.called}
    if step == "found":
        said["first"] = _said(case.told[0])
    if step == "unstaffed":
        gap = next(each for each in case.findings if each.kind == "gap" and each.begins <= now < each.ends)
        said |= {"people": gap.people, "needed": gap.needed, "ends": At(gap.ends)}
    rows: tuple[Item, ...] = tuple(
        {
            "kind": each.kind,
            "person": each.person,
            "begins": text_of(each.begins),
            "until": text_of(each.ends),
            "people": each.people,
            "needed": each.needed,
        }
        for each in case.told
    )
    return Fact(
        workflow="roster_outlook",
        case=case.id,
        step=step,
        at=now,
        area=case.area,
        text=Text.of(f"roster_outlook.{step}", **said),
        fields={"post": case.id, "findings": rows},
    )


NOT_STAFFED = msgspec.convert(
    {
        "kind": "fact",
        "name": "roster-not-staffed",
        "title": "The roster has a gap or a fault",
        "title_zh": "排班缺岗或有误",
        "alert_class": "duty",
        "priority": 3,
        "begins": ["roster_outlook.found"],
        "ends": ["roster_outlook.mended"],
        "procedure": "1. Open the page Roster.\n2. Plan somebody who is free and certified, or approve a swap.",
        "procedure_zh": "1. 打开排班页面。\n2. 安排空闲且持证的人员，或批准换班。",
    },
    kinds()["fact"],
)
UNSTAFFED = msgspec.convert(
    {
        "kind": "fact",
        "name": "post-unstaffed",
        "title": "Too few people are rostered at a post now",
        "title_zh": "岗位当前排班人数不足",
        "alert_class": "duty",
        "priority": 2,
        "begins": ["roster_outlook.unstaffed"],
        "ends": ["roster_outlook.staffed"],
        "procedure": "1. Keep whoever was there before, or send somebody.\n2. Plan them on the page Roster.",
        "procedure_zh": "1. 请上一班人员留守，或派人到岗。\n2. 在排班页面补排。",
    },
    kinds()["fact"],
)
WORKFLOW = RosterOutlook
