"""What every page has: who is looking, the bar on top with the data's age, the beat that keeps the watchdog calm."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui
from starlette.requests import Request

from api.auth import COOKIE, Permission, Person, find_person
from api.console.locale import Say
from api.console.screen import Screen
from api.ports import Gateway, Sessions
from devices.reading import SECOND

_BEAT_S = 0.25
_MUTE_S = 120
_PAGES = (
    ("/", "console.control_room", Permission.LOOK),
    ("/areas", "console.areas", Permission.LOOK),
    ("/technician", "console.technician", Permission.LOOK),
    ("/manager", "console.manager", Permission.READ_LEDGER),
)


class Visit:
    """One open page: the person, the language, what is chosen."""

    def __init__(self, request: Request, gateway: Gateway, sessions: Sessions, screen: Screen) -> None:
        self.gateway, self.sessions, self.screen = gateway, sessions, screen
        self.token = request.cookies.get(COOKIE, "")
        self.say = Say(request.cookies.get("keyarea_language", "en"))
        self.dark = request.cookies.get("keyarea_theme", "dark") != "light"
        self.path = request.url.path
        self.chosen = ""
        self.person: Person | None = find_person(gateway, sessions, self.token) if self.token else None
        self._beats = 0
        self._last_beat = ""

    def may(self, permission: Permission) -> bool:
        return self.person is not None and self.person.may(permission)

    def open_page(self, on_beat: Callable[[], None]) -> None:
        """The frame of a page; ``on_beat`` brings its content up to date four times a second."""
        say = self.say
        ui.add_head_html('<link rel="stylesheet" href="/console-static/console.css">', shared=False)
        ui.add_head_html('<script src="/console-static/console.js"></script>', shared=False)
        ui.dark_mode(self.dark)
        ui.colors(primary="#3d6db5")
        ui.query(".nicegui-content").classes("p-0 gap-0")
        self._overlays()
        with ui.header().classes("ka-bar items-center q-py-xs q-px-md gap-4 no-wrap"):
            ui.label(self.gateway.site_name()).classes("text-subtitle1 text-weight-bold")
            for path, key, permission in _PAGES:
                if self.may(permission):
                    link = ui.link(say(key), path).classes("text-white")
                    if path == self.path:
                        link.classes("text-weight-bold underline")
            ui.space()
            self._counters = ui.label().classes("ka-num")
            ui.label(say("console.data_age"))
            ui.label("–").props('id="data-age"').classes("ka-age")
            self._clock = ui.label().classes("ka-num")
            ui.label().props('id="mute-left"').classes("text-amber")
            ui.button(say("verb.silence"), on_click=self.silence).props("dense flat color=white")
            ui.button(say("verb.sound_on")).props("dense flat color=white").on(
                "click", js_handler="() => keyarea.test('fire')"
            )
            other = "zh" if say.language == "en" else "en"
            ui.button(say("console.language")).props("dense flat color=white").on(
                "click", js_handler=f"() => keyarea.remember('keyarea_language', '{other}')"
            )
            theme = "light" if self.dark else "dark"
            ui.button(say("console." + theme)).props("dense flat color=white").on(
                "click", js_handler=f"() => keyarea.remember('keyarea_theme', '{theme}')"
            )
            if self.person is not None:
                ui.label(f"{self.person.name} ({self.person.role})")
            ui.link(say("console.sign_out"), "/sign-out").classes("text-white")
        self._fault = ui.label().classes("ka-banner ka-amber w-full")
        self._flood = ui.label().classes("ka-banner ka-amber w-full")
        self._on_beat = on_beat
        ui.timer(_BEAT_S, self._beat)

    def _overlays(self) -> None:
        say = self.say
        with ui.element("div").props('id="not-live" role="alert"'):
            with ui.element("b"):
                ui.label(say("console.not_live"))
            with ui.element("span"):
                ui.label(say("console.not_live_hint"))
        ui.element("div").props('id="late-banner" role="status"').classes("w-full")
        with ui.element("div").props('id="sound-blocked" role="alert"').classes("w-full"):
            ui.label(say("verb.sound_blocked"))

    def silence(self) -> None:
        """Stop the sound for two minutes at most; a new alert sounds again."""
        ui.run_javascript(f"keyarea.silence({_MUTE_S})")

    def _beat(self) -> None:
        self._beats += 1
        if self._beats % 40 == 0 and find_person(self.gateway, self.sessions, self.token) is None:
            ui.navigate.to("/sign-in")
            return
        screen, say = self.screen, self.say
        screen.refresh()
        health, new = screen.health, screen.new()
        self._clock.text = screen.today()
        self._counters.text = " ".join(
            f"{letter}:{sum(alert.priority == priority for alert in screen.alerts)}"
            for priority, letter in ((1, "A"), (2, "B"), (3, "C"), (4, "D"))
        )
        self._fault.set_visibility(bool(health.faults))
        if health.faults:
            self._fault.text = say("console.fault", faults="; ".join(health.faults))
        self._flood.set_visibility(bool(screen.flooded))
        if screen.flooded:
            self._flood.text = say("console.flood", count=screen.flooded)
        self._on_beat()
        self._tell_browser(len(new), max((alert.raised for alert in new), default=0))

    def _tell_browser(self, new: int, newest: int) -> None:
        screen, say = self.screen, self.say
        health = screen.health
        age = None if health.newest_reading is None else (health.now - health.newest_reading) / SECOND
        owner = screen.sound_owner() if self.path == "/" else ""
        occurrences = sum(alert.occurrences for alert in screen.alerts)
        told: dict[str, Any] = {
            "owner": owner,
            "newest": f"{newest}/{occurrences}",
            "open": len(screen.alerts),
            "language": say.language,
            "wantsSound": self.path == "/",
            "late": say("console.late", age="{age}"),
            "silenced": say("verb.silenced", seconds="{seconds}"),
            "title": f"({new}) {say('console.title')}" if new else say("console.title"),
        }
        # Once a second, and at once when something that can be heard has changed.
        text = json.dumps(told)
        if text != self._last_beat or self._beats % 4 == 0:
            self._last_beat = text
            ui.run_javascript(f"keyarea.beat({json.dumps({**told, 'age': age})})")


def labelled(pairs: list[tuple[str, str]]) -> None:
    """Names and values, side by side, as text."""
    with ui.grid(columns="auto 1fr").classes("gap-x-4 gap-y-1"):
        for name, value in pairs:
            ui.label(name).classes("opacity-70")
            ui.label(value)


def button(text: str, action: Callable[..., Any], *arguments: Any) -> ui.button:
    """A button of a panel."""
    return ui.button(text, on_click=partial(action, *arguments)).props("dense no-caps")
