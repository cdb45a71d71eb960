"""Occupational health 职业健康监护: who is exposed to what, examined before, yearly and on leaving, told the result.

Whoever works with dust, noise, heat, chemicals or radiation is on the list of the exposed; they are examined before
they begin, each year (ours; some factors ask for other periods) and when they leave, re-checked by the date that the
institution gives, and told the result (Law on Occupational Diseases, art. 35 and 36). Factor, result and re-check are
personal: beside the ledger's chain, shown to leaders and auditors.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

from msgspec.structs import replace

from alerts.attachment import AttachmentId
from alerts.facts import Fact
from alerts.heard import Listens
from alerts.person import person_of
from alerts.rule import Rule
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

Factor: TypeAlias = Literal["dust", "noise", "heat", "vibration", "chemical", "radiation", "other"]
Result: TypeAlias = Literal["normal", "recheck", "unsuited", "suspected"]
"""Nothing found; looked at again; not suited to the work; an occupational disease is suspected (and reported)."""
_AHEAD_DAYS = {"examine": 30, "recheck": 7, "inform": 7, "leave": 14, "move": 3}
_PERSONAL = ("person", "factors", "result", "recheck")


class Exposed(Owing, frozen=True, kw_only=True):
    """The id is that of the person. ``left``: since when they are exposed no more; ``is_last``: examined for it.

    ``informed``: that they were told of the newest result.
    """

    factors: tuple[Factor, ...] = ()
    since: date
    examined: date | None = None
    result: Result | None = None
    recheck: date | None = None
    informed: bool = True
    left: date | None = None
    is_last: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether nothing is owed to somebody who left."""
        return self.is_last and self.informed and self.recheck is None


class Enlist(Ask, tag="enlist", frozen=True, kw_only=True):
    """Somebody is exposed from that day on; who was examined before it says when."""

    ROLES = LEADERS
    PERSONAL = frozenset({"person", "factors"})

    person: str
    factors: tuple[Factor, ...]
    area: str = ""
    since: date | None = None
    examined: date | None = None


class Examine(Ask, tag="examine", frozen=True, kw_only=True):
    """They were examined: by whom, with what result; ``informed``: they were told it in writing."""

    ROLES = LEADERS
    PERSONAL = frozenset({"result", "recheck"})

    kind: Literal["before", "during", "leaving"]
    institution: str
    result: Result
    examined: date | None = None
    recheck: date | None = None
    informed: bool = False
    report: AttachmentId = ""


class Inform(Ask, tag="inform", frozen=True, kw_only=True):
    """They were told the result in writing."""

    ROLES = LEADERS


class Leave(Ask, tag="leave", frozen=True, kw_only=True):
    """They are exposed no more, and are examined a last time."""

    ROLES = LEADERS

    left: date | None = None


class HealthConfig(TermConfig, frozen=True, kw_only=True):
    """The terms, in days.

    ``period_days``: between two examinations of who is exposed
    ``inform_days``: after an examination, until they were told
    ``leaving_days``: after they left the post, for the last examination
    """

    period_days: float = 365
    inform_days: float = 30
    leaving_days: float = 30


class OccupationalHealth(TermWorkflow[Exposed]):
    """One person is one case, under their id, as long as they are exposed."""

    name, book, case = "occupational_health", "occupational_health", Exposed
    asks = (Enlist, Examine, Inform, Leave)
    config_type = HealthConfig
    listens = Listens(topics=frozenset({"people.left"}))
    personal = ("factors", "result", "recheck")

    def rules(self) -> Sequence[Rule[Any]]:
        return rules_of(self.name, *_SAID)

    def terms(self, case: Exposed, world: World) -> Iterable[Term]:
        config = self.config
        if case.left is not None and not case.is_last:
            yield by_day("leave", case.left + timedelta(days=config.leaving_days), _AHEAD_DAYS["leave"], world)
        elif case.left is None:
            last = case.examined + timedelta(days=config.period_days) if case.examined is not None else case.since
            yield by_day("examine", last, _AHEAD_DAYS["examine"], world)
        if case.recheck is not None:
            yield by_day("recheck", case.recheck, _AHEAD_DAYS["recheck"], world)
        if not case.informed and case.examined is not None:
            last = case.examined + timedelta(days=config.inform_days)
            yield by_day("inform", last, _AHEAD_DAYS["inform"], world)

    def check(self, ask: Any, cases: Mapping[str, Exposed], world: World, now: Instant) -> None:
        check_words(self.name, ask, *(("institution",) if isinstance(ask, Examine) else ()))
        for field in ("examined", "since", "left"):
            if field in ask.__struct_fields__:
                check_day(self.name, ask, field, world, now, ahead=field == "since")
        if isinstance(ask, Enlist):
            check_person(self.name, ask, "person", world, now)
            if not ask.factors:
                raise Refused(Text.of("occupational_health.no_factor"))
            if ask.area and ask.area not in world.site.areas:
                raise Refused(Text.of("occupational_health.no_area", known=tuple(world.site.areas)))
            return
        case = case_of(cases, ask)
        match ask:
            case Examine():
                check_day(self.name, ask, "recheck", world, now, ahead=True)
                if (ask.result == "recheck") != (ask.recheck is not None):
                    raise Refused(Text.of("occupational_health.recheck_with_day"))
                if ask.kind == "leaving" and case.left is None:
                    raise Refused(Text.of("occupational_health.leave_first"))
            case Inform() if case.informed:
                raise Refused(Text.of("terms.not_now"))
            case Leave() if case.left is not None:
                raise Refused(Text.of("terms.not_now"))

    def step(self, event: Heard, cases: Mapping[str, Exposed], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case Fact():
                case = cases.get(event.case)
                if case is None or case.left is not None:
                    return Moves()
                person = person_of(world, person=case.id)
                on = person.left if person is not None and person.left is not None else today
                return self.stated(replace(case, left=on), "left", {"on": on}, world, now)
            case Enlist():
                before = cases.get(event.person.strip())
                since = event.since or (before.since if before is not None else today)
                case = before if before is not None else Exposed(id=event.person.strip(), since=since)
                examined = event.examined or case.examined
                case = replace(
                    case, by=event.by, area=event.area, factors=event.factors, left=None, is_last=False, since=since
                )
                told = {"factors": ", ".join(event.factors), "on": since, "kind": "exposure"}
                case = replace(case, examined=examined)
                return self.stated(case, "enlisted", told, world, now, event, personal=_PERSONAL)
            case Examine():
                on = event.examined or today
                case = replace(
                    cases[event.case],
                    examined=on,
                    result=event.result,
                    recheck=event.recheck,
                    informed=event.informed,
                )
                case = replace(case, is_last=event.kind == "leaving")
                names = ("kind", "institution", "result", "recheck", "informed", "report")
                told = {**{name: getattr(event, name) for name in names}, "on": on}
                case = replace(case, is_open=not case.is_settled)
                at = done_on(event.examined, world, now)
                return self.stated(case, "examined", told, world, now, event, at=at, personal=_PERSONAL)
            case Inform():
                case = replace(cases[event.case], informed=True)
                case = replace(case, is_open=not case.is_settled)
                return self.stated(case, "informed", {"informed": True}, world, now, event)
            case Leave():
                case = replace(cases[event.case], left=event.left or today)
                return self.stated(case, "left", {"on": case.left}, world, now, event)
        return Moves()


_SAID = (
    {"title": "Occupational health: due soon", "title_zh": "职业健康检查即将到期"},
    {"title": "Occupational health: overdue", "title_zh": "职业健康检查逾期"},
    {
        "procedure": "1. Send them to the examination, or tell them the result.\n2. Enter it.",
        "procedure_zh": "1. 安排检查，或告知本人结果。\n2. 登记。",
    },
)
WORKFLOW = OccupationalHealth
