"""Own vehicles and their trips, goods that leave, foreign visits; a paper runs out soon, a visit waits for approval."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening
from simulators.working_year.hazards import settled

_LORRY, _CAR = "沪A31207", "沪A5K820"
_ITEMS = ("brakes", "steering", "lights", "tyres", "belts", "extinguisher", "leaks")
_FINE: dict[str, object] = {**dict.fromkeys(_ITEMS, "normal"), "tread_mm": 4.2}
_KM = 118_400
_BROKEN_EVERY = 40
"""So many days apart the checklist finds a lamp that is out."""


def vehicles(span: Span) -> Iterator[Happening]:
    yield from _registers(span)
    km = _KM
    for day in span.numbers():
        on = span.day(day)
        if on.isoweekday() > 5:
            continue
        (guard,) = staff.on_duty(staff.GUARDS, day, 1)
        case = {"plate": _LORRY}
        at = span.at(day, 8.3)
        if day % _BROKEN_EVERY == 5:
            found = {**_FINE, "lights": "abnormal", "note": "Left brake light out 左刹车灯不亮"}
            yield _asked(at, guard, "vehicles", "check", found, case)
            mended = {"measures": "Lamp replaced 更换灯泡"}
            yield _asked(at + 900, staff.TECHNICIANS[0], "vehicles", "recheck", mended, case)
            yield from settled(at, "gate", _LORRY, f"lights: {found['note']}")
            continue
        yield _asked(at, guard, "vehicles", "check", _FINE, case)
        trip: dict[str, object] = {"driver": "a6", "purpose": "Delivery 送货", "destination": "Huzhou 湖州"}
        yield _asked(at + 300, guard, "vehicles", "start", {**trip, "km": km}, case)
        yield _asked(at + 420, guard, "vehicles", "leave", {}, case)
        km += 90 + day % 30
        yield _asked(at + 10_800, guard, "vehicles", "back", {"km": km}, case)
        if on.isoweekday() == 3:
            yield from _goods(span.at(day, 14.1), guard)
    yield from _visits(span)


def _registers(span: Span) -> Iterator[Happening]:
    keeper, soon, late = staff.LEADERS[0], span.last + timedelta(days=21), span.last + timedelta(days=260)
    kept: tuple[dict[str, Any], ...] = (
        {
            "vehicle": "C-1",
            "plate": _LORRY,
            "kind": "lorry",
            "model": "JAC N75 江淮",
            "inspected_until": soon,
            "km": _KM,
        },
        {"vehicle": "C-2", "plate": _CAR, "kind": "car", "model": "BYD Qin 比亚迪秦", "inspected_until": late},
        {
            "vehicle": "F-1",
            "plate": "厂内浙E0021",
            "kind": "forklift",
            "model": "Hangcha 杭叉",
            "inspected_until": late,
        },
    )
    for each in kept:
        fields = {"area": "garage", "keeper": "a6", **each, "inspected_until": each["inspected_until"].isoformat()}
        if each["kind"] != "forklift":
            fields["insured_until"] = late.isoformat()
        yield _asked(span.at(0, 6.2), keeper, "vehicles", "add", fields)


def _goods(at: int, guard: staff.Person) -> Iterator[Happening]:
    """Asked for at the gate, approved by a leader, and let pass."""
    said = {"goods": ["Gear box 减速箱, 2, 台"], "carrier": "Zhou Jun", "purpose": "Sold 销售", "plate": "浙E70A15"}
    yield _asked(at, guard, "goods_passes", "issue", said)
    waits = {"workflow": "goods_passes", "tag": "issue"}
    yield _asked(at + 600, staff.LEADERS[0], "consent", "give", {}, waits)
    yield _asked(at + 1_800, guard, "goods_passes", "let_pass", {}, {"carrier": "Zhou Jun"})


def _visits(span: Span) -> Iterator[Happening]:
    """One that is reported on, and one that is planned for tomorrow and approved by nobody yet."""
    planner, second = staff.LEADERS[0], staff.LEADERS[1]
    held, case = span.days - 9, {"purpose": "Acceptance of machines 设备验收"}
    yield _asked(span.at(held - 4, 9), planner, "foreign_affairs", "plan", _visit(span, held, **case))
    yield _asked(span.at(held - 3, 9), second, "foreign_affairs", "approve", {}, case)
    report = {"result": "normal", "note": "Accepted, no findings 验收合格，无异常"}
    yield _asked(span.at(held + 1, 9), planner, "foreign_affairs", "report", report, case)
    coming = _visit(span, span.days + 1, purpose="Audit by a customer 客户审核")
    yield _asked(span.at(span.days - 1, 16), planner, "foreign_affairs", "plan", coming)


def _visit(span: Span, day: int, **more: str) -> Mapping[str, object]:
    return {
        "organisation": "Muster GmbH",
        "nationality": "Germany 德国",
        "escort": "a8",
        "persons": ["Max Muster", "Erika Muster"],
        "passports": ["C01X00T47", "C01X00T48"],
        "areas": ["workshop"],
        "closed_areas": ["warehouse"],
        "start_at": span.at(day, 10) * 10**9,
        "until": span.at(day, 15) * 10**9,
        **more,
    }


def _asked(
    at: int,
    person: staff.Person,
    workflow: str,
    ask: str,
    fields: Mapping[str, object],
    case: Mapping[str, object] | None = None,
) -> Asked:
    return Asked(at=at, by=person.signs, role=person.role, workflow=workflow, ask=ask, fields=fields, case=case)
