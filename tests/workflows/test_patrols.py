"""Patrols: rounds opened by the clock or by a guard, scans in time and late, and what is odd about them."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.alert import Alert
from alerts.calendar import Calendar, Shift
from alerts.key_area import KeyArea
from alerts.site_facts import Place, SiteFacts
from devices.device import Device
from devices.message import Name
from devices.reading import SECOND
from tests.alerts.kernel.room import GATE, SMOKE, KernelRoom, facts, keys
from tests.alerts.timeline import START, device
from workflows.patrols import Begin, Countersign, Find, HandInScan, Patrols, PatrolsConfig
from workflows.patrols.plan import Checkpoint, Leg, Plan, Route
from workflows.patrols.rounds import Round

MINUTE, HOUR = 60, 3_600
MOTION = device("m1", kind="motion", signals=("motion",))
READER = device("r1", kind="checkpoint_reader", signals=("checkpoint",))
DEVICES = (SMOKE, GATE, MOTION, READER)
CALENDAR = Calendar("Asia/Shanghai", shifts=(Shift("night", "22:00", "06:00"),))
SITE = SiteFacts(
    areas={"store": Place("store", Name("Store", "库房")), "yard": Place("yard", Name("Yard"))},
    devices=DEVICES,
    calendar=CALENDAR,
)
GATE_POINT = Checkpoint(id="gate", area="yard", name="Gate", name_zh="大门", tags=("T-gate",), plan="p", x=0, y=0)
STORE_POINT = Checkpoint(id="store", area="store", name="Store", tags=("T-store",), plan="p", x=1, y=0)
TOWER_POINT = Checkpoint(id="tower", area="yard", name="Tower", tags=("T-tower", "T-tower-2"))
ROUTE = Route(
    id="night",
    name="Night",
    name_zh="夜间",
    checkpoints=("gate", "store", "tower"),
    starts=("02:00",),
    within_min=60,
    tolerance_min=10,
    persons=1,
)
CONFIG = PatrolsConfig(
    checkpoints=(GATE_POINT, STORE_POINT, TOWER_POINT),
    plans=(Plan(id="p", width_m=100, height_m=50),),
    legs=(Leg(between=("store", "tower"), least_s=120),),
    routes=(ROUTE,),
)
AT_TWO = 2 * HOUR
NOW = START / SECOND + AT_TWO + 20 * MINUTE
"""The timelines begin at midnight in Shanghai."""


def room(route: Route = ROUTE, devices: Sequence[Device] = DEVICES, **changed: Any) -> KernelRoom:
    return KernelRoom(Patrols(replace(CONFIG, routes=(route,), **changed)), devices=devices, site=SITE)


def scan(tag: str, by: str = "wang", **more: Any) -> HandInScan:
    return HandInScan(tag=f"T-{tag}", by=by, role="operator", **more)


def begun(**changed: Any) -> KernelRoom:
    """At two o'clock."""
    a_room = room(replace(ROUTE, **changed))
    a_room.run_until(AT_TWO)
    return a_room


def the_round(a_room: KernelRoom) -> Round:
    (found,) = a_room.kernel.cases.of("patrols").values()
    assert isinstance(found, Round)
    return found


def deviations(a_room: KernelRoom) -> tuple[str, ...]:
    """Of the last scan."""
    return next((fact.fields["deviations"] for fact in a_room.effects.facts if "deviations" in fact.fields), ())  # type: ignore[return-value]


def alert(a_room: KernelRoom) -> Alert | None:
    return next(iter(a_room.open("patrol-rounds")), None)


def test_a_round_is_opened_by_the_timetable_and_done_when_all_is_scanned() -> None:
    a_room = begun()
    assert the_round(a_room).starts_at == START + AT_TWO * SECOND
    for minute, tag in ((5, "gate"), (10, "store")):
        a_room.ask(AT_TWO + minute * MINUTE, scan(tag))
    a_room.ask(AT_TWO + 15 * MINUTE, scan("tower-2"))
    assert ["patrols.scanned", "patrols.done"] == facts(a_room.effects)
    assert ("gate", "store", "tower") == tuple(visit.checkpoint for visit in the_round(a_room).visits)
    assert [] == a_room.run_until(AT_TWO + 2 * HOUR), "nothing is missed afterwards"
    assert alert(a_room) is None


def test_what_nobody_scanned_is_missed_once_and_ends_with_the_round() -> None:
    a_room = begun()
    a_room.ask(AT_TWO + 5 * MINUTE, scan("gate"))
    assert [] == a_room.run_until(AT_TWO + 70 * MINUTE - 1)
    assert ["patrols.missed"] == a_room.run_until(AT_TWO + 70 * MINUTE)
    missed = alert(a_room)
    assert missed is not None
    assert missed.area == "store"
    assert ["patrols.closed"] == a_room.run_until(AT_TWO + 70 * MINUTE + 12 * HOUR)
    still = alert(a_room)
    assert still is not None
    assert not still.active


def test_a_late_upload_sets_right_what_was_missed() -> None:
    """The phone had no network: done in time, received 20 minutes after it was missed."""
    a_room = begun()
    a_room.ask(AT_TWO + 5 * MINUTE, scan("gate"))
    a_room.run_until(AT_TWO + 70 * MINUTE)
    now = AT_TWO + 90 * MINUTE
    a_room.ask(now, scan("store", phone_at=1e6, sent_at=1e6 + 75 * MINUTE, ago_s=75 * MINUTE))
    assert ["patrols.scanned", "patrols.set_right"] == facts(a_room.effects)
    (scanned, right) = a_room.effects.facts
    assert scanned.at == START + (AT_TWO + 15 * MINUTE) * SECOND == right.at
    assert scanned.recorded == START + now * SECOND
    still = alert(a_room)
    assert still is not None
    assert still.active
    assert the_round(a_room).missed == ("tower",)
    a_room.ask(now + 1, scan("tower", done_at=START + (AT_TWO + 25 * MINUTE) * SECOND))
    assert "patrols.done" in a_room.effects.facts[1].heard_as, "an obligation counts it"
    assert the_round(a_room).missed == ()
    assert not alert(a_room).active  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("scans", "expected"),
    [
        ([(5, "gate"), (65, "store")], ("late",)),
        ([(5, "store"), (9, "gate")], ("out_of_order",)),
        ([(5, "gate"), (5 + 39 / 60, "store")], ("too_fast",)),
        ([(5, "gate"), (5 + 41 / 60, "store")], ()),
        ([(5, "store"), (6.9, "tower")], ("too_fast",)),
        ([(5, "store"), (7.1, "tower")], ()),
        ([(5, "gate"), (8, "gate")], ("twice",)),
    ],
)
def test_what_is_odd_about_a_scan_is_marked_on_it(scans: list[tuple[float, str]], expected: tuple[str, ...]) -> None:
    """100 m at 2.5 m/s are 40 s; between plans it is said by hand."""
    a_room = begun()
    for minute, tag in scans:
        a_room.ask(AT_TWO + minute * MINUTE, scan(tag))
    assert expected == deviations(a_room)
    assert bool(expected) == (alert(a_room) is not None)


def test_the_stay_may_be_too_short() -> None:
    a_room = begun(dwell_s=60)
    a_room.ask(AT_TWO + 60, scan("gate"))
    a_room.ask(AT_TWO + 60 + 90, scan("store"))
    assert deviations(a_room) == ("too_short",)
    a_room.ask(AT_TWO + 60 + 90 + 200, scan("tower"))
    assert deviations(a_room) == ()


@pytest.mark.parametrize(("walks", "seconds", "expected"), [(5, 149, True), (5, 151, False), (4, 10, False)])
def test_between_floors_earlier_walks_say_how_long_it_takes(walks: int, seconds: int, expected: bool) -> None:
    """Five took 300 s each."""
    starts = tuple(f"{2 + hour:02}:00" for hour in range(walks + 1))
    a_room = room(replace(ROUTE, starts=starts), legs=())
    for hour in range(walks + 1):
        at = AT_TWO + hour * HOUR
        a_room.run_until(at)
        a_room.ask(at + 60, scan("gate"))
        a_room.ask(at + 60 + (300 if hour < walks else seconds), scan("tower"))
    assert expected == ("too_fast" in deviations(a_room))


def test_two_walk_where_the_grade_of_an_area_asks_for_two() -> None:
    a_room = begun(persons=2)
    for minute, tag in ((5, "gate"), (10, "store"), (15, "tower")):
        for second, by in ((0, "wang"), (30, "li")):
            if (tag, by) != ("tower", "li"):
                a_room.ask(AT_TWO + minute * MINUTE + second, scan(tag, by=by))
                assert deviations(a_room) == ()
    assert ["patrols.too_few"] == a_room.run_until(AT_TWO + 70 * MINUTE)
    a_room.ask(AT_TWO + 71 * MINUTE, scan("tower", by="li", done_at=START + (AT_TWO + 16 * MINUTE) * SECOND))
    assert "patrols.set_right" in facts(a_room.effects)


class _Grades(Patrols):
    """With a register of key areas in which the store has a grade."""

    def __init__(self) -> None:
        super().__init__(replace(CONFIG, routes=(replace(ROUTE, persons=0),)))
        its = KeyArea(area="store", grade="one", interval_h=6)
        self.provides = {**self.provides, "key_area": lambda about, *_: its if about["area"] == "store" else None}


def test_a_route_through_a_graded_area_is_walked_by_two() -> None:
    a_room = KernelRoom(_Grades(), devices=DEVICES, site=SITE)
    a_room.run_until(AT_TWO)
    assert the_round(a_room).persons_wanted == 2


def test_sensors_grade_a_scan_and_a_door_that_stayed_shut_contradicts_it() -> None:
    config = {"checkpoints": (GATE_POINT, replace(STORE_POINT, passes=("d1",)), TOWER_POINT)}
    a_room = room(**config)
    a_room.run_until(AT_TWO)
    a_room.step(AT_TWO + 100, "d1.door=on", "m1.motion=on")
    a_room.ask(AT_TWO + 120, scan("store"))
    (fact,) = a_room.effects.facts
    assert (3, ("d1", "m1"), ()) == (fact.fields["proof_grade"], fact.devices, deviations(a_room))
    other = room(**config)
    other.run_until(AT_TWO)
    other.step(AT_TWO + 1, "d1.door=off")
    other.step(AT_TWO + 590, "m1.motion=on")
    other.ask(AT_TWO + 600, scan("store"))
    assert (2, ("contradicted",)) == (other.effects.facts[0].fields["proof_grade"], deviations(other))


def test_what_fell_into_an_outage_is_not_observed() -> None:
    a_room = begun()
    a_room.step(AT_TWO + MINUTE)
    a_room.restart(30 * MINUTE)
    assert ["patrols.not_observed"] == a_room.run_until(AT_TWO + 70 * MINUTE)
    assert ("gate", "store", "tower") == the_round(a_room).unseen
    assert alert(a_room) is None


def test_a_short_restart_in_a_round_hides_nothing() -> None:
    a_room = begun()
    a_room.ask(AT_TWO + MINUTE, scan("gate"))
    a_room.restart(60)
    assert ["patrols.missed"] == a_room.run_until(AT_TWO + 70 * MINUTE)
    assert ("store", "tower") == the_round(a_room).missed


def test_after_an_outage_over_days_the_newest_round_is_opened_and_the_others_are_told_as_unseen() -> None:
    a_room = begun()
    a_room.restart(3 * 24 * HOUR + 5 * MINUTE)
    unseen = []
    for second in (1, 2, 3):
        a_room.step(AT_TWO + 3 * 24 * HOUR + 5 * MINUTE + second)
        unseen += [fact.fields["rounds"] for fact in a_room.effects.facts if "rounds" in fact.fields]
    begun_at = {each.starts_at - START for each in a_room.kernel.cases.of("patrols").values() if not each.is_over}
    assert [2] == unseen
    assert {(AT_TWO + 3 * 24 * HOUR) * SECOND} == begun_at


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (HandInScan(tag="T-nowhere", by="wang", role="operator"), "patrols.no_such_tag"),
        (scan("gate", case="none"), "patrols.no_round"),
        (scan("gate", ago_s=13 * HOUR), "patrols.too_old"),
        (scan("gate", done_at=START + 3 * HOUR * SECOND), "workflow.not_done_yet"),
        (Find(description=" ", checkpoint="gate", by="wang", role="operator"), "patrols.say_what"),
        (Find(description="smoke", checkpoint="nowhere", area="yard", by="wang", role="operator"), "patrols.say_where"),
        (Begin(route="day", by="wang", role="operator"), "patrols.no_route"),
        (Begin(route="night", by="wang", role="operator"), "patrols.runs"),
        (Countersign(case="none", by="boss", role="manager"), "patrols.no_round"),
        (Countersign(case="night.1", by="boss", role="operator"), "workflow.not_your_role"),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, key: str) -> None:
    a_room = begun()
    assert [key] == keys(a_room.step(AT_TWO + MINUTE, ask))


def test_a_scan_handed_in_again_is_one_scan_also_after_a_restart() -> None:
    a_room = begun()
    done = START + (AT_TWO + MINUTE) * SECOND
    a_room.ask(AT_TWO + 2 * MINUTE, scan("gate", id="a", done_at=done))
    a_room.step(AT_TWO + 3 * MINUTE, scan("gate", id="a", done_at=done))
    assert ([], []) == (facts(a_room.effects), keys(a_room.effects))
    a_room.restart(1)
    assert ["patrols.replayed"] == keys(a_room.step(AT_TWO + 4 * MINUTE, scan("gate", id="b", done_at=done)))
    assert ["patrols.replayed"] == keys(a_room.step(AT_TWO + 5 * MINUTE, scan("gate", id="c", done_at=done + SECOND)))


@pytest.mark.parametrize(
    ("clock", "ago_s", "jumped"),
    [
        ({"phone_at": 1e9, "sent_at": 1e9 + 300}, 300, False),
        ({"phone_at": 1e9, "sent_at": 1e9 + 300, "ago_s": 301}, 300, False),
        ({"phone_at": 1e9, "sent_at": 1e9 + 1_000, "ago_s": 300}, 1_000, False),
        ({"phone_at": 1e9, "sent_at": 1e9 - 3_000, "ago_s": 300}, 300, True),
        ({"phone_at": 1e9, "sent_at": 1e9 + 60, "ago_s": 300}, 300, True),
        ({"phone_at": NOW - 300 - 50, "sent_at": NOW - 50, "behind_s": 50}, 300, False),
        ({"phone_at": NOW - 300 - 50, "sent_at": NOW + 900, "behind_s": 50}, 300, True),
        ({"phone_at": NOW - 300, "sent_at": NOW, "behind_s": 600, "ago_s": 290}, 290, True),
        ({"phone_at": 1e9, "sent_at": 1e9 - 3_000}, 0, True),
        ({"ago_s": 300}, 300, False),
        ({}, 0, False),
    ],
)
def test_a_phone_whose_clock_jumped_is_found_out(clock: dict[str, float], ago_s: int, jumped: bool) -> None:
    a_room = begun()
    a_room.ask(AT_TWO + 20 * MINUTE, scan("gate", **clock))
    (fact,) = a_room.effects.facts
    assert START + (AT_TWO + 20 * MINUTE - ago_s) * SECOND == fact.at
    assert jumped == ("clock_jumped" in deviations(a_room))


def test_a_reader_scans_and_says_whose_card_it_was() -> None:
    """Also with its first word after a start: a scan is never how a reader is found."""
    a_room = room()
    a_room.run_until(AT_TWO)
    a_room.step(AT_TWO + MINUTE, "r1.checkpoint=T-gate|wang")
    (fact,) = a_room.effects.facts
    assert ("wang", "reader", "r1") == (fact.by, fact.fields["way"], fact.fields["reader"])
    a_room.step(AT_TWO + 2 * MINUTE, "~r1.checkpoint=T-store|wang; ".strip("; "))
    assert [] == facts(a_room.effects), "a broker's kept message is no scan"
    a_room.step(AT_TWO + 2 * MINUTE, "r1.checkpoint=another")
    assert [] == facts(a_room.effects)


def test_a_guard_begins_a_round_and_reports_what_was_found() -> None:
    a_room = room(replace(ROUTE, starts=()))
    name = a_room.ask(60, Begin(route="night", by="wang", role="operator"))
    a_room.ask(120, scan("gate"))
    a_room.ask(150, Find(description="blocked exit", checkpoint="gate", is_corrected=True, by="wang", role="operator"))
    (fact,) = a_room.effects.facts
    assert ("finding", "yard", "blocked exit") == (fact.topics[0], fact.area, fact.fields["description"])
    assert (1, 1, name) == (the_round(a_room).findings, the_round(a_room).handled, fact.case)


def test_the_supervisor_countersigns_and_no_walker_does() -> None:
    a_room = begun()
    name = the_round(a_room).id
    sign = Countersign(case=name, by="boss", role="manager")
    assert ["patrols.not_over"] == keys(a_room.step(AT_TWO + MINUTE, sign))
    a_room.ask(AT_TWO + 2 * MINUTE, scan("gate", by="chief"))
    a_room.run_until(AT_TWO + 70 * MINUTE)
    own = Countersign(case=name, by="chief", role="manager")
    assert ["patrols.signs_himself"] == keys(a_room.step(AT_TWO + 71 * MINUTE, own))
    a_room.ask(AT_TWO + 72 * MINUTE, sign)
    assert a_room.effects.facts[0].fields["countersigned_by"] == "boss"
    assert ["patrols.signed_already"] == keys(a_room.step(AT_TWO + 73 * MINUTE, sign))


def test_random_rounds_are_other_ones_each_time_and_the_same_after_a_restart() -> None:
    route = replace(ROUTE, order="random", start_within_min=30, starts=("02:00", "03:00", "04:00", "05:00"))
    a_room = room(route)
    a_room.run_until(5 * HOUR + 1)
    cases = a_room.kernel.cases.of("patrols")
    assert len(cases) == 4
    assert len({each.checkpoints for each in cases.values()}) > 1
    assert len({(each.starts_at // SECOND) % HOUR for each in cases.values()}) > 1
    again = room(route)
    again.run_until(5 * HOUR + 1)
    assert {name: each.checkpoints for name, each in cases.items()} == {
        name: each.checkpoints for name, each in again.kernel.cases.of("patrols").items()
    }
