"""Hazards 隐患排查治理: found, graded, assigned with the five musts, rectified, verified by another, made known.

Whoever sees one registers it, with a photo; inspections and patrols hand theirs in as facts (``finding``). A leader
assigns it: measures, person, funds, term, interim measures. Whoever rectified it does not verify it. It is closed when
the staff was told, and of a major one the authority and the staff assembly, too (Work Safety Law, art. 41). What can be
corrected on the spot is, in one step (Order 61, art. 31). Each stage has a term; over it, responsible, department and
leader are told one after the other, once each, whatever was off meanwhile. A major one is an alert at once.

One that is over is kept for 400 days: it can be opened anew, numbers of its year run on, and what comes back at one
place or by one cause is named. A stage without a term of the law has one of house practice, which is a setting.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from alerts.attachment import is_id
from alerts.facts import FINDING, HAZARDS_DUE, Fact
from alerts.hazard_asks import (
    STAGES,
    Assign,
    Correct,
    Dismiss,
    Find,
    Grade,
    Publish,
    Rectify,
    Reopen,
    Report,
    Verify,
    check_musts,
    check_words,
    is_no_leader,
)
from alerts.hazard_facts import fact_of, noted, quarter_fact
from alerts.hazard_people import is_person, people_told, registered
from alerts.hazards import (
    DAY,
    OVER,
    Category,
    Cause,
    Hazard,
    Level,
    Source,
    Stage,
    figures,
    found_before,
    hazards_due,
    number_of,
    quarter,
)
from alerts.heard import Listens, Slot
from alerts.kinds import kinds
from alerts.period import Period
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant

_HOUR: Instant = 3_600 * SECOND
_KEPT: Instant = 400 * DAY
_LEVELS = ("responsible", "department", "leader")


class HazardConfig(Config, frozen=True, kw_only=True):
    """The terms of what no law gives a term for.

    ``assign_within_h``: hours within which one that was found is assigned
    ``verify_within_days``: days within which one that was rectified is verified
    ``publish_within_days``: days within which one that was verified is made known
    ``department_after_days``: so many days after a term is over the department is told
    ``leader_after_days``: and so many days after it the leader
    ``repeat_days``: how far back one at the same place or by the same cause makes a repeat
    ``photo_wanted``: nobody rectifies without a picture
    """

    assign_within_h: float = 24
    verify_within_days: float = 3
    publish_within_days: float = 7
    department_after_days: float = 1
    leader_after_days: float = 3
    repeat_days: float = 180
    photo_wanted: bool = False

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if not isinstance(value, bool) and not 0 < value <= 366:
                yield ConfigFault((name,), Text.of("hazard.not_a_term", field=name))
        if self.leader_after_days < self.department_after_days:
            yield ConfigFault(("leader_after_days",), Text.of("hazard.leader_first"))


class Hazards(Workflow[Hazard]):
    """One hazard is one case."""

    name, book, case = "hazard", "hazards", Hazard
    asks = (Find, Correct, Grade, Assign, Rectify, Verify, Publish, Report, Reopen, Dismiss)
    config_type = HazardConfig
    by_area = True
    page = "/console/hazards"
    listens = Listens(topics=frozenset({FINDING}))
    provides = {HAZARDS_DUE: hazards_due}

    def rules(self) -> Sequence[Rule[Any]]:
        return (OVERDUE, MAJOR)

    def takes_two(self, ask: Any, world: World) -> bool:
        if isinstance(ask, Assign):
            case = world.own_cases(self).get(ask.case)
            return case is not None and case.due_at is not None and (ask.until or 0) > case.due_at
        return bool(ask.SECOND)

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Hazard], world: World, now: Instant) -> None:
        check_words(ask)
        if isinstance(ask, Find | Correct):
            if ask.area not in world.site.areas:
                raise Refused(Text.of("hazard.no_area", area=ask.area, areas=tuple(world.site.areas)))
            return
        case = cases.get(ask.case)
        if case is None:
            raise Refused(Text.of("hazard.no_case"))
        if case.stage not in STAGES[type(ask)]:
            raise Refused(Text.of("hazard.not_now", number=case.number, stage=case.stage))
        match ask:
            case Assign():
                check_musts(ask, case, now)
                person = registered(ask.responsible.strip(), world)
                if person is not None and not person.is_here(world.site.calendar.day(now)):
                    raise Refused(Text.of("hazard.has_left", person=person.called))
            case Rectify() if self.config.photo_wanted and not ask.photo_after:
                raise Refused(Text.of("hazard.photo_first"))
            case Verify():
                if any(is_person(ask.by, name, world) for name in (case.rectified_by, case.responsible)):
                    raise Refused(Text.of("hazard.verifies_himself", by=ask.by))
                if case.level == "major" and is_no_leader(ask):
                    raise Refused(Text.of("hazard.leader_verifies"))
            case Rectify() if case.stage == "found" and case.level == "major":
                raise Refused(Text.of("hazard.assign_first", number=case.number))
            case Report() if case.level != "major":
                raise Refused(Text.of("hazard.only_major", number=case.number))

    # -- what follows --------------------------------------------------------------------------------------

    def waits_for(self, case: Hazard, account: str, role: str) -> bool:
        """For its next stage: of whoever it is assigned to, or who may do it and did not do the one before."""
        match case.stage:
            case "found":
                return role in Assign.ROLES
            case "assigned":
                return account == case.responsible or role in Assign.ROLES
            case "rectified":
                return role in Verify.ROLES and account not in (case.rectified_by, case.responsible)
            case "verified":
                return role in Publish.ROLES
        return False

    def step(self, event: Heard, cases: Mapping[str, Hazard], world: World, now: Instant) -> Moves:
        match event:
            case Find() | Correct():
                return self._found(_of_ask(event, now), event.by, cases, world, now)
            case Fact():
                case = _of_fact(event)
                return Moves() if case.id in cases else self._found(case, event.by, cases, world, now)
            case Slot():
                return _quarters(event, cases, world)
            case Grade():
                case = replace(cases[event.case], level=event.level)
                step = "major" if event.level == "major" else "lowered"
                return _told(case, step, world, now, event)
            case Assign():
                return self._assigned(cases[event.case], event, world, now)
            case Rectify():
                done = {"done": event.done.strip(), "photo_after": event.photo_after}
                at = event.done_at or now
                case = replace(cases[event.case], rectified_by=event.by, rectified_at=at, **done)
                return _told(self._in(case, "rectified", now), "rectified", world, now, event)
            case Verify():
                return self._verified(cases[event.case], event, world, now)
            case Publish():
                case = replace(cases[event.case], published=event.where.strip())
                return self._known(case, "published", event, world, now)
            case Report():
                told = "told_authority" if event.to == "authority" else "told_staff"
                case = replace(cases[event.case], **{told: event.reference.strip()})
                return self._known(case, "reported", event, world, now)
            case Reopen():
                blank = {"rectified_at": None, "verified_at": None, "closed_at": None, "due_at": None, "act": None}
                case = replace(cases[event.case], published="", told_authority="", told_staff="", **blank)
                case = self._in(case, "found", now)
                return Moves.joined([_told(case, "reopened", world, now, event), _major(case, world, now, event)])
            case Dismiss():
                case = replace(cases[event.case], closed_at=now)
                return _told(self._in(case, "dismissed", now), "dismissed", world, now, event)
        return Moves()

    def turn(self, due: Sequence[Hazard], world: World, now: Instant) -> Moves:
        """A term is over: told to the highest level whose time has come; what is over for long is forgotten."""
        return Moves.joined(self._late(case, world, now) for case in due)

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """The end of the quarter, also of one that was over before anybody looked."""
        span = Period("quarter").span(world.site.calendar, last or _first(world.own_cases(self), now))
        return span[1] if span is not None else None

    def _found(self, case: Hazard, by: str, cases: Mapping[str, Hazard], world: World, now: Instant) -> Moves:
        calendar = world.site.calendar
        case = replace(case, by=by, number=number_of(cases, calendar.day(case.found_at).year))
        place, cause = found_before(case, cases, case.found_at - int(self.config.repeat_days * DAY))
        case = replace(case, same_place=place, same_cause=cause)
        if case.act is not None:
            at = case.found_at
            case = replace(case, rectified_by=by, rectified_at=at, closed_at=at)
            return _told(self._in(case, "closed", now), "corrected", world, now, by=by)
        step = "found_again" if place or cause else "found"
        case = self._in(case, "found", now)
        return Moves.joined([_told(case, step, world, now, by=by), _major(case, world, now, by=by)])

    def _assigned(self, case: Hazard, ask: Assign, world: World, now: Instant) -> Moves:
        case = replace(
            case,
            responsible=ask.responsible.strip(),
            department=ask.department.strip(),
            measures=ask.measures.strip(),
            interim=ask.interim.strip() or case.interim,
            funds=ask.funds,
            due_at=ask.until,
            second=ask.second,
        )
        return _told(self._in(case, "assigned", now), "assigned", world, now, ask)

    def _verified(self, case: Hazard, ask: Verify, world: World, now: Instant) -> Moves:
        if ask.result == "returned":
            case = replace(case, rectified_at=None, rectified_by="")
            stage: Stage = "found" if case.due_at is None else "assigned"
            return _told(self._in(case, stage, now), "returned", world, now, ask)
        at = ask.done_at or now
        case = self._in(replace(case, verified_by=ask.by, verified_at=at), "verified", now)
        return self._known(case, "verified", ask, world, now)

    def _known(self, case: Hazard, step: str, ask: Ask, world: World, now: Instant) -> Moves:
        """It is closed once it is verified and everybody knows who must."""
        is_told = case.published and (case.level != "major" or (case.told_authority and case.told_staff))
        if case.stage != "verified" or not is_told:
            return _told(case, step, world, now, ask)
        closed = self._in(replace(case, closed_at=now), "closed", now)
        said = _told(closed, step, world, now, ask).facts
        return Moves(cases=(closed,), facts=(*said, *_told(closed, "closed", world, now).facts))

    def _late(self, case: Hazard, world: World, now: Instant) -> Moves:
        if case.stage in OVER or case.deadline_at is None:
            return Moves(cases=(replace(case, is_open=False, wake_at=None),))
        told = sum(case.deadline_at + after <= now for after in self._climbs)
        if told <= case.told:
            return Moves(cases=(self._waking(case),))
        case = self._waking(replace(case, told=told))
        return _told(case, "overdue", world, now, to=_LEVELS[told - 1])

    @property
    def _climbs(self) -> tuple[Instant, ...]:
        config = self.config
        return (0, int(config.department_after_days * DAY), int(config.leader_after_days * DAY))

    def _in(self, case: Hazard, stage: Stage, now: Instant) -> Hazard:
        """In a new stage, with its term."""
        config = self.config
        terms = {
            "found": now + int(config.assign_within_h * _HOUR),
            "assigned": case.due_at,
            "rectified": now + int(config.verify_within_days * DAY),
            "verified": now + int(config.publish_within_days * DAY),
        }
        case = replace(case, stage=stage, told=0, deadline_at=terms.get(stage))
        return replace(case, wake_at=now + _KEPT) if stage in OVER else self._waking(case)

    def _waking(self, case: Hazard) -> Hazard:
        if case.deadline_at is None or case.told >= len(self._climbs):
            return replace(case, wake_at=None)
        return replace(case, wake_at=case.deadline_at + self._climbs[case.told])


def _of_ask(ask: Find | Correct, now: Instant) -> Hazard:
    own = {name: getattr(ask, name) for name in ask.__struct_fields__ if name in Hazard.__struct_fields__}
    shared = {name: own.pop(name) for name in ("id", "area", "by", "second", "origin")}
    words = {name: " ".join(value.split()) if name == "place" else value for name, value in own.items()}
    words["description"] = words["description"].strip()
    return Hazard(**{**shared, **words, "number": "", "found_at": ask.done_at or now})


def _of_fact(fact: Fact) -> Hazard:
    """What an inspection or a patrol found. A word of theirs that is none of ours says nothing."""
    said = {name: str(value) for name, value in fact.fields.items() if isinstance(value, str)}
    seal = (fact.workflow, fact.case, fact.step, fact.at, said.get("place"), said.get("description"))
    name = blake2b(repr(seal).encode("utf-8", "replace"), digest_size=8).hexdigest()

    def word(field: str, of: Any, otherwise: str) -> Any:
        return said[field] if said.get(field) in get_args(of) else otherwise

    photo = said.get("attachment", "")
    return Hazard(
        id=name,
        area=fact.area,
        number="",
        place=said.get("place", ""),
        description=said.get("description", ""),
        level=word("level", Level, "general"),
        source=word("source", Source, "patrol"),
        category=word("category", Category, "other"),
        cause=word("cause", Cause, "unknown"),
        act="other" if fact.fields.get("is_corrected") is True else None,
        about=fact.case,
        found_at=fact.at,
        photo_before=photo if is_id(photo) else "",
    )


def _told(
    case: Hazard, step: str, world: World, now: Instant, ask: Ask | None = None, *, by: str = "", to: str = ""
) -> Moves:
    fact = fact_of(case, step, world.site.calendar, now, to, people_told(case, to, world) if to else ())
    if ask is not None:
        fact = noted(fact, ask.by, ask.second, ask.note)
    return Moves(cases=(case,), facts=(replace(fact, by=by) if by else fact,))


def _major(case: Hazard, world: World, now: Instant, ask: Ask | None = None, *, by: str = "") -> Moves:
    return _told(case, "major", world, now, ask, by=by) if case.level == "major" else Moves()


def _first(cases: Mapping[str, Hazard], now: Instant) -> Instant:
    """Since when hazards are kept here."""
    return min((case.opened for case in cases.values()), default=now)


def _quarters(slot: Slot, cases: Mapping[str, Hazard], world: World) -> Moves:
    """Of each quarter that ended since the slot before."""
    calendar, facts = world.site.calendar, []
    begins = slot.last or _first(cases, slot.at - 1)
    while (span := Period("quarter").span(calendar, begins)) is not None and span[1] <= slot.at:
        facts.append(quarter_fact(quarter(calendar, span[0]), figures(cases.values(), *span), span[1], slot.at))
        begins = span[1]
    return Moves(facts=tuple(facts[-4:]))


OVERDUE = msgspec.convert(
    {
        "kind": "fact",
        "name": "hazard-overdue",
        "title": "Hazard overdue",
        "title_zh": "隐患整改逾期",
        "alert_class": "duty",
        "priority": 3,
        "begins": ["hazard.overdue"],
        "ends": [f"hazard.{step}" for step in ("assigned", "rectified", "returned", "verified", "closed", "dismissed")],
        "procedure": "1. Call who is responsible.\n2. See that the interim measures hold.\n"
        "3. Have done what is waited for, or set a new term with a second person.",
        "procedure_zh": "1. 联系整改责任人。\n2. 确认临时防范措施到位。\n3. 完成所待事项，或经第二人同意重新确定期限。",
    },
    kinds()["fact"],
)
MAJOR = msgspec.convert(
    {
        "kind": "fact",
        "name": "hazard-major",
        "title": "Major hazard",
        "title_zh": "重大事故隐患",
        "alert_class": "duty",
        "priority": 1,
        "begins": ["hazard.major"],
        "ends": [f"hazard.{step}" for step in ("lowered", "verified", "closed", "dismissed")],
        "procedure": "1. Tell the head of the enterprise.\n2. Take the interim measures; or stop the work.\n"
        "3. Tell the authority and the staff assembly, and record both.",
        "procedure_zh": "1. 立即报告主要负责人。\n2. 落实临时防范措施，不能保证安全的停止作业。\n"
        "3. 向主管部门和职工大会（职工代表大会）报告并登记。",
    },
    kinds()["fact"],
)
WORKFLOW = Hazards
