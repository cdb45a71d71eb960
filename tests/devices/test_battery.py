"""How long a battery will last: what its days tell, and when nothing can be said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.battery import DAY, DayCharge, medians, outlook
from tests.words import words

TODAY = 20_000


def falling(start: float, per_day: float, days: int, until: int = TODAY) -> list[DayCharge]:
    """A charge that falls evenly and was last said on ``until``."""
    first = until - days + 1
    return [(first + number, start - per_day * number) for number in range(days)]


SOLAR = [(TODAY - 60 + number, 100.0 - number % 15 * 4) for number in range(61)]


def noted(days: list[DayCharge]) -> str:
    found = outlook(days, TODAY)
    assert (found.days_left is None) == (found.note is not None)
    return str(words(found.note)) if found.note is not None else ""


def test_an_even_fall_ends_when_it_ends() -> None:
    found = outlook(falling(100, 0.5, 60), TODAY)
    assert (131, None, None) == (found.days_left, found.note, found.changed)
    assert found.charge == 71


def test_a_cell_that_falls_faster_of_late_lasts_as_long_as_that() -> None:
    days = [*falling(100, 0.1, 60, TODAY - 21), *falling(94, 1, 21)]
    found = outlook(days, TODAY)
    assert found.days_left is not None
    assert 60 <= found.days_left <= 75


def test_odd_days_move_nothing() -> None:
    days = falling(100, 0.5, 60)
    for place in (5, 17, 22, 40):
        days[place] = (days[place][0], 12.0)
    found = outlook(days, TODAY)
    assert found.days_left is not None
    assert 120 <= found.days_left <= 140
    assert found.changed is None


def test_a_new_battery_starts_anew() -> None:
    days = [*falling(40, 1, 30, TODAY - 20), *falling(100, 0.5, 20)]
    found = outlook(days, TODAY)
    assert TODAY - 19 == found.changed
    assert found.days_left is not None
    assert 165 <= found.days_left <= 175
    assert 91 == found.charge


def test_just_changed_is_known_for_too_short_a_time() -> None:
    found = outlook([*falling(40, 1, 30, TODAY - 1), (TODAY, 100.0)], TODAY)
    assert (100, None, "known for 1 days only", TODAY) == (
        found.charge,
        found.days_left,
        words(found.note),
        found.changed,
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([], "no charge was reported", id="nothing"),
        pytest.param(falling(90, 1, 6), "known for 6 days only", id="a few days"),
        pytest.param(falling(90, 1, 30, TODAY - 5), "no charge was reported for 5 days", id="silent since"),
        pytest.param(falling(100, 0, 60), "it has hardly fallen", id="always full"),
        pytest.param(falling(90, -0.1, 60), "it has hardly fallen", id="rising"),
        pytest.param(falling(100, 0.01, 100), "it has hardly fallen", id="so little that it may be noise"),
        pytest.param(SOLAR, "it is charged now and then", id="solar"),
    ],
)
def test_nothing_is_said_that_is_not_known(days: list[DayCharge], expected: str) -> None:
    assert expected == noted(days)


def test_an_empty_battery_has_no_days_left_and_not_fewer() -> None:
    assert 0 == outlook(falling(40, 1, 38), TODAY).days_left


def test_the_median_of_a_day_leaves_out_what_was_odd() -> None:
    said = [(TODAY * DAY + hour, charge) for hour, charge in enumerate((80, 80, 3, 80, 79))]
    assert [(TODAY, 80)] == medians(said)
    assert [(TODAY - 1, 5), (TODAY, 80)] == medians([*said, (TODAY * DAY - 1, 5.0)])


@given(
    st.lists(st.tuples(st.integers(TODAY - 120, TODAY), st.floats(0, 100)), max_size=60, unique_by=lambda day: day[0])
)
def test_whatever_was_said_the_answer_is_a_number_of_days_or_a_reason(days: list[DayCharge]) -> None:
    found = outlook(sorted(days), TODAY)
    assert (found.days_left is None) == (found.note is not None)
    assert found.days_left is None or 0 <= found.days_left <= 1_500
    assert found.charge is None or 0 <= found.charge <= 100


@given(st.floats(0.2, 3), st.integers(12, 90))
def test_an_even_fall_is_foretold_to_the_day(per_day: float, days: int) -> None:
    said = [day for day in falling(100, per_day, days) if day[1] > 6]
    if len(said) < days or days * per_day < 4:
        return
    found = outlook(said, TODAY)
    assert found.days_left is not None
    assert abs(found.days_left - (said[-1][1] - 5) / per_day) <= 2 + 2 / per_day
