"""What a person does with the alert that is chosen in the control room, and what is asked before it is done."""

from collections.abc import Callable

from nicegui import ui

from alerts.alert import Alert, AlertClass, Disposition
from alerts.command import Acknowledge, Close, Command, Comment, Reset
from alerts.lifecycle import Action, next_state
from api.auth import Permission
from api.console.dialog import SHEET
from api.console.end_cause import ask_end_cause
from api.console.page import Visit, big_button
from api.console.submit import admit, tell
from devices.errors import Refused, StoreUnavailable

_CLOSED_WITH_NOTE = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP})
"""What was found there has to be said in words, too."""


class AlertVerbs:
    """``alert``: the one that is shown; ``update`` is called when something was done."""

    def __init__(self, visit: Visit, update: Callable[[], None]) -> None:
        self.visit, self._update = visit, update
        self.alert: Alert | None = None
        self._dialog: ui.dialog | None = None

    @property
    def asks(self) -> bool:
        """Whether a question is open: then the keys are its own."""
        return self._dialog is not None and bool(self._dialog.value)

    async def acknowledge(self) -> None:
        await self._do(Acknowledge)

    async def reset(self) -> None:
        await self._do(Reset)

    async def _do(self, make: Callable[[str, str], Command], alert_id: str = "") -> None:
        """``alert_id``: the alert that a question was asked about, whichever is chosen by now."""
        visit = self.visit
        alert_id = alert_id or visit.chosen
        if not alert_id:
            ui.notify(visit.say("console.pick"))
            return
        try:
            person = await admit(visit, Permission.HANDLE_ALERTS)
            await visit.gateway.commands.submit(make(alert_id, person.name))
        except (Refused, StoreUnavailable) as error:
            tell(visit, error)
            return
        self._update()

    def ask_close(self) -> None:
        """No finding is preset: it is the fact that every later figure rests on. Grey until all is there."""
        say, alert = self.visit.say, self.alert
        if alert is None or alert.id != self.visit.chosen:
            return
        try:
            next_state(alert, Action.CLOSE)
        except Refused as refused:  # said before the form is filled in
            tell(self.visit, refused)
            return
        needs_note = alert.alert_class in _CLOSED_WITH_NOTE
        with self._question() as dialog, ui.card().classes("gap-3 ka-dialog"):
            ui.label(self._about(say("verb.close"))).classes("text-h6 ka-wrap")
            ui.label(say("verb.finding")).classes("ka-faint")
            options = {disposition.value: say("disposition." + disposition) for disposition in Disposition}
            finding = ui.radio(options, value=None)
            label = say("verb.note_needed") if needs_note else say("verb.note")
            note = ui.input(label).props("maxlength=2000 outlined").classes("w-full")

            def is_whole() -> bool:
                return finding.value is not None and (not needs_note or bool((note.value or "").strip()))

            async def close() -> None:
                if not is_whole():
                    return
                dialog.close()
                chosen = Disposition(finding.value)
                await self._do(lambda alert, by: Close(alert, by, chosen, (note.value or "").strip()), alert.id)

            note.on("keydown.enter", close)
            with ui.row().classes("w-full gap-2"):
                confirm = big_button(say("verb.close"), close, main=True)
                big_button(say("verb.cancel"), dialog.close)

            def look() -> None:
                confirm.set_enabled(is_whole())

            finding.on_value_change(look)
            note.on_value_change(look)
            look()

    def ask_end_cause(self) -> None:
        title = self._about(self.visit.say("verb.end_cause"))
        self._dialog = ask_end_cause(self.visit, self.visit.chosen, title, self._update)

    def ask_comment(self) -> None:
        say, alert_id = self.visit.say, self.visit.chosen
        with self._question() as dialog, ui.card().classes("gap-3 ka-dialog"):
            ui.label(self._about(say("verb.comment"))).classes("text-h6 ka-wrap")
            note = ui.input(say("verb.note")).props("maxlength=2000 autofocus outlined").classes("w-full")

            async def comment() -> None:
                dialog.close()
                await self._do(lambda alert, by: Comment(alert, by, note.value or ""), alert_id)

            note.on("keydown.enter", comment)
            with ui.row().classes("w-full gap-2"):
                big_button(say("verb.ok"), comment, main=True)
                big_button(say("verb.cancel"), dialog.close)

    def _question(self) -> ui.dialog:
        """An open dialog; while it asks, the keys are its own."""
        self._dialog = ui.dialog(value=True).props(SHEET)
        return self._dialog

    def _about(self, verb: str) -> str:
        """What will be done, and to which alert: two of one kind are told apart by device, area and time."""
        alert, say, screen = self.alert, self.visit.say, self.visit.screen
        if alert is None:
            return verb
        where = f"{screen.device_of(alert, say.language)}, {screen.area_name(alert.area, say.language)}"
        return f"{verb}: {screen.what(alert, say)} · {where} · {screen.clock(alert.newest)}"
