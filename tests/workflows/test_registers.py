"""Registers of things that are looked after by date, and of key areas with who answers for them."""

from datetime import date, timedelta
from typing import Any

import pytest

from alerts.alert import State
from alerts.calendar import Calendar
from alerts.facility import facilities
from alerts.key_area import key_area
from alerts.people_asks import Add as AddPerson
from alerts.people_asks import Leave
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from workflows.equipment import Add as AddPiece
from workflows.equipment import Equipment
from workflows.facilities import Add, Change, Facilities, FacilitiesConfig, Mend, Report, Scrap, Service
from workflows.key_areas import Enter, KeyAreas, LookThrough, Remove
from workflows.people import People

ZONE = Calendar(zone="Asia/Shanghai")
TODAY = ZONE.day(START)
DAY = 86_400
SITE = SiteFacts(areas={"store": Place("store", Name("Store", "仓库"))}, calendar=ZONE)
BY: dict[str, Any] = {"by": "mei", "role": "manager"}


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def room_of(**fields: Any) -> KernelRoom:
    config = FacilitiesConfig(service_days={"extinguisher": 365})
    room = KernelRoom(Facilities(config), Equipment(), rules=(), devices=(), site=SITE)
    if fields:
        room.ask(1, Add(item="E-1", area="store", kind="extinguisher", place="door 2", **fields, **BY))
    return room


def standing(room: KernelRoom, rule: str) -> int:
    return len([alert for alert in room.open(rule) if alert.state is not State.RETURNED])


def test_a_facility_is_told_of_when_due_overdue_and_outlived_each_on_its_day() -> None:
    room = room_of(next_service=after(40), scrap=after(60))
    told: dict[int, list[str]] = {}
    for day in range(1, 63):
        told[(ZONE.day(START + day * DAY * SECOND) - TODAY).days] = room.run_until(day * DAY)
    assert {
        10: ["facilities.due"],
        41: ["facilities.overdue", "facilities.not_due"],
        61: ["facilities.outlived"],
    } == {day: each for day, each in told.items() if each}
    assert 1 == standing(room, "facilities-not-in-order")
    steps = facts(room.step(63 * DAY, Service(case="E-1", **BY)))
    assert ["facilities.serviced"] == steps  # serviced or not, it is past the day on which it goes
    assert ["facilities.changed", "facilities.in_order"] == facts(
        room.step(63 * DAY + 1, Change(case="E-1", scrap=after(900), **BY))
    )
    assert 0 == standing(room, "facilities-not-in-order")


def test_others_are_told_what_stands_in_an_area() -> None:
    room = room_of(serviced=after(-3), next_service=after(2))
    (found,) = facilities(room.kernel.world, "store")
    assert (found.id, found.kind, found.place) == ("E-1", "extinguisher", "door 2")
    assert [True, True, False] == [found.is_in_date(after(days)) for days in (0, 2, 3)]
    assert () == facilities(room.kernel.world, "hall")


def test_anybody_reports_it_faulty_and_it_is_mended() -> None:
    room = room_of(number="7")
    assert ["dated_register.say_what"] == keys(room.step(2, Report(case="E-1", note="-", by="wu", role="guard")))
    ask = Report(case="E-1", note="no pressure", by="wu", role="guard")
    assert ["facilities.reported", "facilities.faulty"] == facts(room.step(3, ask))
    assert facilities(room.kernel.world, "store")[0].is_faulty
    room.restart(5)
    assert 1 == standing(room, "facilities-not-in-order")
    assert ["workflow.not_your_role"] == keys(room.step(9, Mend(case="E-1", by="wu", role="guard")))
    assert ["facilities.mended", "facilities.in_order"] == facts(room.step(10, Mend(case="E-1", **BY)))


def test_the_next_service_follows_from_the_kind_unless_it_is_said() -> None:
    room = room_of(number="7")
    room.ask(2, Service(case="E-1", serviced=after(-5), **BY))
    assert after(360) == facilities(room.kernel.world, "store")[0].next_service
    room.ask(3, Service(case="E-1", next_service=after(100), **BY))
    assert after(100) == facilities(room.kernel.world, "store")[0].next_service


def test_what_is_scrapped_is_gone_with_what_stood_of_it() -> None:
    room = room_of(next_service=after(-1))
    assert 1 == standing(room, "facilities-not-in-order")
    assert ["facilities.scrapped", "facilities.in_order"] == facts(room.step(2, Scrap(case="E-1", **BY)))
    assert () == facilities(room.kernel.world, "store")
    assert ["dated_register.none_such"] == keys(room.step(3, Mend(case="E-1", **BY)))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"item": "a b"}, "bad_id"),
        ({"item": "E-1"}, "is_known"),
        ({"area": "moon"}, "no_area"),
        ({"place": "x" * 201}, "too_long"),
        ({"serviced": after(1)}, "not_that_day"),
        ({"scrap": date(2300, 1, 1)}, "not_that_day"),
        ({"serviced": after(-1), "next_service": after(-1)}, "next_is_later"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    room = room_of(number="7")
    entry = {"item": "E-2", "area": "store", "kind": "sign", "place": "hall", **fields}
    assert [f"dated_register.{why}"] == keys(room.step(2, Add(**entry, **BY)))


def test_equipment_has_a_register_of_its_own() -> None:
    room = room_of(number="7")
    lift = AddPiece(
        item="L-1", area="store", kind="special", place="shaft", permit="梯11", next_service=after(29), **BY
    )
    assert ["equipment.added", "equipment.due"] == facts(room.step(2, lift))
    assert ["E-1"] == [each.id for each in facilities(room.kernel.world, "store")]
    assert [1, 0] == [standing(room, name) for name in ("equipment-due", "facilities-due")]


# -- key areas ------------------------------------------------------------------------------------------------------


def with_area(**fields: Any) -> KernelRoom:
    room = KernelRoom(People(), KeyAreas(), rules=(), devices=(), site=SITE)
    for person in ("li", "wu"):
        room.ask(1, AddPerson(person=person, name=person, **BY))
    room.ask(2, Enter(**{"area": "store", "grade": "two", "responsible": "li", **fields}, **BY))
    return room


@pytest.mark.parametrize(("grade", "given", "hours"), [("one", None, 6), ("two", None, 12), ("three", 8, 8)])
def test_a_grade_says_how_far_apart_patrols_may_be(grade: str, given: float | None, hours: float) -> None:
    room = with_area(grade=grade, interval_h=given)
    found = key_area(room.kernel.world, "store")
    assert found is not None
    assert (found.grade, found.interval_h, found.responsible) == (grade, hours, "li")
    assert key_area(room.kernel.world, "hall") is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"area": "moon"}, "no_area"),
        ({"interval_h": 12.5}, "interval"),
        ({"interval_h": 0}, "interval"),
        ({"responsible": "bo"}, "nobody"),
        ({"responsible": " "}, "nobody"),
        ({"risk": "x" * 501}, "too_long"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    entry = {"area": "store", "grade": "two", "responsible": "li", **fields}
    assert [f"key_areas.{why}"] == keys(with_area().step(3, Enter(**entry, **BY)))


def test_when_who_answers_for_it_leaves_that_is_told_until_another_is_named() -> None:
    room = with_area()
    steps = facts(room.step(3, Leave(case="li", left=after(2), **BY)))
    assert ["people.left"] == steps
    assert ["key_areas.without_responsible"] == room.run_until(3 * DAY)
    again = Enter(area="store", grade="one", responsible="li", **BY)
    assert ["key_areas.has_left"] == keys(room.step(3 * DAY + 1, again))
    named = facts(room.step(3 * DAY + 2, Enter(area="store", grade="one", responsible="wu", **BY)))
    assert ["key_areas.entered", "key_areas.with_responsible"] == named
    assert 0 == standing(room, "key-area-without-responsible")
    assert ["people.left", "key_areas.without_responsible"] == facts(room.step(3 * DAY + 3, Leave(case="wu", **BY)))


def test_an_entry_is_looked_through_each_year_over_a_restart() -> None:
    room = with_area()
    assert [] == room.run_until(364 * DAY)
    room.restart(366 * DAY)
    assert ["key_areas.unseen"] == room.run_until((room.now - START) // SECOND + 60)
    later = (room.now - START) // SECOND + 60
    assert ["key_areas.looked_through", "key_areas.seen"] == facts(room.step(later, LookThrough(case="store", **BY)))
    assert ["key_areas.say_why"] == keys(room.step(later + 1, Remove(case="store", note=" ", **BY)))
    room.ask(later + 2, Remove(case="store", note="moved", **BY))
    assert key_area(room.kernel.world, "store") is None
    assert ["key_areas.not_listed"] == keys(room.step(later + 3, LookThrough(case="store", **BY)))
