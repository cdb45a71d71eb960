"""The systems of the plan: all that they name is there, and all books and workflows stand in one of them."""

import pytest

from alerts.alert import AlertClass
from alerts.hazards import Category
from api.workflow_finder import every_workflow
from devices.kinds import KINDS
from gateway.stores.books import read_books
from ledger.duties import duties_of, standing_of
from ledger.systems import System, Wanted, systems_of

PLAN = "safe_enterprise"
SYSTEMS = systems_of(PLAN)
DUTIES = {each.name for each in (*duties_of(PLAN), *standing_of(PLAN))}


def test_the_plan_has_its_eight_systems() -> None:
    assert [f"b{number}" for number in range(1, 9)] == [each.id for each in SYSTEMS if each.is_system]


def test_no_two_have_the_same_name() -> None:
    assert len(SYSTEMS) == len({each.id for each in SYSTEMS}) == len({each.title for each in SYSTEMS})


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.id)
def test_all_that_a_system_names_is_there(system: System) -> None:
    books = read_books()
    bodies = next(field for field in books["organisations"].fields if field.name == "kind").choices
    known: dict[str, set[str]] = {
        "books": set(books),
        "workflows": set(every_workflow()),
        "answers": set(every_workflow()),
        "bodies": set(bodies),
        "device_kinds": set(KINDS),
        "alert_classes": set(AlertClass),
        "device_alerts": set(AlertClass),
        "hazards": set(Category.__args__),  # type: ignore[attr-defined]
    }
    assert {} == {name: unknown for name, its in known.items() if (unknown := set(getattr(system, name)) - its)}


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.id)
def test_what_is_asked_for_first_is_shown_by_one_thing_that_is_there(system: System) -> None:
    books = read_books()

    def is_right(wanted: Wanted) -> bool:
        if wanted.book:
            fields = {field.name: field for field in books[wanted.book].fields}
            return all(
                name in fields and value in (fields[name].choices or {value}) for name, value in wanted.where.items()
            )
        return wanted.duty in DUTIES or wanted.workflow in every_workflow()

    assert [] == [each.title for each in system.first if not is_right(each)]
    assert [] == [each.title for each in system.first if 1 != sum(map(bool, (each.book, each.duty, each.workflow)))]


def test_every_book_belongs_to_a_system_or_to_the_others() -> None:
    assert [] == sorted(set(read_books()) - {book for each in SYSTEMS for book in each.books})


def test_every_workflow_belongs_to_a_system_or_to_the_others() -> None:
    assert [] == sorted(set(every_workflow()) - {flow for each in SYSTEMS for flow in each.workflows})


def test_every_duty_belongs_to_a_system() -> None:
    clauses = {each.clause for each in (*duties_of(PLAN), *standing_of(PLAN))}
    assert [] == sorted(clause for clause in clauses if not any(each.has_clause(clause) for each in SYSTEMS))


def test_somebody_answers_for_every_hazard() -> None:
    assert set(Category.__args__) == {category for each in SYSTEMS for category in each.hazards}  # type: ignore[attr-defined]
