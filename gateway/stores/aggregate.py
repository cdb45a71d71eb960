"""Points of a range put together step by step."""

from collections.abc import Sequence

from devices.reading import Instant
from gateway.ports import Aggregate, Point


def aggregated(points: Sequence[Point], start: Instant, step: Instant, aggregate: Aggregate) -> list[Point]:
    """One point for each step from ``start`` that holds a value, at the step's start. Texts count and last only."""
    groups: dict[Instant, list[Point]] = {}
    for point in points:
        groups.setdefault(start + (point.time - start) // step * step, []).append(point)
    return [
        Point(at, _together(group, aggregate), _worst(group)) for at, group in sorted(groups.items())
    ]


def _together(group: Sequence[Point], aggregate: Aggregate) -> bool | float | str:
    last = group[-1].value
    if aggregate == "count":
        return float(len(group))
    if aggregate == "last" or isinstance(last, str):
        return last
    numbers = [float(point.value) for point in group]
    match aggregate:
        case "mean":
            return sum(numbers) / len(numbers)
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)


def _worst(group: Sequence[Point]) -> int:
    quality = 0
    for point in group:
        quality |= point.quality
    return quality
