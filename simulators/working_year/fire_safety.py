"""Fire safety by hand: key parts, the yearly test, the daily patrol; and the check of key departments."""

import json
from collections.abc import Iterator, Mapping

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Happening, Signed, Written

_LOOKED_AT = ("fire_use", "exits", "signs", "equipment", "doors")
_TESTED = ("Detection and alarm 火灾自动报警", "Hydrants 消火栓", "Smoke exhaust 防排烟", "Emergency lighting 应急照明")
_PARTS = {
    "chemical": "Chemical store 化学品库",
    "power": "Power distribution room 配电室",
    "boiler": "Boiler room 锅炉房",
}
_CHECKED_EVERY = 60
"""Days between two checks of key departments: each quarter has one."""


def fire_safety(span: Span) -> Iterator[Happening]:
    head, technician = staff.LEADERS[0], staff.TECHNICIANS[0]
    for area, name in _PARTS.items():
        fields = {
            "part": name,
            "state": "in_force",
            "responsible": staff.RESPONSIBLE[area].name,
            "building": "Works 厂区",
        }
        yield _written(span.at(1, 9), head, "fire_parts", fields, area)
    test = {
        "system": "All fire equipment 全部消防设施",
        "tested_on": span.first.isoformat(),
        "items": json.dumps([{"item": item, "result": "passed"} for item in _TESTED]),
        "tester": technician.name,
        "result": "passed",
    }
    yield _written(span.at(1, 9.2), technician, "fire_test", test)
    yield _signed(span.at(1, 9.5), head, "fire_test", "safety_manager", {"result": "passed"})
    for day in span.numbers():
        (guard,) = staff.on_duty(staff.GUARDS, day, 1)
        patrol = {
            "place": "Works 厂区",
            "patrolled": f"{span.day(day).isoformat()}T17:00",
            "items": json.dumps([{"item": item, "result": "normal"} for item in _LOOKED_AT]),
            "handling": "none",
        }
        yield _written(span.at(day, 17.2), guard, "fire_patrol", patrol)
        yield _signed(span.at(day, 17.6), head, "fire_patrol", "supervisor", {"patrolled": patrol["patrolled"]})
        if day % _CHECKED_EVERY == 3:
            check = {
                "department": "Chemical store 化学品库",
                "checked": f"Measures 防范措施 {span.day(day)}",
                "result": "normal",
            }
            measures = dict.fromkeys(("human", "physical", "technical"), "yes")
            yield _written(span.at(day, 15), technician, "key_departments", {**check, **measures}, "chemical")
            yield _signed(span.at(day, 15.5), head, "key_departments", "department_head", {"checked": check["checked"]})


def _written(at: int, person: staff.Person, book: str, fields: Mapping[str, str], area: str = "") -> Written:
    return Written(at=at, by=person.signs, role=person.role, book=book, area=area, fields=fields)


def _signed(at: int, person: staff.Person, book: str, signer: str, fields: Mapping[str, str]) -> Signed:
    return Signed(at=at, by=person.account, role=person.role, book=book, signer=signer, fields=fields)
