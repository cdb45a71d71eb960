"""What people record: texts, and lists row by row, as the book then reads them."""

import pytest
from pydantic import ValidationError

from api.schemas import Record
from gateway.stores.books import read_books
from tests.words import refused

DRILL = {"kind": "drill", "topic": "fire", "held_on": "2026-11-24", "participants": "2", "leader": "ada"}
PERSONS = [{"person": "li", "result": "passed"}, {"person": "王五", "result": "absent"}]


def test_a_list_is_given_row_by_row_and_typed_by_its_book() -> None:
    texts = Record(book="education", fields={**DRILL, "persons": PERSONS}).texts()
    book = read_books()["education"]
    book.check(texts)
    typed = book.typed(texts)
    assert (typed["persons"], typed["participants"]) == (tuple(PERSONS), 2)


@pytest.mark.parametrize("persons", [["li"], {"person": "li"}, [{"person": ["li"]}], [{"person": "x" * 2_001}]])
def test_what_is_no_list_of_rows_is_refused(persons: object) -> None:
    with pytest.raises(ValidationError):
        Record.model_validate({"book": "education", "fields": {**DRILL, "persons": persons}})


@pytest.mark.parametrize(
    "persons",
    [
        [],
        [{"result": "passed"}],
        [{"person": "li", "result": "perhaps"}],
        [{"person": "li", "age": 4}],
        [{"person": "li"}] * 501,
    ],
)
def test_rows_that_do_not_fit_their_columns_are_refused_with_what_was_expected(
    persons: list[dict[str, object]],
) -> None:
    texts = Record.model_validate({"book": "education", "fields": {**DRILL, "persons": persons}}).texts()
    with refused("a list of at most 500 rows with person"):
        read_books()["education"].check(texts)
