"""The gate: readers write what passes, people complete it, and what leaves after hours without an entry is an alert."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import State
from alerts.calendar import Calendar
from alerts.gate_entries import Complete, Dismiss, Enter, Leave, Turn
from alerts.site_facts import Place, SiteFacts
from alerts.vehicle_asks import Add
from devices.message import Name
from devices.reading import SECOND, Quality, Reading
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START, device
from workflows.gate import Gate, GateConfig, Reader
from workflows.vehicles import Vehicles

HOUR = 3_600
ZONE = Calendar(zone="UTC")
NOON = 12 * HOUR - (START // SECOND) % (24 * HOUR) + 24 * HOUR
"""A noon, in seconds after the start."""
SITE = SiteFacts(areas={"store": Place("store", Name("Gate", "大门"))}, calendar=ZONE)
LANES = (
    device("lane-in", signals=("plate",)),
    device("lane-out", signals=("plate",)),
    device("lane", signals=("plate",)),
)
CONFIG = GateConfig(
    readers=(Reader(device="lane-in", way="in"), Reader(device="lane-out", way="out")), open=("06:00", "22:00")
)
PLATE, OWN = "沪B55555", "沪A31207"
GUARD: dict[str, Any] = {"by": "wu", "role": "guard"}
WHAT: dict[str, Any] = {"driver": "Zhou", "organisation": "Steel Ltd", "purpose": "delivery", "kind": "lorry"}


def room_of(config: GateConfig = CONFIG) -> KernelRoom:
    room = KernelRoom(Gate(config), Vehicles(), rules=(), devices=LANES, site=SITE)
    room.ask(1, Add(vehicle="C-1", plate=OWN, area="store", kind="forklift", by="mei", role="manager"))
    return room


def seen(
    room: KernelRoom,
    at: float,
    plate: str = PLATE,
    lane: str = "lane-in",
    quality: Quality = Quality.GOOD,
    late: float = 0,
) -> list[str]:
    now = START + int(at * SECOND)
    reading = Reading(lane, "plate", plate, now - int(late * SECOND), now, int(quality))
    return facts(room.step(at, reading))


def entries(room: KernelRoom) -> list[Any]:
    return list(room.kernel.cases.of("gate").values())


def standing(room: KernelRoom, rule: str = "gate-out-unentered") -> int:
    return len([alert for alert in room.open(rule) if alert.state is not State.RETURNED])


def test_a_reader_opens_an_entry_and_closes_it_and_a_person_completes_it() -> None:
    room = room_of()
    assert ["gate.came_in"] == seen(room, NOON)
    assert [] == seen(room, NOON + 119)
    (entry,) = entries(room)
    assert (entry.plate, entry.stage, entry.is_complete, entry.area) == (PLATE, "inside", False, "store")
    assert ["gate.completed"] == facts(room.step(NOON + 130, Complete(case=entry.id, **WHAT, **GUARD)))
    room.restart(60)
    assert ["gate.went_out"] == seen(room, NOON + HOUR, lane="lane-out")
    assert [] == seen(room, NOON + HOUR + 60, lane="lane-out")
    assert [] == room.run_until(NOON + 2 * HOUR)
    assert [] == entries(room)


def test_what_is_gone_before_anybody_completed_it_waits_for_that() -> None:
    room = room_of()
    seen(room, NOON)
    seen(room, NOON + HOUR, lane="lane-out")
    assert [] == room.run_until(NOON + 9 * HOUR)
    (entry,) = entries(room)
    assert Gate().waits_for(entry, "wu", "guard")
    assert ["gate.completed"] == facts(room.step(NOON + 10 * HOUR, Complete(case=entry.id, **WHAT, **GUARD)))
    assert [] == entries(room)


def test_after_a_week_it_is_written_that_nobody_completed_it() -> None:
    room = room_of()
    seen(room, NOON)
    seen(room, NOON + HOUR, lane="lane-out")
    assert ["gate.uncompleted"] == room.run_until(NOON + 8 * 24 * HOUR)
    assert [] == entries(room)


def test_no_text_names_a_plate_or_a_person_and_their_values_stand_beside_the_chain() -> None:
    room = room_of()
    seen(room, NOON)
    (fact,) = room.effects.facts
    assert ("plate",) == fact.personal
    assert PLATE not in str(fact.text)
    (entry,) = entries(room)
    room.step(NOON + 9, Complete(case=entry.id, document="310101", **WHAT, **GUARD))
    assert ("plate", "driver", "document") == room.effects.facts[0].personal
    assert {"plate", "driver", "document"} <= set(Gate.personal)


@pytest.mark.parametrize(
    ("at", "alert"),
    [(NOON, False), (NOON + 10 * HOUR - 1, False), (NOON + 10 * HOUR, True), (NOON + 18 * HOUR - 1, True)],
)
def test_out_without_an_entry_is_an_alert_in_the_closed_hours(at: float, *, alert: bool) -> None:
    room = room_of()
    assert ["gate.out_unentered" if alert else "gate.out_unknown"] == seen(room, at, lane="lane-out")
    assert int(alert) == standing(room)
    room.restart(5)
    assert int(alert) == standing(room)
    (entry,) = entries(room)
    room.ask(at + 200, Complete(case=entry.id, **WHAT, **GUARD))
    assert 0 == standing(room)


def test_out_by_night_with_an_entry_is_none() -> None:
    room = room_of()
    seen(room, NOON)
    assert ["gate.went_out"] == seen(room, NOON + 11 * HOUR, lane="lane-out")
    assert 0 == standing(room)


@pytest.mark.parametrize(("at", "step"), [(NOON, "out_unentered"), (NOON + 11 * HOUR, "out_after_hours")])
def test_an_own_vehicle_is_told_to_its_keeper_and_leaves_no_entry(at: float, step: str) -> None:
    room = room_of()
    assert ["gate.own_passed", f"vehicles.{step}"] == seen(room, at, "沪A·31207", lane="lane-out")
    assert [] == entries(room)
    assert ["gate.own_passed", "vehicles.came_back"] == seen(room, at + 300, OWN)


def test_the_hours_close_on_an_own_vehicle_that_is_out_without_an_entry() -> None:
    room = room_of()
    seen(room, NOON, OWN, lane="lane-out")
    assert [] == room.run_until(NOON + 10 * HOUR - 1)
    assert ["vehicles.out_after_hours"] == room.run_until(NOON + 10 * HOUR)
    assert 1 == standing(room, "vehicle-out-after-hours")


def test_on_a_day_that_is_not_worked_it_is_closed_all_day() -> None:
    room = room_of(GateConfig(only_workdays=True))
    day = next(day for day in range(9) if ZONE.is_holiday(START + (NOON + day * 24 * HOUR) * SECOND))
    assert ["gate.out_unentered"] == seen(room, NOON + day * 24 * HOUR, f"{PLATE} out", lane="lane")


def test_a_reader_of_both_ways_says_which_or_it_is_the_other_one_than_before() -> None:
    room = room_of()
    assert ["gate.came_in"] == seen(room, NOON, f"{PLATE} in", lane="lane")
    assert ["gate.went_out"] == seen(room, NOON + 300, f"{PLATE} out", lane="lane")
    assert ["gate.came_in"] == seen(room, NOON + 600, lane="lane")
    assert [] == seen(room, NOON + 700, lane="lane")
    assert ["gate.went_out"] == seen(room, NOON + 900, lane="lane")


def test_one_that_comes_in_twice_left_unseen() -> None:
    room = room_of()
    seen(room, NOON)
    assert ["gate.out_unseen", "gate.came_in"] == seen(room, NOON + 300)
    assert ["gone", "inside"] == [entry.stage for entry in entries(room)]


@pytest.mark.parametrize(
    ("quality", "late", "said"),
    [
        (Quality.SNAPSHOT, 0, []),
        (Quality.GOOD, HOUR + 1, []),
        (Quality.GOOD, HOUR, ["gate.came_in"]),
        (Quality.EVENT, 0, ["gate.came_in"]),
    ],
)
def test_what_is_retained_or_old_says_nothing_of_now(quality: Quality, late: float, said: list[str]) -> None:
    assert said == seen(room_of(), NOON, quality=quality, late=late)


def test_what_can_be_no_plate_is_one_entry_for_a_person() -> None:
    room = room_of()
    assert ["gate.came_in"] == seen(room, NOON, "出口 ->")
    assert [] == seen(room, NOON + 20, "====")
    (entry,) = entries(room)
    assert "" == entry.plate
    assert ["gate.say_why"] == keys(room.step(NOON + 30, Dismiss(case=entry.id, by="li", role="operator")))
    done = Dismiss(case=entry.id, note="a sign", by="li", role="operator")
    assert ["gate.dismissed"] == facts(room.step(NOON + 31, done))


def test_people_write_down_who_comes_where_there_is_no_reader() -> None:
    room = room_of()
    (answer,) = room.step(NOON, Enter(plate="沪b 55555", **WHAT, **GUARD)).answered
    assert PLATE == entries(room)[0].plate
    assert ["gate.is_inside"] == keys(room.step(NOON + 1, Enter(plate=PLATE, **WHAT, **GUARD)))
    assert ["gate.went_out"] == facts(room.step(NOON + 500, Leave(case=answer.case, load="pallets", **GUARD)))
    assert ["gate.refused"] == facts(room.step(NOON + 501, Turn(plate=PLATE, note="no papers", **GUARD)))


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"plate": OWN}, "plate", "gate.is_own"),
        ({"plate": "?"}, "plate", "gate.bad_plate"),
        ({"driver": " "}, "driver", "form.wanting"),
        ({"organisation": "x" * 201}, "organisation", "gate.too_long"),
        ({"area": "moon"}, "area", "dated_register.no_area"),
    ],
)
def test_what_cannot_be_is_refused_by_field(fields: dict[str, str], field: str, why: str) -> None:
    room = room_of()
    assert [why] == keys(room.step(NOON, Enter(**{"plate": PLATE, **WHAT, **fields}, **GUARD)))


def test_a_reader_that_sees_plates_everywhere_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    room = room_of()
    monkeypatch.setattr("workflows.gate._MOST", 40)
    now = START + NOON * SECOND
    many = [Reading("lane-in", "plate", f"沪C{number:05d}", now, now) for number in range(43)]
    effects = room.step(NOON, *many)
    assert (43, 40) == (len(effects.facts), len(entries(room)))


PASSES = st.lists(
    st.tuples(
        st.integers(1, 20_000),
        st.sampled_from([PLATE, OWN, "沪C00001", "", "沪C00001 out", "x" * 90]),
        st.sampled_from(["lane", "lane-in", "lane-out"]),
    ),
    max_size=25,
)


@given(PASSES)
def test_each_plate_is_inside_once_at_most_and_everything_seen_is_written(passes: list[tuple[int, str, str]]) -> None:
    room, at = room_of(), 0.0
    written = 0
    for pause, plate, lane in passes:
        at += pause
        room.run_until(at)
        written += len([step for step in seen(room, at, plate, lane) if step.startswith("gate.")])
        inside = [entry.plate for entry in entries(room) if entry.stage == "inside" and entry.plate]
        assert len(inside) == len(set(inside))
        assert OWN not in inside
    room.restart(1)
    fresh = sum(bool(plate) for _, plate, _ in passes)
    assert written <= 2 * fresh
