"""One walk test: a big list to walk along, with a tick and a sound for each detector that answers; then its report."""

from typing import Any

from nicegui import run, ui

from api.console.commissioning_record import print_button
from api.console.dialog import ask
from api.console.kinds import kind_name
from api.console.live_rows import WalkRows
from api.console.page import Visit, big_button
from api.console.signals import signal_label
from api.console.submit import ask_for, may_ask, why_not
from api.held_devices import running_tests, test_of
from devices.device import Device
from devices.reading import SECOND
from devices.walk_test import Answer, WalkTest, is_up

_STORED_WITHIN_S = 0.3


class WalkTestPage:
    """One open page about one test."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.id = visit.wanted["test_id"]
        self._test: WalkTest | None = None
        self._answered = -1
        self._has_ended = False

    def build(self) -> None:
        self.visit.open_page(self.update)
        with ui.column().classes("q-pa-md w-full gap-3 ka-narrow"):
            ui.link(f"← {self.visit.say('console.walk_tests')}", "/console/walk-tests").classes("ka-no-print")
            self._content = ui.column().classes("w-full gap-3 ka-sheet")
        self._find(is_first=True)

    def update(self) -> None:
        if not self._has_ended:
            self._find()

    def _find(self, *, is_first: bool = False) -> None:
        running = next((test for test in running_tests(self.visit.gateway) if test.id == self.id), None)
        if running is None:
            self._has_ended = True
            ui.timer(0.01, self._report, once=True)
            return
        if is_first:
            self._answered = len(running.answers)
            self._build_walk(running)
        if running != self._test:
            self._fill(running)

    # -- while somebody walks ------------------------------------------------------------------------------

    def _build_walk(self, test: WalkTest) -> None:
        say = self.visit.say
        with self._content:
            ui.label(self._area(test)).classes("text-h5")
            with ui.row().classes("w-full items-center gap-3"):
                self._count = ui.label().classes("ka-walk-count ka-num")
                with ui.column().classes("gap-0"):
                    ui.label(f"{test.by} · {self.visit.screen.clock(test.started)}").classes("ka-faint")
                    with ui.row().classes("gap-1"):
                        ui.label(say("walk.left")).classes("ka-faint")
                        ui.element("span").classes("ka-until ka-num").props["data-until"] = test.until // 1_000_000
            self._bar = ui.linear_progress(value=0, show_value=False).props("rounded size=14px color=positive")
            self._last = ui.label().classes("ka-walk-last")
            self._list = WalkRows()
            if may_ask(self.visit, "walk-tests/{case}/end"):
                big_button(say("walk.end"), self._ask_end).classes("w-full ka-end")

    def _fill(self, test: WalkTest) -> None:
        self._test = test
        for _ in range(min(3, len(test.answers) - self._answered)):
            ui.run_javascript("keyareaInside.answered()")
        self._answered = len(test.answers)
        self._count.text = f"{len(test.answers)} / {len(test.devices)}"
        self._bar.value = len(test.answers) / max(1, len(test.devices))
        if test.answers:
            newest = test.answers[-1]
            name = self.visit.screen.device_name(newest.device, self.visit.say.language)
            self._last.text = f"✓ {name} · {signal_label(newest.signal, self.visit.say)}"
        self._last.set_visibility(bool(test.answers))
        self._list.show(self._rows(test))

    def _rows(self, test: WalkTest) -> list[dict[str, Any]]:
        """Those not yet walked on top, by name; then those that answered, the newest first."""
        devices = {device.id: device for device in self.visit.gateway.devices.devices()}
        missing = sorted(test.missing, key=lambda device_id: self._name(device_id).casefold())
        return [
            *(self._row(device_id, devices.get(device_id), None) for device_id in missing),
            *(self._row(answer.device, devices.get(answer.device), answer) for answer in reversed(test.answers)),
        ]

    def _row(self, device_id: str, device: Device | None, answer: Answer | None) -> dict[str, Any]:
        say = self.visit.say
        what = [kind_name(device.kind, say)] if device is not None and device.kind else []
        if answer is not None:
            what.append(signal_label(answer.signal, say))
            if is_up(answer):
                what.append(f"⚠ {say('walk.still')}")
        if self._name(device_id) != device_id:
            what.append(device_id)
        return {
            "id": device_id,
            "sign": "✓" if answer is not None else "○",
            "name": self._name(device_id),
            "what": " · ".join(what),
            "when": self.visit.screen.clock(answer.at) if answer is not None else "",
        }

    def _name(self, device_id: str) -> str:
        return self.visit.screen.device_name(device_id, self.visit.say.language)

    def _area(self, test: WalkTest) -> str:
        say = self.visit.say
        return self.visit.screen.area_name(test.area, say.language) if test.area else say("walk.several")

    def _ask_end(self) -> None:
        say, test = self.visit.say, self._test
        missing = len(test.missing) if test is not None else 0

        async def end(note: str) -> Exception | None:
            return await why_not(ask_for(self.visit, "walk-tests/{case}/end", case=self.id, note=note))

        text = say("walk.end_missing", count=missing) if missing else say("walk.end_all")
        ask(self.visit, say("walk.end"), text, say("walk.end"), end)

    # -- afterwards ----------------------------------------------------------------------------------------

    async def _report(self) -> None:
        say, screen = self.visit.say, self.visit.screen
        test = await run.io_bound(test_of, self.visit.gateway, self.id)
        if test is not None and test.outcome == "running":  # it has ended, and that is being stored
            ui.timer(_STORED_WITHIN_S, self._report, once=True)
            return
        self._content.clear()
        with self._content:
            if test is None:
                ui.label(say("walk.unknown")).classes("ka-empty")
                return
            ended = test.ended if test.ended is not None else test.started
            with ui.column().classes("ka-record w-full gap-2"):
                ui.label(say("walk.report")).classes("text-h6")
                ui.label(f"{self.visit.gateway.site.site_name(self.visit.say.language)} · {self._area(test)}").classes(
                    "text-weight-bold"
                )
                ui.label(f"{screen.full(test.started)} – {screen.clock(ended)} · {test.by}").classes("ka-num")
                note = say.said(test.note)
                outcome = ui.label(say("walk." + test.outcome) + (f" · {note}" if note else ""))
                outcome.classes("ka-refused" if test.outcome == "interrupted" else "ka-wrap")
                ui.label(say("walk.result", answered=len(test.answers), all=len(test.devices))).classes("text-h6")
                self._section(say("walk.missing"), [(self._name(name), name, "") for name in test.missing])
                answered = [(self._name(a.device), a.device, self._when(a)) for a in test.answers]
                self._section(say("walk.answered"), answered)
                ui.label(say("record.signature")).classes("ka-print-only q-mt-lg")
            print_button(self.visit)

    def _when(self, answer: Answer) -> str:
        late = f" (+{answer.delay / SECOND:.1f} s)" if answer.delay >= SECOND else ""
        return f"{self.visit.screen.clock(answer.at)}{late} · {signal_label(answer.signal, self.visit.say)}"

    def _section(self, title: str, rows: list[tuple[str, str, str]]) -> None:
        if not rows:
            return
        ui.label(f"{title} ({len(rows)})").classes("text-weight-bold q-mt-sm")
        with ui.element("div").classes("ka-report"):
            for name, device_id, when in rows:
                ui.label(name if name == device_id else f"{name} ({device_id})").classes("ka-wrap")
                ui.label(when or "–").classes("ka-num ka-faint")
