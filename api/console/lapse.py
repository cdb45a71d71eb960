"""What a page does when its session runs out (it stays, to look at and to hear) or is ended (it goes at once)."""

import asyncio
import json

from nicegui import Client, background_tasks, core, ui

from api.auth import Person
from api.console.alert_list import AlertList
from api.console.locale import Say

WATCHED = ("/", "/areas")
"""The pages that a session which has run out may keep, and a kiosk may open."""
_GOES_WITHIN_S = 1.0


class Lapse:
    """The end of a session, on one page; built where its banner shall stand."""

    def __init__(self, say: Say, screen: AlertList, wanted: str) -> None:
        """``wanted``: the page that was asked for, and needs a sign-in; "" if none."""
        self._say, self._screen, self._wanted = say, screen, wanted
        self._client = ui.context.client
        self._is_ending = False
        self.is_told = False
        with ui.row().classes("ka-banner ka-amber w-full items-center no-wrap").props('role="alert"') as self._banner:
            self._text = ui.label().classes("ka-wrap grow")
            self._button = ui.button(say("console.sign_in")).props("dense no-caps color=primary")
        self._banner.set_visibility(False)

    def tell(self, person: Person) -> None:
        """It has run out: say so, and since when; the page goes on as it is."""
        self.is_told = True
        until = self._screen.clock(person.watches_until, day=True) if person.watches_until is not None else ""
        since = self._screen.clock(person.expired, day=True) if person.expired is not None else ""
        self._text.text = self._say("console.run_out", since=since, until=until)
        self._button.on_click(lambda: self.ask(person.name))
        self._banner.set_visibility(True)
        if self._wanted:
            self.ask(person.name)

    def ask(self, name: str) -> None:
        """Ask for name and password in the browser itself: what is typed does not pass through this page."""
        say = self._say
        words = {
            "title": say("console.sign_in_first"),
            "user": say("console.user"),
            "password": say("console.password"),
            "sign_in": say("console.sign_in"),
            "cancel": say("verb.cancel"),
            "wrong": say("console.wrong"),
            "wait": say("console.wait"),
            "late": say("console.no_answer"),
            "name": name,
            "next": self._wanted,
        }
        with self._client:
            ui.run_javascript(f"keyareaSignIn.ask({json.dumps(words)})")

    def end(self) -> None:
        """It was ended: the page says so and is gone, and its socket with it, whether the browser obeys or not."""
        if self._is_ending:
            return
        self._is_ending = True
        ui.run_javascript('location.replace("/sign-in?ended=1&next=" + encodeURIComponent(location.pathname))')
        background_tasks.create(_shut(self._client), name="shut a page")


async def _shut(client: Client) -> None:
    await asyncio.sleep(_GOES_WITHIN_S)
    sockets = [sid for sid, _ in core.sio.manager.get_participants("/", client.id)]
    if client.id in Client.instances:
        client.delete()
    for sid in sockets:
        await core.sio.disconnect(sid)
