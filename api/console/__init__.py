"""The console: the pages people work on, mounted on the API's app; every asset comes from this machine."""

from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Form, HTTPException
from fastapi.concurrency import run_in_threadpool
from nicegui import ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.auth import COOKIE, NotSignedIn, Permission, Person, TooManyTries, may, same_origin
from api.console import adopt, amend, areas, malformed, manager
from api.console.bypasses import Bypasses
from api.console.commissioning import Commissioning
from api.console.control_room import ControlRoom
from api.console.device_import import DeviceImport
from api.console.device_list import DeviceList
from api.console.device_page import DevicePage
from api.console.frame import Visit
from api.console.screen import Screen
from api.console.sign_in import page as sign_in_page
from api.console.sign_in import way_back
from api.console.waiting import Waiting
from api.console.walk_test import WalkTestPage
from api.console.walk_tests import WalkTests
from api.ports import Gateway, Sessions
from api.routes.session import open_session, set_cookie
from devices.errors import NotAllowed


def mount(app: FastAPI, gateway: Gateway, sessions: Sessions, storage_secret: str) -> None:
    """Add the console's pages to ``app``. ``storage_secret`` signs NiceGUI's own cookie."""
    screen = Screen(gateway)
    app.mount("/console-static", StaticFiles(directory=str(files(__package__).joinpath("static"))))
    _add_sign_in(app)

    def signed_in(request: Request, permission: Permission) -> Visit | None:
        visit = Visit(request, gateway, sessions, screen)
        return visit if visit.may(permission) else None

    def add(path: str, permission: Permission, build: Any) -> None:
        @ui.page(path, title="keyarea")
        def show(request: Request) -> Response | None:
            visit = signed_in(request, permission)
            if visit is None:
                back = way_back(str(request.url.path))
                return RedirectResponse("/sign-in" + (f"?{urlencode({'next': back})}" if back != "/" else ""))
            build(visit)
            return None

    add("/", Permission.LOOK, lambda visit: ControlRoom(visit).build())
    add("/areas", Permission.LOOK, areas.build)
    add("/console/devices", Permission.LOOK, lambda visit: DeviceList(visit).build())
    add("/console/devices/{device_id}", Permission.LOOK, lambda visit: DevicePage(visit).build())
    add("/console/devices/{device_id}/commissioning", Permission.LOOK, lambda visit: Commissioning(visit).build())
    add("/console/devices/{device_id}/amend", Permission.SERVE_DEVICES, amend.build)
    add("/console/waiting", Permission.SERVE_DEVICES, lambda visit: Waiting(visit).build())
    add("/console/adopt", Permission.SERVE_DEVICES, adopt.build)
    add("/console/import", Permission.SERVE_DEVICES, lambda visit: DeviceImport(visit).build())
    add("/console/walk-tests", Permission.LOOK, lambda visit: WalkTests(visit).build())
    add("/console/walk-tests/{test_id}", Permission.LOOK, lambda visit: WalkTestPage(visit).build())
    add("/console/bypasses", Permission.LOOK, lambda visit: Bypasses(visit).build())
    add("/console/malformed", Permission.SERVE_DEVICES, malformed.build)
    add("/manager", Permission.READ_LEDGER, manager.build)
    _add_plans(app, gateway)

    @app.get("/technician", include_in_schema=False)
    async def moved() -> Response:
        return RedirectResponse("/console/devices")

    ui.run_with(app, title="keyarea", storage_secret=storage_secret, reconnect_timeout=10)


def _add_plans(app: FastAPI, gateway: Gateway) -> None:
    @app.get("/console/plans/{area}", include_in_schema=False)
    async def plan(area: str, _person: Annotated[Person, Depends(may(Permission.LOOK))]) -> Response:
        found = await run_in_threadpool(gateway.plan, area)
        if found is None:
            raise HTTPException(404, "there is no picture of this area")
        content, media_type = found
        # A drawing (SVG) can hold scripts: opened by itself it may run none.
        safe = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        return Response(content, media_type=media_type, headers={"Content-Security-Policy": safe})


def _add_sign_in(app: FastAPI) -> None:
    @app.get("/sign-in", include_in_schema=False)
    async def show(request: Request) -> HTMLResponse:
        back = way_back(request.query_params.get("next", ""))
        return HTMLResponse(sign_in_page(request.cookies.get("keyarea_language", "en"), back=back))

    @app.post("/sign-in", include_in_schema=False)
    async def sign_in(
        request: Request,
        user: Annotated[str, Form(max_length=200)],
        password: Annotated[str, Form(max_length=1024)],
        next: Annotated[str, Form(max_length=500)] = "",  # noqa: A002, the field's name in the form
    ) -> Response:
        if not same_origin(request):
            raise NotAllowed("this request comes from another site")
        language, back = request.cookies.get("keyarea_language", "en"), way_back(next)
        try:
            token, _ = await open_session(request, user, password)
        except NotSignedIn:
            return HTMLResponse(sign_in_page(language, "console.wrong", back=back), 401)
        except TooManyTries:
            return HTMLResponse(sign_in_page(language, "console.wait", back=back), 429)
        response = RedirectResponse(back, 303)
        set_cookie(request, response, token)
        return response

    @app.get("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        if same_origin(request):
            app.state.sessions.close_session(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE)
        return response
