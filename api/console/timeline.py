"""What is looked at beside an alert: curves of what raised it with the steps of its life, and what else happened."""

from collections.abc import Sequence

from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent
from api.console.device_curves import Chart, chart_of
from api.console.drawing import Line, local_ms
from api.console.web_page import Asked
from devices.reading import SECOND

_AROUND = 600 * SECOND
_MOST_CAUSES, _MOST_MARKS, _MOST_NEAR = 4, 50, 20


def curves_of(asked: Asked, alert: Alert, steps: Sequence[AlertEvent]) -> list[Chart]:
    """Ten minutes before what raised it until ten minutes after its end. Asks the store."""
    at, say = local_ms(asked.gateway.site.time_zone()), asked.say
    marks = tuple(Line(at(step.at), say("action." + step.action)) for step in steps[:_MOST_MARKS])
    causes = {(cause.device, cause.signal): cause for cause in alert.causes[:_MOST_CAUSES]}
    found = []
    for cause in causes.values():
        start, end = cause.time - _AROUND, (alert.closed or cause.time) + _AROUND
        chart = chart_of(asked, cause.device, cause.signal, start, end, marks)
        if chart is not None:
            name = asked.gateway.devices.device_name(cause.device, say.language)
            found.append(replace(chart, title=f"{name} · {chart.title}"))
    return found


def near(asked: Asked, alert: Alert) -> list[Alert]:
    """Other alerts of its area from ten minutes before it until ten minutes after its end, the newest first."""
    start, end = alert.raised - _AROUND, (alert.closed or alert.newest) + _AROUND
    found = asked.gateway.alerts.alerts(area=alert.area, before=end, limit=_MOST_NEAR + 1)
    return [other for other in found if other.raised >= start and other.id != alert.id][:_MOST_NEAR]
