"""Two permits at one place: each knows of the other, and what is done in a confined space takes its permit besides."""

from typing import Any

import pytest

from alerts.kernel.consent import Give
from tests.alerts.kernel.room import keys
from tests.workflows.permitting import PermitRoom, measure, start
from workflows.hot_work import HotWork, HotWorkConfig, Issue, RecordGas
from workflows.hot_work import Start as StartHotWork


def hot_work(place: str = "Sump 1") -> Issue:
    said: dict[str, Any] = {"area": "store", "place": place, "work": "weld", "level": "first", "hours": 8}
    people = {"worker": "wang", "certificate": "T-1", "watcher": "Qian"}
    return Issue(**said, **people, by="tom", role="technician")  # type: ignore[arg-type]


def start_hot_work(room: PermitRoom, at: float, ticket: str) -> list[str]:
    room.ask(at, RecordGas(case=ticket, point="bottom", value=0, by="tom", role="technician"))
    effects = room.step(at, StartHotWork(case=ticket, by="tom", role="technician"))
    if not effects.refused:
        room.step(at, Give(case=effects.answered[0].case, by="ada", role="admin"))
    return keys(effects)


@pytest.mark.parametrize("place", ["Sump  1", "cs-1"])
def test_hot_work_in_a_confined_space_takes_both_and_each_knows_of_the_other(place: str) -> None:
    room = PermitRoom(HotWork(HotWorkConfig(night_start="22:00", night_end="22:00")))
    ticket = room.ask(1, hot_work(place), second="boss")
    assert ["confined_space.needs_permit"] == start_hot_work(room, 2, ticket)
    case = room.prepared(3)
    assert ["confined_space.needs_permit"] == start_hot_work(room, 4, ticket)
    room.ask(5, measure(case))
    room.ask(5, start(case))
    assert [] == start_hot_work(room, 6, ticket)
    of_hot_work = room.kernel.cases.of("hot_work")[ticket]
    assert [("confined_space", case, "working")] == [(b.workflow, b.case, b.stage) for b in of_hot_work.beside]  # type: ignore[attr-defined]
    assert [("hot_work", ticket, "working")] == [(b.workflow, b.case, b.stage) for b in room.permit(case).beside]
    room.ask(7, measure(case, lel=10))  # bad air stops both
    of_hot_work = room.kernel.cases.of("hot_work")[ticket]
    assert ("paused", "stopped") == (of_hot_work.stage, of_hot_work.beside[0].stage)  # type: ignore[attr-defined]
    assert ["confined_space.needs_permit"] == start_hot_work(room, 8, ticket)


def test_hot_work_elsewhere_takes_nothing_more() -> None:
    room = PermitRoom(HotWork(HotWorkConfig(night_start="22:00", night_end="22:00")))
    ticket = room.ask(1, hot_work("beside sump 1"), second="boss")
    assert [] == start_hot_work(room, 2, ticket)
