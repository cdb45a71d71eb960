"""Describing an installed device anew: its area, names, kind, interval, place; never its hardware."""

from urllib.parse import quote

from nicegui import ui

from api.console.device_form import DeviceForm, described
from api.console.page import Visit, big_button
from api.console.submit import give


def build(visit: Visit) -> None:
    """The page."""
    say, device_id = visit.say, visit.wanted["device_id"]
    page = f"/console/devices/{quote(device_id, safe='')}"
    device = next((device for device in visit.gateway.devices.devices() if device.id == device_id), None)
    visit.open_page(lambda: None)
    with ui.column().classes("q-pa-md w-full gap-3 ka-narrow"):
        ui.link(f"← {visit.screen.device_name(device_id, say.language)}", page)
        ui.label(say("device.amend")).classes("text-h6")
        if device is None:
            ui.label(say("device.none", device=device_id[:64])).classes("ka-empty")
            return
        form = DeviceForm(visit, device, id_is_open=False)
        note = ui.input(say("verb.note")).props("outlined maxlength=500").classes("w-full")

        async def amend() -> None:
            wanted = form.device()
            if wanted is None:
                return
            refused = await give(visit, "devices/{device}/amend", **described(wanted), note=note.value or "")
            if refused is not None:
                form.refuse(refused)
            else:
                visit.go(page)

        with ui.row().classes("w-full gap-2"):
            big_button(say("device.save"), amend, main=True).classes("col")
            big_button(say("verb.cancel"), href=page)
