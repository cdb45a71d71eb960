"""Stored readings as curves: what the chart library, which is served from here, has to draw."""

from collections.abc import Callable, Sequence
from typing import Any

from api.console.locale import Say
from api.ports import Point
from devices.reading import Instant


def options(
    name: str,
    curves: Sequence[tuple[str, Sequence[Point]]],
    *,
    dark: bool,
    local_ms: Callable[[Instant], int],
    marks: Sequence[tuple[Instant, str]] = (),
    span: tuple[Instant, Instant] | None = None,
    silence: Instant | None = None,
) -> dict[str, Any]:
    """A chart of (label, points) curves over time, stepped; the first is drawn strongest.

    Where nothing was said for longer than ``silence``, there is a gap.
    ``local_ms`` is the site's wall clock, so that the curves tell the time of the bar on top wherever the browser is.

    Labels are drawn on a canvas, so nothing in them is markup.
    """
    ink = "#e6e8ea" if dark else "#1a1d20"
    faint = "#59616a" if dark else "#c4cad0"
    limits = {"min": local_ms(span[0]), "max": local_ms(span[1])} if span is not None else {}
    lines = [{"xAxis": local_ms(at), "name": text} for at, text in marks]
    return {
        "animation": False,
        "useUTC": True,
        "textStyle": {"color": ink},
        "title": {"text": name, "textStyle": {"fontSize": 14, "color": ink}},
        "grid": {"left": 12, "right": 16, "top": 36, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "time", "axisLabel": {"color": ink, "hideOverlap": True}, **limits},
        "yAxis": {
            "type": "value",
            "scale": True,
            "axisLabel": {"color": ink},
            "splitLine": {"lineStyle": {"color": faint, "opacity": 0.5}},
        },
        "tooltip": {"trigger": "axis", "renderMode": "richText", "confine": True},
        "series": [
            {
                "name": label,
                "type": "line",
                "step": "end",
                "symbolSize": 4,
                "showSymbol": len(points) < 2,
                "lineStyle": {"width": 2 if place == 0 else 1, "opacity": 1 if place == 0 else 0.45},
                "itemStyle": {"color": "#5b93e6"},
                "data": _drawn(points, local_ms, silence),
                "markLine": {
                    "symbol": "none",
                    "data": lines if place == 0 else [],
                    "label": {"formatter": "{b}", "color": ink},
                },
            }
            for place, (label, points) in enumerate(curves)
        ],
    }


def as_yes_or_no(drawing: dict[str, Any], say: Say) -> None:
    """A flag's axis says the two words and nothing between them."""
    drawing["yAxis"] |= {"min": 0, "max": 1, "interval": 1}
    drawing["yAxis"]["axisLabel"][":formatter"] = f"(value) => value ? {say('value.yes')!r} : {say('value.no')!r}"


def _drawn(
    points: Sequence[Point], local_ms: Callable[[Instant], int], silence: Instant | None
) -> list[tuple[int, float | None]]:
    out: list[tuple[int, float | None]] = []
    before: Instant | None = None
    for point in points:
        if isinstance(point.value, str):
            continue
        if before is not None and silence is not None and point.time - before > silence:
            out.append((local_ms(before + silence), None))
        out.append((local_ms(point.time), float(point.value)))
        before = point.time
    return out
