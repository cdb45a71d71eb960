"""The pages that are not moved yet, each in a frame inside the document, at its address behind ``/inside``."""

from collections.abc import Callable, Mapping
from importlib.resources import files

import nicegui
from fastapi import Depends, FastAPI
from nicegui import ui
from starlette.requests import Request
from starlette.staticfiles import StaticFiles

from api.auth import Person, as_seen_by
from api.console.alert_list import AlertList
from api.console.entrance import Entrance
from api.console.page import INSIDE, Visit
from api.console.policy import PagePolicy
from api.console.sockets import SocketGuard
from api.console.web_page import Page
from api.ports import Gateway, Sessions
from api.silent_alarm_view import Sight, sight_of

_TEMPLATE = "framed.html"
_BUILD: Mapping[str, Callable[[Visit], None]] = {}


def mount(
    app: FastAPI, views: Mapping[Sight, Gateway], sessions: Sessions, entrance: Entrance, pages: tuple[Page, ...]
) -> None:
    """What is behind the frames of ``pages``; NiceGUI takes all addresses that are nobody's."""
    gateway = views[Sight.NAMED]
    lists = {sight: AlertList(view) for sight, view in views.items()}
    app.mount("/console-static", StaticFiles(directory=str(files(__package__).joinpath("static"))))
    app.add_middleware(SocketGuard, gateway=gateway, sessions=sessions)

    def add(page: Page) -> None:
        build = _BUILD[page.path]

        # Whoever may not enter is turned away before NiceGUI makes a client of the request.
        @ui.page(INSIDE + page.path, title="keyarea", dependencies=[Depends(entrance.door(page.permission))])
        def show(request: Request) -> None:
            person: Person = request.state.person
            sight = sight_of(gateway, person.name)
            build(Visit(request, as_seen_by(views[sight], person), sessions, lists[sight], app.state.presence))

    for page in pages:
        if page.template == _TEMPLATE:
            add(page)
    nicegui.app.add_middleware(PagePolicy)  # before run_with, which adds the compression around it
    ui.run_with(app, title="keyarea", reconnect_timeout=10, tailwind=False)
