"""The control room: what nobody has acknowledged on top, what is still open below, and beside it what to do."""

from collections import Counter
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any

from nicegui import events, ui

from alerts.alert import Alert, State
from api.auth import Permission
from api.console.alert_list import SHOWN
from api.console.alert_panel import AlertPanel
from api.console.alert_verbs import AlertVerbs
from api.console.live_rows import AlertRows
from api.console.output_strip import OutputStrip
from api.console.page import Visit

_COLUMNS = ("priority", "raised", "age", "area", "what", "device", "value", "count", "state", "owner")
_ASIDE_COLUMNS = ("priority", "raised", "area", "what", "device", "value", "aside")


class ControlRoom:
    """One open control room page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._verbs = AlertVerbs(visit, self.update)
        self._shown: dict[str, list[dict[str, Any]]] = {}
        self._shows_aside = False

    def build(self) -> None:
        self.visit.on_go_there = self.choose
        self.visit.chosen = self.visit.query.get("alert", "")[:64]
        self.visit.open_page(self.update)
        with ui.row().classes("w-full no-wrap gap-0 items-stretch ka-split"):
            with ui.column().classes("grow gap-2 q-pa-sm").style("min-width: 0"):
                self._outputs = OutputStrip(self.visit)
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
                self._panel = AlertPanel(self.visit, self._verbs, partial(self.choose, ""))
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
        self._outputs.update()
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
        shown = self._verbs.alert
        if current is not None and current != shown:
            self._panel.show(current)
        elif current is None and shown is not None and shown.state is not State.CLOSED:
            stored = self.visit.gateway.alerts.alert(self.visit.chosen)
            if stored is not None:
                self._panel.show(stored)

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

    # -- choosing ------------------------------------------------------------------------------------------

    def choose(self, alert_id: str) -> None:
        self.visit.chosen = alert_id
        self._verbs.alert = None
        if not alert_id:
            self._panel.clear()
        self.update()

    def _move(self, step: int) -> None:
        order = [row["id"] for name in ("new", "seen", "aside") for row in self._shown.get(name, [])]
        if not order:
            return
        place = order.index(self.visit.chosen) + step if self.visit.chosen in order else 0
        self.choose(order[max(0, min(place, len(order) - 1))])

    def _key(self, event: events.KeyEventArguments) -> Awaitable[None] | None:
        if not event.action.keydown or event.action.repeat or event.modifiers.ctrl or event.modifiers.alt:
            return None
        if self._verbs.asks:
            return None
        match event.key.name:
            case "ArrowDown" | "j":
                self._move(1)
            case "ArrowUp" | "k":
                self._move(-1)
            case "a":
                return self._verbs.acknowledge()
            case "r":
                return self._verbs.reset()
            case "m":
                self.visit.silence()
            case "c" if self.visit.chosen and self.visit.may(Permission.HANDLE_ALERTS):
                self._verbs.ask_close()
            case "n" if self.visit.chosen and self.visit.may(Permission.HANDLE_ALERTS):
                self._verbs.ask_comment()
            case "?":
                ui.notify(self.visit.say("verb.key_help"), timeout=10_000)
        return None
