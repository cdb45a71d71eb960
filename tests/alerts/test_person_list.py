"""A list of people: each fault by its line and field, and what is right in it; out and in again it is the same."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.person import Certificate, Person
from alerts.person_list import MOST_ROWS, Row, checked, read, write

TODAY = date(2026, 11, 30)
IDS = (("security",), ("gate", "control"), ("fire",))
LI = Person(id="li", name="Li", account="li.na", cards=("26:1",))
GONE = Person(id="bo", name="Bo", left=date(2026, 1, 1))


def faults(*lines: str, known: tuple[Person, ...] = (LI, GONE)) -> list[tuple[int, str, str]]:
    _, found = checked(read(lines), {person.id: person for person in known}, IDS, TODAY)
    return [(row, column, text.key.partition(".")[2]) for row, column, text in found]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), [(0, "", "nobody")]),
        (("person,name",), [(0, "", "nobody")]),
        (("name",), [(1, "person", "needed")]),
        (("person,nmae,nmae",), [(1, "nmae", "no_column")]),
        (("person,name,name",), [(1, "name", "twice")]),
        (("person,name", "wu,Wu", "wu,Wu"), [(3, "person", "twice")]),
        (("person,name", "wu,"), [(2, "name", "empty")]),
        (("person,name", "a b,Wu"), [(2, "person", "bad_id")]),
        (("person,name", "wu,Wu,x"), [(2, "", "cells")]),
        (("person,name", "bo,Bo"), [(2, "person", "has_left")]),
        (("person,name,level", "wu,Wu,boss"), [(2, "level", "one_of")]),
        (("person,name,posts", "wu,Wu,gate;kiln"), [(2, "posts", "none_such")]),
        (("person,name,account", "wu,Wu,li.na"), [(2, "account", "taken")]),
        (("person,name,cards", "wu,Wu,26:2", "an,An,26:2"), [(3, "cards", "taken")]),
        (("person,name,certificates", "wu,Wu,fire"), [(2, "certificates", "certificate")]),
        (("person,name,certificates", "wu,Wu,fire|||2026-13-01"), [(2, "issued", "a_day")]),
        (("person,name,certificates", "wu,Wu,fire|||2026-12-01"), [(2, "issued", "not_that_day")]),
        (("person,name,certificates", "wu,Wu,dive|||2026-01-01"), [(2, "kind", "none_such")]),
        (("person,name", 'wu,"Wu'), [(2, "", "quotation_mark")]),
        (("person,name", "", "wu,"), [(3, "name", "empty")]),
        (
            ("person,name,document", 'wu,Wu,"a', "", 'b"', "an,,c", '"', ' bo",Bo,d'),
            [(5, "name", "empty"), (6, "person", "has_left")],
        ),
        (("person,name,document", 'wu,Wu,"a', 'b"', 'an,"An'), [(4, "", "quotation_mark")]),
    ],
)
def test_each_fault_by_line_and_field(lines: tuple[str, ...], expected: list[tuple[int, str, str]]) -> None:
    assert expected == faults(*lines)


def test_the_rows_in_which_nothing_is_wrong_are_left() -> None:
    lines = ("person,name,department", "wu,Wu,security", "an,An,kitchen", "li,,security")
    good, wrong = checked(read(lines), {"li": LI}, IDS, TODAY)
    assert ["wu", "li"] == [row.person for row in good]
    assert [3] == [row for row, _, _ in wrong]
    assert {"department": "security"} == good[1].fields  # an empty cell leaves it as it is


def test_a_certificate_that_is_held_already_is_not_entered_again() -> None:
    held = Certificate(kind="fire", number="7", issued=date(2026, 2, 1), expires=date(2028, 2, 1))
    lines = ("person,certificates", "li,fire|7||2026/2/1||2028-02-01; fire|8||2026-03-01")
    (row,), wrong = checked(read(lines), {"li": Person(id="li", name="Li", certificates=(held,))}, IDS, TODAY)
    assert not wrong
    assert (Certificate(kind="fire", number="8", issued=date(2026, 3, 1)),) == row.certificates


def test_a_list_without_end_is_cut_with_a_word() -> None:
    lines = ("person,name", *(f"p{number},P" for number in range(MOST_ROWS + 1)))
    assert [(MOST_ROWS + 2, "", "too_many")] == faults(*lines)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda word: word != "-" and not {";", "|"} & set(word)
)


@pytest.mark.slow
@given(st.lists(st.tuples(_WORDS, _WORDS, st.lists(_WORDS, unique=True, max_size=2)), max_size=4))
def test_what_was_written_is_read_again(people: list[tuple[str, str, list[str]]]) -> None:
    listed = [
        Person(id=f"p{number}", name=name, name_zh=other, cards=tuple(cards))
        for number, (name, other, cards) in enumerate(people)
    ]
    rows, wrong = read(write(listed).splitlines())
    assert not wrong or not listed
    wanted: list[dict[str, Any]] = [
        {"name": one.name, "name_zh": one.name_zh, "level": "staff", "language": "en", "cards": one.cards}
        for one in listed
    ]
    assert [{key: value for key, value in each.items() if value} for each in wanted] == [row.fields for row in rows]
    assert all(isinstance(row, Row) for row in rows)
