"""One device: how it stands, what it says, curves, alerts, its history; the page that its label opens."""

from nicegui import run, ui

from alerts.alert import Alert
from api.console.device_actions import device_actions
from api.console.device_plots import DevicePlots
from api.console.floor_plan import has_plan, show_plan
from api.console.kinds import kind_name
from api.console.page import Visit
from api.console.signals import signal_label, value_label
from api.console.status_icons import show_marks
from api.console.upkeep import show_upkeep
from api.device_rank import DeviceRow
from api.held_devices import out_of_service
from devices.installed import hardware_of
from devices.orders import Change

_ALERTS_ASKED, _ALERTS_SHOWN, _CHANGES_SHOWN = 500, 20, 50


class DevicePage:
    """One open page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.id = visit.wanted["device_id"]
        self._values: dict[str, tuple[ui.label, ui.element]] = {}
        self._marked: tuple[str, ...] | None = None

    def _row(self) -> DeviceRow | None:
        return self.visit.screen.board.row(self.id)

    def build(self) -> None:
        say, visit = self.visit.say, self.visit
        row = self._row()
        visit.open_page(self.update)
        with ui.column().classes("q-pa-md w-full gap-3"):
            if row is None:
                ui.label(say("device.none", device=self.id[:64])).classes("ka-empty")
                ui.link(say("device.list"), "/console/devices").classes("text-h6")
            else:
                self._build_head(row)
                device_actions(visit, row.device)
                self._values_row = ui.row().classes("w-full gap-2")
                show_upkeep(visit, row.device)
                DevicePlots(visit, row.device)
                if row.device.position is not None and has_plan(visit, row.device.area):
                    show_plan(visit, row.device.area, row.device.position)
            ui.label(say("review.alerts")).classes("text-h6")
            self._alerts = ui.column().classes("w-full gap-1")
            ui.label(say("device.history")).classes("text-h6")
            self._history = ui.column().classes("w-full gap-1")
        ui.timer(0.05, self._fill, once=True)

    def _build_head(self, row: DeviceRow) -> None:
        say, device = self.visit.say, row.device
        with ui.row().classes("w-full items-center gap-3"):
            ui.label(self.visit.screen.device_name(device.id, say.language)).classes("text-h5 ka-wrap")
            self._marks = ui.row().classes("gap-1")
        area = self.visit.screen.area_name(device.area, say.language)
        ui.label(" · ".join(part for part in (area, kind_name(device.kind, say), device.id) if part)).classes("ka-wrap")
        self._bypass = ui.link(target="/console/bypasses").classes("ka-refused ka-notice")
        with self._bypass:
            self._bypass_says = ui.label()
        self._bypass.set_visibility(False)
        with ui.row().classes("items-baseline gap-2"):
            ui.label(say("device.last_heard")).classes("ka-faint")
            self._heard = ui.element("span").classes("ka-since ka-num text-weight-bold")
            self._never = ui.label(say("console.never"))
            ui.label(str(hardware_of(device))).classes("ka-faint ka-wrap")

    def update(self) -> None:
        row = self._row()
        if row is None or not hasattr(self, "_marks"):
            return
        heard = self.visit.gateway.devices.last_heard(self.id)
        self._heard.props["data-since"] = (heard or 0) // 1_000_000
        self._never.set_visibility(heard is None)
        self._say_bypass()
        if row.marks != self._marked:
            self._marked = row.marks
            self._marks.clear()
            with self._marks:
                show_marks(row.marks, self.visit.say, are_all=True)
        for reading in self.visit.gateway.readings.latest(self.id):
            if reading.signal not in self._values:
                self._values[reading.signal] = self._tile(reading.signal)
            value, since = self._values[reading.signal]
            value.text = value_label(reading.signal, reading.value, self.visit.say)
            since.props["data-since"] = reading.received // 1_000_000

    def _say_bypass(self) -> None:
        say, screen = self.visit.say, self.visit.screen
        bypass = next((each for each in out_of_service(self.visit.gateway) if self.id in each.devices), None)
        self._bypass.set_visibility(bypass is not None)
        if bypass is not None:
            until = say("aside.until", time=screen.clock(bypass.until, day=True))
            self._bypass_says.text = f"{say('mark.bypassed')} · {say.said(bypass.reason)} · {bypass.by} · {until}"

    def _tile(self, signal: str) -> tuple[ui.label, ui.element]:
        with self._values_row, ui.column().classes("ka-value gap-0"):
            ui.label(signal_label(signal, self.visit.say)).classes("ka-faint")
            value = ui.label().classes("text-h6 ka-num ka-wrap")
            since = ui.element("span").classes("ka-since ka-faint ka-num")
        return value, since

    async def _fill(self) -> None:
        history = await run.io_bound(self.visit.gateway.devices.device_history, self.id) or []
        with self._history:
            for change in history[::-1][:_CHANGES_SHOWN]:
                self._show_change(change)
            if not history:
                ui.label(self.visit.say("device.history_none")).classes("ka-faint")
        row = self._row()
        areas = {row.device.area} if row is not None else {change.area for change in history if change.area}
        found: list[Alert] = []
        for area in areas:
            found += await run.io_bound(self._alerts_of, area) or []
        with self._alerts:
            for alert in sorted(found, key=lambda alert: -alert.raised)[:_ALERTS_SHOWN]:
                self._show_alert(alert)
            if not found:
                ui.label(self.visit.say("device.alerts_none")).classes("ka-faint")

    def _alerts_of(self, area: str) -> list[Alert]:
        stored = self.visit.gateway.alerts.alerts(area=area, limit=_ALERTS_ASKED)
        return [a for a in stored if a.key == self.id or any(cause.device == self.id for cause in a.causes)]

    def _show_alert(self, alert: Alert) -> None:
        say, screen = self.visit.say, self.visit.screen
        what = (
            f"{say('class.' + alert.alert_class)} · {screen.text(alert, say.language)} · {say('state.' + alert.state)}"
        )
        if alert.disposition is not None:
            what += f" · {say('disposition.' + alert.disposition)}"
        with ui.row().classes("w-full no-wrap items-baseline gap-3"):
            ui.label(screen.full(alert.raised)).classes("ka-num ka-faint")
            ui.label(what).classes("ka-wrap")

    def _show_change(self, change: Change) -> None:
        say, screen = self.visit.say, self.visit.screen
        what = f"{say('change.' + change.action)} · {change.by}"
        if change.action == "replaced" and change.old is not None and change.new is not None:
            what += f" · {hardware_of(change.old)} → {hardware_of(change.new)}"
        what += f" · {change.note}" if change.note else ""
        with ui.row().classes("w-full no-wrap items-baseline gap-3"):
            ui.label(screen.full(change.at)).classes("ka-num ka-faint")
            ui.label(what).classes("ka-wrap")
