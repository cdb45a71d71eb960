"""In which order the tests run: whoever waits begins, in every worker, and no file is torn that has a gateway."""

from itertools import groupby

import pytest

from tests.conftest import in_shares

RIM = [f"tests/rim/test_{name}.py::test_{number}" for name in "abcde" for number in range(7)]
PURE = [f"tests/alerts/test_x.py::test_{number}" for number in range(100)]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_each_worker_begins_with_whole_files_of_what_waits(workers: int) -> None:
    ordered = in_shares([*PURE, *RIM], workers)
    assert sorted([*PURE, *RIM]) == sorted(ordered)
    begins = [len(ordered) * worker // workers for worker in range(workers)]
    assert all(ordered[begin].startswith("tests/rim/") for begin in begins)
    files = [name for name, _ in groupby(test.partition("::")[0] for test in ordered) if name.startswith("tests/rim/")]
    assert sorted(set(files)) == sorted(files)


@pytest.mark.parametrize("tests", [[], RIM, PURE, RIM[:1], PURE[:1]])
def test_no_test_is_lost(tests: list[str]) -> None:
    assert sorted(tests) == sorted(in_shares(tests, 4))
