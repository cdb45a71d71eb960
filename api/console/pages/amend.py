"""Describing an installed device anew: its area, names, kind, interval, place; never its hardware."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.auth import Permission
from api.console.asking import give
from api.console.description import Description, beside, form, given, taken
from api.console.device_plan import plan_of
from api.console.web_page import Again, Asked, Given, GoTo, Page
from devices.device import Device
from devices.errors import Refused

_DEVICES = "/console/devices"


def _device(asked: Asked) -> Device | None:
    """None: it is out of service. Raises HTTPException 404 for what never was a device."""
    wanted, devices = asked.wanted["device_id"], asked.gateway.devices
    found = next((device for device in devices.devices() if device.id == wanted), None)
    if found is None and not devices.device_history(wanted):
        raise HTTPException(404)
    return found


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    device, wanted = _device(asked), asked.wanted["device_id"]
    made = plan = None
    if device is not None:
        filled = sent if sent is not None else given(device)
        other = asked.query.get("area")
        if sent is None and other not in (None, device.area):
            filled = {**{name: value for name, value in filled.items() if name not in ("x", "y")}, "area": [other]}
        made = form(asked, filled, faults, refused, new=False)
        plan = plan_of(asked, filled.get("area", [""])[0], device.id)
    return {
        "id": wanted[:64],
        "name": asked.gateway.devices.device_name(wanted, asked.say.language),
        "at": f"{_DEVICES}/{quote(wanted, safe='')}",
        "form": made,
        "plan": plan,
        "waits": "waits" in asked.query,
    }


async def _take(asked: Asked, sent: Given) -> GoTo | Again:
    wanted = asked.wanted["device_id"]
    said, wrong = taken({**sent, "device": [wanted]}, asked.gateway.site.time_zone())
    if wrong:
        faults = {name: asked.say.said(why) for name, why in wrong.items()}
        refused = asked.say.any("description.look_at_fields")
        return Again(await run_in_threadpool(_show, asked, sent, faults, refused))
    try:
        answer = await give(asked, "devices/{device}/amend", **said)
    except Refused as error:
        faults, refused = beside(asked, error, Description.__struct_fields__)
        return Again(await run_in_threadpool(_show, asked, sent, faults, refused))
    page = f"{_DEVICES}/{quote(wanted, safe='')}"
    return GoTo(f"{page}/amend?waits=1" if answer.waits else page)


PAGES = (
    Page(
        path=f"{_DEVICES}/{{device_id}}/amend",
        permission=Permission.SERVE_DEVICES,
        title="console.device_list",
        template="amend.html",
        under=_DEVICES,
        modules=("place.js",),
        show=_show,
        take=_take,
    ),
)
