"""Permits to work: a register of confined spaces, work done under permits, and what goes on when it ends.

The last permit is open: somebody is in the valve pit, in which a gas meter hangs (gateway/site/sample/factory.toml).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening

_MINUTE = 60
_EVERY_DAYS = 23
_PIT = {
    "item": "CS-1",
    "area": "gasroom",
    "kind": "underground",
    "place": "Valve pit 阀门井",
    "dangers": "Gas, lack of oxygen 燃气、缺氧",
    "sensors": ["gasroom-pit"],
    "responsible": "a11",
}
_TANK = {
    "item": "CS-2",
    "area": "boiler",
    "kind": "equipment",
    "place": "Blow-down tank 排污罐",
    "dangers": "Lack of oxygen, hot water 缺氧、烫伤",
    "responsible": "a10",
}
_SAFE = (
    *("isolated", "drained", "ventilated", "locked_out", "low_voltage", "breathing", "lifeline"),
    *("rescue_gear", "communication", "fenced", "tools_counted"),
)
_AT_HEIGHT = (*("harness", "scaffold", "hole_covers", "tools_tied", "weather", "fenced", "signs", "protective_gear"),)
_AIR = {"point": "Bottom 井底", "lel": 0, "oxygen": 20.8, "co": 0, "h2s": 0}
_MANAGER, _SECOND, _LEAD, _OTHER = staff.LEADERS[0], staff.LEADERS[1], staff.TECHNICIANS[0], staff.TECHNICIANS[1]
_WORKERS = ["a14", "Liu Yang 刘洋"]


def permits(span: Span) -> Iterator[Happening]:
    told: list[Happening] = [
        _asked(span.at(0, 8), _MANAGER, "confined_spaces", "add", None, space) for space in (_PIT, _TANK)
    ]
    for day in range(5, span.days - 3, _EVERY_DAYS):
        told += _entered(span.at(day, 9), "CS-2", f"Clean the tank 清洗排污罐 {day}", is_over=True)
        told += _climbed(span.at(day + 1, 9), f"Mend the gutter 检修天沟 {day}")
    told += _entered(span.until - 40 * _MINUTE, "CS-1", "Renew the seal of valve 3 更换3号阀密封", is_over=False)
    told += _applied(span.until - 20 * _MINUTE, "permits", _height("Clean the skylight 清洗采光带", 12))
    return iter(sorted(told, key=lambda each: each.at))


def _entered(at: int, space: str, work: str, *, is_over: bool) -> Iterator[Happening]:
    """From the application on; while it goes on one is inside, when it is over both were."""
    flow, case = "confined_space", {"work": work}
    fields = {"space": space, "work": work, "hours": 8, "ventilation": "Blower 送风机", "gear": "Tripod 三脚架"}
    yield from _applied(at, flow, {**fields, **_team()})
    yield _asked(at + 5 * _MINUTE, _MANAGER, flow, "approve", case)
    waits = {"workflow": flow, "tag": "approve"}
    yield _asked(at + 8 * _MINUTE, _SECOND, "consent", "give", waits)
    yield from _prepared(at + 10 * _MINUTE, flow, case, _SAFE)
    yield _asked(at + 14 * _MINUTE, _LEAD, flow, "test_gas", case, _AIR)
    yield _asked(at + 15 * _MINUTE, _LEAD, flow, "start", case)
    yield _asked(at + 18 * _MINUTE, _OTHER, flow, "enter", case, {"persons": _WORKERS if is_over else _WORKERS[:1]})
    if is_over:
        yield _asked(at + 80 * _MINUTE, _OTHER, flow, "leave", case, {"persons": _WORKERS})
        yield from _ended(at + 90 * _MINUTE, flow, case)


def _climbed(at: int, work: str) -> Iterator[Happening]:
    flow, case = "permits", {"work": work}
    yield from _applied(at, flow, _height(work, 6))
    yield _asked(at + 5 * _MINUTE, _MANAGER, flow, "approve", case)
    yield from _prepared(at + 10 * _MINUTE, flow, case, _AT_HEIGHT)
    yield _asked(at + 15 * _MINUTE, _LEAD, flow, "start", case)
    yield from _ended(at + 200 * _MINUTE, flow, case)


def _height(work: str, size: float) -> dict[str, Any]:
    place = {"kind": "height", "area": "warehouse", "place": "Roof 屋面", "size": size}
    return {**place, "work": work, "hours": 8, **_team()}


def _team() -> dict[str, Any]:
    return {"lead": _LEAD.id, "workers": _WORKERS, "watcher": _OTHER.id}


def _applied(at: int, flow: str, fields: Mapping[str, Any]) -> Iterator[Happening]:
    yield _asked(at, _LEAD, flow, "apply", None, fields)


def _prepared(at: int, flow: str, case: Mapping[str, Any], measures: tuple[str, ...]) -> Iterator[Happening]:
    yield _asked(at, _LEAD, flow, "tick", case, {"measures": list(measures)})
    yield _asked(at + 2 * _MINUTE, _LEAD, flow, "brief", case)


def _ended(at: int, flow: str, case: Mapping[str, Any]) -> Iterator[Happening]:
    yield _asked(at, _LEAD, flow, "finish", case)
    yield _asked(at + 30 * _MINUTE, _MANAGER, flow, "accept", case)


def _asked(
    at: int,
    who: staff.Person,
    flow: str,
    ask: str,
    case: Mapping[str, Any] | None,
    fields: Mapping[str, Any] | None = None,
) -> Asked:
    return Asked(at=at, by=who.signs, role=who.role, workflow=flow, ask=ask, case=case, fields=fields or {})
