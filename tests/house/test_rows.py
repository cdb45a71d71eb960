"""Rows of a table that run as one test: each has its turn, and each that fails is named."""

from inspect import unwrap
from textwrap import dedent

import pytest

from tests.rows import joined, rows_of

TABLES = """
import pytest

@pytest.mark.parametrize("even", [0, 2, 3, 4, 5])
def test_even(even):
    SEEN.append(even)
    assert even % 2 == 0

@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("letter", "ab")
def test_product(letter, number):
    SEEN.append(letter + str(number))

@pytest.mark.parametrize("number", [1, 2])
def test_with_a_fixture(number, tmp_path):
    pass

@pytest.mark.parametrize("number", [1, pytest.param(2, marks=pytest.mark.xfail), 3])
def test_with_a_mark(number):
    SEEN.append(number)
    pytest.raises(KeyError, dict)

SEEN = []
"""


class _Collected:
    """What pytest makes of a module."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.items = joined(items)
        items.clear()


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pytest.Item]:
    module = tmp_path_factory.mktemp("tables") / "test_tables.py"
    module.write_text(dedent(TABLES))
    found = _Collected()
    pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", "/dev/null", str(module)], plugins=[found])
    return {item.name: item for item in found.items}


def test_the_rows_of_a_test_are_one_item_unless_one_has_something_of_its_own(items: dict[str, pytest.Item]) -> None:
    assert {name: rows_of(item) for name, item in items.items()} == {
        "test_even": 5,
        "test_product": 4,
        "test_with_a_fixture[1]": 1,
        "test_with_a_fixture[2]": 1,
        "test_with_a_mark": 2,
        "test_with_a_mark[2]": 1,
    }


def test_each_row_has_its_turn_and_each_that_fails_is_named(items: dict[str, pytest.Item]) -> None:
    even, product, marked = (vars(items[f"test_{name}"])["_obj"] for name in ("even", "product", "with_a_mark"))
    seen = unwrap(even).__globals__["SEEN"]
    with pytest.raises(BaseExceptionGroup, match="2 of 5 rows fail") as caught:
        even()
    notes = [fault.__notes__ for fault in caught.value.exceptions]
    assert [["in the row [3]"], ["in the row [5]"]] == notes
    assert [0, 2, 3, 4, 5] == seen
    product()
    assert ["a1", "a2", "b1", "b2"] == seen[5:]
    with pytest.raises(BaseExceptionGroup, match="2 of 2 rows fail"):  # pytest.fail is a fault like another
        marked()
