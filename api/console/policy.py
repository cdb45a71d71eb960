"""What a page in a frame of the document may do in a browser (Content-Security-Policy): only what came from here.

Such pages are NiceGUI's, which needs ``unsafe-eval`` (it evaluates handlers and templates in the browser) and inline
styles (Quasar and its style sheets). Inline scripts are allowed one by one: each page has a nonce of its own, and what
somebody typed or a device sent has none.

Hashes in place of nonces fail, because each page's script holds its data. The nonce is put into NiceGUI's finished
page; sign-in, own password, 403 and 404 run no script at all. Tried in Chromium on every page, with menus, dialogs and
notes: no violation. Whoever already runs a script may use eval.
"""

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from api.console.page import INSIDE
from api.guard import HttpOnly, policy

_POLICY = policy(
    "script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    framed_by="'self'",
)
_ALONE, _FRAMED = policy().rpartition("; ")[2], policy(framed_by="'self'").rpartition("; ")[2]
_PAGE = "x-nicegui-content"
"""NiceGUI marks with it what it made a page of."""


class PagePolicy(HttpOnly):
    """Inside NiceGUI's app, before anything is compressed: gives each of its scripts the page's nonce."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None
        body = bytearray()
        is_inside = scope["path"].startswith(INSIDE)

        async def guarded(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _PAGE in Headers(raw=message["headers"]):
                start = message
            elif message["type"] == "http.response.start" and is_inside:
                await send(_in_frame(message))
            elif start is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_page(start, bytes(body), send)

        await self._app(scope, receive, guarded)


def _in_frame(start: Message) -> Message:
    """Why there is no page is said in the frame, too."""
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-security-policy"] = headers.get("content-security-policy", _FRAMED).replace(_ALONE, _FRAMED)
    headers["x-frame-options"] = "SAMEORIGIN"
    return {**start, "headers": headers.raw}


async def _send_page(start: Message, body: bytes, send: Send) -> None:
    nonce = secrets.token_urlsafe(16)
    # No text of anybody's can hold this: NiceGUI hands the elements of a page over escaped.
    body = body.replace(b"<script", f'<script nonce="{nonce}"'.encode())
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-security-policy"] = _POLICY.format(nonce=nonce)
    headers["content-length"] = str(len(body))
    headers["x-frame-options"] = "SAMEORIGIN"
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
