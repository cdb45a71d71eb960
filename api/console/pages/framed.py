"""The pages that are not moved yet: each runs in a frame inside the document, which has its strip and its sound."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException

from api.auth import Permission
from api.console.web_page import Asked, Page

_LOOK, _SERVE = Permission.LOOK, Permission.SERVE_DEVICES
_DEVICES = "/console/devices"


def _is_device(asked: Asked) -> bool:
    wanted, devices = asked.wanted["device_id"], asked.gateway.devices
    return any(device.id == wanted for device in devices.devices()) or bool(devices.device_history(wanted))


def _show(is_there: Callable[[Asked], bool], asked: Asked) -> Mapping[str, Any]:
    if not is_there(asked):
        raise HTTPException(404)
    query = asked.request.url.query
    # As the browser wrote it: a name in it may hold what stands for something else in an address.
    path = asked.request.scope["raw_path"].decode("ascii").partition("?")[0]
    return {"inside": f"/inside{path}" + (f"?{query}" if query else "")}


def _framed(
    path: str,
    permission: Permission,
    title: str,
    *,
    place: tuple[str, int] | None = None,
    under: str = "",
    is_there: Callable[[Asked], bool] = lambda _: True,
) -> Page:
    return Page(
        path=path,
        permission=permission,
        title=title,
        template="framed.html",
        place=place,
        under=under,
        show=partial(_show, is_there),
    )


_OF_DEVICE = f"{_DEVICES}/{{device_id}}"
PAGES = (
    _framed(f"{_OF_DEVICE}/commissioning", _LOOK, "console.device_list", under=_DEVICES, is_there=_is_device),
    _framed("/console/waiting", _SERVE, "console.waiting", place=("devices", 20), under=_DEVICES),
    _framed("/console/adopt", _SERVE, "console.waiting", under=_DEVICES),
)
