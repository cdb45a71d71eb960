"""The one document of the console: its frame around every page, and what those see who may not enter one.

A page that has loaded once stays: links and forms bring other pages into it (static/nav.js), the link comes back by
itself (static/live.js), so that sound and half-written forms outlive pages and restarts. It runs nothing but modules
from here, under a policy that allows no inline script, style or handler.
"""

import gzip
from collections.abc import Mapping
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlencode

import jinja2
import msgspec
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.accept_language import code_of
from api.auth import COOKIE, ROLES, NotSignedIn, Permission, as_seen_by, find_person, same_origin
from api.console.assets import Assets
from api.console.locale import Say
from api.console.plain import told
from api.console.sign_in import way_back
from api.console.web_page import Again, Asked, GoTo, Once, Page
from api.device_rank import DeviceBoard
from api.guard import policy
from api.ports import Gateway, Sessions
from api.silent_alarm_view import Sight, sight_of
from devices.errors import NotAllowed, StoreUnavailable
from devices.message import Text

_POLICY = policy(
    *(f"{kind} 'self'" for kind in ("script-src", "style-src", "font-src", "connect-src", "form-action")),
    "img-src 'self' data:",
    "base-uri 'none'",
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Vary": "Accept-Encoding"}
_MOST_FIELDS = 500
_FRESH = "ka-fresh"
_OWN = frozenset({"title"})
"""What a page may say instead of the frame."""
"""A header: which page the asker has, by its hash."""


class HasRunOut(HTTPException):
    """A page for which somebody has to sign in again."""

    def __init__(self) -> None:
        super().__init__(401)


class Document:
    """Adds every page to the app, and draws the frame around it."""

    def __init__(
        self, views: Mapping[Sight, Gateway], sessions: Sessions, assets: Assets, pages: tuple[Page, ...]
    ) -> None:
        self._views, self._sessions, self._assets, self._pages = views, sessions, assets, pages
        self._gateway = views[Sight.NAMED]
        self._boards = {sight: DeviceBoard(view) for sight, view in views.items()}
        folder = files(__package__)
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(folder), str(folder.joinpath("pages"))]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def add_to(self, app: FastAPI) -> None:
        for page in self._pages:
            methods = ["GET"] if page.take is None else ["GET", "POST"]
            app.add_api_route(page.path, self._route(page), methods=methods, include_in_schema=False)

    def _route(self, page: Page) -> Any:
        async def answer(request: Request) -> Response:
            try:
                asked = await self.enter(request, page.permission, is_control_room=page.is_control_room)
                return await (self._take if request.method == "POST" else self._show)(page, asked)
            except NotSignedIn:
                return to_sign_in(request)
            except HasRunOut:
                return RedirectResponse(f"/?{urlencode({'sign-in': way_back(str(request.url.path))})}", 303)
            except NotAllowed:
                return await self.refuse(request, 403)
            except HTTPException as error:
                return await self.refuse(request, error.status_code)
            except StoreUnavailable:
                return not_now(request)

        return answer

    async def enter(self, request: Request, permission: Permission, *, is_control_room: bool = False) -> Asked:
        """Who asks. Raises NotSignedIn, NotAllowed, HasRunOut, StoreUnavailable."""
        token = request.cookies.get(COOKIE, "")
        person = await run_in_threadpool(find_person, self._gateway, self._sessions, token) if token else None
        if person is None:
            raise NotSignedIn(Text.of("api.sign_in_first"))
        if not person.may(permission):
            if person.expired is not None:
                raise HasRunOut
            raise NotAllowed(Text.of("api.not_to_see", role=person.role))
        if request.method == "POST" and not same_origin(request):
            raise NotAllowed(Text.of("api.another_site"))
        handles = person.role in ROLES[Permission.HANDLE_ALERTS]
        sight = sight_of(self._gateway, person.name, is_control_room=is_control_room and handles)
        seen = as_seen_by(self._views[sight], person)
        say = Say(code_of(request), self._gateway.site.time_zone())
        return Asked(request, person, seen, say, self._boards[sight])

    async def _show(self, page: Page, asked: Asked) -> Response:
        values = await run_in_threadpool(page.show, asked)
        return self.draw(page, asked, values)

    async def _take(self, page: Page, asked: Asked) -> Response:
        assert page.take is not None
        body = (await asked.request.body()).decode(errors="replace")
        try:
            given = parse_qs(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError as error:
            raise HTTPException(422) from error
        match await page.take(asked, given):
            case GoTo(address=address):
                return RedirectResponse(address, 303)
            case Again(values=values):
                shown = await run_in_threadpool(page.show, asked)
                return self.draw(page, asked, {**shown, **values}, 422)
            case Once(values=values):
                return self.draw(page, asked, {**await run_in_threadpool(page.show, asked), **values})

    def draw(self, page: Page, asked: Asked, values: Mapping[str, Any], status: int = 200) -> Response:
        """The page in its frame. Raises ValueError where a page's values would take the place of the frame's."""
        template = self._templates.get_template(page.template)
        around = self._around(page, asked)
        if taken := around.keys() & values.keys() - _OWN:  # the frame would be mute: no strip, no sound, no age
            raise ValueError(f"{page.template} names values as the frame does: {', '.join(sorted(taken))}")
        given = {**around, **values}
        seen, headers = asked.request.headers.get(_FRESH), dict(_HEADERS)
        # A part that stays up to date (static/fresh.js): the page without its frame, unless it is what was seen.
        html = template.render({**given, "is_part": seen is not None}).encode()
        if seen is not None:
            headers["ETag"] = blake2b(html, digest_size=8).hexdigest()
            if headers["ETag"] == seen:
                return Response(status_code=304, headers=headers)
        if "gzip" not in asked.request.headers.get("accept-encoding", ""):
            return HTMLResponse(html, status, headers)
        return HTMLResponse(gzip.compress(html, 6), status, {**headers, "Content-Encoding": "gzip"})

    def _around(self, page: Page, asked: Asked) -> dict[str, Any]:
        say, person = asked.say, asked.person
        rows: dict[str, list[dict[str, Any]]] = {}
        for other in self._pages:
            if other.place is not None and person.may(other.permission):
                link = {"path": other.path, "title": say.any(other.title), "here": _is_here(other, page, asked)}
                rows.setdefault(other.place[0], []).append(link)
        return {
            "asked": asked,
            "page": page,
            "title": say.any(page.title),
            "rows": rows,
            "say": say.any,
            "said": say.said,
            "language": "zh-CN" if say.language == "zh" else "en",
            "other_language": "zh" if say.language == "en" else "en",
            "theme": "light" if asked.request.cookies.get("keyarea_theme") == "light" else "dark",
            "site": asked.gateway.site.site_name(say.language),
            "zone": asked.gateway.site.time_zone(),
            "names": self._names(say),
            "static": self._assets.address,
            "words": self._assets.address(f"words.{say.language}.json"),
            "version": self._assets.version,
            "may": lambda name: person.may(Permission(name)),
        }

    def _names(self, say: Say) -> str:
        named = {page.path: say.any(page.title) for page in self._pages if page.place is not None}
        return msgspec.json.encode(named).decode()

    async def refuse(self, request: Request, status: int) -> Response:
        """Why there is no page; framed for whoever is signed in: a wrong address takes no alarm off the screen."""
        say = Say(code_of(request))
        why = "forbidden" if status == 403 else "not_there"
        try:
            asked = await self.enter(request, Permission.WATCH)
        except (NotSignedIn, NotAllowed, HasRunOut, StoreUnavailable):
            return told(say, f"console.{why}", f"console.{why}_hint", status)
        page = Page(path="", permission=Permission.WATCH, title=f"console.{why}", template="refused.html")
        return self.draw(page, asked, {"why": why}, status)


def _is_here(link: Page, page: Page, asked: Asked) -> bool:
    path = asked.request.url.path
    return link.path in {path, page.under} or (link.path != "/" and path.startswith(f"{link.path}/"))


def to_sign_in(request: Request) -> Response:
    back = way_back(str(request.url.path))
    return RedirectResponse("/sign-in" + (f"?{urlencode({'next': back})}" if back != "/" else ""), 303)


def not_now(request: Request) -> Response:
    say = Say(code_of(request))
    page = told(say, "console.not_now", "console.not_now_hint", 503, way=way_back(str(request.url.path)))
    page.headers["Refresh"] = "5"  # a screen that met this with nobody at the desk comes back by itself
    return page
