"""The console: the pages people work on, mounted on the API's app; every asset comes from this machine."""

from importlib.resources import files
from typing import Annotated, Any

from fastapi import FastAPI, Form
from nicegui import ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.auth import COOKIE, NotSignedIn, Permission, TooManyTries, same_origin
from api.console import areas, manager, technician
from api.console.control_room import ControlRoom
from api.console.frame import Visit
from api.console.screen import Screen
from api.console.sign_in import page as sign_in_page
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
                return RedirectResponse("/sign-in")
            build(visit)
            return None

    add("/", Permission.LOOK, lambda visit: ControlRoom(visit).build())
    add("/areas", Permission.LOOK, areas.build)
    add("/technician", Permission.LOOK, technician.build)
    add("/manager", Permission.READ_LEDGER, manager.build)
    ui.run_with(app, title="keyarea", storage_secret=storage_secret, reconnect_timeout=10)


def _add_sign_in(app: FastAPI) -> None:
    @app.get("/sign-in", include_in_schema=False)
    async def show(request: Request) -> HTMLResponse:
        return HTMLResponse(sign_in_page(request.cookies.get("keyarea_language", "en")))

    @app.post("/sign-in", include_in_schema=False)
    async def sign_in(
        request: Request,
        user: Annotated[str, Form(max_length=200)],
        password: Annotated[str, Form(max_length=1024)],
    ) -> Response:
        if not same_origin(request):
            raise NotAllowed("this request comes from another site")
        language = request.cookies.get("keyarea_language", "en")
        try:
            token, _ = await open_session(request, user, password)
        except NotSignedIn:
            return HTMLResponse(sign_in_page(language, "console.wrong"), 401)
        except TooManyTries:
            return HTMLResponse(sign_in_page(language, "console.wait"), 429)
        response = RedirectResponse("/", 303)
        set_cookie(request, response, token)
        return response

    @app.get("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        if same_origin(request):
            app.state.sessions.close_session(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE)
        return response
