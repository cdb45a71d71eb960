"""What was done to a device, for the maintenance book: it moves the day on which the device is due again."""

from nicegui import ui

from alerts.event import Recorded
from api.console.dialog import SHEET
from api.console.page import Visit, big_button
from api.console.submit import by, say_to
from devices.device import Device

_BOOK = "maintenance"
_ACTIONS = ("test", "calibration", "battery", "cleaning", "repair", "inspection")


def ask_work(visit: Visit, device: Device) -> None:
    """Ask what was done and how it went, and write it down."""
    say = visit.say
    name = visit.screen.device_name(device.id, say.language)
    with ui.dialog(value=True).props(SHEET) as dialog, ui.card().classes("gap-3 ka-dialog"):
        ui.label(f"{say('work.record')}: {name}").classes("text-h6 ka-wrap")
        actions = {action: say("work." + action) for action in _ACTIONS}
        action = ui.select(actions, label=say("work.title"), value="test").props("outlined").classes("w-full")
        results = {result: say("work." + result) for result in ("passed", "failed")}
        result = ui.toggle(results, value="passed").props("no-caps spread").classes("w-full")
        note = ui.input(say("verb.note")).props("outlined maxlength=500").classes("w-full")
        refused = ui.label().classes("ka-refused").props('role="alert"')
        refused.set_visibility(False)

        async def record() -> None:
            fields = {"equipment": name, "device": device.id, "action": action.value, "result": result.value}
            fields |= {"person": by(visit)} | ({"note": note.value} if note.value else {})
            why_not = await say_to(visit, Recorded(device.area, _BOOK, by(visit), fields))
            if why_not is not None:
                refused.text = say.said(why_not)
                refused.set_visibility(True)
                return
            dialog.close()
            ui.notify(say("work.done"), type="positive")

        with ui.row().classes("w-full gap-2"):
            big_button(say("work.record"), record, main=True)
            big_button(say("verb.cancel"), dialog.close)
