"""Own vehicles: papers told ahead, trips refused by field, the checklist, and what the gate sees by itself."""

from datetime import date, timedelta
from typing import Any

import pytest

from alerts.alert import State
from alerts.calendar import Calendar
from alerts.facts import VEHICLE_PASSED, Fact
from alerts.kernel.consent import Give
from alerts.person import Certificate, Person
from alerts.plates import plate_of, read
from alerts.site_facts import Place, SiteFacts
from alerts.vehicle_asks import Add, Back, Cancel, Change, Check, Explain, Leave, Recheck, Retire, Start
from alerts.vehicle_faults import VehiclesConfig
from alerts.vehicles import ITEMS
from devices.message import Name, Text
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.workflows.register import Register
from workflows.vehicles import Vehicles

ZONE = Calendar(zone="Asia/Shanghai")
TODAY = ZONE.day(START)
HOUR, DAY = 3_600, 86_400
SITE = SiteFacts(areas={"yard": Place("yard", Name("Yard", "院内"))}, calendar=ZONE)
MEI: dict[str, Any] = {"by": "mei", "role": "manager"}
WU: dict[str, Any] = {"by": "wu", "role": "guard"}
PLATE = "沪A31207"
FINE: dict[str, Any] = dict.fromkeys(ITEMS, "normal")


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def driver(person: str, until: int = 900) -> Person:
    held = Certificate(kind="driver", issued=after(-400), expires=after(until))
    return Person(id=person, name=person, account=person, certificates=(held,))


def room_of(*, config: VehiclesConfig | None = None, **fields: Any) -> KernelRoom:
    people = Register(driver("li"), driver("bo"), driver("old", -1), Person(id="wu", name="Wu", account="wu"))
    config = config or VehiclesConfig(certificate="driver")
    room = KernelRoom(Vehicles(config), people, rules=(), devices=(), site=SITE)
    kept = {"insured_until": after(300), "inspected_until": after(200), "km": 1_000, **fields}
    room.ask(1, Add(vehicle="C-1", plate="沪A·312-07", area="yard", keeper="bo", **kept, **MEI))
    return room


def checked(room: KernelRoom, at: float, **found: Any) -> None:
    room.ask(at, Check(case="C-1", tread_mm=4, **{**FINE, **found}, **WU))


def started(room: KernelRoom, at: float = 20, **asked: Any) -> None:
    checked(room, at - 1)
    room.ask(at, start(**asked))


def start(**asked: Any) -> Start:
    return Start(**{"case": "C-1", "driver": "li", "purpose": "post", **WU, **asked})


def passed(room: KernelRoom, at: float, way: str, *, closed: bool = False, closes: float = 0) -> list[str]:
    now = START + int(at * SECOND)
    fact = Fact(
        workflow="gate",
        case="",
        step="own_passed",
        at=now,
        text=Text.of("gate.own_passed"),
        topics=(VEHICLE_PASSED,),
        fields={
            "plate": PLATE,
            "way": way,
            "is_closed": closed,
            "closes_at": START + int(closes * SECOND) if closes else 0,
        },
    )
    return facts(room.step(at, fact))[1:]


def standing(room: KernelRoom, rule: str) -> int:
    return len([alert for alert in room.open(rule) if alert.state is not State.RETURNED])


def vehicle(room: KernelRoom) -> Any:
    return room.kernel.cases.of("vehicles")["C-1"]


@pytest.mark.parametrize(
    ("said", "plate", "way"),
    [
        ("沪A·31207 out", "沪A31207", "out"),
        ("沪a-31 207 IN", "沪A31207", "in"),
        ("ＡＢ１２３４", "AB1234", ""),
        ("粤BD12345 进", "粤BD12345", "in"),
        ("车辆出口", "", ""),
        ("out", "", "out"),
        ("A1", "", ""),
        ("<script>1", "", ""),
        ("", "", ""),
    ],
)
def test_a_plate_is_read_in_one_form(said: str, plate: str, way: str) -> None:
    assert (plate, way) == read(said)
    assert plate == plate_of(plate)


def test_papers_are_told_of_60_30_and_7_days_ahead_and_when_they_are_over() -> None:
    room = room_of(insured_until=after(70), inspected_until=after(5_000))
    told: dict[int, list[str]] = {}
    for day in range(1, 73):
        told[(ZONE.day(START + day * DAY * SECOND) - TODAY).days] = room.run_until(day * DAY)
    assert {
        10: ["vehicles.insurance_expiring"],
        40: ["vehicles.insurance_expiring"],
        63: ["vehicles.insurance_expiring"],
        71: ["vehicles.insurance_expired", "vehicles.none_expiring"],
    } == {day: each for day, each in told.items() if each}
    assert [0, 1] == [standing(room, f"vehicle-papers-{name}") for name in ("running-out", "over")]
    renewed = Change(case="C-1", insured_until=after(400), **MEI)
    assert ["vehicles.changed", "vehicles.all_valid"] == facts(room.step(73 * DAY, renewed))
    assert 0 == standing(room, "vehicle-papers-over")


def test_papers_over_a_restart_are_told_once() -> None:
    room = room_of(insured_until=after(61))
    room.run_until(DAY)
    room.restart(70 * DAY)
    steps = room.run_until((room.now - START) / SECOND + 60)
    assert ["vehicles.insurance_expired", "vehicles.none_expiring"] == steps
    room.restart(DAY)
    assert [] == room.run_until((room.now - START) / SECOND + 60)


@pytest.mark.parametrize(
    ("fields", "asked", "found"),
    [
        ({"insured_until": after(-1)}, {}, {"case": "insurance_over"}),
        ({"insured_until": after(0)}, {}, {}),
        ({"inspected_until": after(-1)}, {}, {"case": "inspection_over"}),
        ({"inspected_until": None}, {}, {"case": "no_inspection"}),
        ({"kind": "forklift", "insured_until": None}, {}, {}),
        ({}, {"driver": "old"}, {"driver": "no_certificate"}),
        ({}, {"driver": "wu"}, {"driver": "no_certificate"}),
        ({}, {"driver": "nobody"}, {"driver": "nobody"}),
        ({}, {"purpose": " "}, {"purpose": "say_purpose"}),
        ({}, {"km": 999}, {"km": "bad_km"}),
        ({}, {"until": START}, {"until": "bad_until"}),
        ({"insured_until": after(-1)}, {"driver": "old"}, {"case": "insurance_over", "driver": "no_certificate"}),
    ],
)
def test_what_stops_a_trip_is_refused_by_field(
    fields: dict[str, Any], asked: dict[str, Any], found: dict[str, str]
) -> None:
    room = room_of(**fields)
    checked(room, 2)
    room.step(3, start(**asked))
    (why,) = [reason for _, reason in room.effects.refused] or [None]
    shown = getattr(why, "params", {}).get("faults", (why,) if why is not None else ())
    assert [f"vehicles.{key}" for key in found.values()] == [text.key for text in shown]
    assert (vehicle(room).trip is None) == bool(found)


def test_a_checklist_counts_for_some_hours_and_for_one_trip() -> None:
    room = room_of()
    assert ["vehicles.check_first"] == keys(room.step(2, start()))
    checked(room, 3)
    assert ["vehicles.check_first"] == keys(room.step(4 + 12 * HOUR, start()))
    started(room, 13 * HOUR)
    passed(room, 13 * HOUR + 10, "out")
    passed(room, 14 * HOUR, "in")
    assert ["vehicles.check_first"] == keys(room.step(15 * HOUR, start()))


@pytest.mark.parametrize("found", [{"brakes": "abnormal"}, {"tread_mm": 1.5}])
def test_what_is_abnormal_is_a_hazard_and_stops_it_until_another_has_looked(found: dict[str, Any]) -> None:
    room = room_of()
    check = Check(**{"case": "C-1", **FINE, **found}, **WU)
    if "brakes" in found:
        assert ["vehicles.say_what"] == keys(room.step(2, check))
    effects = room.step(3, Check(**{"case": "C-1", "note": "pulls left", **FINE, **found}, **WU))
    assert ["vehicles.held", "vehicles.found"] == facts(effects)
    assert ("finding",) == effects.facts[-1].topics
    room.restart(5)
    assert 1 == standing(room, "vehicle-held")
    assert ["vehicles.is_held"] == keys(room.step(9, start()))
    own = Recheck(case="C-1", measures="new pads", by="wu", role="operator")
    assert ["vehicles.rechecks_himself"] == keys(room.step(10, own))
    assert ["vehicles.rechecked"] == facts(room.step(11, Recheck(case="C-1", measures="new pads", **MEI)))
    assert 0 == standing(room, "vehicle-held")
    assert ["vehicles.started"] == facts(room.step(12, start()))


def test_a_tread_of_1_6_mm_is_enough() -> None:
    room = room_of()
    assert ["vehicles.checked"] == facts(room.step(2, Check(case="C-1", tread_mm=1.6, **FINE, **WU)))


def test_the_gate_writes_the_trip_and_a_person_only_the_kilometres() -> None:
    room = room_of()
    started(room, until=START + 6 * HOUR * SECOND, km=1_010)
    assert ["vehicles.went_out"] == passed(room, HOUR, "out")
    assert [] == passed(room, HOUR + 30, "out")
    assert ["vehicles.drives_another"] == keys(_second_vehicle(room, HOUR + 40))
    room.restart(60)
    assert ["vehicles.came_back"] == passed(room, 5 * HOUR, "in")
    assert ["vehicles.bad_km"] == keys(room.step(5 * HOUR + 1, Back(case="C-1", km=1_009, **WU)))
    effects = room.step(5 * HOUR + 2, Back(case="C-1", km=1_050, **WU))
    assert ["vehicles.returned"] == facts(effects)
    assert (1_050, 40) == (effects.facts[0].fields["odometer"], effects.facts[0].fields["driven"])
    assert (vehicle(room).trip, vehicle(room).km) == (None, 1_050)
    assert [] == room.run_until(7 * HOUR)


def _second_vehicle(room: KernelRoom, at: float) -> Any:
    kept = {"insured_until": after(300), "inspected_until": after(200)}
    room.ask(at, Add(vehicle="C-2", plate="沪B00001", area="yard", **kept, **MEI))
    room.ask(at + 1, Check(case="C-2", tread_mm=4, **FINE, **WU))
    return room.step(at + 2, start(case="C-2"))


def test_without_a_reader_people_say_that_it_leaves_and_is_back() -> None:
    room = room_of()
    assert ["vehicles.no_trip"] == keys(room.step(2, Leave(case="C-1", **WU)))
    started(room)
    assert ["vehicles.went_out"] == facts(room.step(30, Leave(case="C-1", **WU)))
    assert ["vehicles.no_trip"] == keys(room.step(31, Cancel(case="C-1", **WU)))
    assert ["vehicles.is_out"] == keys(room.step(32, Retire(case="C-1", **MEI)))
    assert ["vehicles.returned"] == facts(room.step(40, Back(case="C-1", **WU)))
    assert ["vehicles.retired"] == facts(room.step(41, Retire(case="C-1", **MEI)))


@pytest.mark.parametrize(
    ("at", "closed", "closes", "first", "later"),
    [
        (2, True, 0, ["vehicles.out_after_hours"], []),
        (2, False, HOUR, ["vehicles.out_unentered"], ["vehicles.out_after_hours"]),
        (2, False, 0, ["vehicles.out_unentered"], []),
    ],
)
def test_out_without_an_entry_is_an_alert_in_the_closed_hours(
    at: float, closed: bool, closes: float, first: list[str], later: list[str]
) -> None:
    room = room_of()
    assert first == passed(room, at, "out", closed=closed, closes=closes)
    assert (1 if closed else 0) == standing(room, "vehicle-out-after-hours")
    assert [] == room.run_until(HOUR - 1)
    room.restart()
    assert later == room.run_until(2 * HOUR)
    assert (1 if closed or closes else 0) == standing(room, "vehicle-out-after-hours")
    assert ["vehicles.faults"] == keys(room.step(2 * HOUR + 1, start()))
    why = Explain(case="C-1", driver="li", purpose="hospital", note="in a hurry", **MEI)
    assert ["vehicles.explained"] == facts(room.step(2 * HOUR + 2, why))
    assert 0 == standing(room, "vehicle-out-after-hours")
    assert ["vehicles.came_back"] == passed(room, 3 * HOUR, "in")


def test_back_before_the_hours_close_is_no_alert_and_still_waits_for_a_word() -> None:
    room = room_of()
    passed(room, 2, "out", closes=HOUR)
    assert ["vehicles.came_back"] == passed(room, HOUR - 1, "in")
    assert [] == room.run_until(3 * HOUR)
    flow = Vehicles()
    assert [False, True] == [flow.waits_for(vehicle(room), "x", role) for role in ("guard", "operator")]


def test_a_reader_that_tells_no_way_is_understood_by_what_was_before() -> None:
    room = room_of()
    started(room)
    assert ["vehicles.went_out"] == passed(room, 200, "")
    assert [] == passed(room, 250, "")
    assert ["vehicles.came_back"] == passed(room, 500, "")


def test_a_trip_that_is_late_or_never_begun_is_told() -> None:
    room = room_of()
    started(room, until=START + HOUR * SECOND)
    passed(room, 60, "out")
    assert ["vehicles.overdue"] == room.run_until(2 * HOUR)
    assert 1 == standing(room, "vehicle-overdue")
    assert ["vehicles.came_back"] == passed(room, 2 * HOUR + 1, "in")
    assert 0 == standing(room, "vehicle-overdue")
    started(room, 3 * HOUR)
    assert ["vehicles.lapsed"] == room.run_until(27 * HOUR + 60)
    assert vehicle(room).trip is None


def test_a_trip_is_approved_by_another_where_the_site_asks_for_it() -> None:
    room = room_of(config=VehiclesConfig(approved=True))
    checked(room, 2)
    (answer,) = room.step(3, start(driver="wu")).answered
    assert answer.waits
    room.step(4, Give(case=answer.case, by="mei", role="manager"))
    assert "mei" == vehicle(room).trip.second


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"vehicle": "a b"}, "vehicles.bad_id"),
        ({"vehicle": "C-1"}, "vehicles.is_known"),
        ({"plate": "沪A31207"}, "vehicles.plate_taken"),
        ({"plate": "<b>"}, "vehicles.bad_plate"),
        ({"area": "moon"}, "dated_register.no_area"),
        ({"keeper": "nobody"}, "vehicles.nobody"),
        ({"model": "x" * 101}, "vehicles.too_long"),
        ({"km": -1}, "vehicles.bad_km"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    entry = {"vehicle": "C-2", "plate": "沪B00001", "area": "yard", **fields}
    assert [why] == keys(room_of().step(2, Add(**entry, **MEI)))
