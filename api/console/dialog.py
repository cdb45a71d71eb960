"""A question with a note, before something is done that cannot be taken back with a click."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from api.console.page import Visit, big_button

SHEET = ':maximized="window.innerWidth < 600"'
"""Props of a dialog that fills a phone."""


def ask(visit: Visit, title: str, text: str, verb: str, action: Callable[[str], Awaitable[Exception | None]]) -> None:
    """Ask; ``action`` takes the note and answers None if it is done, else why not (then the dialog stays open)."""
    say = visit.say
    with ui.dialog(value=True) as dialog, ui.card().classes("gap-3 ka-dialog"):
        ui.label(title).classes("text-h6")
        ui.label(text)
        note = ui.input(say("verb.note")).props("maxlength=500 autofocus outlined").classes("w-full")
        refused = ui.label().classes("ka-refused").props('role="alert"')
        refused.set_visibility(False)

        async def do() -> None:
            why_not = await action(note.value or "")
            if why_not is not None:
                refused.text = say.said(why_not)
                refused.set_visibility(True)
            else:
                dialog.close()

        note.on("keydown.enter", do)
        with ui.row().classes("w-full gap-2"):
            big_button(verb, do, main=True)
            big_button(say("verb.cancel"), dialog.close)
