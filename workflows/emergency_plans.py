"""Emergency plans 应急预案: one for each emergency that a site names, by two, reviewed and drilled in its period.

A plan has who leads and the team by name, its file, the area it is for, and what it needs. It is looked through every
three years and on change (emergency plans order, art. 35), drilled every half year (Emergency Regulations, art. 8:
half-yearly with dangerous goods, where people crowd and in key fire units; others yearly: a setting). A drill that was
held on the live system counts for the plan that it names, or whose emergency it played, by the fact that it states; one
that was held without it is entered. An emergency that is named and has no plan is a case from the first day.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias, get_args

from msgspec.structs import replace

from alerts.attachment import AttachmentId
from alerts.facts import Fact
from alerts.heard import Listens, Slot
from alerts.personnel import ID
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.terms import (
    LEADERS,
    Owing,
    Term,
    TermConfig,
    TermWorkflow,
    by_day,
    case_of,
    check_day,
    check_person,
    check_words,
    done_on,
    rules_of,
)
from alerts.workflow import Ask, Heard, Moves, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

Kind: TypeAlias = Literal[
    "fire",
    "gas",
    "chemical",
    "explosion",
    "robbery",
    "terror",
    "crowd",
    "flood",
    "power",
    "injury",
    "food_poisoning",
    "epidemic",
    "traffic",
    "other",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
_PLAYED: dict[str, Kind] = {"smoke": "fire", "call_point": "fire", "gas": "gas", "hold_up": "robbery"}
"""What emergency a drill on the live system plays, by its scenario."""
_AHEAD_DAYS = {"write": 7, "review": 60, "drill": 30}


class Plan(Owing, frozen=True, kw_only=True):
    """``reviewed`` None: there is none yet; ``wanted_since``: since when one is asked for."""

    kind: Kind
    heading: str = ""
    edition: str = ""
    lead: str = ""
    team: tuple[str, ...] = ()
    needs: str = ""
    document: AttachmentId = ""
    reviewed: date | None = None
    drilled: date | None = None
    wanted_since: date | None = None


class Enter(Ask, tag="enter", frozen=True, kw_only=True):
    """A plan comes into force, or a new version of it; another leader approves it.

    ``item``: its short name, that of its emergency if it is left out; ``lead``, ``team``: ids of persons.
    """

    ROLES = LEADERS
    SECOND = True
    SECOND_ROLES = LEADERS

    kind: Kind
    heading: str
    edition: str
    lead: str
    team: tuple[str, ...] = ()
    item: str = ""
    area: str = ""
    needs: str = ""
    document: AttachmentId = ""


class Review(Ask, tag="review", frozen=True, kw_only=True):
    """It was looked through and stays as it is; the note says with what result."""

    ROLES = LEADERS

    reviewed: date | None = None


class Drill(Ask, tag="drill", frozen=True, kw_only=True):
    """It was drilled without the system; the note says how it went."""

    ROLES = LEADERS

    drilled: date | None = None


class Withdraw(Ask, tag="withdraw", frozen=True, kw_only=True):
    """It is in force no more; the note says why."""

    ROLES = LEADERS
    SECOND = True
    SECOND_ROLES = LEADERS


class PlansConfig(TermConfig, frozen=True, kw_only=True):
    """For which emergencies a plan is asked for, and the periods in days.

    ``needed``: emergencies, such as ``fire`` and ``flood``, each of which needs a plan
    ``review_days``: at most so long after it came into force or was looked through
    ``drill_days``: at most so long after it was drilled, or came into force
    ``write_days``: so long an emergency may be without one
    """

    needed: tuple[Kind, ...] = ()
    review_days: float = 1_096
    drill_days: float = 183
    write_days: float = 30

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        yield from super().check(site)
        if len(set(self.needed)) < len(self.needed):
            yield ConfigFault(("needed",), Text.of("emergency_plans.twice"))


class EmergencyPlans(TermWorkflow[Plan]):
    """One plan is one case, under its short name."""

    name, book, case = "emergency_plans", "emergency_plans", Plan
    asks = (Enter, Review, Drill, Withdraw)
    config_type = PlansConfig
    listens = Listens(topics=frozenset({"drills.held"}))

    def rules(self) -> Sequence[Rule[Any]]:
        return rules_of(self.name, *_SAID)

    def terms(self, case: Plan, world: World) -> Iterable[Term]:
        config = self.config
        if case.reviewed is None:
            if case.wanted_since is not None:
                last = case.wanted_since + timedelta(days=config.write_days)
                yield by_day("write", last, _AHEAD_DAYS["write"], world)
            return
        last = case.reviewed + timedelta(days=config.review_days)
        yield by_day("review", last, _AHEAD_DAYS["review"], world)
        last = (case.drilled or case.reviewed) + timedelta(days=config.drill_days)
        yield by_day("drill", last, _AHEAD_DAYS["drill"], world)

    def called(self, case: Plan, world: World) -> Text:
        kind = Text.of(f"emergency_plans_kind.{case.kind}")
        return Text.of("emergency_plans.called", kind=kind, heading=case.heading or case.id)

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """At once, while an emergency that is named has no case."""
        return now if self._lacking(world.own_cases(self)) else None

    def shows(self, case: Plan, now: Instant) -> dict[str, Any]:
        return {"item": case.id}

    def check(self, ask: Any, cases: Mapping[str, Plan], world: World, now: Instant) -> None:
        check_words(self.name, ask, *_NEEDED[type(ask)])
        if isinstance(ask, Enter):
            item = _item(ask)
            if not ID.fullmatch(item) or (item in cases and cases[item].kind != ask.kind):
                raise Refused(Text.of("emergency_plans.bad_item"))
            if ask.area and ask.area not in world.site.areas:
                raise Refused(Text.of("emergency_plans.no_area", known=tuple(world.site.areas)))
            check_person(self.name, ask, "lead", world, now)
            if len(ask.team) > _MOST_TEAM:
                raise Refused(Text.of("emergency_plans.too_many", most=_MOST_TEAM))
            for person in ask.team:
                check_person(self.name, ask, "team", world, now, person)
            return
        case = case_of(cases, ask)
        if case.reviewed is None:
            raise Refused(Text.of("emergency_plans.none_yet"))
        for field in ("reviewed", "drilled"):
            if field in ask.__struct_fields__:
                check_day(self.name, ask, field, world, now)

    def step(self, event: Heard, cases: Mapping[str, Plan], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case Slot():
                wanted = (Plan(id=kind, kind=kind, wanted_since=today) for kind in self._lacking(cases))
                return Moves.joined(self.stated(case, "missing", {"kind": case.kind}, world, now) for case in wanted)
            case Fact():
                on = world.site.calendar.day(event.at)
                drilled = [replace(case, drilled=on) for case in _played(event, cases)]
                told = {"on": on, "drill": event.case}
                return Moves.joined(
                    self.stated(case, "drilled", {**_told(case), **told}, world, now) for case in drilled
                )
            case Enter():
                return self._entered(event, cases, world, now)
            case Review() | Drill():
                field, step = ("reviewed", "reviewed") if isinstance(event, Review) else ("drilled", "drilled")
                day = getattr(event, field)
                case = replace(cases[event.case], **{field: day or today})
                told = {**_told(case), "on": day or today}
                return self.stated(case, step, told, world, now, event, at=done_on(day, world, now))
            case Withdraw():
                before = cases[event.case]
                gone = replace(before, is_open=False, wake_at=None)
                moves = self.stated(gone, "withdrawn", _told(before), world, now, event)
                left = {name: case for name, case in cases.items() if name != before.id}
                if before.kind in self._lacking(left):
                    blank = Plan(id=before.kind, kind=before.kind, wanted_since=today)
                    moves = Moves.joined([moves, self.stated(blank, "missing", {"kind": blank.kind}, world, now)])
                return moves
        return Moves()

    def _entered(self, ask: Enter, cases: Mapping[str, Plan], world: World, now: Instant) -> Moves:
        today, item = world.site.calendar.day(now), _item(ask)
        names = ("area", "heading", "edition", "lead", "team", "needs", "document")
        own = {name: getattr(ask, name) for name in names}
        before = cases.get(item, Plan(id=item, kind=ask.kind))
        step = "revised" if before.reviewed is not None else "entered"
        case = replace(before, by=ask.by, second=ask.second, reviewed=today, wanted_since=None, **own)
        moves = self.stated(case, step, {**_told(case), "on": today}, world, now, ask)
        blank = cases.get(ask.kind)
        if item != ask.kind and blank is not None and blank.reviewed is None:
            # There is a plan for it now, under another name: what asked for one is over.
            over = replace(blank, is_open=False, wake_at=None)
            moves = Moves.joined([moves, self.stated(over, "found", {"kind": ask.kind}, world, now)])
        return moves

    def _lacking(self, cases: Mapping[str, Plan]) -> list[Kind]:
        there = {case.kind for case in cases.values()}
        return [kind for kind in self.config.needed if kind not in there]


_MOST_TEAM = 100
_NEEDED: dict[type[Ask], tuple[str, ...]] = {
    Enter: ("heading", "edition", "lead"),
    Review: ("note",),
    Drill: ("note",),
    Withdraw: ("note",),
}


def _item(ask: Enter) -> str:
    return ask.item.strip() or ask.kind


def _played(fact: Fact, cases: Mapping[str, Plan]) -> list[Plan]:
    """The plans that a drill was of: that it names, or else those of its emergency in its area or of the whole site."""
    there = [case for case in cases.values() if case.reviewed is not None]
    named = str(fact.fields.get("plan", "")).strip().casefold()
    found = [case for case in there if named and named in (case.id.casefold(), case.heading.casefold())]
    kind = _PLAYED.get(str(fact.fields.get("scenario", "")))
    return found or [case for case in there if case.kind == kind and case.area in ("", fact.area)]


def _told(case: Plan) -> dict[str, Any]:
    return {
        "kind": case.kind,
        "heading": case.heading,
        "edition": case.edition,
        "lead": case.lead,
        "team": tuple({"person": person} for person in case.team),
        "needs": case.needs,
        "file": case.document,
    }


_SAID = (
    {"title": "Emergency plan: review or drill due", "title_zh": "应急预案即将评审或演练"},
    {"title": "Emergency plan missing, not reviewed or not drilled", "title_zh": "应急预案缺失、逾期未评审或未演练"},
    {
        "procedure": "1. Write, look through or drill the plan.\n2. Enter it.",
        "procedure_zh": "1. 编制、评审或演练预案。\n2. 登记。",
    },
)
WORKFLOW = EmergencyPlans
