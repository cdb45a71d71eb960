"""Mediation: answered and settled in its terms, told before and when late, and nothing personal in a sentence."""

from typing import Any

import msgspec
import pytest

from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.workflows.terms import BY, DAY, after, consented, midnight, room, standing
from workflows.mediation import Answer, Extend, FollowUp, Mediation, MediationConfig, Receive, Settle, Talk


def received(**more: Any) -> tuple[KernelRoom, str]:
    here = room(Mediation())
    asked = {"kind": "conflict", "matter": "Dormitory noise", "parties": "Zhang, Wang", "person": "li", **more}
    return here, here.ask(1, Receive(**asked, **BY))


def test_from_receipt_to_the_visit_afterwards() -> None:
    here, case = received()
    assert ["mediation.answered"] == facts(here.step(5 * DAY, Answer(case=case, answer="taken on", **BY)))
    assert ["mediation.talked"] == facts(here.step(6 * DAY, Talk(case=case, talk="both came", **BY)))
    assert ["mediation.settled"] == facts(here.step(9 * DAY, Settle(case=case, result="settled", agreement="x", **BY)))
    assert ["mediation.conflict_near"] == here.run_until(39 * DAY)
    done = facts(here.step(39 * DAY, FollowUp(case=case, finding="quiet", **BY)))
    assert ["mediation.followed_up", "mediation.conflict_not_near"] == done
    assert {} == dict(here.kernel.cases.of("mediation"))


@pytest.mark.parametrize("kind", ["conflict", "concern", "complaint"])
def test_in_the_last_second_of_its_term_it_is_near_and_then_late(kind: Any) -> None:
    """Each kind by a rule of its own; over a restart."""
    here, case = received(kind=kind)
    name = f"mediation-{kind}"
    here.run_until(midnight(16) - 1)
    assert [1, 0] == [standing(here, f"{name}-{word}") for word in ("due", "late")]
    here.restart(3)
    here.run_until(midnight(16) + 3)
    assert [0, 1] == [standing(here, f"{name}-{word}") for word in ("due", "late")]
    here.step(17 * DAY, Answer(case=case, answer="taken on", **BY))
    assert 0 == standing(here, f"{name}-late")
    here.run_until(midnight(61))
    assert 1 == standing(here, f"{name}-late"), "settled within sixty days, too"


def test_it_is_extended_once_by_two_with_a_notice() -> None:
    here, case = received()
    here.step(2, Answer(case=case, answer="taken on", **BY))
    ask = Extend(case=case, notice="told both in writing", note="an expert is needed", **BY)
    consented(here, 50 * DAY, ask)
    here.run_until(midnight(91) - 1)
    assert 0 == standing(here, "mediation-conflict-late")
    here.run_until(midnight(91))
    assert 1 == standing(here, "mediation-conflict-late")
    assert ["mediation.once"] == keys(here.step(midnight(91) + 1, ask))


@pytest.mark.parametrize("result", ["referred", "failed"])
def test_what_was_not_agreed_needs_no_visit(result: Any) -> None:
    here, case = received()
    assert [f"mediation.{result}"] == facts(here.step(2, Settle(case=case, result=result, agreement="court", **BY)))
    assert {} == dict(here.kernel.cases.of("mediation"))


def test_a_sentence_tells_nothing_of_a_person() -> None:
    here, case = received()
    told = [fact for fact in here.effects.facts if fact.workflow == "mediation"]
    told += here.step(2, Settle(case=case, result="settled", agreement="Zhang pays", **BY)).facts
    for fact in told:
        clear = msgspec.structs.replace(
            fact, fields={name: value for name, value in fact.fields.items() if name not in fact.personal}
        )
        said = msgspec.json.encode(clear).decode()
        assert not any(word in said for word in ("Zhang", "Dormitory")), said


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"matter": " "}, "terms.field"),
        ({"parties": "x" * 201}, "terms.field"),
        ({"person": "nobody"}, "terms.field"),
        ({"person": "gone"}, "terms.field"),
        ({"received": after(1)}, "terms.field"),
        ({"count": 0}, "mediation.no_count"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    here, _ = received()
    asked = {"kind": "conflict", "matter": "m", "parties": "p", "person": "li", **fields}
    assert [why] == keys(here.step(2, Receive(**asked, **BY)))


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (Answer(answer="again", case="", **BY), "terms.no_case"),
        (FollowUp(finding="too early", case="its", **BY), "terms.not_now"),
        (Answer(answer="before", answered=after(-3), case="its", **BY), "mediation.before_receipt"),
        (Settle(result="settled", agreement=" ", case="its", **BY), "terms.field"),
        (Answer(answer="x", case="its", by="olga", role="operator"), "workflow.not_your_role"),
    ],
)
def test_each_step_has_its_time(ask: Any, why: str) -> None:
    here, case = received()
    asked = msgspec.structs.replace(ask, case=case if ask.case == "its" else ask.case)
    assert [why] == keys(here.step(2, asked))


def test_a_group_is_told_as_one() -> None:
    here, _ = received(count=5)
    assert ["mediation.group"] == facts(here.effects)


def test_a_term_is_a_number_of_days() -> None:
    assert ["answer_days"] == [fault.path[0] for fault in MediationConfig(answer_days=0).check(None)]  # type: ignore[arg-type]
