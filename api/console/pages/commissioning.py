"""Commissioning by walking: "trigger it now", a tick that can be heard, what was measured, the record in the end."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException

from api.auth import Permission
from api.console.asking import give
from api.console.commissioned import record, running
from api.console.kinds import kind_name
from api.console.web_page import Again, Asked, Given, GoTo, Page
from devices.device import Device
from devices.errors import Refused

_DEVICES = "/console/devices"
_ASKS = {"begin": "devices/{device}/commission", "finish": "devices/{device}/finish"}


def _path(device: str) -> str:
    return f"{_DEVICES}/{quote(device, safe='')}"


def _show(asked: Asked) -> Mapping[str, Any]:
    wanted, gateway, say = asked.wanted["device_id"], asked.gateway, asked.say
    device = next((each for each in gateway.devices.devices() if each.id == wanted), None)
    view = next((each for each in gateway.registration.commissionings() if each.device == wanted), None)
    history = gateway.devices.device_history(wanted) if device is None or view is None else []
    if device is None and not history:
        raise HTTPException(404)
    done = [change for change in history if change.action == "commissioned"]
    return {
        "id": wanted[:64],
        "at": _path(wanted),
        "name": gateway.devices.device_name(wanted, say.language),
        "what": _what(asked, device) if device is not None else "",
        "is_there": device is not None,
        "running": running(view, gateway.site.now(), gateway.site.time_zone(), say) if view is not None else None,
        "record": record(asked, done[-1]) if done else None,
        "note": "",
        "refused": "",
    }


def _what(asked: Asked, device: Device) -> str:
    area = asked.gateway.areas.area_name(device.area, asked.say.language)
    return " · ".join(filter(None, (area, kind_name(device.kind, asked.say), device.id)))


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    device, do = asked.wanted["device_id"], given.get("do", [""])[0]
    note = given.get("note", [""])[0].strip()
    if do not in _ASKS:
        raise HTTPException(404)
    try:
        await give(asked, _ASKS[do], device=device, note=note)
    except Refused as error:
        return Again({"note": note, "refused": asked.say.said(error)})
    return GoTo(f"{_path(device)}/commissioning")


PAGES = (
    Page(
        path=f"{_DEVICES}/{{device_id}}/commissioning",
        permission=Permission.LOOK,
        title="console.device_list",
        template="commissioning.html",
        under=_DEVICES,
        modules=("fresh.js", "answered.js", "print.js"),
        show=_show,
        take=_take,
    ),
)
