"""The marks of a device: a word and a colour for everything that is wrong with it."""

from collections.abc import Sequence

from nicegui import ui

from api.console.locale import Say


def show_marks(marks: Sequence[str], say: Say, *, are_all: bool = False) -> None:
    """As chips; ``are_all``: a device with none is said to be well."""
    for mark in marks:
        ui.label(say("mark." + mark)).classes(f"ka-chip ka-is-{mark}")
    if are_all and not marks:
        ui.label(say("mark.well")).classes("ka-chip")
