"""Turns away in a flood of guesses, before anything of a request is read, whoever could not be let in anyway."""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.accept_language import failure
from api.auth import BROWSER
from api.sign_in_throttle import Hashing, SignInThrottle, TooManyTries, place_of
from devices.reading import Instant

_API, _PAGE = "/api/session", "/sign-in"
_BUSY_S = 2


class SignInGate:
    """Costs a tenth of what the routes do. A browser that carries a mark goes on to where the mark is looked at."""

    def __init__(self, app: ASGIApp, *, doorman: SignInThrottle, hashing: Hashing, now: Callable[[], Instant]) -> None:
        self._app, self._doorman, self._hashing, self._now = app, doorman, hashing, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in (_API, _PAGE):
            wait_s = self._wait_s(scope)
            if wait_s:
                await _refusal(scope, wait_s)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _wait_s(self, scope: Scope) -> int:
        if _carries_mark(scope):
            return 0
        client = scope.get("client")
        wait_s = self._doorman.wait_of_place(place_of(client[0] if client else None), self._now())
        return wait_s or (_BUSY_S if self._hashing.is_full() else 0)


def _carries_mark(scope: Scope) -> bool:
    try:
        return BROWSER in SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return False


def _refusal(scope: Scope, wait_s: int) -> Response:
    headers = {"Retry-After": str(wait_s)}
    if scope["path"] == _PAGE:
        return RedirectResponse(f"{_PAGE}?wait={wait_s}", 303, headers)
    return JSONResponse(failure(Request(scope), TooManyTries(wait_s).text), 429, headers)
