"""What a technician does to a device from its page: commission, describe anew, exchange the hardware, retire."""

from functools import partial
from urllib.parse import quote, urlencode

from nicegui import ui

from api.auth import Permission
from api.console.bypasses import ask_bypass
from api.console.dialog import SHEET, ask
from api.console.kinds import kind_name
from api.console.page import Visit, big_button
from api.console.submit import commission, give
from devices.device import Device

_CHOICES = 30


def device_actions(visit: Visit, device: Device) -> None:
    """The buttons, for those who may."""
    if not visit.may(Permission.SERVE_DEVICES):
        return
    say, page = visit.say, f"/console/devices/{quote(device.id, safe='')}"
    with ui.row().classes("w-full gap-2"):
        big_button(say("device.commission"), href=f"{page}/commissioning")
        big_button(say("device.amend"), href=f"{page}/amend")
        big_button(say("device.bypass"), partial(ask_bypass, visit, devices=[device.id]))
        big_button(say("device.replace"), partial(_ask_replace, visit, device))
        big_button(say("device.label"), href=f"/api/device-labels?{urlencode({'id': device.id})}")
        big_button(say("device.retire"), partial(_ask_retire, visit, device))


def _ask_retire(visit: Visit, device: Device) -> None:
    say = visit.say

    async def retire(note: str) -> Exception | None:
        refused = await give(visit, "devices/{device}/retire", device=device.id, note=note)
        if refused is None:
            visit.go("/console/devices")
        return refused

    name = visit.screen.device_name(device.id, say.language)
    ask(visit, f"{say('device.retire')}: {name}", say("device.retire_means"), say("device.retire"), retire)


def _ask_replace(visit: Visit, device: Device) -> None:
    """Choose the new hardware among those that wait (it has just spoken), or type it."""
    say = visit.say
    waiting = visit.screen.board.waiting()[:_CHOICES]
    with ui.dialog(value=True).props(SHEET) as dialog, ui.card().classes("gap-3 ka-dialog"):
        name = visit.screen.device_name(device.id, say.language)
        ui.label(f"{say('device.replace')}: {name}").classes("text-h6")
        ui.label(say("device.replace_means"))
        choices = {
            number: f"{kind_name(one.guess_kind, say)} {one.guess_model} · {one.family} {one.line} {one.address}"
            for number, one in enumerate(waiting)
        }
        chosen = ui.select(choices, label=say("device.replace_choose")).props("outlined clearable").classes("w-full")
        family = ui.input(say("device.family"), value=device.family).props("outlined").classes("w-full")
        address = ui.input(say("device.address")).props("outlined maxlength=100").classes("w-full")
        line = ui.input(say("device.line"), value=device.line).props("outlined").classes("w-full")
        model = ui.input(say("device.model")).props("outlined maxlength=200").classes("w-full")
        note = ui.input(say("verb.note")).props("outlined maxlength=500").classes("w-full")
        refused = ui.label().classes("ka-refused").props('role="alert"')
        refused.set_visibility(False)

        def fill() -> None:
            if chosen.value is not None:
                new = waiting[chosen.value]
                family.value, address.value, line.value = new.family, new.address, new.line
                model.value = new.guess_model

        chosen.on_value_change(fill)

        async def replace() -> None:
            fields = {"family": family, "address": address, "line": line, "model": model}
            hardware = {name: field.value.strip() for name, field in fields.items()}
            why_not = await give(visit, "devices/{device}/replace", device=device.id, **hardware, note=note.value or "")
            if why_not is not None:
                refused.text = say.said(why_not)
                refused.set_visibility(True)
                return
            dialog.close()
            await commission(visit, device.id)

        with ui.row().classes("w-full gap-2"):
            big_button(say("device.replace"), replace, main=True)
            big_button(say("verb.cancel"), dialog.close)
