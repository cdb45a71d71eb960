"""Occupational health: examined before, yearly and on leaving, re-checked and told, each in its term."""

from typing import Any

import pytest

from alerts.people_asks import Add
from alerts.people_asks import Leave as LeaveWork
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.workflows.terms import BY, SITE, after, midnight, room, standing
from workflows.occupational_health import Enlist, Examine, Exposed, Inform, Leave, OccupationalHealth
from workflows.people import People


def enlisted(**more: Any) -> KernelRoom:
    here = room(OccupationalHealth())
    here.ask(1, Enlist(**{"person": "wu", "factors": ("dust", "noise"), "examined": after(-1), **more}, **BY))
    return here


def examine(**more: Any) -> Examine:
    return Examine(
        **{
            "case": "wu",
            "kind": "during",
            "institution": "City hospital",
            "result": "normal",
            "informed": True,
            **more,
        },
        **BY,
    )


def case(here: KernelRoom) -> Exposed:
    (one,) = here.kernel.cases.of("occupational_health").values()
    return one


def states(here: KernelRoom) -> list[int]:
    return [standing(here, f"occupational-health-{word}") for word in ("due", "late")]


def test_who_is_exposed_is_examined_each_year_over_a_restart() -> None:
    here = enlisted()
    here.restart(300 * 86_400)
    here.run_until(midnight(365) - 1)
    assert [1, 0] == states(here)
    here.run_until(midnight(365))
    assert [0, 1] == states(here)
    here.step(midnight(365) + 1, examine())
    assert [0, 0] == states(here)


def test_nobody_begins_without_an_examination() -> None:
    here = enlisted(examined=None)
    assert [1, 0] == states(here)
    here.run_until(midnight(1))
    assert [0, 1] == states(here)
    here.step(midnight(1) + 1, examine(kind="before"))
    assert [0, 0] == states(here)


def test_a_re_check_and_the_word_to_the_person_have_terms_of_their_own() -> None:
    here = enlisted()
    here.step(midnight(2), examine(result="recheck", recheck=after(12), informed=False))
    here.run_until(midnight(13))
    assert 1 == states(here)[1]
    here.step(midnight(13) + 1, examine(informed=False, examined=after(13)))
    assert 0 == states(here)[1]
    here.run_until(midnight(44))
    assert 1 == states(here)[1], "the result was not told within thirty days"
    assert ["occupational_health.informed", "occupational_health.in_order"] == facts(
        here.step(midnight(44) + 1, Inform(case="wu", **BY))
    )


def test_who_leaves_the_post_is_examined_a_last_time() -> None:
    here = enlisted()
    assert ["occupational_health.leave_first"] == keys(here.step(2, examine(kind="leaving")))
    here.step(3, Leave(case="wu", **BY))
    here.run_until(midnight(31))
    assert [0, 1] == states(here)
    here.step(midnight(31) + 1, examine(kind="leaving", informed=False))
    assert case(here).is_last
    here.step(midnight(31) + 2, Inform(case="wu", **BY))
    assert {} == dict(here.kernel.cases.of("occupational_health"))


def test_who_leaves_the_works_leaves_the_post() -> None:
    here = KernelRoom(People(), OccupationalHealth(), rules=(), devices=(), site=SITE)
    here.ask(1, Add(person="wu", name="Wu", **BY))
    here.ask(2, Enlist(person="wu", factors=("dust",), examined=after(-1), **BY))
    assert ["people.left", "occupational_health.left"] == facts(here.step(3, LeaveWork(case="wu", **BY)))


def test_what_a_doctor_found_is_personal() -> None:
    here = enlisted()
    here.step(2, examine(result="suspected"))
    (fact,) = (fact for fact in here.effects.facts if fact.step == "examined")
    assert {"result"} <= set(fact.personal)
    assert "suspected" not in str(fact.text)
    assert {"factors", "result", "recheck"} == set(OccupationalHealth.personal)


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (Enlist(person="ghost", factors=("dust",), **BY), "terms.field"),
        (Enlist(person="gone", factors=("dust",), **BY), "terms.field"),
        (Enlist(person="bo", factors=(), **BY), "occupational_health.no_factor"),
        (Enlist(person="bo", factors=("dust",), area="moon", **BY), "occupational_health.no_area"),
        (Enlist(person="bo", factors=("dust",), examined=after(2), **BY), "terms.field"),
        (examine(result="recheck"), "occupational_health.recheck_with_day"),
        (examine(recheck=after(3)), "occupational_health.recheck_with_day"),
        (examine(institution=" "), "terms.field"),
        (examine(case="bo"), "terms.no_case"),
        (Inform(case="wu", **BY), "terms.not_now"),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, why: str) -> None:
    assert [why] == keys(enlisted().step(2, ask))
