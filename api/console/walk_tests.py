"""Walk tests: who walks where now, begin one, and the reports of those that have ended."""

from nicegui import run, ui

from api.console.page import Visit, big_button
from api.console.submit import ask_for, may_ask, watched_areas
from api.held_devices import past_tests, running_tests
from devices.errors import Refused
from devices.reading import SECOND
from devices.walk_test import WINDOW, WalkTest

_HOURS = (1, 2, 4)
_WINDOWS = (30, 60, 90, 120, 180)
_PAST_SHOWN = 50


class WalkTests:
    """One open page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._shown: list[tuple[str, int]] | None = None

    def build(self) -> None:
        say, visit = self.visit.say, self.visit
        visit.open_page(self.update)
        with ui.column().classes("q-pa-md w-full gap-3 ka-narrow"):
            self._running = ui.column().classes("w-full gap-2")
            if may_ask(visit, "walk-tests"):
                self._build_form()
            ui.label(say("walk.past")).classes("text-h6 q-mt-md")
            self._past = ui.column().classes("w-full gap-2")
        ui.timer(0.05, self._fill_past, once=True)

    def _build_form(self) -> None:
        say, visit = self.visit.say, self.visit
        ui.label(say("walk.title")).classes("text-h6")
        ui.label(say("walk.how"))
        self._area = ui.select(watched_areas(visit), label=say("column.area")).props("outlined").classes("w-full")
        hours = {hour: say("walk.hours", hours=hour) for hour in _HOURS}
        self._hours = ui.select(hours, label=say("walk.longest"), value=2).props("outlined").classes("w-full")
        windows = {seconds: say("walk.seconds", seconds=seconds) for seconds in _WINDOWS}
        self._window = ui.select(windows, label=say("walk.window"), value=WINDOW // SECOND)
        self._window.props("outlined").classes("w-full")
        self._note = ui.input(say("verb.note")).props("outlined maxlength=500").classes("w-full")
        self._refused = ui.label().classes("ka-refused").props('role="alert"')
        self._refused.set_visibility(False)
        big_button(say("walk.start"), self._start, main=True).classes("w-full")

    async def _start(self) -> None:
        visit = self.visit
        if not self._area.value:
            self._say(visit.say("walk.area_wanting"))
            return
        fields = {"for_s": int(self._hours.value) * 3_600, "window_s": int(self._window.value)}
        try:
            answer = await ask_for(visit, "walk-tests", area=self._area.value, note=self._note.value or "", **fields)
        except Refused as refused:
            self._say(visit.say.said(refused))
            return
        visit.go(f"/console/walk-tests/{answer.case}")

    def _say(self, text: str) -> None:
        self._refused.text = text
        self._refused.set_visibility(bool(text))

    def update(self) -> None:
        tests = running_tests(self.visit.gateway)
        shown = [(test.id, len(test.answers)) for test in tests]
        if shown == self._shown:
            return
        self._shown = shown
        self._running.clear()
        with self._running:
            for test in tests:
                self._card(test)

    async def _fill_past(self) -> None:
        past = await run.io_bound(past_tests, self.visit.gateway, _PAST_SHOWN) or []
        with self._past:
            for test in past:
                self._card(test)
            if not past:
                ui.label(self.visit.say("walk.none")).classes("ka-faint")

    def _card(self, test: WalkTest) -> None:
        say, screen = self.visit.say, self.visit.screen
        with ui.link(target=f"/console/walk-tests/{test.id}").classes("ka-device ka-test w-full"):
            with ui.row().classes("w-full items-baseline gap-3"):
                ui.label(screen.area_name(test.area, say.language) if test.area else say("walk.several")).classes(
                    "ka-name"
                )
                ui.label(f"{len(test.answers)} / {len(test.devices)}").classes("ka-num text-weight-bold")
                if test.missing and test.outcome != "running":
                    ui.label(say("walk.silent", count=len(test.missing))).classes("ka-chip ka-is-lost")
            ui.label(f"{say('walk.' + test.outcome)} · {test.by} · {screen.full(test.started)}").classes("ka-faint")
