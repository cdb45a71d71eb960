"""Curves of stored readings: gaps, the site's own time, and a scale that makes no event of noise."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.drawing import Curve, Drawing, drawn, local_ms, scale
from api.ports import Point
from devices.reading import SECOND


def later(at: int) -> int:
    return at + 1_000


def test_a_long_silence_is_a_gap_and_no_line() -> None:
    points = Point(0, 20.0), Point(60, 21.0), Point(600, 22.0)
    assert [(1_000, 20.0), (1_060, 21.0), (1_160, None), (1_600, 22.0)] == drawn(points, later, 100)
    assert [(1_000, 20.0), (1_060, 21.0), (1_600, 22.0)] == drawn(points, later)


def test_flags_are_drawn_and_texts_are_not() -> None:
    points = Point(0, True), Point(1, "word"), Point(2, False)
    assert [(1_000, 1.0), (1_002, 0.0)] == drawn(points, later, 100)


def test_a_chart_tells_the_time_of_the_site() -> None:
    assert 8 * 3_600_000 == local_ms("Asia/Shanghai")(0)
    summer, winter = 1_751_328_000 * SECOND, 1_767_225_600 * SECOND
    to_berlin = local_ms("Europe/Berlin")
    assert (7_200_000, 3_600_000) == tuple(to_berlin(at) - at // 1_000_000 for at in (summer, winter))


@pytest.mark.parametrize(
    ("values", "unit", "expected"),
    [
        ([20.9, 21.1], "°C", (16.0, 26.0)),
        ([20.0, 57.0], "°C", (18.0, 60.0)),
        ([0.009, 0.03], "%/m", (0.0, 2.0)),
        ([41.0, 44.0], "%", (0.0, 100.0)),
        ([5.0], "", (4.74, 5.26)),
        ([0.0], "", (0.0, 1.0)),
        ([], "", (0.0, 1.0)),
    ],
)
def test_noise_is_not_blown_up(values: list[float], unit: str, expected: tuple[float, float]) -> None:
    assert expected == pytest.approx(scale(values, unit))


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5), st.sampled_from(["°C", "", "ppm", "W"]))
def test_every_value_is_on_the_chart(values: list[float], unit: str) -> None:
    floor, ceiling = scale(values, unit)
    assert floor <= min(values) <= max(values) <= ceiling
    assert floor < ceiling


def test_what_a_browser_is_given_is_plain() -> None:
    told = Drawing(title="t", curves=[Curve("c", [(1, None)])], start=0, end=2, floor=0, ceiling=1).json
    assert [[1, None]] == msgspec.json.decode(told)["curves"][0]["points"]
