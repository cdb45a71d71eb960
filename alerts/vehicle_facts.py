"""What is told of the site's own vehicles: facts of the book of vehicles, and the rules that make alerts of them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from alerts.ask import Ask
from alerts.facts import Fact
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.vehicles import Vehicle
from devices.message import At, Text
from devices.reading import Instant

_ACTIONS = {
    **dict.fromkeys(("went_out", "out_unentered", "out_after_hours"), "out"),
    **dict.fromkeys(("came_back", "returned"), "in"),
    **dict.fromkeys(("checked", "held", "rechecked"), "inspection"),
}
"""As people write it in that book by hand."""
_CALLED = {"km": "odometer", "licence": "vehicle_licence"}
"""What that book calls a field otherwise."""
_TRIP = frozenset({"started", "went_out", "came_back", "returned", "cancelled", "lapsed", "overdue", "explained"})


def fact_of(
    case: Vehicle, step: str, at: Instant, ask: Ask | None = None, fields: Mapping[str, Any] = {}, **more: str
) -> Fact:
    """``fields`` beside those of the vehicle and its trip."""
    named = {_CALLED.get(name, name): value for name, value in fields.items() if name != "area"}
    told: dict[str, Any] = {"plate": case.plate, "action": _ACTIONS.get(step, ""), **named}
    trip = case.trip if step in _TRIP or step in _ACTIONS else None
    params: dict[str, Any] = {"vehicle": case.id, "plate": case.plate, **more}
    if trip is not None and _ACTIONS.get(step) != "inspection":
        told |= {"driver": trip.driver, "purpose": trip.purpose, "destination": trip.destination}
        told |= {"approver": trip.second, "trip": trip.id}
        if step == "returned":
            told |= {"odometer": case.km, "driven": case.km - trip.km_out if trip.km_out is not None else None}
        elif trip.km_out is not None:
            told["odometer"] = trip.km_out
        params |= {"driver": trip.driver, "until": At(trip.back_by or at)}
    if ask is not None and ask.note:
        told["note"] = ask.note
    return Fact(
        workflow="vehicles",
        case=case.id,
        step=step,
        at=at,
        by=ask.by if ask is not None else "",
        second=ask.second if ask is not None else "",
        area=case.area,
        text=Text.of(f"vehicles.{step}", **params),
        fields={
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in told.items()
            if value not in ("", None, ())
        },
    )


def papers_told(case: Vehicle, states: Mapping[str, str], at: Instant) -> list[Fact]:
    """What is otherwise than when it was told last; that all is well again is told once."""
    facts = []
    for paper, state in states.items():
        if case.told.get(paper) != state:
            until = case.until(paper)
            step = f"{paper}_{state.partition('_')[0]}"
            facts.append(fact_of(case, step, at, until=until.isoformat() if until is not None else ""))
    for step, is_it in ENDS.items():
        if any(map(is_it, case.told.values())) and not any(map(is_it, states.values())):
            facts.append(fact_of(case, step, at))
    return facts


ENDS: dict[str, Callable[[str], bool]] = {
    "none_expiring": lambda state: state.startswith("expiring"),
    "all_valid": lambda state: not state.startswith("expiring"),
}
"""The step that says so, by which states are meant, when no paper is in one of them any more."""
_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "vehicle-out-after-hours",
            "title": "Vehicle out after hours without an entry",
            "title_zh": "车辆非工作时间无登记外出",
            "alert_class": "access",
            "priority": 2,
            "begins": ["vehicles.out_after_hours"],
            "ends": ["vehicles.explained", "vehicles.came_back", "vehicles.returned"],
            "procedure": "1. Call the keeper of the vehicle.\n2. Nobody knows of it: call 110, give the plate.\n"
            "3. Write down who drives and why.",
            "procedure_zh": "1. 联系车辆保管人。\n2. 无人知情：拨打 110 并提供车牌号。\n3. 登记驾驶人与事由。",
        },
        {
            "name": "vehicle-overdue",
            "title": "Vehicle not back in time",
            "title_zh": "车辆超时未归",
            "priority": 3,
            "begins": ["vehicles.overdue"],
            "ends": ["vehicles.came_back", "vehicles.returned", "vehicles.lapsed", "vehicles.cancelled"],
            "procedure": "1. Call the driver.\n2. Tell the keeper of the vehicle.",
            "procedure_zh": "1. 联系驾驶员。\n2. 通知车辆保管人。",
        },
        {
            "name": "vehicle-held",
            "title": "Vehicle not fit to drive",
            "title_zh": "车辆检查不合格停用",
            "priority": 3,
            "begins": ["vehicles.held"],
            "ends": ["vehicles.rechecked", "vehicles.retired"],
            "procedure": "1. Take the key.\n2. Have it mended; somebody else looks at it again.",
            "procedure_zh": "1. 收回钥匙。\n2. 维修，由他人复查。",
        },
        {
            "name": "vehicle-papers-running-out",
            "title": "Insurance or inspection of a vehicle running out",
            "title_zh": "车辆保险或年检即将到期",
            "priority": 4,
            "begins": ["vehicles.insurance_expiring", "vehicles.inspection_expiring"],
            "ends": ["vehicles.none_expiring"],
            "procedure": "1. Renew it.\n2. Enter the new date.",
            "procedure_zh": "1. 办理续保或年检。\n2. 登记新的有效期。",
        },
        {
            "name": "vehicle-papers-over",
            "title": "Vehicle without insurance or inspection",
            "title_zh": "车辆保险或年检已过期",
            "priority": 2,
            "begins": [
                f"vehicles.{paper}_{state}" for paper in ("insurance", "inspection") for state in ("missing", "expired")
            ],
            "ends": ["vehicles.all_valid"],
            "procedure": "1. Nobody drives it.\n2. Renew it, and enter the new date.",
            "procedure_zh": "1. 停止使用。\n2. 办理续保或年检，并登记有效期。",
        },
    )
)
"""What these facts mean to an operator; a rule of one of these names in the site file takes its place."""
