"""What a device has said over the last hour, day or week: a curve for each number or flag, a list for each text."""

from collections.abc import Sequence

from nicegui import run, ui

from api.console.page import Visit
from api.console.plots import as_yes_or_no, options
from api.console.signals import signal_label, value_label
from api.ports import Point
from devices.device import Device
from devices.reading import SECOND, Instant
from devices.signals import SIGNALS, base_name

SPANS = {"1h": 3600 * SECOND, "24h": 86_400 * SECOND, "7d": 7 * 86_400 * SECOND}
_STEPS = 720
"""Points of a curve: more than a screen is wide in a column."""
_MOST_CURVES, _MOST_TEXTS = 8, 20
_AGAIN_S = {"1h": 10.0, "24h": 60.0, "7d": 600.0}


class DevicePlots:
    """Built where it is made; the newest values come by themselves."""

    def __init__(self, visit: Visit, device: Device) -> None:
        self.visit, self.device = visit, device
        self._span = "1h"
        self._charts: dict[str, ui.echart | ui.column] = {}
        say = visit.say
        with ui.row().classes("w-full items-center gap-3"):
            ui.label(say("device.plots")).classes("text-h6")
            spans = {span: say("device.span_" + span) for span in SPANS}
            ui.toggle(spans, value=self._span, on_change=lambda event: self._choose(event.value)).props("no-caps")
        self._none = ui.label(say("device.plots_none")).classes("ka-faint")
        self._none.set_visibility(False)
        self._columns = ui.element("div").classes("ka-plots")
        ui.timer(0.05, self._fill, once=True)
        self._timer = ui.timer(_AGAIN_S[self._span], self._fill, immediate=False)

    async def _choose(self, span: str) -> None:
        self._span = span
        self._timer.interval = _AGAIN_S[span]
        await self._fill()

    def _signals(self) -> list[str]:
        latest = [reading.signal for reading in self.visit.gateway.readings.latest(self.device.id)]
        known = [*(name for name in self.device.signals), *(name for name in latest)]
        return list(dict.fromkeys(name for name in known if base_name(name) in SIGNALS))

    async def _fill(self) -> None:
        end = self.visit.gateway.site.now()
        start = end - SPANS[self._span]
        found = await run.io_bound(self._read, start, end)
        drawn = 0
        for signal, curves in (found or {}).items():
            if not any(points for _, points in curves) or drawn >= _MOST_CURVES:
                if signal in self._charts:
                    self._charts.pop(signal).delete()
                continue
            drawn += 1
            if SIGNALS[base_name(signal)].python_type is str:
                self._list(signal, curves[0][1])
            else:
                self._draw(signal, curves, (start, end))
        self._none.set_visibility(not drawn)

    def _read(self, start: Instant, end: Instant) -> dict[str, list[tuple[str, Sequence[Point]]]]:
        """In a worker thread: the curves of every signal. Between its lowest and highest nothing is smoothed away."""
        step, series, say = (end - start) // _STEPS, self.visit.gateway.readings.series, self.visit.say
        out: dict[str, list[tuple[str, Sequence[Point]]]] = {}
        for signal in self._signals():
            name = self.device.id, signal, start, end, step
            match SIGNALS[base_name(signal)].python_type.__name__:
                case "bool":
                    out[signal] = [(signal, series(*name, "max"))]
                case "str":
                    out[signal] = [(signal, series(*name, "last"))]
                case _:
                    curves = (
                        (say("device.mean"), "mean"),
                        (say("device.highest"), "max"),
                        (say("device.lowest"), "min"),
                    )
                    out[signal] = [(label, series(*name, aggregate)) for label, aggregate in curves]  # type: ignore[arg-type]
        return out

    def _draw(self, signal: str, curves: list[tuple[str, Sequence[Point]]], span: tuple[Instant, Instant]) -> None:
        unit = SIGNALS[base_name(signal)].unit
        name = signal_label(signal, self.visit.say) + (f" ({unit})" if unit else "")
        drawing = options(
            name,
            curves,
            dark=self.visit.dark,
            local_ms=self.visit.screen.local_ms,
            span=span,
            silence=self._silence(span),
        )
        if unit == "%":
            drawing["yAxis"] |= {"min": 0, "max": 100}
        if SIGNALS[base_name(signal)].python_type is bool:
            as_yes_or_no(drawing, self.visit.say)
        chart = self._charts.get(signal)
        if isinstance(chart, ui.echart):
            chart.options.clear()
            chart.options.update(drawing)
            chart.update()
            return
        with self._columns:
            self._charts[signal] = ui.echart(drawing).classes("ka-plot")

    def _silence(self, span: tuple[Instant, Instant]) -> Instant | None:
        """What is longer than this is shown as a gap; None if nobody knows how often it ought to speak."""
        longest = self.visit.gateway.devices.upkeep(self.device.id).interval_s
        step = (span[1] - span[0]) // _STEPS
        return max(2 * step, int(longest * SECOND)) if longest is not None else None

    def _list(self, signal: str, points: Sequence[Point]) -> None:
        column = self._charts.get(signal)
        if column is None:
            with self._columns:
                column = self._charts[signal] = ui.column().classes("gap-0")
        column.clear()
        with column:
            ui.label(signal_label(signal, self.visit.say)).classes("text-weight-bold")
            for point in list(points)[-_MOST_TEXTS:][::-1]:
                said = value_label(signal, point.value, self.visit.say)
                ui.label(f"{self.visit.screen.clock(point.time, day=True)}  {said}").classes("ka-num ka-wrap")
