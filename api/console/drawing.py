"""Stored readings as a chart that a browser draws (static/chart.js): curves over time, gaps, limits, and its scale.

Nothing is smoothed away, and noise is not blown up: a scale spans at least what matters of its unit.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from api.ports import Point
from devices.reading import SECOND, Instant

Drawn = tuple[int, float | None]
_LEAST_SPAN = {"°C": 10.0, "%/m": 2.0, "%LEL": 10.0, "ppm": 20.0, "ppb": 200.0, "dBm": 20.0, "V": 4.0, "kPa": 20.0}
"""In the unit; a scale that spans less shows a sensor's noise as if it were an event."""
_SHARE_OF_VALUE = 0.1
_PERCENT, _HEADROOM = "%", 0.05


class Curve(msgspec.Struct, frozen=True):
    """``points``: (time, value), None where nothing was said."""

    label: str
    points: list[Drawn]


class Line(msgspec.Struct, frozen=True):
    """A line across the chart: a limit at a value, or what happened at a time."""

    at: float
    text: str


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """One chart; the first curve is drawn strongest.

    Times are milliseconds whose UTC reading is the site's wall clock, so that a chart tells the time of the bar on top
    wherever the browser is. ``words``: what 0 and 1 of a flag are called; empty for numbers.
    """

    title: str
    curves: list[Curve]
    start: int
    end: int
    floor: float
    ceiling: float
    words: tuple[str, ...] = ()
    limits: tuple[Line, ...] = ()
    marks: tuple[Line, ...] = ()

    @property
    def json(self) -> str:
        """For the attribute of a <ka-chart>."""
        return msgspec.json.encode(self).decode()


def local_ms(zone: str) -> Callable[[Instant], int]:
    """From an instant to milliseconds whose UTC reading is the local time there."""
    known = ZoneInfo(zone)

    def convert(instant: Instant) -> int:
        offset = datetime.fromtimestamp(instant // SECOND, known).utcoffset()
        return instant // 1_000_000 + (int(offset.total_seconds()) * 1000 if offset is not None else 0)

    return convert


def drawn(points: Sequence[Point], at: Callable[[Instant], int], silence: Instant | None = None) -> list[Drawn]:
    """Where nothing was said for longer than ``silence`` nanoseconds, there is a gap. Texts are not drawn."""
    out: list[Drawn] = []
    before: Instant | None = None
    for point in points:
        if isinstance(point.value, str):
            continue
        if before is not None and silence is not None and point.time - before > silence:
            out.append((at(before + silence), None))
        out.append((at(point.time), float(point.value)))
        before = point.time
    return out


def scale(values: Sequence[float], unit: str) -> tuple[float, float]:
    """The least and the most of the axis for these values and limits."""
    if unit == _PERCENT:
        return 0.0, 100.0
    least, most = min(values, default=0.0), max(values, default=0.0)
    wanted = max(_LEAST_SPAN.get(unit, 0.0), abs(most) * _SHARE_OF_VALUE) or 1.0
    if most - least < wanted:
        middle = (least + most) / 2
        floor, ceiling = middle - wanted / 2, middle + wanted / 2
    else:
        room = (most - least) * _HEADROOM
        floor, ceiling = least - room, most + room
    if least >= 0 > floor:
        floor, ceiling = 0.0, ceiling - floor
    step = 10.0 ** math.floor(math.log10(ceiling - floor)) / 5
    return math.floor(floor / step) * step, math.ceil(ceiling / step) * step
