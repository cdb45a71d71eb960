"""Who enters a page of the console; what those see who may not, or who ask for a page that is not there."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Form
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from api.accept_language import LANGUAGE_COOKIE, code_of
from api.auth import COOKIE, NotSignedIn, Permission, Person, find_person, same_origin
from api.console.document import Document
from api.console.locale import LANGUAGES, Say
from api.console.own_password import page as own_password_page
from api.console.plain import told
from api.console.sign_in import page as sign_in_page
from api.console.sign_in import way_back
from api.ports import Gateway, Sessions
from api.routes.session import close_session, open_session, prove, set_password
from api.sign_in_throttle import TooManyTries
from devices.errors import NotAllowed, Refused
from devices.message import Text

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Entrance:
    """The way in and out."""

    def __init__(self, app: FastAPI, gateway: Gateway, sessions: Sessions, document: Document) -> None:
        self._gateway, self._sessions, self._document = gateway, sessions, document
        self._add_sign_in(app)
        self._add_own_password(app)
        app.add_api_route("/{path:path}", self._not_there, methods=list(_METHODS), include_in_schema=False)

    async def _person(self, request: Request) -> Person | None:
        token = request.cookies.get(COOKIE, "")
        return await run_in_threadpool(find_person, self._gateway, self._sessions, token) if token else None

    def _add_sign_in(self, app: FastAPI) -> None:
        @app.get("/sign-in", include_in_schema=False)
        async def show(request: Request) -> Response:
            asked = request.query_params
            back = way_back(asked.get("next", ""))
            if "ended" in asked and await self._person(request) is not None:
                return RedirectResponse(back)  # signed in anew in another tab
            problem = "console.ended" if "ended" in asked else "console.wait" if "wait" in asked else ""
            return _in_language(request, partial(sign_in_page, problem=problem, back=back))

        @app.post("/sign-in", include_in_schema=False)
        async def sign_in(
            request: Request,
            user: Annotated[str, Form(max_length=200)],
            password: Annotated[str, Form(max_length=1024)],
            next: Annotated[str, Form(max_length=500)] = "",  # noqa: A002, the field's name in the form
        ) -> Response:
            if not same_origin(request):
                raise NotAllowed(Text.of("api.another_site"))
            language, back = _language(request), way_back(next)
            try:
                role = await prove(request, user, password)
            except NotSignedIn:
                return sign_in_page(language, "console.wrong", 401, back=back)
            except TooManyTries:
                return sign_in_page(language, "console.wait", 429, back=back)
            response = RedirectResponse(back, 303)
            await open_session(request, response, user, role)
            return response

        @app.get("/sign-out", include_in_schema=False)
        async def sign_out(request: Request) -> Response:
            response = RedirectResponse("/sign-in", 303)
            if same_origin(request):
                await close_session(request, response)
            return response

        @app.get("/console/door", include_in_schema=False)
        async def is_still_open(request: Request) -> Response:
            """For a page whose socket is refused: 204 if its session still counts, 401 if it has ended."""
            return Response(status_code=204 if await self._person(request) is not None else 401)

    def _add_own_password(self, app: FastAPI) -> None:
        @app.get("/password", include_in_schema=False)
        async def show(request: Request) -> Response:
            refusal = await self._may_not_change(request)
            return refusal or _in_language(request, own_password_page)

        @app.post("/password", include_in_schema=False)
        async def change(
            request: Request,
            old: Annotated[str, Form(max_length=1024)],
            new: Annotated[str, Form(max_length=1024)],
            again: Annotated[str, Form(max_length=1024)],
        ) -> Response:
            if not same_origin(request):
                raise NotAllowed(Text.of("api.another_site"))
            person, language = await self._person(request), _language(request)
            refusal = await self._may_not_change(request)
            if refusal is not None or person is None:
                return refusal or RedirectResponse("/sign-in", 303)
            if new != again:
                return own_password_page(language, "console.not_the_same", 422)
            response = RedirectResponse("/", 303)
            try:
                await set_password(request, response, person, old, new)
            except Refused as refused:
                return own_password_page(language, refused.text, 409)
            except TooManyTries:
                return own_password_page(language, "console.wait", 429)
            return response

    async def _may_not_change(self, request: Request) -> Response | None:
        person = await self._person(request)
        if person is None or person.expired is not None:
            return RedirectResponse("/sign-in?next=/password", 303)
        if person.may(Permission.LOOK):
            return None
        return await _not_for_you(request, NotAllowed(Text.of("api.not_to_see", role=person.role)))

    async def _not_there(self, request: Request) -> Response:
        """Nothing is here: in words for programs, a page for whoever looks."""
        if request.url.path.startswith("/api/") or request.method not in ("GET", "HEAD"):
            return JSONResponse({"error": _say(request).said(Text.of("api.no_page"))}, 404)
        return await self._document.refuse(request, 404)


async def _not_for_you(request: Request, _error: Exception) -> Response:
    return told(_say(request), "console.forbidden", "console.forbidden_hint", 403)


def _say(request: Request) -> Say:
    return Say(_language(request))


def _language(request: Request) -> str:
    return code_of(request)


def _in_language(request: Request, page: Callable[[str], HTMLResponse]) -> HTMLResponse:
    """The page in the language that is asked for now, or else in the one that the browser remembers."""
    asked = request.query_params.get("language", "")
    shown = page(asked or _language(request))
    if asked in LANGUAGES:
        shown.set_cookie(LANGUAGE_COOKIE, asked, max_age=31_536_000, samesite="strict")
    return shown
