"""The control room: what nobody has acknowledged on top, what is still open below, and beside it what to do."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from nicegui import events, run, ui

from alerts.alert import Alert, AlertClass, Disposition, State
from alerts.command import Acknowledge, Close, Command, Comment, Reset
from alerts.lifecycle import Action, next_state
from api.auth import Permission
from api.console.alert_list import LETTERS, SHOWN
from api.console.dialog import SHEET
from api.console.end_cause import ask_end_cause
from api.console.live_rows import AlertRows
from api.console.page import Visit, big_button, button
from api.console.signals import signal_label, value_label
from api.console.submit import admit, tell
from devices.errors import Refused, StoreUnavailable

_COLUMNS = ("priority", "raised", "age", "area", "what", "device", "value", "count", "state", "owner")
_ASIDE_COLUMNS = ("priority", "raised", "area", "what", "device", "value", "aside")

_CLOSED_WITH_NOTE = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP})
"""What was found there has to be said in words, too."""


class ControlRoom:
    """One open control room page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._shown: dict[str, list[dict[str, Any]]] = {}
        self._panel_of: Alert | None = None
        self._shows_aside = False
        self._asks: ui.dialog | None = None

    def build(self) -> None:
        say = self.visit.say
        self.visit.on_go_there = self.choose
        self.visit.chosen = self.visit.query.get("alert", "")[:64]
        self.visit.open_page(self.update)
        with ui.row().classes("w-full no-wrap gap-0 items-stretch ka-split"):
            with ui.column().classes("grow gap-2 q-pa-sm").style("min-width: 0"):
                self._new_title = ui.label().classes("text-subtitle1 text-weight-bold").props('role="status"')
                self._new = self._table()
                self._new_more = ui.label().classes("opacity-80")
                self._seen_title = ui.label().classes("text-subtitle1 text-weight-bold q-mt-md")
                self._seen = self._table()
                self._seen_more = ui.label().classes("opacity-80")
                self._aside_title = ui.button(on_click=self._turn_aside, color=None).props("flat no-caps align=left")
                self._aside = self._table(_ASIDE_COLUMNS)
                self._quiet = ui.label().classes("text-h6 opacity-80 q-mt-lg self-center")
            with ui.element("aside").classes("ka-panel q-pa-md"):
                self._panel = ui.column().classes("w-full gap-3")
                with self._panel:
                    ui.label(say("console.pick")).classes("opacity-70")
        # A button that has the focus has no letters of its own: the keys go on working after a click on one.
        ui.keyboard(on_key=self._key, ignore=["input", "select", "textarea"])

    def _table(self, names: Sequence[str] = _COLUMNS) -> AlertRows:
        table = AlertRows([(name, self.visit.say("column." + name)) for name in names])
        table.on("choose", lambda event: self.choose(str(event.args)))
        return table

    # -- keeping up ----------------------------------------------------------------------------------------

    def update(self) -> None:
        screen, say = self.visit.screen, self.visit.say
        new, seen = screen.new(), screen.seen()
        self._fill("new", self._new, self._new_more, new)
        self._fill("seen", self._seen, self._seen_more, seen)
        self._new_title.text = f"{say('console.unacknowledged')} ({len(new)})"
        self._seen_title.text = f"{say('console.acknowledged')} ({len(seen)})"
        self._seen_title.set_visibility(bool(seen))
        self._show_aside(screen.set_aside())
        self._quiet.set_visibility(not new)
        if not new:
            health = screen.health
            age = say("console.never")
            if health.newest_reading is not None:
                age = say("console.ago", age=say.age((health.now - health.newest_reading) / 1e9))
            head = say("console.nothing_new") if seen else say("console.nothing_open")
            quiet = say("console.quiet", devices=health.devices, lost=health.devices_lost, age=age)
            if not health.devices:
                quiet = say("console.no_devices")
            self._quiet.text = f"{head}. {quiet}" if say.language == "en" else f"{head}。{quiet}"
        current = next((alert for alert in screen.alerts if alert.id == self.visit.chosen), None)
        if current is not None and current != self._panel_of:
            self._show_panel(current)
        elif current is None and self._panel_of is not None and self._panel_of.state is not State.CLOSED:
            stored = self.visit.gateway.alert(self.visit.chosen)
            if stored is not None:
                self._show_panel(stored)

    def _show_aside(self, alerts: list[Alert]) -> None:
        """How many are set aside and why, always; which, at a click."""
        say = self.visit.say
        self._aside_title.set_visibility(bool(alerts))
        counts = Counter(alert.suppression.reason for alert in alerts if alert.suppression is not None)
        why = ", ".join(f"{say('aside.' + reason)} {count}" for reason, count in counts.items())
        turn = say("aside.hide") if self._shows_aside else say("aside.show")
        self._aside_title.text = f"{say('aside.count', count=len(alerts), why=why)} · {turn}"
        shown = alerts[:SHOWN] if self._shows_aside else []
        self._shown["aside"] = [self.visit.screen.row(alert, say, self.visit.chosen) for alert in shown]
        self._aside.show(self._shown["aside"])

    def _turn_aside(self) -> None:
        self._shows_aside = not self._shows_aside
        self.update()

    def _fill(self, name: str, table: AlertRows, more: ui.label, alerts: list[Alert]) -> None:
        screen, say = self.visit.screen, self.visit.say
        rows = self._shown[name] = [screen.row(alert, say, self.visit.chosen) for alert in alerts[:SHOWN]]
        table.show(rows)
        hidden = len(alerts) - len(rows)
        more.set_visibility(hidden > 0)
        if hidden:
            more.text = say("console.more", count=hidden)

    # -- the panel -----------------------------------------------------------------------------------------

    def choose(self, alert_id: str) -> None:
        self.visit.chosen = alert_id
        self._panel_of = None
        if not alert_id:
            self._panel.clear()
            with self._panel:
                ui.label(self.visit.say("console.pick")).classes("opacity-70")
        self.update()

    def _show_panel(self, alert: Alert) -> None:
        """The buttons stay while the rest changes: no click and no focus is lost to an alert that chatters."""
        before, self._panel_of = self._panel_of, alert
        if before is None or before.id != alert.id:
            self._panel.clear()
            with self._panel:
                self._head, self._buttons = ui.column().classes("w-full gap-2"), ui.row().classes("w-full gap-2")
                self._rest = ui.column().classes("w-full gap-3")
        if before is None or (before.id, before.state, before.latched) != (alert.id, alert.state, alert.latched):
            self._buttons.clear()
            with self._buttons:
                self._verbs(alert)
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
        steps = await run.io_bound(self.visit.gateway.history, alert.id) or []
        with column:
            for step in steps[-50:]:
                text = f"{screen.clock(step.at)}  {say('action.' + step.action)}"
                text += f"  {step.by}" if step.by else ""
                note = say.told(step.note, step.by)
                text += f": {note}" if note else ""
                ui.label(text).classes("ka-num ka-wrap")

    def _verbs(self, alert: Alert) -> None:
        say = self.visit.say
        if not self.visit.may(Permission.HANDLE_ALERTS):
            ui.label(say("console.not_allowed")).classes("opacity-70")
        elif alert.state is not State.CLOSED:
            if alert.state is not State.ACKNOWLEDGED:
                button(say("verb.acknowledge") + " (a)", self.acknowledge).props("color=primary")
            if alert.active:
                button(say("verb.end_cause"), self.ask_end_cause).props("outline")
            if alert.latched:
                button(say("verb.reset") + " (r)", self.reset).props("outline")
            if alert.state is State.ACKNOWLEDGED and not alert.latched:
                button(say("verb.close") + " (c)", self.ask_close).props("color=primary")
            button(say("verb.comment") + " (n)", self.ask_comment).props("outline")
        shut = ui.button(icon="close", on_click=partial(self.choose, "")).props("flat round dense color=grey")
        shut.classes("ka-shut").props["aria-label"] = say("verb.shut")

    # -- verbs ---------------------------------------------------------------------------------------------

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
            await visit.gateway.submit(make(alert_id, person.name))
        except (Refused, StoreUnavailable) as error:
            tell(visit, error)
            return
        self.update()

    def ask_close(self) -> None:
        """No finding is preset: it is the fact that every later figure rests on. Grey until all is there."""
        say, alert = self.visit.say, self._panel_of
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
        self._asks = ask_end_cause(self.visit, self.visit.chosen, title, self.update)

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
        self._asks = ui.dialog(value=True).props(SHEET)
        return self._asks

    def _about(self, verb: str) -> str:
        """What will be done, and to which alert: two of one kind are told apart by device, area and time."""
        alert, say, screen = self._panel_of, self.visit.say, self.visit.screen
        if alert is None:
            return verb
        where = f"{screen.device_of(alert, say.language)}, {screen.area_name(alert.area, say.language)}"
        return f"{verb}: {screen.what(alert, say)} · {where} · {screen.clock(alert.newest)}"

    def _move(self, step: int) -> None:
        order = [row["id"] for name in ("new", "seen", "aside") for row in self._shown.get(name, [])]
        if not order:
            return
        place = order.index(self.visit.chosen) + step if self.visit.chosen in order else 0
        self.choose(order[max(0, min(place, len(order) - 1))])

    def _key(self, event: events.KeyEventArguments) -> Awaitable[None] | None:
        if not event.action.keydown or event.action.repeat or event.modifiers.ctrl or event.modifiers.alt:
            return None
        if self._asks is not None and self._asks.value:
            return None
        match event.key.name:
            case "ArrowDown" | "j":
                self._move(1)
            case "ArrowUp" | "k":
                self._move(-1)
            case "a":
                return self.acknowledge()
            case "r":
                return self.reset()
            case "m":
                self.visit.silence()
            case "c" if self.visit.chosen and self.visit.may(Permission.HANDLE_ALERTS):
                self.ask_close()
            case "n" if self.visit.chosen and self.visit.may(Permission.HANDLE_ALERTS):
                self.ask_comment()
            case "?":
                ui.notify(self.visit.say("verb.key_help"), timeout=10_000)
        return None
