"""Health and emergencies: who is exposed and examined, a reported illness, emergency plans, supplies that run out."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening

_DAY = 86_400
_EXPOSED = (("a12", "dust", -300), ("m3", "noise", -340), ("t1", "noise", -200), ("a10", "heat", -150))
"""Person, factor, and when they were examined last, in days from the end: one comes up soon."""
_PLANS = (
    ("fire", "Fire and evacuation 灭火和应急疏散预案", "m1"),
    ("gas", "Gas leak 燃气泄漏应急预案", "m2"),
    ("chemical", "Spilt chemicals 危化品泄漏应急预案", "m3"),
    ("injury", "Injured people 人身伤害应急预案", "m2"),
    ("food_poisoning", "Food poisoning 食物中毒应急预案", "a7"),
    ("epidemic", "Infectious disease 传染病应急预案", "m2"),
)
_SUPPLIES = (
    ("med-1", "medicine", "Medicine chest 药箱", "12 sets 套", 20, 25),
    ("wat-1", "water", "Canteen store 食堂库房", "240 l 升", 90, 120),
    ("sand-1", "flood", "Gate 门卫旁", "200 bags 袋", 200, None),
    ("lamp-1", "lamp", "Control room 消控室", "10", 100, None),
    ("gen-1", "generator", "Power room 配电室", "1", -4, None),
)
"""Label, kind, place, amount, days from the end until it is checked, and until it runs out."""


def health(span: Span) -> Iterator[Happening]:
    return iter(sorted([*_exposed(span), *_ill(span), *_plans(span), *_supplies(span)], key=lambda each: each.at))


def _exposed(span: Span) -> Iterator[Happening]:
    for person, factor, examined in _EXPOSED:
        on = (span.last + timedelta(days=examined)).isoformat()
        since = (span.last + timedelta(days=examined + 2)).isoformat()
        fields = {"person": person, "factors": [factor], "area": "workshop", "since": since, "examined": on}
        yield _asked(span.at(1, 9), "occupational_health", "enlist", fields)


def _ill(span: Span) -> Iterator[Happening]:
    """One that was reported in time and is back, one that was found this morning."""
    at = span.until - 20 * _DAY
    person = {"area": "dormitory", "person": "Worker in room 214 宿舍214职工", "symptoms": "Fever, rash 发热皮疹"}
    yield _asked(at, "disease_reports", "find", {**person, "measures": "Single room 单间隔离"})
    case = {"person": person["person"]}
    told = {"to": "County disease control 县疾控中心", "reference": "20-114"}
    yield _asked(at + 3 * 3_600, "disease_reports", "report", told, case)
    back = {"outcome": "back", "result": "Doctor's word seen 医院证明已核"}
    yield _asked(at + 9 * _DAY, "disease_reports", "close", back, case)
    new = {"area": "canteen", "person": "Two helpers 帮厨两人", "symptoms": "Vomiting 呕吐", "count": 2}
    yield _asked(span.until - 4 * 3_600, "disease_reports", "find", new)


def _plans(span: Span) -> Iterator[Happening]:
    """Six of the seven that are asked for: what to do in a flood is not written yet."""
    second, at = staff.LEADERS[1], span.at(1, 14)
    for kind, heading, lead in _PLANS:
        team = [person.id for person in (*staff.OPERATORS[:2], *staff.GUARDS[:2], staff.TECHNICIANS[0])]
        fields = {"kind": kind, "heading": heading, "edition": "3", "lead": lead, "team": team}
        yield _asked(at, "emergency_plans", "enter", fields)
        at += 60
    waits = {"workflow": "emergency_plans", "tag": "enter"}
    yield Asked(at=at, by=second.signs, role=second.role, workflow="consent", ask="give", case=waits, is_of_each=True)


def _supplies(span: Span) -> Iterator[Happening]:
    for item, kind, place, amount, checked, ends in _SUPPLIES:
        due = (span.last + timedelta(days=checked)).isoformat()
        fields = {"item": item, "kind": kind, "area": "gate", "place": place, "amount": amount, "next_service": due}
        scrap = {"scrap": (span.last + timedelta(days=ends)).isoformat()} if ends is not None else {}
        yield _asked(span.at(1, 15), "emergency_supplies", "add", {**fields, **scrap})


def _asked(at: int, workflow: str, ask: str, fields: Mapping[str, Any], case: Mapping[str, Any] | None = None) -> Asked:
    manager = staff.LEADERS[0]
    return Asked(at=at, by=manager.signs, role=manager.role, workflow=workflow, ask=ask, case=case, fields=fields)
