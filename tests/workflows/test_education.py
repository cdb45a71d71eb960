"""Education: everybody by name with a result, made up in its term, signed by who was there; hours of each in a year."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.training import Participant, Training, hours_of, trained_in
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.workflows.terms import BY, DAY, TODAY, after, midnight, room, standing
from workflows.education import Cancel, Education, Hold, MakeUp, Plan, Sign


def planned(**more: Any) -> tuple[KernelRoom, str]:
    here = room(Education())
    asked = {"kind": "safety", "topic": "Presses", "planned": after(10), "hours": 4, "invited": ("li", "wu", "bo")}
    return here, here.ask(1, Plan(**{**asked, **more}, **BY))


def case_of(here: KernelRoom) -> Training:
    (case,) = here.kernel.cases.of("education").values()
    return case


def test_whoever_is_named_nowhere_was_absent_and_makes_it_up() -> None:
    here, case = planned()
    here.run_until(midnight(10))
    assert 1 == standing(here, "education-due")
    steps = facts(here.step(midnight(10) + 1, Hold(case=case, passed=("li",), failed=("wu",), **BY)))
    assert ["education.held", "education.not_near"] == steps
    assert ("wu", "bo") == case_of(here).lacking
    here.restart(15 * DAY)
    here.run_until(midnight(41) - 1)
    assert [1, 0] == [standing(here, f"education-{word}") for word in ("due", "late")]
    here.run_until(midnight(41))
    assert 1 == standing(here, "education-late")
    here.step(midnight(41) + 1, MakeUp(case=case, persons=("wu",), **BY))
    assert 1 == standing(here, "education-late"), "one of them"
    here.step(midnight(41) + 2, MakeUp(case=case, persons=("bo",), result="attended", **BY))
    assert 0 == standing(here, "education-late")
    assert "complete" == case_of(here).stage


def test_the_fact_tells_names_and_results_as_what_is_personal() -> None:
    here, case = planned()
    here.step(midnight(10), Hold(case=case, passed=("li",), attended=("wu",), **BY))
    (held,) = (fact for fact in here.effects.facts if fact.step == "held")
    assert ("persons",) == held.personal
    rows = ({"person": "li", "result": "passed"}, {"person": "wu", "result": "attended"})
    assert (*rows, {"person": "bo", "result": "absent"}) == held.fields["persons"]
    assert (2, 1, 1, 1) == tuple(held.fields[name] for name in ("participants", "passed", "attended", "absent"))


def test_one_that_is_not_held_is_late_until_it_is_or_is_cancelled() -> None:
    here, case = planned()
    here.run_until(midnight(11))
    assert 1 == standing(here, "education-late")
    assert ["terms.field"] == keys(here.step(midnight(11) + 1, Cancel(case=case, note=" ", **BY)))
    here.step(midnight(11) + 2, Cancel(case=case, note="trainer is ill", **BY))
    assert 0 == standing(here, "education-late")


def test_who_was_there_signs_with_their_own_account() -> None:
    here, case = planned(needs_signatures=True, trainer="li", invited=("wu",))
    here.step(midnight(10), Hold(case=case, passed=("wu",), **BY))
    assert ("wu", "li") == case_of(here).unsigned
    assert ["education.not_yours"] == keys(here.step(midnight(10) + 1, Sign(case=case, by="mei", role="manager")))
    here.run_until(midnight(18))
    assert 1 == standing(here, "education-late")
    here.step(midnight(18) + 1, Sign(case=case, by="wu", role="guard"))
    assert ["education.not_yours"] == keys(here.step(midnight(18) + 2, Sign(case=case, by="wu", role="guard")))
    here.step(midnight(18) + 3, Sign(case=case, by="lina", role="operator"))
    assert 0 == standing(here, "education-late")
    assert "complete" == case_of(here).stage


def test_a_department_is_everybody_in_it() -> None:
    here, _ = planned(invited=("bo",), department="production")
    assert {"bo", "li", "wu"} <= set(case_of(here).invited)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"topic": " "}, "terms.field"),
        ({"hours": 0}, "education.no_hours"),
        ({"hours": float("nan")}, "education.no_hours"),
        ({"invited": ()}, "education.invites_nobody"),
        ({"invited": ("ghost",)}, "terms.field"),
        ({"invited": ("gone",)}, "terms.field"),
        ({"invited": ("li",) * 501}, "education.too_many"),
        ({"trainer": "ghost"}, "terms.field"),
        ({"planned": date(2300, 1, 1)}, "terms.field"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(more: dict[str, Any], why: str) -> None:
    here = room(Education())
    asked = {"kind": "safety", "topic": "t", "planned": after(10), "hours": 4, "invited": ("li",)}
    assert [why] == keys(here.step(1, Plan(**{**asked, **more}, **BY)))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"passed": ("li",), "failed": ("li",)}, "education.twice"),
        ({"failed": ("li",)}, "education.nobody"),
        ({"passed": ("ghost",)}, "terms.field"),
        ({"passed": ("li",), "held": after(40)}, "terms.field"),
    ],
)
def test_a_result_that_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    here, case = planned()
    assert [why] == keys(here.step(midnight(10), Hold(case=case, **fields, **BY)))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"persons": ("li",)}, "education.not_lacking"),
        ({"persons": ()}, "education.not_lacking"),
        ({"persons": ("wu",), "result": "absent"}, "education.not_lacking"),
        ({"persons": ("wu",), "on": after(9)}, "education.before_it"),
    ],
)
def test_nobody_makes_up_what_they_do_not_lack(fields: dict[str, Any], why: str) -> None:
    here, case = planned()
    here.step(midnight(10), Hold(case=case, passed=("li",), **BY))
    assert [why] == keys(here.step(midnight(11), MakeUp(case=case, **fields, **BY)))


def test_what_is_complete_counts_for_its_year_and_is_forgotten_later() -> None:
    here, case = planned(invited=("li",))
    here.step(midnight(10), Hold(case=case, passed=("li",), **BY))
    assert {"li": 4} == trained_in(here.kernel.world, after(10).year)
    here.restart(790 * DAY)
    here.run_until(midnight(10) + 799 * DAY)
    assert case_of(here)
    here.run_until(midnight(10) + 801 * DAY)
    assert {} == dict(here.kernel.cases.of("education"))


_RESULTS = st.sampled_from(["passed", "attended", "failed", "absent"])


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(["li", "wu", "bo"]), st.tuples(_RESULTS, st.integers(2025, 2027))),
            st.integers(1, 40),
        )
    )
)
def test_hours_are_the_sum_over_what_somebody_took_part_in(held: list[Any]) -> None:
    """In the year of the day on which they did, and nothing for who failed or was absent."""
    cases = [
        Training(
            id=str(number),
            kind="safety",
            topic="t",
            planned=TODAY,
            hours=hours,
            participants=tuple(Participant(who, result, date(year, 5, 1)) for who, (result, year) in people.items()),
        )
        for number, (people, hours) in enumerate(held)
    ]
    for year in (2025, 2026, 2027):
        found = hours_of(cases, year)
        for who in ("li", "wu", "bo"):
            counted = [
                hours
                for people, hours in held
                if who in people and people[who][1] == year and people[who][0] in ("passed", "attended")
            ]
            assert sum(counted) == found.get(who, 0)
