"""Education, mediation, wages and rules documents: what was held, what is wanting, and one of each that is late."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening

_HELD = (
    ("safety", "Presses and lifting gear 冲压与起重安全", "production", "a12", 4),
    ("legal", "Law on internal security 内保条例", "security", "t2", 2),
    ("fire", "Extinguishers and evacuation 灭火与疏散", "utilities", "a5", 4),
    ("health", "Dust, noise and hearing 粉尘噪声与听力", "production", "a12", 2),
    ("ethics", "Gifts and contracts 廉洁从业", "administration", "m1", 2),
    ("vigilance", "Strangers and parcels 防渗透防破坏", "security", "t2", 2),
    ("conduct", "Gambling and drugs 禁赌禁毒", "production", "m3", 1),
    ("safety_week", "Safety and law week 安全法制宣传周", "administration", "m2", 2),
)
_EVERY_DAYS, _FIRST_DAY = 11, 5
_SYSTEMS = ("guard_duty", "public_facilities", "important_items", "key_departments", "fire_safety", "vehicles")
_DAY = 86_400


def education(span: Span) -> Iterator[Happening]:
    found: list[Happening] = []
    for number, day in enumerate(range(_FIRST_DAY, span.days - 8, _EVERY_DAYS)):
        found += _training(span, number, day)
    found += _to_come(span)
    found += _documents(span)
    found += _matters(span)
    found += _wages(span)
    return iter(sorted(found, key=lambda each: each.at))


def _training(span: Span, number: int, day: int) -> Iterator[Happening]:
    """Held with one who was absent; the last two are not made up yet."""
    kind, topic, department, trainer, hours = _HELD[number % len(_HELD)]
    people = [person.id for person in staff.EVERYBODY if person.department == department]
    on = span.day(day).isoformat()
    named = f"{topic} {number + 1}"
    fields = {"kind": kind, "topic": named, "planned": on, "hours": hours, "department": department}
    place = {"place": "Training room 培训室", "trainer": trainer, "content": f"{topic}; test 考试"}
    yield _asked(span.at(day, 8), "education", "plan", {**fields, **place})
    case = {"topic": named}
    yield _asked(span.at(day, 16), "education", "hold", {"passed": people[:-1], "held": on}, case)
    if day + 12 < span.days - 12:
        again = {"persons": people[-1:], "on": span.day(day + 12).isoformat()}
        yield _asked(span.at(day + 12, 16), "education", "make_up", again, case)


def _to_come(span: Span) -> Iterator[Happening]:
    """One in a few days, and one that should have been held."""
    for topic, days in (("Fire season 冬季防火", 5), ("Forklifts 叉车安全", -2)):
        planned = (span.last + timedelta(days=days)).isoformat()
        fields = {"kind": "safety", "topic": topic, "planned": planned, "hours": 4, "department": "logistics"}
        yield _asked(span.until - 6 * 3_600, "education", "plan", {**fields, "trainer": "a6"})


def _documents(span: Span) -> Iterator[Happening]:
    """Six of eight: two are missing."""
    second = staff.LEADERS[1]
    at = span.at(2, 9)
    for system in _SYSTEMS:
        fields = {"system": system, "heading": "Rules of the works 厂内制度", "edition": "2", "number": "QS-01"}
        yield _asked(at, "rules_documents", "issue", fields)
        at += 60
    waits = {"workflow": "rules_documents", "tag": "issue"}
    yield Asked(at=at, by=second.signs, role=second.role, workflow="consent", ask="give", case=waits, is_of_each=True)


def _matters(span: Span) -> Iterator[Happening]:
    """One settled and visited, one that is to be answered soon, one that is late."""
    at = span.until - 26 * _DAY
    noise = {"kind": "conflict", "matter": "Noise at night 夜间噪声", "parties": "Room 301 and 302 宿舍301、302"}
    case = {"matter": noise["matter"]}
    yield _asked(at, "mediation", "receive", {**noise, "person": "a9", "risk": "low"})
    yield _asked(at + _DAY, "mediation", "answer", {"answer": "Taken on 已受理"}, case)
    yield _asked(at + 2 * _DAY, "mediation", "talk", {"talk": "Both came 双方到场"}, case)
    agreed = {"result": "settled", "agreement": "Quiet after ten 十点后保持安静"}
    yield _asked(at + 3 * _DAY, "mediation", "settle", agreed, case)
    yield _asked(at + 17 * _DAY, "mediation", "follow_up", {"finding": "Quiet 情况良好"}, case)
    food = {
        "kind": "concern",
        "matter": "Meals of the late shift 夜班用餐",
        "parties": "Late shift 夜班职工",
        "count": 6,
    }
    yield _asked(span.until - 12 * _DAY, "mediation", "receive", {**food, "person": "a7", "risk": "middle"})
    bonus = {"kind": "complaint", "matter": "Bonus not made known 奖金未公示", "parties": "Workshop 车间职工"}
    yield _asked(span.until - 17 * _DAY, "mediation", "receive", {**bonus, "person": "m2", "risk": "low"})


def _wages(span: Span) -> Iterator[Happening]:
    """Each month on the tenth of the next; the newest with somebody whose insurance is wanting."""
    pays = [day for day in span.numbers() if span.day(day).day == 10]
    for day in pays:
        month = (span.day(day) - timedelta(days=11)).strftime("%Y-%m")
        fields = {"month": month, "persons": 31, "uninsured": int(day == pays[-1])}
        yield _asked(span.at(day, 11), "labour", "pay", fields)


def _asked(at: int, workflow: str, ask: str, fields: Mapping[str, Any], case: Mapping[str, Any] | None = None) -> Asked:
    manager = staff.LEADERS[0]
    return Asked(at=at, by=manager.signs, role=manager.role, workflow=workflow, ask=ask, case=case, fields=fields)
