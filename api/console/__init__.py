"""The console: the pages people work on, mounted on the API's app; every asset comes from this machine."""

from importlib.resources import files
from typing import Annotated, Any

import nicegui
from fastapi import Depends, FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.auth import ROLES, Permission, Person, may
from api.console import adopt, amend, areas, malformed, manager
from api.console.alert_list import AlertList
from api.console.bypasses import Bypasses
from api.console.commissioning import Commissioning
from api.console.control_room import ControlRoom
from api.console.device_import import DeviceImport
from api.console.device_list import DeviceList
from api.console.device_page import DevicePage
from api.console.entrance import Entrance, IsThere
from api.console.page import Visit
from api.console.policy import PagePolicy
from api.console.sockets import SocketGuard
from api.console.waiting import Waiting
from api.console.walk_test import WalkTestPage
from api.console.walk_tests import WalkTests
from api.ports import Gateway, Sessions
from api.screens import Screens
from api.silent_alarm_view import Sight, seen, sight_of
from devices.message import Text


def mount(app: FastAPI, gateway: Gateway, sessions: Sessions) -> None:
    """Add the console's pages to ``app``."""
    open_pages: Screens = app.state.screens
    views = {sight: seen(gateway, open_pages, sight) for sight in Sight}
    screens = {sight: AlertList(view, hears_silent=sight is Sight.NAMED) for sight, view in views.items()}
    app.mount("/console-static", StaticFiles(directory=str(files(__package__).joinpath("static"))))
    entrance = Entrance(app, gateway, sessions)
    app.add_middleware(SocketGuard, gateway=gateway, sessions=sessions)

    def add(path: str, permission: Permission, build: Any, is_there: IsThere | None = None) -> None:
        # Whoever may not enter is turned away before NiceGUI makes a client of the request.
        @ui.page(path, title="keyarea", dependencies=[Depends(entrance.door(permission, is_there))])
        def show(request: Request) -> None:
            person: Person = request.state.person
            in_control_room = path == "/" and person.role in ROLES[Permission.HANDLE_ALERTS]
            sight = sight_of(gateway, person.name, is_control_room=in_control_room)
            build(Visit(request, views[sight], sessions, screens[sight], app.state.presence, open_pages))

    def is_device(request: Request) -> bool:
        asked = request.path_params["device_id"]
        return any(device.id == asked for device in gateway.devices.devices()) or bool(
            gateway.devices.device_history(asked)
        )

    def is_walk_test(request: Request) -> bool:
        return gateway.walk_tests.walk_test(request.path_params["test_id"]) is not None

    add("/", Permission.WATCH, lambda visit: ControlRoom(visit).build())
    add("/areas", Permission.WATCH, areas.build)
    add("/console/devices", Permission.LOOK, lambda visit: DeviceList(visit).build())
    add("/console/devices/{device_id}", Permission.LOOK, lambda visit: DevicePage(visit).build(), is_device)
    add(
        "/console/devices/{device_id}/commissioning",
        Permission.LOOK,
        lambda visit: Commissioning(visit).build(),
        is_device,
    )
    add("/console/devices/{device_id}/amend", Permission.SERVE_DEVICES, amend.build, is_device)
    add("/console/waiting", Permission.SERVE_DEVICES, lambda visit: Waiting(visit).build())
    add("/console/adopt", Permission.SERVE_DEVICES, adopt.build)
    add("/console/import", Permission.SERVE_DEVICES, lambda visit: DeviceImport(visit).build())
    add("/console/walk-tests", Permission.LOOK, lambda visit: WalkTests(visit).build())
    add("/console/walk-tests/{test_id}", Permission.LOOK, lambda visit: WalkTestPage(visit).build(), is_walk_test)
    add("/console/bypasses", Permission.LOOK, lambda visit: Bypasses(visit).build())
    add("/console/malformed", Permission.SERVE_DEVICES, malformed.build)
    add("/manager", Permission.READ_LEDGER, manager.build)
    _add_plans(app, gateway)

    @app.get("/technician", include_in_schema=False)
    async def moved() -> Response:
        return RedirectResponse("/console/devices")

    nicegui.app.add_middleware(PagePolicy)  # before run_with, which adds the compression around it
    ui.run_with(app, title="keyarea", reconnect_timeout=10)


def _add_plans(app: FastAPI, gateway: Gateway) -> None:
    @app.get("/console/plans/{area}", include_in_schema=False)
    async def plan(area: str, _person: Annotated[Person, Depends(may(Permission.LOOK))]) -> Response:
        found = await run_in_threadpool(gateway.areas.plan, area)
        if found is None:
            raise HTTPException(404, Text.of("api.no_picture"))
        content, media_type = found
        # A drawing (SVG) can hold scripts: opened by itself it may run none.
        safe = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        return Response(content, media_type=media_type, headers={"Content-Security-Policy": safe})
