"""Contractors: no card works before insurance, agreement and briefing are in force; what runs out is told before."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from alerts.person import Person
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import CALENDAR, START, device
from tests.workflows.register import Register
from workflows.contractors import (
    AddFirm,
    AddWorker,
    Brief,
    Contractors,
    ContractorsConfig,
    End,
    Firm,
    RemoveWorker,
    Renew,
)
from workflows.visitors import Visitors, VisitorsConfig

DAY = 86_400
TODAY = CALENDAR.day(START)
GATE = device("gate", "gate", kind="reader", signals=("credential",))
SITE = SiteFacts(areas={"gate": Place("gate", Name("Gate"))}, calendar=CALENDAR)
LI = Person(id="w7", name="Li Na", account="li", cards=("26:20:77",))
CARD = "26:20:800"
PAPERS = {"insurance_until": TODAY + timedelta(days=90), "agreement_until": TODAY + timedelta(days=90)}
WHO: dict[str, Any] = {"by": "mia", "role": "manager"}


def site() -> KernelRoom:
    visitors = Visitors(VisitorsConfig(readers={"gate": "both"}, passes={"V1": "26:20:900"}))
    return KernelRoom(Contractors(), visitors, Register(LI), devices=(GATE,), site=SITE)


def firm(room: KernelRoom, at: float = 0, **papers: Any) -> str:
    said = {"organisation": "Hongda", "work": "painting", **PAPERS, **papers}
    case = room.ask(at, AddFirm(id="f", **WHO, **said))
    room.ask(at, AddWorker(id="w", case=case, person="王五", document_number="3301", card=CARD, **WHO))
    return case


def kept(room: KernelRoom, case: str) -> Firm:
    return msgspec.json.decode(room.cases["contractors", case], type=Firm)


@pytest.mark.parametrize(
    ("papers", "briefed", "lacking"),
    [
        ({}, 0, ""),
        ({"insurance_until": TODAY}, 0, ""),
        ({"insurance_until": TODAY - timedelta(days=1)}, 0, "insurance"),
        ({"agreement_until": TODAY - timedelta(days=1)}, 0, "agreement"),
        ({"agreement_until": None}, 0, "agreement"),
        ({}, None, "briefing"),
        ({}, 364, ""),
        ({}, 365, "briefing"),
        ({"insurance_until": None, "agreement_until": None}, None, "insurance, agreement, briefing"),
    ],
)
def test_a_card_works_once_all_three_are_in_force(papers: dict[str, Any], briefed: int | None, lacking: str) -> None:
    room = site()
    case = firm(room, **papers)
    if briefed is not None:
        on = TODAY - timedelta(days=briefed)
        room.ask(60, Brief(id="b", case=case, persons=("王五",), on=on, **WHO))
    effects = room.step(120, f"gate.credential={CARD}")
    (said,) = effects.facts
    assert ("card_refused" if lacking else "came_in", lacking) == (said.step, said.fields.get("lacking", ""))
    assert bool(lacking) == bool(room.open("contractor-card-refused"))
    assert (not lacking) == kept(room, case).workers[0].is_in
    assert "person" in said.personal
    assert "王五" not in str(said.text.params)


def test_the_reader_writes_in_and_out_and_a_card_is_let_out_with_whatever_is_over() -> None:
    room = site()
    case = firm(room, insurance_until=TODAY)
    room.ask(60, Brief(id="b", case=case, persons=("王五",), **WHO))
    assert ["contractors.came_in"] == facts(room.step(120, f"gate.credential={CARD}"))
    room.run_until(DAY + 60)
    assert ["contractors.went_out"] == facts(room.step(DAY + 120, f"gate.credential={CARD}"))
    assert not room.open("contractor-card-refused")
    assert ["contractors.card_refused"] == facts(room.step(DAY + 180, f"gate.credential={CARD}"))


@pytest.mark.parametrize("paper", ["insurance", "agreement"])
def test_what_runs_out_is_told_thirty_days_before_and_when_it_is_over_and_renewed_it_is_well(paper: str) -> None:
    room = site()
    case = firm(room, **{f"{paper}_until": TODAY + timedelta(days=40)})
    assert [] == room.run_until(10 * DAY - 1)
    assert [f"contractors.{paper}_due"] == room.run_until(10 * DAY)
    assert [] == room.run_until(41 * DAY - 1)
    said = room.run_until(41 * DAY)
    assert [f"contractors.{paper}_over", "contractors.none_due"] == said
    assert ["contractor-out-of-date"] == [alert.rule for alert in room.open() if alert.active]
    room.ask(41 * DAY + 60, Renew(id="r", case=case, **{f"{paper}_until": TODAY + timedelta(days=400)}, **WHO))
    assert not [alert for alert in room.open() if alert.active]


def test_who_works_here_no_more_has_a_card_that_says_nothing() -> None:
    room = site()
    case = firm(room)
    room.ask(60, RemoveWorker(id="x", case=case, person="王五", **WHO))
    assert [] == facts(room.step(120, f"gate.credential={CARD}"))
    room.ask(180, End(id="e", case=case, **WHO))
    assert ("contractors", case) not in room.cases


@pytest.mark.parametrize(
    ("ask", "fields"),
    [
        (AddWorker(person="王五", document_number="1", **WHO), {"person"}),
        (AddWorker(person="李", document_number="1", card=CARD.upper(), **WHO), {"card"}),
        (AddWorker(person="李", document_number="1", card="26:20:77", **WHO), {"card"}),
        (AddWorker(person="李", document_number="1", card="26:20:900", **WHO), {"card"}),
        (AddWorker(person=" ", document_number="", **WHO), {"person", "document_number"}),
        (Brief(persons=("nobody",), **WHO), {"persons"}),
        (Brief(persons=(), **WHO), {"persons"}),
        (Brief(persons=("王五",), on=TODAY + timedelta(days=1), **WHO), {"on"}),
        (RemoveWorker(person="nobody", **WHO), {"person"}),
        (Renew(**WHO), {"insurance_until"}),
        (Renew(insurance_until=date(1, 1, 1), **WHO), {"insurance_until"}),
    ],
)
def test_what_cannot_be_is_refused_by_field(ask: Any, fields: set[str]) -> None:
    room = site()
    case = firm(room)
    effects = room.step(60, msgspec.structs.replace(ask, case=case))
    assert ["contractors.look_at_fields"] == keys(effects)
    assert fields == {field for _, field, _ in effects.faults[0]}
    assert ["contractors.none"] == keys(room.step(61, msgspec.structs.replace(ask, case="no such")))


@pytest.mark.parametrize("table", [{"days_ahead": -1}, {"briefing_days": 0}])
def test_a_wrong_table_is_a_fault_with_its_place(table: dict[str, int]) -> None:
    assert [tuple(table)] == [fault.path for fault in ContractorsConfig(**table).check(SITE)]
