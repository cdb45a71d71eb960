"""The question before a cause is ended by a person's word: how do you know, and are you sure?"""

from collections.abc import Awaitable, Callable

from nicegui import ui

from alerts.command import Command, EndCause
from api.auth import Permission
from api.console.dialog import SHEET
from api.console.page import Visit, big_button
from api.console.submit import admit
from devices.errors import NotAllowed, Refused, StoreUnavailable


def ask_end_cause(visit: Visit, alert_id: str, title: str, done: Callable[[], None]) -> ui.dialog:
    """Asked once; where the gateway thinks that the device would say so itself, it says why, and asks for more."""
    say = visit.say
    dialog = ui.dialog(value=True).props(SHEET)
    with dialog, ui.card().classes("gap-3 ka-dialog"):
        ui.label(title).classes("text-h6 ka-wrap")
        ui.label(say("end_cause.means"))
        note = ui.input(say("end_cause.how")).props("maxlength=2000 autofocus outlined").classes("w-full")
        refused = ui.label().classes("ka-refused").props('role="alert"')
        sure = ui.checkbox(say("end_cause.sure"))
        refused.set_visibility(False)
        sure.set_visibility(False)

        async def end() -> None:
            why_not = await _hand_in(
                visit, lambda by: EndCause(alert_id, by, note.value or "", is_sure=bool(sure.value))
            )
            if why_not is None:
                dialog.close()
                done()
                return
            refused.text = say.said(why_not)
            refused.set_visibility(True)
            sure.set_visibility(bool((note.value or "").strip()))

        note.on("keydown.enter", end)
        with ui.row().classes("w-full gap-2"):
            big_button(say("verb.end_cause"), end, main=True)
            big_button(say("verb.cancel"), dialog.close)
    return dialog


async def _hand_in(visit: Visit, make: Callable[[str], Command]) -> Exception | None:
    try:
        person = await admit(visit, Permission.HANDLE_ALERTS)
        submitting: Awaitable[None] = visit.gateway.commands.submit(make(person.name))
        await submitting
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return error
    return None
