"""The floor plan of an area: its picture, where its devices hang, and a point that can be set with a finger."""

from collections.abc import Callable
from urllib.parse import quote

from nicegui import events, ui

from api.console.page import Visit

_WHERE = """(event) => {
  const place = event.currentTarget.getBoundingClientRect();
  emit([(event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height]);
}"""
Point = tuple[float, float]


def has_plan(visit: Visit, area: str) -> bool:
    """Whether the area has a picture."""
    return any(view.id == area and view.has_plan for view in visit.gateway.areas.areas())


def show_plan(visit: Visit, area: str, point: Point | None, choose: Callable[[Point], None] | None = None) -> None:
    """The picture with the other devices as small dots and ``point`` as a big one; ``choose`` gets a new point."""
    with ui.element("div").classes("ka-plan") as plan:
        picture = ui.element("img")
        picture.props["src"] = f"/console/plans/{quote(area, safe='')}"
        picture.props["alt"] = visit.screen.area_name(area, visit.say.language)
        for device in visit.gateway.devices.devices():
            if device.area == area and device.position is not None and device.position != point:
                dot = _dot(device.position, "ka-dot")
                dot.props["title"] = visit.screen.device_name(device.id, visit.say.language)
        here = _dot(point or (0.0, 0.0), "ka-dot ka-dot-here")
        here.set_visibility(point is not None)
    if choose is None:
        return
    plan.classes("ka-plan-choice")

    def chosen(event: events.GenericEventArguments) -> None:
        x, y = (min(1.0, max(0.0, round(float(part), 4))) for part in event.args)
        here.style(_style((x, y)))
        here.set_visibility(True)
        choose((x, y))

    plan.on("click", chosen, js_handler=_WHERE)


def _dot(point: Point, classes: str) -> ui.element:
    return ui.element("span").classes(classes).style(_style(point))


def _style(point: Point) -> str:
    return f"left: {point[0]:.2%}; top: {point[1]:.2%}"
