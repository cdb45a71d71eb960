"""The HTTP side: one FastAPI app over the ports, every error in one shape, every answer with safe headers."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import NotSignedIn, find_people
from api.ports import Gateway, Sessions
from api.presence import Presence
from api.proxies import RealAddress
from api.routes import (
    alerts,
    areas,
    bypasses,
    device_labels,
    device_list,
    devices,
    health,
    ledger,
    outputs,
    readings,
    records,
    registration,
    rules,
    screens,
    session,
    walk_tests,
)
from api.screens import Screens
from api.sign_in_gate import SignInGate
from api.sign_in_throttle import Hashing, SignInThrottle, TooManyTries
from devices.device_list import LARGEST_LIST
from devices.errors import MalformedMessage, NotAllowed, Refused, StoreUnavailable

_LARGEST_BODY = 64 * 1024
_LARGER = {device_list.PATH: LARGEST_LIST}
_OWN = "/_nicegui"
_LARGEST_OF_PAGE = LARGEST_LIST + _LARGEST_BODY
"""What an open page sends: a list of devices, as a form's file."""
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    # Pages bring their own (api.console.policy, api.console.plain).
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
_API_HEADERS = {b"cache-control": b"no-store"}
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
    *,
    metrics_token: str = "",
    is_proxy: Callable[[str], bool] = lambda _: False,
) -> FastAPI:
    """The app; the console is mounted on it by api.console.mount. ``open_pages`` is filled by the console.

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
    app.state.screens = open_pages
    for routes in (
        session,
        areas,
        devices,
        registration,
        device_list,
        device_labels,
        readings,
        alerts,
        ledger,
        records,
        rules,
        bypasses,
        walk_tests,
        outputs,
        health,
        screens,
    ):
        app.include_router(routes.router)
    for error in _STATUS:
        app.add_exception_handler(error, _say)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(SignInGate, doorman=doorman, hashing=hashing, now=gateway.now)
    app.add_middleware(_Guard)
    app.add_middleware(RealAddress, is_proxy=is_proxy)
    return app


async def _say(_request: Request, error: Exception) -> JSONResponse:
    headers = {"Retry-After": str(error.wait_s)} if isinstance(error, TooManyTries) else None
    said: dict[str, Any] = {"error": str(error)}
    if isinstance(error, Refused) and error.faults:
        said["faults"] = [{"row": row, "column": column, "problem": problem} for row, column, problem in error.faults]
    return JSONResponse(said, _status(error), headers)


def _status(error: Exception) -> int:
    return next(status for kind, status in _STATUS.items() if isinstance(error, kind))


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in found[:10]]
    return JSONResponse({"error": "; ".join(faults)[:2000]}, 422)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"error": str(error.detail)}, error.status_code)


class _Guard:
    """Bounds the body of requests and adds the safe headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_api = scope["path"].startswith("/api/")
        largest = _LARGER.get(scope["path"], _LARGEST_BODY if not scope["path"].startswith(_OWN) else _LARGEST_OF_PAGE)
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > largest:
                raise HTTPException(413, f"a request to {scope['path'][:100]} holds at most {largest} bytes")
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[Any] = list(message.get("headers", []))
                present = {name for name, _ in headers}
                extra = {**_HEADERS, **(_API_HEADERS if is_api else {})}
                headers += [(name, value) for name, value in extra.items() if name not in present]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, bounded, guarded)
