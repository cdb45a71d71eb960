"""Beside the lists of the control room: one alert, what to do about it, what it came of and what was done so far."""

from collections.abc import Callable

from nicegui import run, ui

from alerts.alert import Alert, State
from api.auth import Permission
from api.console.alert_list import LETTERS
from api.console.alert_verbs import AlertVerbs
from api.console.page import Visit, button
from api.console.signals import signal_label, value_label


class AlertPanel:
    """Made where it is to stand; ``shut`` is called when somebody has seen enough."""

    def __init__(self, visit: Visit, verbs: AlertVerbs, shut: Callable[[], None]) -> None:
        self.visit, self._verbs, self._shut = visit, verbs, shut
        self._column = ui.column().classes("w-full gap-3")
        self.clear()

    def clear(self) -> None:
        """No alert is chosen."""
        self._column.clear()
        with self._column:
            ui.label(self.visit.say("console.pick")).classes("opacity-70")

    def show(self, alert: Alert) -> None:
        """The buttons stay while the rest changes: no click and no focus is lost to an alert that chatters."""
        before, self._verbs.alert = self._verbs.alert, alert
        if before is None or before.id != alert.id:
            self._column.clear()
            with self._column:
                self._head, self._buttons = ui.column().classes("w-full gap-2"), ui.row().classes("w-full gap-2")
                self._rest = ui.column().classes("w-full gap-3")
        if before is None or (before.id, before.state, before.latched) != (alert.id, alert.state, alert.latched):
            self._buttons.clear()
            with self._buttons:
                self._build_verbs(alert)
        self._head.clear()
        with self._head:
            self._build_head(alert)
        self._rest.clear()
        with self._rest:
            self._build_rest(alert)

    def _build_head(self, alert: Alert) -> None:
        say, screen = self.visit.say, self.visit.screen
        with ui.row().classes(f"items-center ka-mark ka-p{alert.priority}"):
            ui.label(LETTERS[alert.priority]).classes("ka-sign")
            ui.label(say("class." + alert.alert_class)).classes("text-h6")
        ui.label(screen.text(alert, say.language)).classes("text-subtitle1 text-weight-bold ka-wrap")
        where = f"{screen.area_name(alert.area, say.language)} · {screen.device_name(alert.key, say.language)}"
        ui.label(where).classes("ka-wrap")
        facts = [say("state." + alert.state), say("detail.active") if alert.active else say("detail.gone")]
        if alert.latched:
            facts.append(say("detail.latched"))
        if alert.id in screen.health.unrecorded:
            facts.append(say("detail.unrecorded"))
        if alert.again is not None:
            facts.append(f"{screen.age(alert, say)} · {say('detail.first', time=screen.clock(alert.raised))}")
        ui.label(" · ".join(facts)).classes("opacity-80")

    def _build_rest(self, alert: Alert) -> None:
        say, screen = self.visit.say, self.visit.screen
        ui.label(say("detail.procedure")).classes("text-weight-bold")
        ui.label(screen.procedure(alert, say.language)).classes("ka-steps ka-wrap")
        if self.visit.may(Permission.SERVE_DEVICES) and screen.is_of_stranger(alert):
            ui.link(say("detail.strangers"), "/console/waiting")
        if alert.causes:
            ui.label(say("detail.causes")).classes("text-weight-bold")
        for cause in alert.causes[:20]:
            device = screen.device_name(cause.device, say.language)
            said = f"{signal_label(cause.signal, say)} {value_label(cause.signal, cause.value, say)}"
            ui.label(f"{screen.clock(cause.received)}  {device}  {said}").classes("ka-num ka-wrap")
        ui.label(say("detail.history")).classes("text-weight-bold")
        history = ui.column().classes("gap-1")
        ui.timer(0.01, lambda: self._fill_history(alert, history), once=True)

    async def _fill_history(self, alert: Alert, column: ui.column) -> None:
        say, screen = self.visit.say, self.visit.screen
        steps = await run.io_bound(self.visit.gateway.alerts.history, alert.id) or []
        with column:
            for step in steps[-50:]:
                text = f"{screen.clock(step.at)}  {say('action.' + step.action)}"
                text += f"  {step.by}" if step.by else ""
                note = say.said(step.note)
                text += f": {note}" if note else ""
                ui.label(text).classes("ka-num ka-wrap")

    def _build_verbs(self, alert: Alert) -> None:
        say, verbs = self.visit.say, self._verbs
        if not self.visit.may(Permission.HANDLE_ALERTS):
            ui.label(say("console.not_allowed")).classes("opacity-70")
        elif alert.state is not State.CLOSED:
            if alert.state is not State.ACKNOWLEDGED:
                button(say("verb.acknowledge") + " (a)", verbs.acknowledge).props("color=primary")
            if alert.active:
                button(say("verb.end_cause"), verbs.ask_end_cause).props("outline")
            if alert.latched:
                button(say("verb.reset") + " (r)", verbs.reset).props("outline")
            if alert.state is State.ACKNOWLEDGED and not alert.latched:
                button(say("verb.close") + " (c)", verbs.ask_close).props("color=primary")
            button(say("verb.comment") + " (n)", verbs.ask_comment).props("outline")
        shut = ui.button(icon="close", on_click=self._shut).props("flat round dense color=grey")
        shut.classes("ka-shut").props["aria-label"] = say("verb.shut")
