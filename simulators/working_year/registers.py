"""The first day: people, key areas, what is looked after, and the roster as far as it is planned."""

from collections.abc import Iterator
from datetime import date, timedelta

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening

_GRADES = {
    "one": ("chemical", "power", "boiler", "gasroom"),
    "two": ("control", "finance", "archive", "servers"),
    "three": ("warehouse", "canteen", "gate", "dormitory", "workshop", "pumps"),
}
_FEARED = {
    "chemical": "Solvents, fire and explosion 溶剂起火爆炸",
    "power": "Short circuit 短路起火",
    "boiler": "Overpressure, gas leak 超压、燃气泄漏",
    "gasroom": "Gas leak 燃气泄漏",
    "finance": "Theft, robbery 盗窃、抢劫",
}
_PLANNED_AHEAD = 28
_GAP = range(5, 9)
"""So many days from now on nobody is planned yet for one place in the control room: the gap that is found."""


def registers(span: Span) -> Iterator[Happening]:
    manager = staff.LEADERS[0]
    at = span.at(0, 6)

    def asked(workflow: str, ask: str, fields: dict[str, object]) -> Asked:
        return Asked(at=at, by=manager.signs, role=manager.role, workflow=workflow, ask=ask, fields=fields)

    lines = staff.listed(span.first, span.last + timedelta(days=24))
    yield asked("people", "import", {"lines": lines})
    at += 60
    for grade, areas in _GRADES.items():
        for area in areas:
            person = staff.RESPONSIBLE[area]
            fields = {"area": area, "grade": grade, "responsible": person.id, "department": person.department}
            yield asked("key_areas", "enter", {**fields, "risk": _FEARED.get(area, "Fire 火灾")})
    for area in staff.AREAS:
        for number, (kind, place) in enumerate((("extinguisher", "At the door 门口"), ("sign", "Exit 安全出口")), 1):
            yield asked("facilities", "add", _facility(span, area, f"{area}-{kind[:3]}-{number}", kind, place))
    for item, kind in (("car-1", "vehicle"), ("fork-1", "vehicle"), ("air-1", "rescue")):
        kept = {"item": item, "kind": kind, "area": "gate", "place": "Yard 院内"}
        yield asked("equipment", "add", {**_looked_after(span.first, 150), **kept})
    at += 60
    yield from (asked("duty", "plan", fields) for fields in _roster(span))


def _facility(span: Span, area: str, item: str, kind: str, place: str) -> dict[str, object]:
    """One in each tenth runs out before the end, the rest later: what is out of date is a reason of coverage."""
    days = max(1, span.days - 6) if item in ("warehouse-ext-1", "canteen-sig-2") else span.days + 200
    fields = {"item": item, "area": area, "kind": kind, "place": place, "number": item.upper()}
    return {**fields, **_looked_after(span.first, days)}


def _looked_after(first: date, days: int) -> dict[str, object]:
    return {"serviced": first.isoformat(), "next_service": (first + timedelta(days=days)).isoformat()}


def _roster(span: Span) -> Iterator[dict[str, object]]:
    """Four teams in turn, each on another shift every day and then a day off; leaders a day each."""
    last = span.days + _PLANNED_AHEAD
    for post, people in (("control-room", staff.OPERATORS), ("gate", staff.GUARDS)):
        for shift, hour in enumerate(staff.SHIFTS):
            for day in range(1, 5):
                for person in staff.on_duty(people, day, shift):
                    end = span.days + _GAP.start if person.id == "c8" else last
                    yield _line(span, post, person.id, (day, end, 4), (hour, (hour + 8) % 24))
                    if person.id == "c8":
                        begin = next(each for each in range(day, last, 4) if each >= span.days + _GAP.stop)
                        yield _line(span, post, person.id, (begin, last, 4), (hour, (hour + 8) % 24))
    for day in range(1, 4):
        yield _line(span, "leader", staff.leader(day).id, (day, last, 3), (8, 8))


def _line(span: Span, post: str, person: str, days: tuple[int, int, int], hours: tuple[int, int]) -> dict[str, object]:
    begin, end, every = days
    until = span.day(end).strftime("%Y%m%d")
    return {
        "post": post,
        "person": person,
        "first": span.day(begin).isoformat(),
        "start": f"{hours[0]:02d}:00",
        "end": f"{hours[1]:02d}:00",
        "rule": f"FREQ=DAILY;INTERVAL={every};UNTIL={until}",
    }
