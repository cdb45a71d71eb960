"""What every page has: who is looking, the bar on top with the data's age, the beat that keeps the watchdog calm.

A page compares its rows at a beat, four times a second, and sends what changed: fifty alerts a second on five consoles
must not cost fifty pushes on each. Liveness and sound are the browser's (static/console.js), for a dead server tells
nothing.
"""

import json
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from typing import Any

from msgspec.structs import replace
from nicegui import events, ui
from starlette.requests import Request

from api.accept_language import code_of
from api.auth import COOKIE, Permission, Person
from api.console.alert_list import AlertList
from api.console.lapse import WATCHED, Lapse
from api.console.locale import Say
from api.console.urgent_strip import UrgentStrip
from api.ports import Gateway, Sessions
from api.presence import Presence
from api.screens import SOUNDS, OpenPage, Screens
from devices.reading import SECOND

_BEAT_S = 0.25
_MUTE_S = 120
_TESTS_NAMED = _SCREENS_NAMED = 3
_DEVICES = "/console/devices"
_PAGES = (
    ("/", "console.control_room", Permission.LOOK),
    ("/areas", "console.areas", Permission.LOOK),
    (_DEVICES, "console.technician", Permission.LOOK),
    ("/manager", "console.manager", Permission.READ_LEDGER),
)
_TECHNICIANS = (
    (_DEVICES, "console.device_list", Permission.LOOK),
    ("/console/waiting", "console.waiting", Permission.SERVE_DEVICES),
    ("/console/walk-tests", "console.walk_tests", Permission.LOOK),
    ("/console/bypasses", "console.bypasses", Permission.LOOK),
    ("/console/malformed", "console.malformed", Permission.SERVE_DEVICES),
)
"""The pages about devices; they share a row of links of their own."""


class Visit:
    """One open page: the person, the language, what is chosen."""

    def __init__(
        self,
        request: Request,
        gateway: Gateway,
        sessions: Sessions,
        screen: AlertList,
        presence: Presence,
        open_pages: Screens,
    ) -> None:
        self.gateway, self.sessions, self.screen, self._presence = gateway, sessions, screen, presence
        self.token = request.cookies.get(COOKIE, "")
        self.say = Say(code_of(request), gateway.site.time_zone())
        self.dark = request.cookies.get("keyarea_theme", "dark") != "light"
        self.path = request.url.path
        self.on_go_there: Callable[[str], None] | None = None
        """Of a page that shows alerts itself: chooses one by its id, where others lead to the control room."""
        self.wanted, self.query = request.path_params, request.query_params
        self.chosen = ""
        self.person: Person = request.state.person
        self.open_pages = open_pages
        self._beats = 0
        self._last_beat = ""

    def may(self, permission: Permission) -> bool:
        """Whether to show it; what is done asks anew (api.console.submit.admit)."""
        return self.person.may(permission)

    def open_page(self, on_beat: Callable[[], None]) -> None:
        """The frame of a page; ``on_beat`` brings its content up to date four times a second."""
        ui.add_head_html('<link rel="stylesheet" href="/console-static/console.css">', shared=False)
        ui.add_head_html('<script src="/console-static/sound.js"></script>', shared=False)
        ui.add_head_html('<script src="/console-static/console.js"></script>', shared=False)
        ui.add_head_html('<script src="/console-static/sign_in.js"></script>', shared=False)
        ui.dark_mode(self.dark)
        ui.colors(primary="#3d6db5", negative="#ff8a80" if self.dark else "#c10015")
        ui.query(".nicegui-content").classes("p-0 gap-0")
        self._overlays()
        self._take_receipts()
        with ui.header().classes("ka-head"):
            with ui.row().classes("ka-bar w-full items-center q-py-xs q-px-md gap-4 no-wrap"):
                self._small_menu()
                ui.label(self.gateway.site.site_name(self.say.language)).classes(
                    "text-subtitle1 text-weight-bold ellipsis"
                )
                for path, key, permission in _PAGES:
                    if self.may(permission):
                        link = ui.link(self.say(key), path).classes("text-white gt-sm")
                        if self._is_within(path):
                            link.classes("text-weight-bold underline")
                ui.space()
                self._counters = ui.label().classes("ka-num gt-xs")
                self._counters.props["title"] = self.say("console.counters")
                ui.label(self.say("console.data_age")).classes("gt-sm")
                age = ui.label("–").props('id="data-age"').classes("ka-age")
                age.props["title"] = self.say("console.data_age")
                self._clock = ui.label().classes("ka-num gt-sm")
                self._speaker()
                with ui.row().classes("gt-sm items-center no-wrap gap-2"):
                    self._sounds("dense flat no-caps color=white")
                    self._own_menu()
            # In the bar, which no scrolling takes away: the strip first, then whatever else must not be missed.
            self._strip = UrgentStrip(self.say, self.screen, self.on_go_there)
            self._build_banners()
        if self._is_within(_DEVICES):
            self._technicians_row()
        self._title = self._page_title()
        self._on_beat = on_beat
        self.screen.refresh()
        self._strip.update()
        self._presence.enter(self.token, self.person)
        ui.context.client.on_delete(lambda: self._presence.leave(self.token))
        ui.timer(_BEAT_S, self._beat)

    def _page_title(self) -> str:
        """What a tab says behind the count: several are open side by side."""
        name = self._page_name(self.path)
        return f"{self.say('console.title')} · {name}" if name else self.say("console.title")

    def _page_name(self, path: str) -> str:
        known = [key for at, key, _ in (*_PAGES, *_TECHNICIANS) if path == at or path.startswith(f"{at}/")]
        return self.say(known[-1]) if known else ""

    def _is_within(self, path: str) -> bool:
        return self.path == path or (path == _DEVICES and self.path.startswith("/console/"))

    def _small_menu(self) -> None:
        """Everything of the bar that a phone has no room for."""
        say = self.say
        menu_button = ui.button(icon="menu").classes("lt-md").props("flat color=white padding=sm")
        menu_button.props["aria-label"] = say("console.menu")
        with menu_button, ui.menu().props("auto-close"), ui.column().classes("q-pa-md gap-4 ka-menu"):
            for path, key, permission in _PAGES:
                if self.may(permission):
                    ui.link(say(key), path).classes("text-h6")
            self._sounds("flat no-caps align=left color=white")
            self._own("flat no-caps align=left color=white")

    def _own_menu(self) -> None:
        """Who is signed in; behind it the language, the colours, and the way out."""
        opener = ui.button(f"{self.person.name} ▾").props("dense flat no-caps color=white")
        with opener, ui.menu().props("auto-close"), ui.column().classes("q-pa-md gap-3 ka-menu"):
            self._own("flat no-caps align=left color=white")

    def _sounds(self, look: str) -> None:
        ui.button(self.say("verb.silence"), on_click=self.silence).props(look)

    def _speaker(self) -> None:
        """Whether this page can sound, as the browser says; pressed it ends a silence, or sounds for a trial."""
        with ui.element("button").props('id="sound-state" type="button"').classes("ka-sound") as speaker:
            ui.icon("volume_off").classes("ka-sound-icon")
            ui.element("span").classes("ka-sound-text gt-sm")
        speaker.on("click", js_handler="() => keyarea.pressSound()")

    def _take_receipts(self) -> None:
        """What the page says of its sound goes to the screens, for as long as it is open."""
        client = ui.context.client
        page = OpenPage(
            browser=blake2b(self.token.encode(), digest_size=8).hexdigest(),
            account=self.person.name,
            path=self.path,
            sounds=self.may(Permission.HEAR),
            able_at=0,
        )

        def told(event: events.GenericEventArguments) -> None:
            self.open_pages.told(client.id, str(event.args), self.gateway.site.now())

        client.on_connect(lambda: self.open_pages.opened(client.id, replace(page, able_at=self.gateway.site.now())))
        client.on_delete(lambda: self.open_pages.shut(client.id))
        ui.on("keyarea_sound", told)

    def _own(self, look: str) -> None:
        say = self.say
        other = "zh" if say.language == "en" else "en"
        ui.button(say("console.language")).props(look).on(
            "click", js_handler=f"() => keyarea.remember('keyarea_language', '{other}')"
        )
        theme = "light" if self.dark else "dark"
        ui.button(say("console." + theme)).props(look).on(
            "click", js_handler=f"() => keyarea.remember('keyarea_theme', '{theme}')"
        )
        if self.may(Permission.LOOK):
            ui.link(say("console.own_password"), "/password")
        if self.person.role != "kiosk":  # nobody shall turn off a screen on a wall in passing
            ui.link(f"{say('console.sign_out')}: {self.person.name} ({self.person.role})", "/sign-out")

    def _technicians_row(self) -> None:
        self._waiting = ui.label()
        with ui.row().classes("ka-pages w-full no-wrap items-center q-px-sm gap-0"):
            for path, key, permission in _TECHNICIANS:
                if not self.may(permission):
                    continue
                with ui.link(target=path).classes("ka-page") as link:
                    ui.label(self.say(key))
                    if path == "/console/waiting":
                        self._waiting = ui.label().classes("ka-count")
                if self.path.startswith(path):
                    link.classes("ka-here")

    def _overlays(self) -> None:
        say = self.say
        with ui.element("div").props('id="not-live" role="alert"'):
            with ui.element("b"):
                ui.label(say("console.not_live"))
            with ui.element("span"):
                ui.label(say("console.not_live_hint"))

    def _build_banners(self) -> None:
        ui.element("div").props('id="late-banner" role="alert"').classes("ka-banner ka-amber w-full")
        with ui.element("div").props('id="sound-blocked" role="alert"').classes("ka-banner ka-amber w-full"):
            ui.label(self.say("verb.sound_blocked"))
        with ui.element("div").classes("ka-banners w-full"):
            self._fault = ui.label().classes("ka-banner ka-amber w-full ka-wrap").props('role="alert"')
            self._lapse = Lapse(self.say, self.screen, self.query.get("sign-in", ""))
            self._flood = ui.label().classes("ka-banner ka-amber w-full").props('role="alert"')
            self._mute = ui.label().classes("ka-banner ka-amber w-full ka-wrap").props('role="alert"')
            with ui.link(target="/console/walk-tests").classes("ka-banner ka-walking w-full") as self._walking:
                self._walkers = ui.label()
        for banner in (self._fault, self._flood, self._mute, self._walking):
            banner.set_visibility(False)  # until the first beat has looked

    def ask_sign_in(self) -> None:
        """Ask for the password on this page, which stays live and sounding."""
        self._lapse.ask(self.person.name)

    def silence(self) -> None:
        """Stop the sound for two minutes at most; a new alert sounds again."""
        ui.run_javascript(f"keyarea.silence({_MUTE_S})")

    def _beat(self) -> None:
        self._beats += 1
        person = self._presence.person(self.token)
        if person is None:
            self._lapse.end()
            return
        if person.expired is not None and not self._lapse.is_told:
            if self.path not in WATCHED:
                ui.navigate.to("/")  # there it may watch on
                return
            self._lapse.tell(person)
        screen, say = self.screen, self.say
        screen.refresh()
        health, new = screen.health, screen.new()
        self._clock.text = screen.today()
        self._counters.text = " ".join(
            f"{letter}:{sum(alert.priority == priority for alert in screen.shouted())}"
            for priority, letter in ((1, "A"), (2, "B"), (3, "C"), (4, "D"))
        )
        self._fault.set_visibility(bool(health.faults))
        if health.faults:
            self._fault.text = say("console.fault", faults="; ".join(map(say.said, health.faults)))
        self._flood.set_visibility(bool(screen.flooded))
        if screen.flooded:
            self._flood.text = say("console.flood", count=screen.flooded)
        mute = self.open_pages.mute(self.gateway.site.now())
        self._mute.set_visibility(bool(mute))
        if mute:
            named = "; ".join(f"{page.account}, {self._page_name(page.path)}" for page in mute[:_SCREENS_NAMED])
            self._mute.text = say("sound.mute", screens=named + ("; …" if len(mute) > _SCREENS_NAMED else ""))
        self._strip.update()
        self._say_who_walks()
        if self._is_within(_DEVICES):
            waiting = len(screen.board.waiting()) if self.may(Permission.SERVE_DEVICES) else 0
            self._waiting.text = str(waiting)
            self._waiting.set_visibility(bool(waiting))
        self._on_beat()
        self._tell_browser(len(new), max((alert.newest for alert in new), default=0))

    def _say_who_walks(self) -> None:
        tests, say = self.gateway.walk_tests.walk_tests(), self.say
        self._walking.set_visibility(bool(tests))
        walks = [
            say(
                "walk.banner",
                area=self.screen.area_name(test.area, say.language) if test.area else say("walk.several"),
                by=test.by,
                since=self.screen.clock(test.started),
                answered=len(test.answers),
                all=len(test.devices),
            )
            for test in tests[:_TESTS_NAMED]
        ]
        now = self.gateway.site.now()
        walks += [
            say(
                "walk.in_alarm",
                device=self.screen.device_of(alert, say.language),
                age=say.age((now - alert.changed) / SECOND),
                left=say.age(max(0, (alert.suppression.until or now) - now) / SECOND),
            )
            for alert in self.screen.in_alarm_by_test()[:_TESTS_NAMED]
            if alert.suppression is not None
        ]
        self._walkers.text = " · ".join(walks)

    def _tell_browser(self, new: int, newest: int) -> None:
        screen, say = self.screen, self.say
        health = screen.health
        age = None if health.newest_reading is None else (health.now - health.newest_reading) / SECOND
        hears = self.may(Permission.HEAR)
        say_sound = {sound: say(f"sound.{sound}", seconds="{seconds}") for sound in SOUNDS}
        told: dict[str, Any] = {
            "owner": screen.sound_owner(every_alert=hears),
            "raised": newest // 1_000_000,
            "count": sum(alert.occurrences for alert in screen.shouted()),
            "open": len(screen.shouted()),
            "language": say.language,
            "ago": say("console.ago", age="{age}"),
            "units": say.units,
            "hears": hears,
            "sounds": say_sound,
            "late": say("console.late", age="{age}"),
            "title": (f"({new}) " if new else "") + self._title,
        }
        # Once a second, and at once when something that can be heard has changed.
        text = json.dumps(told)
        if text != self._last_beat or self._beats % 4 == 0:
            self._last_beat = text
            ui.run_javascript(f"keyarea.beat({json.dumps({**told, 'age': age, 'now': health.now // 1_000_000})})")


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
