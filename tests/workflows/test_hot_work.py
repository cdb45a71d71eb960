"""Hot work from the ticket to the last round: who may, what it takes, what is held back, and what is late."""

from typing import Any

import pytest

from alerts.calendar import Calendar
from alerts.kernel.fire_watch import Walked
from alerts.site_facts import ConfigFault, Place, SiteFacts
from devices.message import Name
from devices.reading import SECOND
from tests.alerts.kernel.room import GATE, SMOKE, KernelRoom, facts, keys
from tests.alerts.timeline import START, device
from workflows.hot_work import Finish, HotWork, HotWorkConfig, Issue, Pause, RecordGas, Start, Ticket

HOUR = 3_600
CALL_POINT = device("b1", kind="call_point", signals=("call_point",))
STORE = Place("store", Name("Chemical store", "化学品库"))
TODAY = Calendar().day(START).isoformat()
TOMORROW = Calendar().day(START + 86_400 * SECOND).isoformat()
SITE = SiteFacts(areas={"store": STORE}, calendar=Calendar(workdays=frozenset({TODAY})))
DEVICES = (SMOKE, CALL_POINT, GATE)


NO_NIGHT = HotWorkConfig(night_start="22:00", night_end="22:00")


def room(site: SiteFacts = SITE, config: HotWorkConfig | None = None) -> KernelRoom:
    return KernelRoom(HotWork(config), devices=DEVICES, site=site)


def issue(**changed: Any) -> Issue:
    said: dict[str, Any] = {
        "area": "store", "place": "tank 3", "work": "weld a flange", "level": "first", "hours": 8, "worker": "Zhao",
        "certificate": "T-1", "watcher": "Qian", "devices": ("s1",), "by": "tech", "role": "technician",
    }  # fmt: skip
    return Issue(**said | changed)


def started(a_room: KernelRoom, **changed: Any) -> str:
    """A ticket on which work goes on since second 3."""
    ticket = a_room.ask(1, issue(**changed), second="boss")
    a_room.ask(2, RecordGas(case=ticket, point="manhole", value=0.5, by="tech", role="technician"))
    a_room.ask(3, start(ticket), second="boss")
    return ticket


def start(ticket: str) -> Start:
    return Start(case=ticket, by="tech", role="technician")


def finish(ticket: str) -> Finish:
    return Finish(case=ticket, by="tech", role="technician")


def walk(a_room: KernelRoom, at: float) -> list[str]:
    (watch,) = a_room.kernel.cases.of("fire_watch").values()
    a_room.ask(at, Walked(case=watch.id, by="guard", role="operator"))
    return facts(a_room.effects)


def ticket_of(a_room: KernelRoom, ticket: str) -> Ticket:
    found = a_room.kernel.cases.of("hot_work")[ticket]
    assert isinstance(found, Ticket)
    return found


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"place": " "}, "permit.wanting"),
        ({"certificate": ""}, "permit.wanting"),
        ({"watcher": "zhao "}, "permit.watches_himself"),
        ({"hours": 9}, "hot_work.too_long"),
        ({"hours": 0}, "hot_work.too_long"),
        ({"hours": float("nan")}, "hot_work.too_long"),
        ({"level": "second", "hours": 73}, "hot_work.too_long"),
        ({"area": "nowhere"}, "permit.no_area"),
        ({"devices": ("zz",)}, "hot_work.not_there"),
        ({"devices": ("b1",)}, "hot_work.no_detector"),
        ({"devices": ("d1",)}, "hot_work.no_detector"),
        ({"devices": ("s1",) * 51}, "hot_work.too_many"),
        ({"role": "operator"}, "workflow.not_your_role"),
    ],
)
def test_what_no_ticket_is_issued_for(changed: dict[str, Any], key: str) -> None:
    assert [key] == keys(room().step(1, issue(**changed)))


def test_on_a_holiday_a_ticket_counts_as_one_grade_higher() -> None:
    feast = SiteFacts(areas={"store": STORE}, calendar=Calendar(holidays=frozenset({TODAY})))
    assert ["hot_work.too_long"] == keys(room(feast).step(1, issue(level="second", hours=72)))
    assert [] == keys(room().step(1, issue(level="second", hours=72)))


@pytest.mark.parametrize(("hour", "expected"), [(5, []), (7, ["hot_work.too_long"]), (13, ["hot_work.too_long"])])
def test_at_night_a_ticket_counts_as_one_grade_higher(hour: float, expected: list[str]) -> None:
    """The story begins at 16:00 UTC: night is from 22:00 to 06:00."""
    assert expected == keys(room().step(hour * HOUR, issue(level="second", hours=72)))
    assert [] == keys(room(config=NO_NIGHT).step(hour * HOUR, issue(level="second", hours=72)))


def test_work_on_a_long_ticket_rests_at_night() -> None:
    a_room = room(SiteFacts(areas={"store": STORE}, calendar=Calendar(workdays=frozenset({TODAY, TOMORROW}))))
    ticket = started(a_room, level="second", hours=24)
    assert ticket_of(a_room, ticket).holds.until == START + 6 * HOUR * SECOND  # type: ignore[union-attr]
    a_room.run_until(6 * HOUR)
    assert ticket_of(a_room, ticket).holds is None
    assert ["hot_work.counts_higher"] == keys(a_room.step(6 * HOUR, start(ticket)))
    a_room.ask(14 * HOUR, start(ticket), second="boss")
    assert ticket_of(a_room, ticket).holds is not None


def test_work_on_a_ticket_for_the_night_goes_on() -> None:
    a_room = room()
    ticket = started(a_room, level="second", hours=8)
    assert ticket_of(a_room, ticket).holds.until == START + SECOND + 8 * HOUR * SECOND  # type: ignore[union-attr]


def test_nothing_is_out_of_service_before_two_have_let_work_begin() -> None:
    a_room = room()
    ticket = a_room.ask(1, issue(), second="boss")
    a_room.ask(2, RecordGas(case=ticket, point="manhole", value=0.5, by="tech", role="technician"))
    a_room.ask(3, start(ticket))
    a_room.step(4, "s1.smoke=on")
    (fire,) = a_room.open("fire")
    assert fire.suppression is None


def test_work_begins_with_a_fresh_test_that_is_low() -> None:
    a_room = room()
    ticket = a_room.ask(1, issue(), second="boss")
    assert ["permit.no_gas_test"] == keys(a_room.step(2, start(ticket)))
    a_room.ask(3, RecordGas(case=ticket, point="manhole", value=12, by="tech", role="technician"))
    assert ["permit.gas"] == keys(a_room.step(4, start(ticket)))
    a_room.ask(5, RecordGas(case=ticket, point="manhole", value=2, by="tech", role="technician"))
    assert ["permit.no_gas_test"] == keys(a_room.step(5 + 31 * 60, start(ticket)))


@pytest.mark.parametrize(("level", "minutes", "expected"), [("first", 29, []), ("first", 31, ["permit.no_gas_test"])])
def test_after_a_long_break_the_gas_is_tested_anew(level: str, minutes: int, expected: list[str]) -> None:
    a_room = room()
    ticket = started(a_room, level=level)
    a_room.ask(10, Pause(case=ticket, by="tech", role="technician"))
    assert ticket_of(a_room, ticket).holds is None
    assert expected == keys(a_room.step(10 + minutes * 60, start(ticket)))


def test_smoke_of_the_work_is_held_back_and_all_else_is_not() -> None:
    a_room = room()
    started(a_room)
    a_room.step(10, "s1.smoke=on")
    (fire,) = a_room.open("fire")
    assert fire.suppression is not None
    a_room.step(11, "b1.call_point=on")
    (call,) = a_room.open("call")
    assert call.suppression is None
    assert ["s1"] == [*next(alert for alert in a_room.open("workflow:hot_work") if alert.active).text.params["devices"]]


def test_the_bypass_ends_by_itself_and_the_ticket_stays_open_and_is_late() -> None:
    a_room = room()
    ticket = started(a_room)
    a_room.step(10, "s1.smoke=on")
    told = a_room.run_until(8 * HOUR + 10)
    assert {"hot_work.suppression_ended", "hot_work.late"} <= set(told)
    (fire,) = a_room.open("fire")
    assert fire.suppression is None  # what stands is shouted
    assert ticket_of(a_room, ticket).is_late
    (late,) = a_room.open("hot-work-late")
    assert late.active
    a_room.ask(9 * HOUR, finish(ticket))
    a_room.run_until(10 * HOUR + 60)
    assert "hot_work.closed" in walk(a_room, 10 * HOUR + 61)
    assert not any(alert.active for alert in a_room.open("hot-work-late"))
    assert not a_room.kernel.cases.of("hot_work")


def test_a_longer_ticket_takes_two_again_for_each_further_stretch() -> None:
    a_room = room(config=NO_NIGHT)
    ticket = started(a_room, level="second", hours=20)
    assert ["hot_work.runs"] == keys(a_room.step(HOUR, start(ticket)))
    a_room.run_until(7.5 * HOUR)
    a_room.ask(7.5 * HOUR, start(ticket))
    assert ticket_of(a_room, ticket).holds.until == START + 3 * SECOND + 8 * HOUR * SECOND  # type: ignore[union-attr]
    a_room.run_until(8 * HOUR + 10)
    assert ticket_of(a_room, ticket).holds is None  # asked for, and nobody consented
    a_room.ask(8 * HOUR + 20, start(ticket), second="boss")
    a_room.run_until(20 * HOUR + 2)
    assert ticket_of(a_room, ticket).is_late
    assert ["permit.not_valid"] == keys(a_room.step(20 * HOUR + 3, start(ticket)))


def test_the_place_is_watched_for_an_hour_and_the_last_round_closes_the_ticket() -> None:
    a_room = room()
    ticket = started(a_room)
    a_room.ask(HOUR, finish(ticket))
    assert ticket_of(a_room, ticket).holds is None
    a_room.run_until(1.5 * HOUR)
    assert "hot_work.closed" not in walk(a_room, 1.5 * HOUR)
    a_room.restart(60)
    a_room.run_until(2 * HOUR + 60)
    assert "hot_work.closed" in walk(a_room, 2 * HOUR + 61)
    assert not a_room.kernel.cases.of("hot_work")
    assert not any(alert.active for alert in a_room.open("hot-work-late"))


def test_a_ticket_nobody_began_on_is_closed_at_once() -> None:
    a_room = room()
    ticket = a_room.ask(1, issue(), second="boss")
    a_room.ask(2, finish(ticket))
    assert not a_room.kernel.cases.of("hot_work")
    assert not a_room.kernel.cases.of("fire_watch")


def test_what_it_takes_is_a_setting_within_reason() -> None:
    assert [] == [*HotWorkConfig().check(SITE)]
    assert [ConfigFault] == [type(fault) for fault in HotWorkConfig(watch_after_min=-1).check(SITE)]
