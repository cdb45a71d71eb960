"""What counts for which period, and how often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.tally import Done, Span, counted, fits, shared_out

WEEKS = [Span(0, 7), Span(7, 14), Span(14, 21)]


@pytest.mark.parametrize(
    ("done", "times", "tolerance", "counts"),
    [
        ([1, 8, 15], 1, 0, [1, 1, 1]),
        ([6, 7], 1, 0, [1, 1, 0]),
        ([8], 1, 2, [1, 0, 0]),
        ([9], 1, 2, [0, 1, 0]),
        ([8, 8], 1, 2, [1, 1, 0]),
        ([1, 8], 1, 2, [1, 1, 0]),
        ([8, 1], 1, 2, [2, 0, 0]),
        ([21], 1, 0, [0, 0, 0]),
        ([21], 1, 1, [0, 0, 1]),
        ([-1], 1, 5, [0, 0, 0]),
        ([15, 3], 1, 2, [1, 1, 0]),
    ],
)
def test_in_its_period_or_late_for_the_oldest_that_lacks(
    done: list[int], times: int, tolerance: int, counts: list[int]
) -> None:
    """Within the tolerance it fills what lacks; what is told later counts for when it was done."""
    shares = shared_out([(at, 1) for at in done], WEEKS, times, tolerance)
    assert counts == [counted(shares, week) for week in WEEKS]


@pytest.mark.parametrize(
    ("done", "count"), [([0, 1, 2], 1), ([0, 3, 6], 3), ([2, 3], 2), ([7], 1), ([7, 8], 1), ([6, 7], 2), ([], 0)]
)
def test_at_most_one_in_each_part(done: list[int], count: int) -> None:
    """Four on four different days; what came after the end is one part more."""
    span = Span(0, 7, (0, 3, 5))
    assert count == counted([Done(at, 1, 0) for at in done], span)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3)), max_size=20), st.integers(1, 5))
def test_without_tolerance_it_is_what_falls_into_it(done: list[tuple[int, int]], times: int) -> None:
    """The order in which it is told makes no difference."""
    shares = shared_out(done, WEEKS, times, 0)
    for week in WEEKS:
        assert counted(shares, week) == sum(often for at, often in done if week.begins <= at < week.ends)


@given(st.lists(st.integers(-5, 30), max_size=20), st.integers(1, 3), st.integers(0, 7))
def test_nothing_counts_twice(done: list[int], times: int, tolerance: int) -> None:
    """Each thing counts for one period at most."""
    shares = shared_out([(at, 1) for at in done], WEEKS, times, tolerance)
    assert sum(counted(shares, week) for week in WEEKS) == len(shares) <= len(done)


def test_where() -> None:
    """All of the values, as texts; a field that is missing is empty."""
    assert fits({"kind": "vehicle", "n": 3}, {"kind": "vehicle", "n": "3"})
    assert not fits({"kind": "funds"}, {"kind": "vehicle"})
    assert fits({}, {"kind": ""})
