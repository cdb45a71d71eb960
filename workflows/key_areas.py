"""Key areas 重点部位: the grade of each, who answers for it, what is feared there, how often it is patrolled.

The columns are those of the register of important parts (forms.md 4; Order 421 article 14); a grade sets how far apart
two patrols may be at most, 6, 12 or 24 hours (alerts/key_area.py). Who answers for an area is a person who is here:
when they leave, that is told until somebody else is named. An entry is looked through each year, and on change.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.facts import KEY_AREA, Fact, FieldValue
from alerts.heard import Listens
from alerts.key_area import INTERVAL_H, Grade, KeyArea
from alerts.kinds import kinds
from alerts.person import person_of
from alerts.personnel import trimmed
from alerts.rule import Rule
from alerts.workflow import Ask, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Name, Text
from devices.reading import Instant

_YEAR = timedelta(days=365)
_LONGEST = 500
_LEADERS = frozenset({"manager", "admin"})


class Listed(Case, frozen=True, kw_only=True):
    """An area; the id of the case is its id. ``told``: what was told of it and stands."""

    grade: Grade
    department: str = ""
    responsible: str = ""
    risk: str = ""
    human: str = ""
    physical: str = ""
    technical: str = ""
    interval_h: float
    looked_through: date
    told: tuple[str, ...] = ()


class Enter(Ask, tag="enter", frozen=True, kw_only=True):
    """An area is put into the register, or what stands there is written anew.

    ``responsible``: the id of a person; ``interval_h``: hours between patrols, at most what the grade allows.
    """

    ROLES = _LEADERS

    area: str
    grade: Grade
    responsible: str
    department: str = ""
    risk: str = ""
    human: str = ""
    physical: str = ""
    technical: str = ""
    interval_h: float | None = None


class LookThrough(Ask, tag="look_through", frozen=True, kw_only=True):
    """The entry was looked through, and is right."""

    ROLES = _LEADERS


class Remove(Ask, tag="remove", frozen=True, kw_only=True):
    """It is a key area no more."""

    ROLES = _LEADERS

    note: str


class KeyAreas(Workflow[Listed]):
    """One area is one case, under the area's id."""

    name, book, case = "key_areas", "key_areas", Listed
    by_area = True
    asks = (Enter, LookThrough, Remove)
    listens = Listens(topics=frozenset({"people.left", "people.forgotten"}))
    provides = {KEY_AREA: lambda about, cases, world, now: _asked(about, cases)}

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def check(self, ask: Any, cases: Mapping[str, Listed], world: World, now: Instant) -> None:
        if not isinstance(ask, Enter):
            if ask.case not in cases:
                raise Refused(Text.of("key_areas.not_listed", area=ask.case[:64]))
            if isinstance(ask, Remove) and not ask.note.strip():
                raise Refused(Text.of("key_areas.say_why"))
            return
        if ask.area not in world.site.areas:
            raise Refused(Text.of("key_areas.no_area", area=ask.area[:64], known=tuple(world.site.areas)))
        most = INTERVAL_H[ask.grade]
        if ask.interval_h is not None and not 0.25 <= ask.interval_h <= most:
            raise Refused(Text.of("key_areas.interval", most=most))
        person = person_of(world, person=ask.responsible.strip())
        if person is None:
            raise Refused(Text.of("key_areas.nobody", person=ask.responsible[:64]))
        if not person.is_here(world.site.calendar.day(now)):
            raise Refused(Text.of("key_areas.has_left", person=person.id))
        if any(len(getattr(ask, name)) > _LONGEST for name in _OWN if isinstance(getattr(ask, name), str)):
            raise Refused(Text.of("key_areas.too_long", most=_LONGEST))

    def step(self, event: Heard, cases: Mapping[str, Listed], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case Fact():
                theirs = [case for case in cases.values() if case.responsible == event.case]
                return Moves.joined(self._told(case, "", {}, None, world, now) for case in theirs)
            case Enter():
                own = {name: getattr(event, name) for name in _OWN}
                own = {name: trimmed(value) if isinstance(value, str) else value for name, value in own.items()}
                own["interval_h"] = event.interval_h or INTERVAL_H[event.grade]
                told = cases[event.area].told if event.area in cases else ()
                new = Listed(id=event.area, area=event.area, by=event.by, looked_through=today, told=told, **own)
                return self._told(new, "entered", own, event, world, now)
            case LookThrough():
                seen = replace(cases[event.case], looked_through=today)
                return self._told(seen, "looked_through", {}, event, world, now)
            case Remove():
                gone = replace(cases[event.case], is_open=False)
                return self._told(gone, "removed", {"note": event.note}, event, world, now)
        return Moves()

    def turn(self, due: Sequence[Listed], world: World, now: Instant) -> Moves:
        return Moves.joined(self._told(case, "", {}, None, world, now) for case in due)

    def waits_for(self, case: Listed, account: str, role: str) -> bool:
        return bool(case.told) and super().waits_for(case, account, role)

    def _told(
        self, case: Listed, step: str, fields: Mapping[str, Any], ask: Ask | None, world: World, now: Instant
    ) -> Moves:
        """The fact of that step, if it is one, and what is not in order with the entry from now on, or no more."""
        calendar = world.site.calendar
        today, name = calendar.day(now), _name(case.area, world)
        facts = [_fact(case, step, name, fields, now, ask)] if step else []
        person = person_of(world, person=case.responsible)
        amiss = {
            "without_responsible": person is None or not person.is_here(today),
            "unseen": today >= case.looked_through + _YEAR,
        }
        told = tuple(key for key, is_so in amiss.items() if is_so and case.is_open)
        facts += [_fact(case, key, name, {}, now) for key in told if key not in case.told]
        facts += [_fact(case, _ENDS[key], name, {}, now) for key in case.told if key not in told]
        days = [case.looked_through + _YEAR, *([person.left] if person is not None and person.left else [])]
        day = min((each for each in days if each > today), default=None)
        wake_at = calendar.at(day, 0) if day is not None and case.is_open else None
        return Moves(cases=(replace(case, told=told, wake_at=wake_at),), facts=tuple(facts))


_OWN = ("grade", "department", "responsible", "risk", "human", "physical", "technical", "interval_h")
_ENDS = {"without_responsible": "with_responsible", "unseen": "seen"}


def _asked(about: Mapping[str, Any], cases: Mapping[str, Listed]) -> KeyArea | None:
    case = cases.get(about["area"])
    if case is None:
        return None
    return KeyArea(**{name: getattr(case, name) for name in KeyArea.__struct_fields__})


def _name(area: str, world: World) -> Name:
    place = world.site.areas.get(area)
    return place.name if place is not None else Name(area)


def _fact(
    case: Listed, step: str, name: Name, fields: Mapping[str, FieldValue], now: Instant, ask: Ask | None = None
) -> Fact:
    said: dict[str, FieldValue | Text] = {key: value for key, value in fields.items() if value not in ("", None)}
    said |= {"note": ask.note} if ask is not None and ask.note else {}
    return Fact(
        workflow="key_areas",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        area=case.area,
        text=Text.of(f"key_areas.{step}", area=name, grade=case.grade, person=case.responsible),
        fields=said,
    )


_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "key-area-without-responsible",
            "title": "Nobody answers for a key area",
            "title_zh": "重点部位无责任人",
            "priority": 3,
            "begins": ["key_areas.without_responsible"],
            "ends": ["key_areas.with_responsible"],
            "procedure": "1. Name somebody else in the register of key areas.",
            "procedure_zh": "1. 在重点部位登记中指定新的责任人。",
        },
        {
            "name": "key-area-not-looked-through",
            "title": "Entry of a key area is a year old",
            "title_zh": "重点部位登记满一年未核对",
            "priority": 4,
            "begins": ["key_areas.unseen"],
            "ends": ["key_areas.seen"],
            "procedure": "1. Look the entry through on the spot.\n2. Say so, or write it anew.",
            "procedure_zh": "1. 现场核对登记内容。\n2. 登记核对结果，或重新填写。",
        },
    )
)
WORKFLOW = KeyAreas
