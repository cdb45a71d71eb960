"""The curves of one device, as large as the window; the page of a device holds the same part."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from api.auth import Permission
from api.console.device_cards import path_of
from api.console.device_curves import AGAIN_MS, SPANS, charts
from api.console.web_page import Asked, Page


def _show(asked: Asked) -> Mapping[str, Any]:
    row = asked.board.row(asked.wanted["device_id"])
    if row is None:
        raise HTTPException(404)
    asked_for = asked.query.get("span", "")
    span = asked_for if asked_for in SPANS else next(iter(SPANS))
    return {
        "name": asked.gateway.devices.device_name(row.device.id, asked.say.language),
        "back": path_of(row.device.id),
        "span": span,
        "spans": {each: asked.say(f"device.span_{each}") for each in SPANS},
        "every": AGAIN_MS[span],
        "charts": charts(asked, row.device, span),
    }


PAGES = (
    Page(
        path="/console/devices/{device_id}/curves",
        permission=Permission.LOOK,
        title="device_curves.title",
        template="device_curves.html",
        under="/console/devices",
        modules=("fresh.js", "chart.js"),
        show=_show,
    ),
)
