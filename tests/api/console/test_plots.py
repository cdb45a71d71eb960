"""Curves of stored readings."""

from api.console.plots import options
from api.ports import Point


def drawn(*points: Point, silence: int | None = None) -> list[tuple[int, float | None]]:
    told = options("t", [("t", points)], dark=True, local_ms=lambda at: at + 1_000, silence=silence)
    return list(told["series"][0]["data"])


def test_a_long_silence_is_a_gap_and_no_line() -> None:
    points = Point(0, 20.0), Point(60, 21.0), Point(600, 22.0)
    assert [(1_000, 20.0), (1_060, 21.0), (1_160, None), (1_600, 22.0)] == drawn(*points, silence=100)
    assert [(1_000, 20.0), (1_060, 21.0), (1_600, 22.0)] == drawn(*points)


def test_flags_are_drawn_and_texts_are_not() -> None:
    assert [(1_000, 1.0), (1_002, 0.0)] == drawn(Point(0, True), Point(1, "word"), Point(2, False), silence=100)
