"""Commissioning by walking: "trigger it now", a tick that can be heard, what was measured, the record in the end."""

from urllib.parse import quote

from nicegui import run, ui

from api.auth import Permission
from api.console.commissioning_record import show_record
from api.console.kinds import kind_name
from api.console.page import Visit, big_button
from api.console.signals import signal_label
from api.console.submit import give, give_or_tell
from api.ports import CommissioningView
from devices.device import Device
from devices.reading import SECOND, Instant


class Commissioning:
    """One open page about one device."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.id = visit.wanted["device_id"]
        self._running: bool | None = None
        self._triggered: Instant | None = None
        self._is_busy = False

    def build(self) -> None:
        self.visit.open_page(self.update)
        say = self.visit.say
        device = self._device()
        with ui.column().classes("q-pa-md w-full gap-3 ka-narrow"):
            ui.link(f"← {self.visit.screen.device_name(self.id, say.language)}", self._page()).classes("ka-no-print")
            if device is None:
                ui.label(say("device.none", device=self.id[:64])).classes("ka-empty")
                return
            self._content = ui.column().classes("w-full gap-3")

    def _page(self) -> str:
        return f"/console/devices/{quote(self.id, safe='')}"

    def _device(self) -> Device | None:
        return next((device for device in self.visit.gateway.devices.devices() if device.id == self.id), None)

    def _view(self) -> CommissioningView | None:
        return next((view for view in self.visit.gateway.registration.commissionings() if view.device == self.id), None)

    def update(self) -> None:
        if self._device() is None or self._is_busy:
            return
        view = self._view()
        if (view is not None) != self._running:
            self._running = view is not None
            self._content.clear()
            with self._content:
                if view is not None:
                    self._build_card(view)
                else:
                    self._build_rest()
        if view is not None:
            self._fill(view)

    # -- while it runs -------------------------------------------------------------------------------------

    def _build_card(self, view: CommissioningView) -> None:
        say, device = self.visit.say, self._device()
        self._triggered = view.triggered
        name = self.visit.screen.device_name(self.id, say.language)
        area = self.visit.screen.area_name(device.area, say.language) if device is not None else ""
        kind = kind_name(device.kind, say) if device is not None else ""
        ui.label(name).classes("text-h5")
        ui.label(" · ".join(part for part in (area, kind, self.id) if part)).classes("ka-faint")
        with ui.column().classes("ka-target items-center") as self._target:
            self._sign = ui.label().classes("ka-target-sign")
            self._order = ui.label().classes("text-h5 text-center")
            self._seen = ui.label().classes("ka-num text-center")
        self._bar = ui.linear_progress(value=0, show_value=False).props("rounded size=12px")
        self._left = ui.label().classes("ka-num")
        with ui.grid(columns="auto 1fr").classes("gap-x-4 gap-y-1 w-full"):
            self._facts = {name: self._fact(name) for name in ("messages", "heartbeat", "heard", "link")}
        self._wanting = ui.column().classes("w-full gap-1")
        self._shown_wanting: list[str] | None = None
        if self.visit.may(Permission.SERVE_DEVICES):
            self._note = ui.input(say("commission.note")).props("outlined maxlength=500").classes("w-full")
            self._refused = ui.label().classes("ka-refused").props('role="alert"')
            self._refused.set_visibility(False)
            self._finish = big_button("", self._end).classes("w-full")

    def _fact(self, name: str) -> ui.label:
        ui.label(self.visit.say("commission." + name)).classes("ka-faint")
        return ui.label("–").classes("ka-num text-weight-bold")

    def _fill(self, view: CommissioningView) -> None:
        say, measured = self.visit.say, view.measured
        if view.triggered is not None and self._triggered is None:
            ui.run_javascript("keyareaInside.answered()")
        self._triggered = view.triggered
        is_seen = view.triggered is not None
        self._target.classes(add="ka-seen" if is_seen else "ka-await", remove="ka-await" if is_seen else "ka-seen")
        self._sign.text = "✓" if is_seen else "!"
        self._order.text = say("commission.seen") if is_seen else say("commission.trigger")
        if view.triggered is not None:
            signal = signal_label(str(measured.get("trigger", "")), say)
            self._seen.text = f"{signal} · {self.visit.screen.clock(view.triggered)}"
        else:
            self._seen.text = say("commission.how")
        total = view.left_s + (self.visit.gateway.site.now() - view.started) / SECOND
        self._bar.value = round(1 - view.left_s / total, 3) if total > 0 else 1.0
        self._left.text = say("commission.left", age=say.age(view.left_s)) if view.left_s else say("commission.over")
        self._facts["messages"].text = str(measured.get("messages", 0))
        heartbeat, longest = measured.get("heartbeat_s"), measured.get("longest_silence_s")
        if heartbeat is not None:
            self._facts["heartbeat"].text = say("commission.rhythm", mean=heartbeat, longest=longest)
        heard = view.last_heard
        self._facts["heard"].text = say("console.never") if heard is None else self.visit.screen.clock(heard)
        links = [name.removesuffix("_min") for name in measured if name.endswith("_min")]
        self._facts["link"].text = (
            ", ".join(
                say(
                    "commission.link_is",
                    name=signal_label(link, say),
                    mean=measured[link + "_avg"],
                    least=measured[link + "_min"],
                )
                for link in links
            )
            or "–"
        )
        self._fill_wanting(view)

    def _fill_wanting(self, view: CommissioningView) -> None:
        say = self.visit.say
        wanting = [say.said(one) for one in view.wanting]
        if wanting != self._shown_wanting:
            self._shown_wanting = wanting
            self._wanting.clear()
            with self._wanting:
                ui.label(say("commission.wanting") if wanting else say("commission.complete")).classes(
                    "text-weight-bold"
                )
                for one in wanting:
                    ui.label(f"○ {one}").classes("ka-wrap")
        if self.visit.may(Permission.SERVE_DEVICES):
            self._finish.text = say("commission.finish_anyway") if wanting else say("commission.finish")
            self._finish.props("outline" if wanting else "color=positive", remove="color" if wanting else "outline")

    async def _end(self) -> None:
        refused = await give(self.visit, "devices/{device}/finish", device=self.id, note=self._note.value or "")
        self._refused.text = self.visit.say.said(refused) if refused is not None else ""
        self._refused.set_visibility(refused is not None)

    # -- before and after ----------------------------------------------------------------------------------

    def _build_rest(self) -> None:
        say = self.visit.say
        if self.visit.may(Permission.SERVE_DEVICES):
            ui.label(say("commission.before")).classes("ka-no-print")
            big_button(say("commission.begin"), self._begin, main=True).classes("w-full ka-no-print")
        records = ui.column().classes("w-full gap-3")

        async def fill() -> None:
            changes = await run.io_bound(self.visit.gateway.devices.device_history, self.id) or []
            done = [change for change in changes if change.action == "commissioned"]
            with records:
                if done:
                    show_record(self.visit, done[-1])
                else:
                    ui.label(say("commission.none")).classes("ka-faint")

        ui.timer(0.01, fill, once=True)

    async def _begin(self) -> None:
        self._is_busy = True
        await give_or_tell(self.visit, "devices/{device}/commission", device=self.id)
        self._is_busy = False
        self.update()
