"""The rows of a table that a test is given, run as one item: each row, every fault, and a fraction of the ceremony.

pytest and xdist do 5 ms of work around each item, and a row of a table takes a tenth of that: of 5,900 pure items 4,900
were such rows. They are still collected one by one, so ``path::test[row]`` and ``-k row`` choose single ones; what is
left of a table is joined afterwards. A row that fails keeps none of the others from its turn, and is named.

What has fixtures of its own, marks of its own, or examples (hypothesis) stays an item.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import pytest

_FAULTS = (Exception, pytest.fail.Exception)


def joined(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The same tests in the same order; rows of one test are together in the place of the first."""
    tables: dict[tuple[Any, Any], list[pytest.Function]] = {}
    places: list[Any] = []
    for item in items:
        if not _is_a_row(item):
            places.append(item)
            continue
        table = item.parent, item.function
        if table not in tables:
            places.append(table)
        tables.setdefault(table, []).append(item)
    return [_one(tables[place]) if isinstance(place, tuple) else place for place in places]


def rows_of(item: pytest.Item) -> int:
    """How many rows it goes through."""
    return getattr(getattr(item, "obj", None), "rows", 1)


def _is_a_row(item: pytest.Item) -> bool:
    return (
        isinstance(item, pytest.Function)
        and isinstance(item.parent, pytest.Module)
        and hasattr(item, "callspec")
        and not item.callspec.marks
        and set(item.fixturenames) == set(item.callspec.params)
        and not getattr(item.obj, "is_hypothesis_test", False)
        and not inspect.iscoroutinefunction(item.obj)
    )


def _one(table: list[pytest.Function]) -> pytest.Item:
    first = table[0]
    if len(table) == 1:
        return first
    rows = [(row.callspec.id, row.callspec.params) for row in table]
    one: pytest.Function = pytest.Function.from_parent(
        first.parent, name=first.originalname, callobj=_through(first.obj, rows)
    )
    return one


def _through(test: Callable[..., None], rows: list[tuple[str, dict[str, Any]]]) -> Callable[[], None]:
    @wraps(test)
    def every_row() -> None:
        faults: list[BaseException] = []
        for name, row in rows:
            try:
                test(**row)
            except _FAULTS as fault:
                fault.add_note(f"in the row [{name}]")
                faults.append(fault)
        if len(faults) == 1:
            raise faults[0]
        if faults:
            raise BaseExceptionGroup(f"{len(faults)} of {len(rows)} rows fail", faults)

    every_row.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
    every_row.rows = len(rows)  # type: ignore[attr-defined]
    every_row.pytestmark = [mark for mark in getattr(test, "pytestmark", []) if mark.name != "parametrize"]  # type: ignore[attr-defined]
    return every_row
