"""Adopting an unknown device: the form is filled in with what we take it for; then straight into commissioning."""

from nicegui import ui

from api.console.device_form import DeviceForm, described
from api.console.kinds import kind_name
from api.console.page import Visit, big_button
from api.console.signals import signal_label, value_label
from api.console.submit import commission, give
from devices.device import SenderKey

_SIGNALS_SHOWN = 20


def build(visit: Visit) -> None:
    """The page."""
    say = visit.say
    key = SenderKey(*(visit.query.get(part, "") for part in ("line", "family", "address")))
    sender = visit.screen.board.sender(key)

    def update() -> None:
        heard = visit.screen.board.sender(key)
        if sender is not None and heard is not None:
            since.props["data-since"] = heard.last_heard // 1_000_000
            said = [f"{signal_label(n, say)} {value_label(n, v, say)}" for n, v in heard.signals.items()]
            signals.text = " · ".join(said[:_SIGNALS_SHOWN])

    visit.open_page(update)
    with ui.column().classes("q-pa-md w-full gap-3 ka-narrow"):
        ui.label(say("adopt.title")).classes("text-h6")
        if sender is None:
            ui.label(say("adopt.gone", sender=str(key)[:200])).classes("ka-empty")
            ui.link(say("adopt.back"), "/console/waiting").classes("text-h6")
            return
        with ui.column().classes("ka-card ka-speaker w-full gap-1"):
            ui.label(f"{kind_name(sender.guess_kind, say) or say('waiting.unknown')} {sender.guess_model}").classes(
                "ka-name"
            )
            ui.label(str(key)).classes("ka-faint ka-wrap")
            with ui.row().classes("gap-1 items-baseline"):
                ui.label(say("waiting.just")).classes("ka-just text-weight-bold")
                ui.label(say("waiting.spoke")).classes("ka-once")
                since = ui.element("span").classes("ka-since ka-num")
            signals = ui.label().classes("ka-wrap")
        form = DeviceForm(visit, sender.proposed, id_is_open=True)

        async def adopt() -> None:
            device = form.device()
            if device is None:
                return
            refused = await give(visit, "devices", **described(device, is_new=True), note=note.value or "")
            if refused is not None:
                form.refuse(refused)
                return
            await commission(visit, device.id)

        note = ui.input(say("verb.note")).props("outlined maxlength=500").classes("w-full")
        for field in (note, form.name, form.name_zh, form.interval, form.id):
            field.on("keydown.enter", adopt)
        with ui.row().classes("w-full gap-2"):
            big_button(say("adopt.go"), adopt, main=True).classes("col")
            big_button(say("verb.cancel"), href="/console/waiting")
