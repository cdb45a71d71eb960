"""The pages' sockets ask for a cookie that still counts, and for our own page behind them."""

from fastapi.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import COOKIE, find_person, same_origin
from api.ports import Gateway, Sessions
from devices.errors import StoreUnavailable

_SOCKETS = "/_nicegui_ws/"
_POLICY_VIOLATED = 1008


class SocketGuard:
    """Turns away, before anything of it is read, whoever opens a socket without a session or from another site."""

    def __init__(self, app: ASGIApp, *, gateway: Gateway, sessions: Sessions) -> None:
        self._app, self._gateway, self._sessions = app, gateway, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not scope["path"].startswith(_SOCKETS):
            await self._app(scope, receive, send)
            return
        status = await self._refusal(HTTPConnection(scope))
        if not status:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATED})
        else:
            await Response(status_code=status)(scope, receive, send)

    async def _refusal(self, asked: HTTPConnection) -> int:
        """The status that turns it away, 0 if it may go on."""
        has_origin = "origin" in asked.headers or asked.scope["type"] == "http"  # browsers send it with every WebSocket
        if not has_origin or not same_origin(asked):
            return 403
        token = asked.cookies.get(COOKIE, "")
        try:
            found = await run_in_threadpool(find_person, self._gateway, self._sessions, token) if token else None
        except StoreUnavailable:
            return 503  # the browser tries again; sockets that are open go on
        return 0 if found is not None else 401
