"""What benchmarks.pairs says of its figures: no more than they allow."""

import random

import pytest

from benchmarks.pairs import Interval, interval, verdict


@pytest.mark.parametrize(("pairs", "lower", "upper", "confidence"), [(6, 1, 6, 0.969), (11, 2, 10, 0.988)])
def test_the_interval_of_a_median_are_the_ranks_of_the_binomial(
    pairs: int, lower: float, upper: float, confidence: float
) -> None:
    found = interval([float(number) for number in range(pairs, 0, -1)])
    assert found is not None
    assert (lower, upper, confidence) == (found.lower, found.upper, round(found.confidence, 3))


def test_of_five_pairs_there_is_none() -> None:
    assert interval([1.0] * 5) is None
    assert "at least 6" in verdict(None)


def test_the_true_median_is_missed_as_seldom_as_is_said() -> None:
    """Whatever the spread: here a skewed one, whose median is 1."""
    chance = random.Random(8)
    limits = [interval([2 ** chance.expovariate(1) / 2**0.6931 for _ in range(11)]) for _ in range(2_000)]
    held = sum(found is not None and found.lower <= 1 <= found.upper for found in limits)
    assert 0.98 < held / len(limits)


@pytest.mark.parametrize(
    ("lower", "upper", "word"),
    [(0.9, 1.049, "not slower"), (0.99, 1.05, "not decided"), (1.02, 1.4, "not decided"), (1.051, 1.1, "slower")],
)
def test_it_is_decided_by_the_limits_and_not_by_the_median(lower: float, upper: float, word: str) -> None:
    assert word in verdict(Interval(lower, upper, 0.988))
