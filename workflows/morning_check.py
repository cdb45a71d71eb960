"""Morning check of a canteen's people 晨检: each is looked at before work, and who is not well does not work.

Each day on which the canteen works has a case: whom the register of people has at that post is to be checked by the
hour that the site file says. A finding (fever, diarrhoea, wounds, hands, cough) is an alert that says who does not work
and nothing of why: what was found stands beside the chain and is read by whoever may. Their health certificates are
looked at, too: one counts for a year (Food Safety Law article 45), is told of 30 days before it is over, and who works
without one is an alert.

Standard: Food Safety Law article 45; its implementing rules; practice rules for catering of 2018 (morning check daily,
with a record). By when is ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import isfinite
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.canteen import Checked, Morning
from alerts.canteen_asks import Absent, CheckPerson, Fit
from alerts.certificate_dates import last_day
from alerts.cold_record import HOUR
from alerts.facts import Fact, FieldValue
from alerts.heard import Listens, Slot
from alerts.kinds import kinds
from alerts.person import Person, people_in, person_of
from alerts.rule import Rule
from alerts.schedule import minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import ConfigError, Refused
from devices.message import At, Text
from devices.reading import Instant

_ABOUT_PEOPLE = ("added", "changed", "left", "came_back", "forgotten", "imported", "given", "renewed", "withdrawn")
FINDINGS = ("fever", "diarrhoea", "wounds", "hands", "cough")
_FEVER_C = 37.3
_COLDEST, _HOTTEST, _LONGEST = 30.0, 45.0, 200
_YEAR, _AHEAD = timedelta(days=365), timedelta(days=30)
Standing: TypeAlias = Literal["certified", "ending", "uncertified"]


class CheckConfig(Config, frozen=True, kw_only=True):
    """Who is checked, and by when.

    ``post``: of the register of people, such as ``canteen``; without one nobody is checked
    ``certificate``: the kind of their health certificate; without one none is looked at
    ``by``: each is checked by then, local time as 08:00
    ``area``: the canteen
    ``days``: on which the canteen works: ``all``, or ``workdays``
    """

    post: str = ""
    certificate: str = ""
    by: str = "08:00"
    area: str = ""
    days: Literal["all", "workdays"] = "all"

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        try:
            minutes(self.by)
        except ConfigError:
            yield ConfigFault(("by",), Text.of("morning_check.no_time"))
        if self.area and self.area not in site.areas:
            yield ConfigFault(("area",), Text.of("morning_check.no_area", known=tuple(site.areas)))


class MorningCheck(Workflow[Morning]):
    """One day is one case, from its midnight to the next."""

    name, book, case = "morning_check", "morning_checks", Morning
    asks = (CheckPerson, Absent, Fit)
    config_type = CheckConfig
    page = "/console/kitchen"
    listens = Listens(topics=frozenset(f"people.{step}" for step in _ABOUT_PEOPLE))

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """At once after the first start, then at each midnight; one that fell into an outage, after it."""
        if not self.config.post:
            return None
        return world.site.calendar.next_at(0, last) if last else now

    def check(self, ask: Any, cases: Mapping[str, Morning], world: World, now: Instant) -> None:
        day = _today(cases, world, now)
        if day is None:
            raise Refused(Text.of("morning_check.none_today"))
        person = person_of(world, person=ask.person.strip())
        if person is None or not person.is_here(day.day):
            _refuse("person", Text.of("morning_check.nobody", known=day.wanted))
        if isinstance(ask, CheckPerson):
            if ask.temperature is not None and not _COLDEST <= ask.temperature <= _HOTTEST:
                _refuse("temperature", Text.of("morning_check.no_temperature", least=_COLDEST, most=_HOTTEST))
            if findings_of(ask) and not ask.action.strip():
                _refuse("action", Text.of("morning_check.no_action"))
            if len(ask.action) > _LONGEST:
                _refuse("action", Text.of("morning_check.too_long", most=_LONGEST))
            if ask.person.strip() not in day.unfit or findings_of(ask):
                return
            _refuse("person", Text.of("morning_check.officer_says"))
        if isinstance(ask, Fit):
            if ask.person.strip() not in day.unfit:
                _refuse("person", Text.of("morning_check.is_fit"))
            if not ask.note.strip():
                _refuse("note", Text.of("form.wanting"))
        elif isinstance(ask, Absent) and ask.person.strip() not in day.unchecked:
            _refuse("person", Text.of("morning_check.is_checked"))

    def step(self, event: Heard, cases: Mapping[str, Morning], world: World, now: Instant) -> Moves:
        match event:
            case Slot():
                return self._begun(cases, world, now)
            case Fact() if (day := _today(cases, world, now)) is not None:  # somebody came, left, or has a certificate
                return self._looked(day, self._people(world), world, now)
            case CheckPerson():
                return _checked(_of_today(cases, world, now), event, now)
            case Fit():
                day, person = _of_today(cases, world, now), event.person.strip()
                one = Checked(person=person, at=now, by=event.by, is_fit=True)
                fact = _fact(day, person, "fit", now, event, {"note": event.note.strip()}, ("note",))
                return _settled(_with(day, one), now, fact)
            case Absent():
                day, person = _of_today(cases, world, now), event.person.strip()
                absent = replace(day, absent=(*day.absent, person))
                return _settled(absent, now, _fact(day, person, "absent", now, event))
        return Moves()

    def turn(self, due: Sequence[Morning], world: World, now: Instant) -> Moves:
        return Moves.joined(_settled(day, now) for day in due)

    def waits_for(self, case: Morning, account: str, role: str) -> bool:
        return role in CheckPerson.ROLES and bool(case.unchecked)

    def shows(self, case: Morning, now: Instant) -> dict[str, Any]:
        return {"wanted": case.unchecked, "checked": "", "unfit": case.unfit, "standing": ""}

    def _people(self, world: World) -> tuple[Person, ...]:
        return people_in(world, post=self.config.post)

    def _begun(self, cases: Mapping[str, Morning], world: World, now: Instant) -> Moves:
        """A day begins; who was not fit and was not said to be fit again still is not."""
        calendar = world.site.calendar
        today = calendar.day(now)
        before = next((case for case in cases.values() if case.day < today), None)
        day = Morning(
            id=today.isoformat(),
            area=self.config.area,
            day=today,
            due_at=max(calendar.at(today, minutes(self.config.by)), now + HOUR),
            is_worked=self.config.days == "all" or not calendar.is_day_off(today),
            checked=tuple(each for each in before.checked if not each.is_fit) if before is not None else (),
            standing=before.standing if before is not None else {},
        )
        over = tuple(replace(case, is_open=False, wake_at=None) for case in cases.values())
        facts = tuple(_day_fact(case, "over", now) for case in over if case.is_missing)
        return Moves.joined((Moves(cases=over, facts=facts), self._looked(day, self._people(world), world, now)))

    def _looked(self, day: Morning, people: Sequence[Person], world: World, now: Instant) -> Moves:
        """Who is to be checked today, and how each stands with their certificate; what changed is told."""
        facts, here = list[Fact](), tuple(person.id for person in people)
        standing = {person.id: self._standing(person, day.day) for person in people}
        for person, (step, until) in standing.items():
            if step != day.standing.get(person, "certified"):
                facts.append(self._told(day, person, step, now, {"until": until.isoformat()} if until else {}))
        gone = [person for person, step in day.standing.items() if person not in here and step != "certified"]
        facts += [self._told(day, person, "certified", now, {}) for person in gone]
        facts += [self._told(day, person, "gone", now, {}) for person in day.unfit if person not in here]
        checked = tuple(each for each in day.checked if each.person in here)
        steps = {person: step for person, (step, _) in standing.items()}
        wanted = here if day.is_worked else ()
        return _settled(replace(day, wanted=wanted, checked=checked, standing=steps), now, *facts)

    def _standing(self, person: Person, today: date) -> tuple[Standing, date | None]:
        if not self.config.certificate:
            return "certified", None
        until = health_until(person, self.config.certificate, today)
        if until is None:
            return "uncertified", None
        return ("ending" if until - today <= _AHEAD else "certified"), until

    def _told(self, day: Morning, person: str, step: str, now: Instant, said: Mapping[str, str]) -> Fact:
        text = Text.of(f"morning_check.{step}", person=person, **said)
        fields: dict[str, FieldValue | Text] = {"person": person, "day": day.id, **said}
        return Fact(workflow=self.name, case=person, step=step, at=now, area=day.area, text=text, fields=fields)


def health_until(person: Person, kind: str, day: date) -> date | None:
    """The last day on which their health certificate counts, a year at most from its issue; None: not today."""
    yearly = [
        replace(each, expires=min(each.expires or date.max, each.issued + _YEAR))
        for each in person.certificates
        if each.kind == kind
    ]
    return last_day(yearly, day)


def findings_of(ask: CheckPerson) -> tuple[str, ...]:
    """What was found, by its words; a measured fever is one."""
    found = [name for name in FINDINGS if getattr(ask, name)]
    is_hot = ask.temperature is not None and isfinite(ask.temperature) and ask.temperature >= _FEVER_C
    return tuple(dict.fromkeys(["fever", *found])) if is_hot else tuple(found)


def _refuse(field: str, text: Text) -> None:
    raise Refused(text, ((0, field, text),))


def _today(cases: Mapping[str, Morning], world: World, now: Instant) -> Morning | None:
    return cases.get(world.site.calendar.day(now).isoformat())


def _of_today(cases: Mapping[str, Morning], world: World, now: Instant) -> Morning:
    day = _today(cases, world, now)
    assert day is not None
    return day


def _with(day: Morning, one: Checked) -> Morning:
    return replace(day, checked=(*(each for each in day.checked if each.person != one.person), one))


def _checked(day: Morning, ask: CheckPerson, now: Instant) -> Moves:
    person, found = ask.person.strip(), findings_of(ask)
    one = Checked(person=person, at=now, by=ask.by, is_fit=not found)
    fields: dict[str, FieldValue] = {name: name in found for name in FINDINGS}
    fields |= {"temperature": ask.temperature} if ask.temperature is not None else {}
    fields |= {"action": ask.action.strip()} if ask.action.strip() else {}
    personal = tuple(fields)
    fact = _fact(day, person, "unfit" if found else "passed", now, ask, fields, personal)
    return _settled(_with(day, one), now, fact)


def _settled(day: Morning, now: Instant, *told: Fact) -> Moves:
    """The day as it goes on, after what was told of it; who was not checked in time is told, too."""
    facts, unchecked = list(told), day.unchecked
    if unchecked and now >= day.due_at and not day.is_missing:
        day = replace(day, is_missing=True)
        facts.append(_day_fact(day, "missing", now))
    elif day.is_missing and not unchecked:
        day = replace(day, is_missing=False)
        facts.append(_day_fact(day, "complete", now))
    wake_at = day.due_at if unchecked and now < day.due_at else None
    return Moves(cases=(replace(day, wake_at=wake_at),), facts=tuple(facts))


def _day_fact(day: Morning, step: str, now: Instant) -> Fact:
    """Of all who are not checked."""
    return Fact(
        workflow="morning_check",
        case=day.id,
        step=step,
        at=now,
        area=day.area,
        text=Text.of(f"morning_check.{step}", persons=day.unchecked, count=len(day.unchecked), due=At(day.due_at)),
        fields={"count": len(day.unchecked)},
    )


def _fact(
    day: Morning,
    person: str,
    step: str,
    now: Instant,
    ask: Ask,
    fields: Mapping[str, FieldValue] = {},
    personal: tuple[str, ...] = (),
) -> Fact:
    """Of one person: the text says who and never why."""
    return Fact(
        workflow="morning_check",
        case=person,
        step=step,
        at=now,
        by=ask.by,
        area=day.area,
        text=Text.of(f"morning_check.{step}", person=person),
        fields={"person": person, "day": day.id, **fields},
        personal=personal,
    )


_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "morning-check-missing",
            "title": "Morning check of the canteen not done",
            "title_zh": "食堂人员未晨检",
            "priority": 3,
            "begins": ["morning_check.missing"],
            "ends": ["morning_check.complete", "morning_check.over"],
            "procedure": "1. Nobody works before the check.\n2. Check whoever is there; say who does not work today.",
            "procedure_zh": "1. 未晨检不得上岗。\n2. 对在岗人员补做晨检；注明当天不上班的人员。",
        },
        {
            "name": "not-fit-for-food",
            "title": "Somebody of the canteen is not fit to work",
            "title_zh": "食堂人员晨检不合格",
            "priority": 2,
            "begins": ["morning_check.unfit"],
            "ends": ["morning_check.fit", "morning_check.gone"],
            "procedure": "1. They leave the kitchen at once.\n2. Throw away what they have touched uncovered.\n"
            "3. A doctor's paper, then the food safety officer says that they are fit.",
            "procedure_zh": "1. 立即离开食品处理区。\n2. 其直接接触的食品予以废弃。\n"
            "3. 凭医生证明，由食品安全管理员确认后返岗。",
        },
        {
            "name": "health-certificate-ending",
            "title": "Health certificate of the canteen runs out",
            "title_zh": "食堂人员健康证即将到期",
            "priority": 4,
            "begins": ["morning_check.ending"],
            "ends": ["morning_check.certified", "morning_check.uncertified"],
            "procedure": "1. Book the examination.\n2. Enter the new certificate.",
            "procedure_zh": "1. 安排体检。\n2. 登记新健康证。",
        },
        {
            "name": "health-certificate-missing",
            "title": "In the canteen without a health certificate",
            "title_zh": "食堂人员无有效健康证",
            "priority": 2,
            "begins": ["morning_check.uncertified"],
            "ends": ["morning_check.certified", "morning_check.ending"],
            "procedure": "1. They do no work with food.\n2. Enter the certificate, or change the post.",
            "procedure_zh": "1. 不得从事接触食品的工作。\n2. 登记健康证，或调整岗位。",
        },
    )
)
"""What this workflow's facts mean to an operator; a rule of one of these names in the site file takes its place."""

WORKFLOW = MorningCheck
