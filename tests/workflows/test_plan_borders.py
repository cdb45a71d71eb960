"""Duties of the plan that stand and that nothing tells of before: kept in the last second of their term, then broken.

And kept again once it is made up for; each by its own workflow, with the rule that it ships. A duty of
tests/ledger/standing_duties.toml that is never *near* stands here.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from alerts.kernel.consent import Give
from alerts.visitor_asks import Depart
from devices.reading import SECOND
from ledger.duties import standing_of
from ledger.standing_duty import standing
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START
from tests.workflows import (
    test_attendance,
    test_canteen_meal,
    test_control_room_log,
    test_foreign_affairs,
    test_guards,
    test_handover,
    test_hazard,
    test_patrols,
    test_roster_outlook,
    test_stock,
    test_stores,
    test_timetable,
    test_vehicles,
    test_visitors,
)
from tests.workflows.stores import StoreRoom
from workflows.attendance import Go
from workflows.guards import Well
from workflows.handover import HandOver, TakeOver
from workflows.sensitive_period import Report

HOUR, DAY = 3_600, 86_400
DUTIES = {duty.name: duty for duty in standing_of("safe_enterprise")}


class Border(msgspec.Struct, frozen=True):
    """``breaks_at``: in that second after midnight it is broken, unless ``mend`` is done before.

    ``then``: what breaks it in that second, where it does not break by itself.
    """

    site: Callable[[], Any]
    breaks_at: float
    mend: Callable[[Any, float], object]
    then: Callable[[Any, float], object] = lambda _site, _at: None


def on_duty() -> Any:
    """Relieved at four in the afternoon; a sign half an hour later is no more than a good night."""
    site = test_attendance.Site()
    for at, who in ((8 * HOUR, "an1"), (8 * HOUR, "bo1"), (16 * HOUR, "cy")):
        site.come(at, who)
    return site


def hand_over(site: Any, at: float) -> None:
    site.prepare(at)
    site.sign(at, HandOver, "an1")
    site.sign(at, TakeOver, "bo1")


def walk(room: KernelRoom, at: float) -> None:
    """The rest of the round, in its last second; a phone without a network hands it in later."""
    done_at = START + min(at, 3 * HOUR) * SECOND
    room.ask(at, test_patrols.scan("tower", done_at=done_at))


def all_but_one() -> KernelRoom:
    room = test_patrols.begun()
    for minutes, tag in ((20, "gate"), (40, "store")):
        room.ask(test_patrols.AT_TWO + 60 * minutes, test_patrols.scan(tag))
    return room


def alone() -> KernelRoom:
    room = test_guards.room()
    test_guards.alone(room, every_min=10)
    return room


def with_an_open_door() -> KernelRoom:
    room = test_timetable.Store()
    room.step(18 * HOUR, "d1.door=on")
    return room


def close_and_arm(room: Any, at: float) -> None:
    """By hand where the clock has tried already."""
    room.step(at, "d1.door=off")
    if at >= 19 * HOUR:
        room.run_until(43 * HOUR)


def after_a_fair() -> Any:
    """It took two to declare, and is over at the end of the fifth day."""
    site = test_roster_outlook.Site()
    (answer,) = site.declare(2).answered
    site.step(3, Give(case=answer.case, by="head", role="admin"))
    return site


def report(site: Any, at: float) -> None:
    (case,) = site.kernel.cases.of("sensitive_period")
    site.ask(at, Report(case=case, by="boss", role="manager", note="went well"))


def assigned() -> Any:
    room = test_hazard.room()
    test_hazard.at_stage(room, "assigned")
    return room


def lunch() -> Any:
    """One dish; a sample of it is due half an hour after it is served."""
    kitchen = test_canteen_meal.Kitchen()
    kitchen.menu(8 * HOUR, "rice")
    return kitchen


def rectify(room: Any, at: float) -> None:
    (case,) = room.kernel.cases.of("hazard")
    room.ask(at, test_hazard.rectify(case))


def with_an_opened_store() -> StoreRoom:
    room = StoreRoom()
    room.step(60, "door.door=on")
    return room


def alone_in_a_store() -> StoreRoom:
    room = StoreRoom()
    enters(room, 60, "li")
    return room


def enters(room: StoreRoom, at: float, who: str) -> None:
    for event in (f"reader.credential=1:{who}", "reader.access=granted"):
        room.step(at, event)


def with_a_gun_out() -> StoreRoom:
    room, case = test_stock.stocked("firearm")
    room.two(test_stock.issue(case, batch="b1", licence="c1", until=START + 8 * HOUR * SECOND))
    return room


def gives_back(room: StoreRoom, at: float) -> None:
    room.t = at
    room.two(test_stock.back("vault.acid", batch="b1"))


def compares(room: StoreRoom, at: float) -> None:
    room.step(at, test_stock.Compare(store="vault", counted=("acid/b1=10",), by="wang", role="operator"))


def visited() -> KernelRoom:
    room = test_visitors.gate()
    test_visitors.arrive(room)
    return room


def see_out(room: KernelRoom, at: float) -> None:
    room.ask(at, Depart(case=test_visitors.first(room), by="gu", role="guard"))


def left_at_noon() -> KernelRoom:
    """An own vehicle, seen by the gate and written down by nobody."""
    room = test_vehicles.room_of()
    test_vehicles.passed(room, 10, "out", closes=HOUR)
    return room


def explain(room: KernelRoom, at: float) -> None:
    who = test_vehicles.MEI
    room.ask(at, test_vehicles.Explain(case="C-1", driver="li", purpose="post", note="in a hurry", **who))


def unapproved() -> KernelRoom:
    office = test_foreign_affairs.Office()
    office.plan()
    return office


def approve(room: KernelRoom, at: float) -> None:
    (case,) = room.kernel.cases.of("foreign_affairs")
    room.ask(at, test_foreign_affairs.Approve(case=case, **test_foreign_affairs.LI))


def with_a_window_open() -> KernelRoom:
    office = test_foreign_affairs.Office()
    office.approved()
    office.step(60, "d1.door=on")
    return office


def shut(room: KernelRoom, at: float) -> None:
    """What is open is tried again each minute."""
    room.step(at, "d1.door=off")
    if at > test_foreign_affairs.FROM:
        room.run_until(at + 60)


BORDERS = {
    "plan-b1-hours": Border(
        on_duty,
        16.5 * HOUR,
        lambda site, at: site.come(at, "an1", Go),
        lambda site, at: site.come(at, "an1"),
    ),
    "plan-b1-handover": Border(test_handover.Site, 8.5 * HOUR, hand_over),
    "plan-b1-rounds": Border(all_but_one, 3 * HOUR + 600, walk),
    "plan-b1-lone-guard": Border(alone, 600, lambda room, at: room.ask(at, Well(**test_guards.who()))),
    "plan-b1-control-room-log": Border(
        test_control_room_log.room, 2.25 * HOUR, lambda room, at: room.ask(at, test_control_room_log.log())
    ),
    "plan-b3-openings": Border(with_an_opened_store, 960, lambda room, at: room.ask(at, test_stores.why())),
    "plan-b4-armed": Border(with_an_open_door, 19 * HOUR, close_and_arm),
    "plan-b7-visitors": Border(visited, test_visitors.CLOSING, see_out),
    "plan-b6-after-hours": Border(left_at_noon, HOUR, explain),
    "plan-b8-approved": Border(unapproved, test_foreign_affairs.FROM, approve),
    "plan-b8-closed": Border(with_a_window_open, test_foreign_affairs.FROM, shut),
    "plan-c6-reported": Border(after_a_fair, 12 * DAY, report),
    "plan-d3-overdue": Border(assigned, 10 * DAY, rectify),
    "plan-e1-two-people": Border(alone_in_a_store, 120, lambda room, at: enters(room, at, "wang")),
    "plan-e1-balance": Border(with_a_gun_out, 8 * HOUR, gives_back),
    "plan-e1-two-books": Border(lambda: test_stock.stocked("highly_toxic")[0], 2 * DAY, compares),
    "plan-g1-samples": Border(lunch, test_canteen_meal.LUNCH + 1_800, lambda kitchen, at: kitchen.keep(at)),
}


def state(duty: str, site: Any) -> str:
    return standing(DUTIES[duty], site.open(), {}, 1).state


@pytest.mark.parametrize("duty", BORDERS)
def test_nearly_missed_broken_and_made_up_for(duty: str) -> None:
    border = BORDERS[duty]
    nearly = border.site()
    nearly.run_until(border.breaks_at - 1)
    assert "kept" == state(duty, nearly)
    border.mend(nearly, border.breaks_at - 1)
    nearly.run_until(border.breaks_at + 1)
    assert "kept" == state(duty, nearly)

    broken = border.site()
    broken.run_until(border.breaks_at - 1)
    border.then(broken, border.breaks_at)
    broken.run_until(border.breaks_at)
    assert "broken" == state(duty, broken)
    border.mend(broken, border.breaks_at + 60)
    broken.run_until(border.breaks_at + 120)
    assert "kept" == state(duty, broken)
