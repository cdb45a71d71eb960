"""Infectious diseases: reported within 24 hours, or 2, by a clock that runs from when it was found."""

from typing import Any

import msgspec
import pytest

from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.workflows.terms import BY, DAY, room, standing
from workflows.disease_reports import Close, DiseaseReports, Find, Report

HOUR = 3_600


def found(at: float = 10, **more: Any) -> tuple[KernelRoom, str]:
    here = room(DiseaseReports())
    asked = {"area": "store", "person": "Zhang San", "symptoms": "fever and rash", **more}
    return here, here.ask(at, Find(**asked, **BY))


@pytest.mark.parametrize(("urgent", "hours", "ahead"), [(False, 24, 6), (True, 2, 1)])
def test_the_clock_runs_from_when_it_was_found(urgent: bool, hours: int, ahead: int) -> None:
    """Near, and late in that very second, over a restart."""
    here, case = found(urgent=urgent)
    here.run_until(10 + (hours - ahead) * HOUR - 1)
    assert 0 == standing(here, "disease-reports-due")
    here.restart(3)
    here.run_until(10 + hours * HOUR - 1)
    assert [1, 0] == [standing(here, f"disease-reports-{word}") for word in ("due", "late")]
    here.run_until(10 + hours * HOUR)
    assert [0, 1] == [standing(here, f"disease-reports-{word}") for word in ("due", "late")]
    steps = facts(here.step(11 + hours * HOUR, Report(case=case, to="CDC", reference="7", **BY)))
    assert ["disease_reports.reported", "disease_reports.in_order"] == steps


def test_what_was_found_before_it_was_entered_is_late_at_once() -> None:
    here, _ = found(30 * HOUR, done_at=START + 5 * HOUR * SECOND)
    assert 1 == standing(here, "disease-reports-late")


def test_it_is_followed_until_who_was_ill_is_back() -> None:
    here, case = found()
    here.step(HOUR, Report(case=case, to="CDC", reference="7", **BY))
    here.run_until(10 + 30 * DAY)
    assert 1 == standing(here, "disease-reports-late")
    steps = facts(here.step(31 * DAY, Close(case=case, outcome="back", result="healthy", **BY)))
    assert ["disease_reports.back", "disease_reports.in_order"] == steps
    assert {} == dict(here.kernel.cases.of("disease_reports"))


def test_what_a_doctor_finds_harmless_needs_no_report() -> None:
    here, case = found()
    assert ["terms.not_now"] == keys(here.step(20, Close(case=case, outcome="back", result="x", **BY)))
    ended = facts(here.step(21, Close(case=case, outcome="not_infectious", result="an allergy", **BY)))
    assert ["disease_reports.not_infectious"] == ended


def test_a_sentence_tells_nothing_of_a_person() -> None:
    here, _ = found(contacts="Li Si")
    (fact,) = (fact for fact in here.effects.facts if fact.step == "found")
    clear = msgspec.structs.replace(
        fact, fields={name: value for name, value in fact.fields.items() if name not in fact.personal}
    )
    said = msgspec.json.encode(clear).decode()
    assert not any(word in said for word in ("Zhang", "rash", "Li Si")), said


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (Find(area="moon", person="p", symptoms="s", **BY), "disease_reports.no_area"),
        (Find(area="store", person=" ", symptoms="s", **BY), "terms.field"),
        (Find(area="store", person="p", symptoms="s", count=0, **BY), "disease_reports.no_count"),
        (Report(case="x", to="CDC", reference="7", **BY), "terms.no_case"),
        (Report(case="x", to="CDC", reference="7", by="g", role="guard"), "workflow.not_your_role"),
    ],
)
def test_what_cannot_be_is_refused(ask: Any, why: str) -> None:
    here, _ = found()
    assert [why] == keys(here.step(20, ask))


def test_it_is_not_reported_before_it_was_found_nor_twice() -> None:
    here, case = found(HOUR)
    early = Report(case=case, to="CDC", reference="7", done_at=START + SECOND, **BY)
    assert ["disease_reports.before_it"] == keys(here.step(HOUR + 1, early))
    report = Report(case=case, to="CDC", reference="7", **BY)
    here.step(HOUR + 2, report)
    assert ["terms.not_now"] == keys(here.step(HOUR + 3, report))
