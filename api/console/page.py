"""What each page that runs in a frame has: who is looking, and the beat that brings it up to date.

Strip, banners, sound and the watch over the screen are the document's around it (api/console/document.py). A page
compares its rows at a beat, four times a second, and sends what changed: fifty alerts a second on five consoles must
not cost fifty pushes on each.
"""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import Client, background_tasks, core, ui
from starlette.requests import Request

from api.accept_language import code_of
from api.auth import COOKIE, Permission, Person
from api.console.alert_list import AlertList
from api.console.locale import Say
from api.ports import Gateway, Sessions
from api.presence import Presence

INSIDE = "/inside"
"""Before the address of a page, where the frame finds it."""
_BEAT_S = 0.25
_GOES_WITHIN_S = 1.0


class Visit:
    """One open page: the person, the language, what is chosen."""

    def __init__(
        self, request: Request, gateway: Gateway, sessions: Sessions, screen: AlertList, presence: Presence
    ) -> None:
        self.gateway, self.sessions, self.screen, self._presence = gateway, sessions, screen, presence
        self.token = request.cookies.get(COOKIE, "")
        self.say = Say(code_of(request), gateway.site.time_zone())
        self.dark = request.cookies.get("keyarea_theme", "dark") != "light"
        self.wanted, self.query = request.path_params, request.query_params
        self.person: Person = request.state.person
        self._beats = 0
        self._is_ending = False

    def may(self, permission: Permission) -> bool:
        """Whether to show it; what is done asks anew (api.console.submit.admit)."""
        return self.person.may(permission)

    def open_page(self, on_beat: Callable[[], None]) -> None:
        """``on_beat`` brings the page's content up to date four times a second."""
        ui.add_head_html('<base target="_top">', shared=False)
        ui.add_head_html('<link rel="stylesheet" href="/console-static/console.css">', shared=False)
        ui.add_head_html('<script src="/console-static/inside.js"></script>', shared=False)
        ui.dark_mode(self.dark)
        ui.colors(primary="#3d6db5", negative="#ff8a80" if self.dark else "#c10015")
        ui.query(".nicegui-content").classes("p-0 gap-0")
        self._on_beat = on_beat
        self.screen.refresh()
        self._presence.enter(self.token, self.person)
        self._client = ui.context.client
        self._client.on_delete(lambda: self._presence.leave(self.token))
        ui.timer(_BEAT_S, self._beat)

    def go(self, address: str) -> None:
        """The document goes there, and this page with it."""
        with self._client:
            ui.run_javascript(f"keyareaInside.go({json.dumps(address)})")

    def ask_sign_in(self) -> None:
        """Ask for the password in the document, which stays live and sounding."""
        with self._client:
            ui.run_javascript("keyareaInside.askSignIn()")

    def _beat(self) -> None:
        self._beats += 1
        if self._presence.person(self.token) is None:
            self._end()
            return
        self.screen.refresh()
        self._on_beat()
        if self._beats % 4 == 1:
            ago, now = self.say("console.ago", age="{age}"), self.gateway.site.now() // 1_000_000
            told = {"now": now, "ago": ago, "units": self.say.units}
            ui.run_javascript(f"keyareaInside.beat({json.dumps(told)})")

    def _end(self) -> None:
        """The session was ended: the document says so and goes; the page's socket with it, whether it obeys or not."""
        if not self._is_ending:
            self._is_ending = True
            background_tasks.create(_shut(self._client), name="shut a page")


async def _shut(client: Client) -> None:
    await asyncio.sleep(_GOES_WITHIN_S)
    sockets = [sid for sid, _ in core.sio.manager.get_participants("/", client.id)]
    if client.id in Client.instances:
        client.delete()
    for sid in sockets:
        await core.sio.disconnect(sid)


def labelled(pairs: list[tuple[str, str]]) -> None:
    """Names and values, side by side, as text."""
    with ui.grid(columns="auto 1fr").classes("gap-x-4 gap-y-1"):
        for name, value in pairs:
            ui.label(name).classes("opacity-70")
            ui.label(value)


def button(text: str, action: Callable[..., Any], *arguments: Any) -> ui.button:
    """A button of a panel."""
    return ui.button(text, on_click=partial(action, *arguments)).props("dense no-caps")


def big_button(text: str, action: Callable[..., Any] | None = None, *, href: str = "", main: bool = False) -> ui.button:
    """A button for a thumb; ``main`` is the one that most people want. With ``href`` it is a link."""
    made = ui.button(text, on_click=action, color="primary" if main else None)
    made.props("no-caps unelevated" if main else "no-caps outline").classes("ka-big")
    if href:
        made.props["href"] = href
    return made
