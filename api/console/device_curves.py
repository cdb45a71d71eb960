"""What a device has said over the last hour, day or week: a curve for each number or flag, a list for each text."""

from collections.abc import Sequence

import msgspec

from api.console.drawing import Curve, Drawing, Line, drawn, local_ms, scale
from api.console.signals import signal_label, value_label
from api.console.web_page import Asked
from api.ports import Point
from devices.device import Device
from devices.reading import SECOND, Instant
from devices.signals import SIGNALS, base_name

SPANS = {"1h": 3600 * SECOND, "24h": 86_400 * SECOND, "7d": 7 * 86_400 * SECOND}
AGAIN_MS = {"1h": 10_000, "24h": 60_000, "7d": 600_000}
"""How often a chart of that span is made anew."""
_STEPS = 720
"""Points of a curve: more than a screen is wide in a column."""
_MOST_CHARTS, _MOST_TEXTS = 8, 20
_OF_A_NUMBER = (("mean", "mean"), ("highest", "max"), ("lowest", "min"))


class Chart(msgspec.Struct, frozen=True):
    """One signal, ready to draw: a chart, or the newest of its texts as (when, what). ``told``: a chart in words."""

    signal: str
    title: str
    drawing: str = ""
    told: str = ""
    is_flag: bool = False
    texts: Sequence[tuple[str, str]] = ()


def charts(asked: Asked, device: Device, span: str) -> list[Chart]:
    """Of every signal that said something within the span. Asks the store."""
    end = asked.gateway.site.now()
    start = end - SPANS[span]
    found: list[Chart] = []
    for signal in _signals(asked, device):
        if len(found) == _MOST_CHARTS:
            break
        made = chart_of(asked, device.id, signal, start, end)
        if made is not None:
            found.append(made)
    return found


def _signals(asked: Asked, device: Device) -> list[str]:
    known = [*device.signals, *(reading.signal for reading in asked.gateway.readings.latest(device.id))]
    return list(dict.fromkeys(name for name in known if base_name(name) in SIGNALS))


def chart_of(
    asked: Asked, device: str, signal: str, start: Instant, end: Instant, marks: tuple[Line, ...] = ()
) -> Chart | None:
    """Of one signal, with what happened meanwhile; None if it said nothing or is no known one. Asks the store."""
    if base_name(signal) not in SIGNALS:
        return None
    say, known, step = asked.say, SIGNALS[base_name(signal)], (end - start) // _STEPS
    series = asked.gateway.readings.series
    title = signal_label(signal, say) + (f" ({known.unit})" if known.unit else "")
    if known.python_type is str:
        points = series(device, signal, start, end, step, "last")
        newest = [(asked.second(each.time), value_label(signal, each.value, say)) for each in points[-_MOST_TEXTS:]]
        return Chart(signal, title, texts=newest[::-1]) if newest else None
    is_flag = known.python_type is bool
    wanted = (("mean", "max"),) if is_flag else _OF_A_NUMBER
    told: list[tuple[str, Sequence[Point]]] = [
        (title if is_flag else say(f"device.{word}"), series(device, signal, start, end, step, aggregate))  # type: ignore[arg-type]
        for word, aggregate in wanted
    ]
    values = [float(each.value) for _, points in told for each in points if not isinstance(each.value, str)]
    if not values:
        return None
    at, silence = local_ms(asked.gateway.site.time_zone()), _silence(asked, device, step)
    limits = () if is_flag else _limits(asked, device, signal)
    floor, ceiling = (0.0, 1.0) if is_flag else scale([*values, *(limit.at for limit in limits)], known.unit)
    drawing = Drawing(
        title=title,
        curves=[Curve(label, drawn(points, at, silence)) for label, points in told],
        start=at(start),
        end=at(end),
        floor=floor,
        ceiling=ceiling,
        words=(say("value.no"), say("value.yes")) if is_flag else (),
        limits=limits,
        marks=marks,
    )
    return Chart(signal, title, drawing.json, _in_words(asked, title, signal, values), is_flag)


def _in_words(asked: Asked, title: str, signal: str, values: Sequence[float]) -> str:
    """For whoever does not see the chart."""
    say = asked.say
    least, most = min(values), max(values)
    if SIGNALS[base_name(signal)].python_type is bool:
        least, most = bool(least), bool(most)
    parts = ((say("device.lowest"), least), (say("device.highest"), most))
    return f"{title}: " + ", ".join(f"{word} {value_label(signal, value, say)}" for word, value in parts)


def _silence(asked: Asked, device: str, step: Instant) -> Instant | None:
    """What is longer than this is shown as a gap; None if nobody knows how often it ought to speak."""
    longest = asked.gateway.devices.upkeep(device).interval_s
    return max(2 * step, int(longest * SECOND)) if longest is not None else None


def _limits(asked: Asked, device_id: str, signal: str) -> tuple[Line, ...]:
    """The first limit above and the first below at which a rule in force speaks; of what is not in service none."""
    row = asked.board.row(device_id)
    if row is None:
        return ()
    above: list[tuple[float, str]] = []
    below: list[tuple[float, str]] = []
    for rule, _ in asked.gateway.rules.rules():
        if not rule.is_silent and rule.selects(row.device) and rule.watches(row.device, signal):
            called = asked.gateway.rules.rule_words(rule.name, asked.say.language)[0] or rule.name
            for found, name in ((above, "above"), (below, "below")):
                limit = getattr(rule, name, None)
                if isinstance(limit, int | float) and not isinstance(limit, bool):
                    found.append((float(limit), called))
    nearest = [*sorted(above)[:1], *sorted(below, reverse=True)[:1]]
    return tuple(Line(limit, f"{called} {limit:g}") for limit, called in nearest)
