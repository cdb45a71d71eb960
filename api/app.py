"""The HTTP side: one FastAPI app over the ports, every error in one shape, every answer with safe headers."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.accept_language import callers_language, failure
from api.auth import NotSignedIn, find_people
from api.guard import Guard
from api.invalid import problem
from api.machine_users import ApiOnly, MachineUsers
from api.ports import Gateway, Sessions
from api.presence import Presence
from api.proxies import RealAddress
from api.routes import (
    alarm_path,
    alerts,
    areas,
    attachments,
    bypasses,
    centres,
    codes,
    device_labels,
    device_list,
    devices,
    duty,
    health,
    kpi,
    ledger,
    live,
    obligations,
    outputs,
    readings,
    records,
    registration,
    rules,
    screens,
    session,
    set_aside,
    systems,
    workflows,
)
from api.screens import Screens
from api.sign_in_gate import SignInGate
from api.sign_in_throttle import Hashing, SignInThrottle, TooManyTries
from devices.errors import KeyareaError, MalformedMessage, NotAllowed, Refused, StoreUnavailable
from devices.message import Text, plain

_STATUS: dict[type[Exception], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    Refused: 409,
    MalformedMessage: 422,
    TooManyTries: 429,
    StoreUnavailable: 503,
}


def create_app(
    gateway: Gateway,
    sessions: Sessions,
    open_pages: Screens,
    machine_users: MachineUsers,
    *,
    metrics_token: str = "",
    is_proxy: Callable[[str], bool] = lambda _: False,
) -> FastAPI:
    """The app; the console is mounted on it by api.console.mount. ``open_pages`` is filled by the console.

    ``machine_users``: who asks through the socket in the data folder.
    ``metrics_token`` opens /metrics without a session; ``is_proxy`` says whose X-Forwarded-For is believed.
    """
    app = FastAPI(
        title="keyarea",
        version=version("keyarea"),
        summary="Key-area security and fire safety: areas, devices, readings, alerts, ledger, live stream",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    doorman, hashing = SignInThrottle(), Hashing()
    app.state.gateway, app.state.sessions, app.state.doorman = gateway, sessions, doorman
    app.state.hashing, app.state.metrics_token = hashing, metrics_token
    app.state.presence = Presence(partial(find_people, gateway, sessions))
    app.state.screens, app.state.machine_users = open_pages, machine_users
    for routes in (
        session,
        areas,
        devices,
        duty,
        registration,
        device_list,
        device_labels,
        readings,
        alerts,
        set_aside,
        live,
        ledger,
        attachments,
        records,
        rules,
        bypasses,
        outputs,
        centres,
        obligations,
        systems,
        kpi,
        workflows,
        health,
        alarm_path,
        screens,
        codes,
    ):
        app.router.routes.extend(routes.router.routes)
    for error in _STATUS:
        app.add_exception_handler(error, _say)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(SignInGate, doorman=doorman, hashing=hashing, now=gateway.site.now)
    app.add_middleware(ApiOnly)
    app.add_middleware(Guard)
    app.add_middleware(RealAddress, is_proxy=is_proxy)
    return app


async def _say(request: Request, error: Exception) -> JSONResponse:
    headers = {"Retry-After": str(error.wait_s)} if isinstance(error, TooManyTries) else None
    said = failure(request, error.text if isinstance(error, KeyareaError) else plain(str(error)))
    language = callers_language(request)
    if isinstance(error, Refused) and error.faults:
        said["faults"] = [
            {"row": row, "column": column, "problem": language.render(problem)} for row, column, problem in error.faults
        ]
    return JSONResponse(said, _status(error), headers)


def _status(error: Exception) -> int:
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(
        failure(request, problem(error.errors() if isinstance(error, RequestValidationError) else ())), 422
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    detail: object = error.detail
    return JSONResponse(failure(request, detail if isinstance(detail, Text) else plain(str(detail))), error.status_code)
