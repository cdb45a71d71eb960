"""How a system is judged, which written rule is in force, and which devices and duties belong to a system."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.reading import SECOND
from ledger.rule_documents import document_of
from ledger.system_state import Evidence, of_document, of_duty, of_entry, verdict, worst
from ledger.systems import System, systems_of

DAY = 86_400 * SECOND
TODAY = date(2026, 12, 1)
NOW = 100 * DAY
STATES: tuple[Evidence, ...] = ("there", "due", "late", "missing", "exempt", "unknown")


class Kept(msgspec.Struct):
    """What the workflow of rules documents keeps of one."""

    heading: str = "Rounds"
    edition: str = "3"
    number: str = "QS-1"
    second: str = "cao"
    issued: date | None = TODAY
    reviewed: date | None = TODAY
    document: str = ""
    told: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("age", "within", "expected"),
    [
        (0, 1, "there"),
        (DAY, 1, "there"),
        (DAY + 1, 1, "late"),
        (90 * DAY, 0, "there"),
        (None, 1, "missing"),
        (None, 0, "missing"),
    ],
    ids=["just now", "to the last moment", "a moment later", "however old", "none in time", "none at all"],
)
def test_an_entry_is_there_in_its_time(age: int | None, within: float, expected: str) -> None:
    assert expected == of_entry(None if age is None else NOW - age, within, NOW)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["done"], "there"),
        (["kept"], "there"),
        (["open"], "due"),
        (["near"], "due"),
        (["late"], "late"),
        (["missed"], "missing"),
        (["broken"], "missing"),
        (["exempt"], "exempt"),
        (["not_yet"], "unknown"),
        (["counting"], "unknown"),
        (["done", "missed", "open"], "missing"),
        ([], "unknown"),
        (["a word of tomorrow"], "unknown"),
    ],
)
def test_a_duty_is_as_good_as_its_worst_area(states: list[str], expected: str) -> None:
    assert expected == of_duty(states)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "there"),
        ({"told": ("near_review",)}, "due"),
        ({"told": ("late_review",)}, "late"),
        ({"second": ""}, "late"),
        ({"second": "", "told": ("near_review",)}, "late"),
        ({"reviewed": None, "issued": None}, "missing"),
    ],
    ids=["in force", "review near", "review overdue", "unapproved", "unapproved and near", "never issued"],
)
def test_a_rule_is_in_force_until_its_review(fields: dict[str, Any], expected: str) -> None:
    assert expected == of_document(document_of(Kept(**fields)))


def test_a_rule_that_nobody_keeps_is_missing() -> None:
    assert "missing" == of_document(document_of(None))


def test_what_is_said_of_a_rule() -> None:
    found = document_of(Kept(edition=""))
    assert found is not None
    assert ("QS-1", TODAY + timedelta(days=1096)) == (found.version, found.review_by(1_096))


@pytest.mark.parametrize(
    ("found", "is_disturbed", "expected"),
    [
        (["there", "exempt"], False, "in_order"),
        (["there", "due"], False, "in_order"),
        (["there"], True, "attention"),
        (["there", "late"], False, "attention"),
        (["unknown", "late"], False, "attention"),
        (["there", "unknown"], False, "unknown"),
        (["unknown"], True, "attention"),
        (["missing", "there"], True, "wanting"),
        ([], False, "unknown"),
    ],
)
def test_a_system_is_called_in_order_only_if_all_is_known_to_be(
    found: list[Evidence], is_disturbed: bool, expected: str
) -> None:
    assert expected == verdict(found, is_disturbed=is_disturbed)


@given(st.lists(st.sampled_from(STATES), min_size=1), st.sampled_from(STATES), st.booleans())
def test_nothing_that_comes_to_light_makes_a_system_better(
    found: list[Evidence], more: Evidence, is_disturbed: bool
) -> None:
    rank = ["wanting", "attention", "unknown", "in_order"].index
    assert rank(verdict([*found, more], is_disturbed=is_disturbed)) <= rank(verdict(found, is_disturbed=is_disturbed))
    assert worst([*found, more]) == worst([worst(found), more])


def test_what_belongs_to_a_system() -> None:
    system = System(
        plan="p",
        id="b1",
        clause="B1",
        title="",
        zh="",
        about="",
        about_zh="",
        device_kinds=("lock",),
        device_tags=("x",),
    )
    part = System(plan="p", id="d", clause="D", title="", zh="", about="", about_zh="", is_system=False)
    assert [True, False, False] == [system.has_clause(clause) for clause in ("B1", "B2", "B")]
    assert [True, True, False] == [part.has_clause(clause) for clause in ("D1", "D", "B1")]
    assert [True, True, False] == [system.has_device(*one) for one in (("lock", ()), ("", ("x",)), ("", ("y",)))]


def test_a_plan_that_there_is_not_has_no_systems() -> None:
    assert () == systems_of("another_county")
