"""Drills: one a quarter, held, scored and assessed; one that is planned and waits for somebody to begin it."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening, Tended

_EVERY_DAYS, _FIRST_DAY = 81, 17
"""On days on which no detector tells anything by itself (alarms.py: every nine days from the fourth)."""
_HELD = "Evacuation of the dormitory 宿舍疏散演练"
_TO_COME = "Smoke in the warehouse 成品仓库烟雾报警演练"


def drills(span: Span) -> Iterator[Happening]:
    for day in range(_FIRST_DAY, span.days - 1, _EVERY_DAYS):
        yield from _held(span.at(day, 10.5), span.at(day, 15), day)
    yield from _planned(span.until - 3 * 3_600, "warehouse", _TO_COME)


def _held(at: int, later: int, day: int) -> Iterator[Happening]:
    manager, case = staff.LEADERS[0], {"purpose": _HELD}
    operator = staff.on_duty(staff.OPERATORS, day, 1)[0]
    (guard,) = staff.on_duty(staff.GUARDS, day, 1)
    yield from _planned(at, "dormitory", _HELD)
    yield _asked(at + 900, manager, "start", case)
    yield Tended(at=at + 918, by=operator.signs)
    yield _asked(at + 948, guard, "arrived", case)
    yield Tended(at=at + 1_030, by=operator.signs, finding="test", note="Drill 演练")
    said = {
        "assessment": "Everybody out in four minutes 全员四分钟内撤离",
        "problems": "Exit B was found late 出口B发现较晚",
        "plan_changes": "Marshal at exit B 出口B增设引导员",
    }
    yield _asked(later, manager, "assess", case, said)


def _planned(at: int, area: str, purpose: str) -> Iterator[Happening]:
    manager, second = staff.LEADERS[:2]
    fields = {
        "area": area,
        "purpose": purpose,
        "scenario": "smoke",
        "leader": manager.signs,
        "participants": [person.signs for person in (*staff.OPERATORS[:2], *staff.GUARDS[:2])],
        "plan": "Fire and evacuation 灭火和应急疏散预案",
    }
    yield _asked(at, manager, "plan", None, fields)
    waits = {"workflow": "drills", "tag": "plan"}
    yield Asked(
        at=at + 300, by=second.signs, role=second.role, workflow="consent", ask="give", case=waits, is_of_each=True
    )


def _asked(
    at: int, who: staff.Person, ask: str, case: Mapping[str, Any] | None, fields: Mapping[str, Any] | None = None
) -> Asked:
    return Asked(at=at, by=who.signs, role=who.role, workflow="drills", ask=ask, case=case, fields=fields or {})
