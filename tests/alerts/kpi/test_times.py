"""A sketch of durations says a percentile within 1 %, and two joined are one of all."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.kpi.times import ERROR, LIMITS_S, Times, joined

SECONDS = st.lists(st.floats(0.1, 1e6, allow_nan=False), min_size=1, max_size=200)


def sketch(seconds: list[float]) -> Times:
    found = Times()
    for each in seconds:
        found.add(each)
    return found


@given(SECONDS, st.floats(0, 1))
def test_a_percentile_is_that_of_the_sorted_list_within_a_hundredth(seconds: list[float], share: float) -> None:
    exact = sorted(seconds)[max(1, ceil(share * len(seconds))) - 1]
    assert sketch(seconds).percentile(share) == pytest.approx(exact, rel=ERROR * 1.001)


@given(SECONDS, SECONDS)
def test_the_sum_of_two_is_the_sketch_of_both(one: list[float], other: list[float]) -> None:
    assert joined([sketch(one), sketch(other)]) == sketch([*one, *other])


@given(SECONDS)
def test_what_was_within_a_limit_is_exact(seconds: list[float]) -> None:
    found = sketch(seconds)
    assert [found.share_within(limit) for limit in LIMITS_S] == [
        sum(each <= limit for each in seconds) / len(seconds) for limit in LIMITS_S
    ]


def test_of_nothing_nothing_is_said() -> None:
    assert (None, None) == (Times().percentile(0.5), Times().share_within(30))
