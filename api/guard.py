"""Bounds what a request may hold, and adds safe headers to every answer."""

from typing import Any

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.attachment import LARGEST as LARGEST_ATTACHMENT
from api.asks import every_workflow
from api.routes import attachments, device_list
from devices.device_list import LARGEST_LIST
from devices.message import Text

_LARGEST_BODY = 64 * 1024
_LARGER = {
    device_list.PATH: LARGEST_LIST,
    "/console/import": LARGEST_LIST // 3 * 4 + _LARGEST_BODY,  # a list as base64 in a form
    attachments.PATH: LARGEST_ATTACHMENT + _LARGEST_BODY,
    **{
        f"/api/workflows/{name}/{ask.__struct_config__.tag}": LARGEST_LIST
        for name, kind in every_workflow().items()
        for ask in kind.asks
        if ask.FILE
    },
}
ASSETS = "/console-assets"
"""Modules, styles and words of the console: there are many, and none of them is a page."""


def policy(*allowed: str) -> str:
    """A Content-Security-Policy: nothing but what is allowed, each a directive, and nobody may frame it."""
    return "; ".join(("default-src 'none'", *allowed, "frame-ancestors 'none'"))


_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    # Pages bring their own (api.console.document, api.console.plain).
    b"content-security-policy": policy().encode(),
}
_ASSET_HEADERS = {name: _HEADERS[name] for name in (b"x-content-type-options", b"cross-origin-resource-policy")}
_API_HEADERS = {b"cache-control": b"no-store"}


class HttpOnly:
    """A middleware that leaves alone what is no request (WebSockets, the start of the app)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raise NotImplementedError


class Guard(HttpOnly):
    """Stands before everything that is answered."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api, is_asset = scope["path"].startswith("/api/"), scope["path"].startswith(f"{ASSETS}/")
        largest = _LARGER.get(scope["path"], _LARGEST_BODY)
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > largest:
                raise HTTPException(413, Text.of("api.too_large", path=scope["path"][:100], most=largest))
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[Any] = list(message.get("headers", []))
                present = {name for name, _ in headers}
                extra = _ASSET_HEADERS if is_asset else {**_HEADERS, **(_API_HEADERS if is_api else {})}
                headers += [(name, value) for name, value in extra.items() if name not in present]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, bounded, guarded)
