"""Education and training 教育培训: planned, held with everybody by name and result, made up, signed.

Each training has its kind, hours, content and trainer, and accounts for everybody who was invited: passed, attended,
failed or absent (Work Safety Law, art. 28). Who failed or was absent makes it up within its term; where it is asked
for, trainer and participants sign with their own accounts. Who took part is a person of the register, shown to leaders
and auditors; how many hours each has in a year is answered for whoever asks (alerts/training.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from alerts.ask import REPORTERS
from alerts.attachment import AttachmentId
from alerts.person import people_in, person_of
from alerts.rule import Rule
from alerts.terms import (
    DAY,
    LEADERS,
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
from alerts.training import LACKING, TRAINED, Kind, Participant, Result, Training, trained
from alerts.workflow import Ask, Heard, Moves, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant

_AHEAD_DAYS = {"hold": 7, "make_up": 7, "sign": 2}
_KEPT: Instant = 800 * DAY
_MOST_PERSONS, _MOST_HOURS = 500, 400


class Plan(Ask, tag="plan", frozen=True, kw_only=True):
    """A training is planned, or was held without a plan of late: then ``planned`` is its day.

    ``invited``: ids of persons; ``department``: everybody in it, too. ``trainer``: the id of a person.
    """

    ROLES = LEADERS
    PERSONAL = frozenset({"invited"})

    kind: Kind
    topic: str
    planned: date
    hours: float
    department: str = ""
    invited: tuple[str, ...] = ()
    place: str = ""
    content: str = ""
    trainer: str = ""
    material: AttachmentId = ""
    needs_signatures: bool = False


class Hold(Ask, tag="hold", frozen=True, kw_only=True):
    """It was held: ids of persons by result, one a line. Who came uninvited counts; who is named nowhere was absent."""

    ROLES = LEADERS
    PERSONAL = frozenset({"passed", "attended", "failed"})

    passed: tuple[str, ...] = ()
    attended: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    held: date | None = None


class MakeUp(Ask, tag="make_up", frozen=True, kw_only=True):
    """Who was absent or failed has made it up."""

    ROLES = LEADERS
    PERSONAL = frozenset({"persons"})

    persons: tuple[str, ...]
    result: Result = "passed"
    on: date | None = None


class Sign(Ask, tag="sign", frozen=True, kw_only=True):
    """Whoever asks was there: as participant, or as trainer."""

    ROLES = REPORTERS


class Cancel(Ask, tag="cancel", frozen=True, kw_only=True):
    """It will not be held; the note says why."""

    ROLES = LEADERS


class EducationConfig(TermConfig, frozen=True, kw_only=True):
    """The terms, in days.

    ``make_up_days``: after it was held, for who was absent or failed
    ``sign_days``: after it was held, for signatures
    """

    make_up_days: float = 30
    sign_days: float = 7


class Education(TermWorkflow[Training]):
    """One training is one case."""

    name, book, case = "education", "trainings", Training
    asks = (Plan, Hold, MakeUp, Sign, Cancel)
    config_type = EducationConfig
    provides = {TRAINED: trained}
    personal = ("invited", "participants", "signed")
    page = "/console/education"

    def rules(self) -> Sequence[Rule[Any]]:
        return rules_of(self.name, *_SAID)

    def terms(self, case: Training, world: World) -> Iterable[Term]:
        if case.held is None:
            yield by_day("hold", case.planned, _AHEAD_DAYS["hold"], world)
            return
        if case.lacking:
            last = case.held + timedelta(days=self.config.make_up_days)
            yield by_day("make_up", last, _AHEAD_DAYS["make_up"], world)
        if case.unsigned:
            last = case.held + timedelta(days=self.config.sign_days)
            yield by_day("sign", last, _AHEAD_DAYS["sign"], world)

    def called(self, case: Training, world: World) -> Text:
        kind = Text.of(f"education_kind.{case.kind}")
        on = (case.held or case.planned).isoformat()
        return Text.of("education.called", kind=kind, topic=case.topic, on=on)

    def waits_for(self, case: Training, account: str, role: str) -> bool:
        return bool(case.told) and role in LEADERS

    def check(self, ask: Any, cases: Mapping[str, Training], world: World, now: Instant) -> None:
        if isinstance(ask, Plan):
            self._check_plan(ask, world, now)
            return
        case = case_of(cases, ask)
        check_words(self.name, ask, *(("note",) if isinstance(ask, Cancel) else ()))
        for field in ("held", "on"):
            if field in ask.__struct_fields__:
                check_day(self.name, ask, field, world, now)
        match ask:
            case Hold() | Cancel() if case.held is not None:
                raise Refused(Text.of("terms.not_now"))
            case MakeUp() | Sign() if case.held is None:
                raise Refused(Text.of("terms.not_now"))
            case Hold():
                named = [person for result in _GIVEN for person in getattr(ask, result)]
                if len(set(named)) < len(named):
                    raise Refused(Text.of("education.twice"))
                if not set(ask.passed) | set(ask.attended):
                    raise Refused(Text.of("education.nobody"))
                self._check_persons(ask, named, world, now)
            case MakeUp():
                if not ask.persons or not set(ask.persons) <= set(case.lacking) or ask.result in LACKING:
                    raise Refused(Text.of("education.not_lacking"))
                if ask.on is not None and case.held is not None and ask.on < case.held:
                    raise Refused(Text.of("education.before_it", on=case.held.isoformat()))
            case Sign():
                person = person_of(world, account=ask.by)
                if person is None or person.id not in case.unsigned:
                    raise Refused(Text.of("education.not_yours"))

    def step(self, event: Heard, cases: Mapping[str, Training], world: World, now: Instant) -> Moves:
        match event:
            case Plan():
                return self._planned(event, world, now)
            case Hold():
                return self._held(cases[event.case], event, world, now)
            case MakeUp():
                case, on = cases[event.case], event.on or world.site.calendar.day(now)
                after = tuple(
                    Participant(one.person, event.result, on, is_made_up=True) if one.person in event.persons else one
                    for one in case.participants
                )
                case = self._settled(replace(case, participants=after))
                rows = tuple({"person": person, "result": event.result} for person in event.persons)
                told = {**_told(case), "persons": rows, "held_on": on}
                at = done_on(event.on, world, now)
                return self.stated(case, "made_up", told, world, now, event, at=at, personal=_PERSONAL)
            case Sign():
                person = person_of(world, account=event.by)
                assert person is not None
                case = cases[event.case]
                case = self._settled(replace(case, signed=(*case.signed, person.id)))
                return self.stated(case, "signed", _told(case), world, now, event)
            case Cancel():
                case = replace(cases[event.case], is_open=False)
                return self.stated(case, "cancelled", _told(case), world, now, event)
        return Moves()

    def turn(self, due: Sequence[Training], world: World, now: Instant) -> Moves:
        """Terms; and what is complete, and has been kept for long enough, is forgotten here."""
        over = [case for case in due if case.stage == "complete"]
        forgotten = Moves(cases=tuple(replace(case, is_open=False, wake_at=None) for case in over))
        return Moves.joined([super().turn([case for case in due if case.stage != "complete"], world, now), forgotten])

    def idle_until(self, case: Training, now: Instant) -> Instant | None:
        return now + _KEPT if case.stage == "complete" else None

    def _check_plan(self, ask: Plan, world: World, now: Instant) -> None:
        check_words(self.name, ask, "topic")
        check_day(self.name, ask, "planned", world, now, ahead=True)
        if not 0 < ask.hours <= _MOST_HOURS:
            raise Refused(Text.of("education.no_hours", most=_MOST_HOURS))
        if ask.trainer.strip():
            check_person(self.name, ask, "trainer", world, now)
        self._check_persons(ask, ask.invited, world, now)
        if not _invited(ask, world):
            raise Refused(Text.of("education.invites_nobody"))

    def _check_persons(self, ask: Ask, persons: Sequence[str], world: World, now: Instant) -> None:
        if len(persons) > _MOST_PERSONS:
            raise Refused(Text.of("education.too_many", most=_MOST_PERSONS))
        for person in persons:
            field = next(name for name in ("invited", *_GIVEN) if person in getattr(ask, name, ()))
            check_person(self.name, ask, field, world, now, person)

    def _planned(self, ask: Plan, world: World, now: Instant) -> Moves:
        names = ("kind", "topic", "planned", "hours", "place", "content", "material", "needs_signatures")
        own = {name: getattr(ask, name) for name in names}
        own |= {name: own[name].strip() for name in ("topic", "place", "content")}
        case = Training(id=ask.id, by=ask.by, trainer=ask.trainer.strip(), invited=_invited(ask, world), **own)
        rows = tuple({"person": person} for person in case.invited)
        told = {**_told(case), "planned_on": case.planned, "persons": rows}
        return self.stated(case, "planned", told, world, now, ask, personal=_PERSONAL)

    def _held(self, case: Training, ask: Hold, world: World, now: Instant) -> Moves:
        on = ask.held or world.site.calendar.day(now)
        result: dict[str, Result] = {person: each for each in _GIVEN for person in getattr(ask, each)}
        everybody = dict.fromkeys((*case.invited, *result))
        people = tuple(Participant(person, result.get(person, "absent"), on) for person in everybody)
        case = self._settled(replace(case, stage="held", held=on, participants=people))
        rows = tuple({"person": one.person, "result": one.result} for one in people)
        every: tuple[Result, ...] = (*_GIVEN, "absent")
        counts = {each: sum(one.result == each for one in people) for each in every}
        told = {**_told(case), "held_on": on, "persons": rows, "participants": len(case.there)} | counts
        at = done_on(ask.held, world, now)
        return self.stated(case, "held", told, world, now, ask, at=at, personal=_PERSONAL, there=len(case.there))

    def _settled(self, case: Training) -> Training:
        return replace(case, stage="held" if case.lacking or case.unsigned else "complete")


_GIVEN: tuple[Result, ...] = ("passed", "attended", "failed")
_PERSONAL = ("persons",)


def _invited(ask: Plan, world: World) -> tuple[str, ...]:
    """Who is named, and whoever is in the department now."""
    department = ask.department.strip()
    there = [person.id for person in people_in(world, department=department)] if department else []
    return tuple(dict.fromkeys((*(person.strip() for person in ask.invited), *there)))[:_MOST_PERSONS]


def _told(case: Training) -> dict[str, Any]:
    names = ("kind", "topic", "hours", "place", "content", "trainer", "material")
    return {name: getattr(case, name) for name in names}


_SAID = (
    {"title": "Training due soon", "title_zh": "培训即将到期"},
    {"title": "Training, make-up or signatures late", "title_zh": "培训、补训或签字逾期"},
    {
        "procedure": "1. Hold it, or have it made up or signed.\n2. Enter who took part, with the results.",
        "procedure_zh": "1. 组织培训、补训或签字。\n2. 登记参加人员及考核结果。",
    },
)
WORKFLOW = Education
