"""Rules documents: eight of eight, each in force, due or missing; approved by two, looked through every three years."""

from typing import Any

import msgspec
import pytest

from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.workflows.terms import BY, after, consented, midnight, room, standing
from workflows.rules_documents import SYSTEMS, DocumentsConfig, Issue, Review, RulesDocuments, Withdraw

FILE = f"sha256:{'a' * 64}"


def asked_for() -> KernelRoom:
    here = room(RulesDocuments(DocumentsConfig(is_on=True)))
    here.run_until(1)
    return here


def issue(system: Any = "fire_safety", **more: Any) -> Issue:
    return Issue(**{"system": system, "heading": "Fire rules", "edition": "1", "document": FILE, **more}, **BY)


def states(here: KernelRoom) -> dict[str, str]:
    flow = RulesDocuments()
    return {name: flow.state(case) for name, case in here.kernel.cases.of("rules_documents").items()}


def test_eight_are_missing_until_each_is_issued() -> None:
    here = asked_for()
    assert dict.fromkeys(SYSTEMS, "missing") == states(here)
    here.run_until(midnight(31) - 1)
    assert 0 == standing(here, "rules-documents-late")
    here.run_until(midnight(31))
    assert 8 == standing(here, "rules-documents-late")
    consented(here, midnight(32), issue())
    assert 7 == standing(here, "rules-documents-late")
    assert "in_force" == states(here)["fire_safety"]


def test_it_is_looked_through_every_three_years_over_a_restart() -> None:
    here = asked_for()
    consented(here, 2, issue())
    (told,) = (fact for fact in here.effects.facts if fact.step == "issued")
    assert ("a" * 64, "boss") == (told.fields["hash"], told.second)
    here.restart(1_090 * 86_400)
    here.run_until(midnight(1_097) - 1)
    assert "due" == states(here)["fire_safety"]
    assert 7 == standing(here, "rules-documents-late")
    here.run_until(midnight(1_097))
    assert 8 == standing(here, "rules-documents-late")
    reviewed = Review(case="fire_safety", note="stays", **BY)
    steps = facts(here.step(midnight(1_098), reviewed))
    assert ["rules_documents.reviewed", "rules_documents.in_order"] == steps


def test_what_is_withdrawn_is_missing_again() -> None:
    here = asked_for()
    consented(here, 2, issue())
    consented(here, 3, issue(edition="2"))
    assert ["rules_documents.revised"] == [name for name in facts(here.effects) if name.startswith("rules")]
    consented(here, 4, Withdraw(case="fire_safety", note="replaced", **BY))
    assert "missing" == states(here)["fire_safety"]


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (issue(heading=" "), "terms.field"),
        (issue(document=""), "terms.field"),
        (issue(issued=after(1)), "terms.field"),
        (Review(case="vehicles", note="x", **BY), "rules_documents.none_yet"),
        (Review(case="nothing", note="x", **BY), "terms.no_case"),
        (
            msgspec.structs.replace(issue(), by="olga", role="operator"),
            "workflow.not_your_role",
        ),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, why: str) -> None:
    assert [why] == keys(asked_for().step(2, ask))


def test_nobody_approves_their_own() -> None:
    here = asked_for()
    with pytest.raises(AssertionError, match=r"consent\."):
        consented(here, 2, issue(), second="mei")


def test_where_it_is_not_asked_for_nothing_is_missing() -> None:
    here = room(RulesDocuments())
    here.run_until(midnight(40))
    assert {} == states(here)
    consented(here, midnight(41), issue())
    consented(here, midnight(41) + 1, Withdraw(case="fire_safety", note="no use", **BY))
    assert {} == states(here)
