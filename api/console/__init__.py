"""The console: the document with its pages, board and links, mounted on the API's app; all assets are from here."""

import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.auth import Permission, Person, may
from api.board import Board
from api.board_state import BoardState
from api.console import alert_verbs
from api.console.answer_page import add_answer_page
from api.console.assets import Assets
from api.console.document import Document
from api.console.entrance import Entrance
from api.console.links import Links
from api.console.page_finder import pages
from api.ports import Gateway, Sessions
from api.screens import Screens
from api.silent_alarm_view import Sight, seen
from devices.message import Text


def mount(app: FastAPI, gateway: Gateway, sessions: Sessions) -> None:
    """Add the console to ``app``."""
    open_pages: Screens = app.state.screens
    views = {sight: seen(gateway, open_pages, sight) for sight in Sight}
    assets = Assets()
    assets.add_to(app)
    document = Document(views, sessions, assets, pages())
    document.add_to(app)
    board = Board(views, BoardState(gateway, open_pages), epoch=secrets.token_hex(4))
    Links(gateway, sessions, board, app.state.presence, open_pages).add_to(app)
    app.include_router(alert_verbs.router)
    _add_plans(app, gateway)

    @app.get("/technician", include_in_schema=False)
    async def moved() -> Response:
        return RedirectResponse("/console/devices")

    add_answer_page(app, gateway)
    Entrance(app, gateway, sessions, document)  # last: every address that is nobody's is its


def _add_plans(app: FastAPI, gateway: Gateway) -> None:
    @app.get("/console/plans/{area}", include_in_schema=False)
    async def plan(area: str, _person: Annotated[Person, Depends(may(Permission.LOOK))]) -> Response:
        found = await run_in_threadpool(gateway.areas.plan, area)
        if found is None:
            raise HTTPException(404, Text.of("api.no_picture"))
        content, media_type = found
        # A drawing (SVG) can hold scripts: opened by itself it may run none.
        safe = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        return Response(content, media_type=media_type, headers={"Content-Security-Policy": safe})
