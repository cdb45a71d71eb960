"""Stored readings of a range as points, one by one or put together step by step."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import reduce
from operator import or_

from devices.reading import Instant, Value
from gateway.ports import Aggregate, Point


def aggregated(
    times: Sequence[Instant],
    values: Sequence[Value],
    qualities: Sequence[int],
    start: Instant,
    step: Instant,
    aggregate: Aggregate,
) -> list[Point]:
    """One point for each step from ``start`` that holds a reading, at the step's start; times must be in order.

    A boolean counts as 0 or 1, so its mean is the share of readings in which it was set. Of texts there is no mean:
    every aggregate but ``count`` gives the last. A point's quality holds the bits of all its readings.
    """
    if step <= 0:
        raise ValueError(f"a step is at least one nanosecond; found {step}")
    points = []
    first = 0
    while first < len(times):
        at = start + (times[first] - start) // step * step
        behind = bisect_left(times, at + step, first)
        value = _together(values[first:behind], aggregate)
        points.append(Point(at, value, reduce(or_, qualities[first:behind])))
        first = behind
    return points


def _together(group: Sequence[Value], aggregate: Aggregate) -> Value:
    if aggregate == "count":
        return float(len(group))
    numbers = [value for value in group if not isinstance(value, str)]
    if aggregate == "last" or len(numbers) < len(group):
        return group[-1]
    match aggregate:
        case "mean":
            return sum(numbers) / len(numbers)
        case "min":
            return float(min(numbers))
        case "max":
            return float(max(numbers))
