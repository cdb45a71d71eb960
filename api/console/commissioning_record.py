"""A commissioning record as it is shown and printed."""

from nicegui import ui

from api.console.kinds import kind_name
from api.console.page import Visit, big_button
from api.console.signals import signal_label
from devices.installed import hardware_of
from devices.message import Text
from devices.orders import Change


def show_record(visit: Visit, change: Change) -> None:
    """One sheet: what hangs where, what was measured, who says so."""
    say, screen = visit.say, visit.screen
    device = change.new
    rows: list[tuple[str, str]] = []
    if device is not None:
        rows += [
            (say("column.device"), f"{screen.device_name(device.id, say.language)} ({device.id})"),
            (say("column.area"), screen.area_name(device.area, say.language)),
            (say("device.kind"), kind_name(device.kind, say)),
            (say("device.hardware"), str(hardware_of(device))),
        ]
    rows += [(_figure(visit, name), _value(visit, name, value)) for name, value in change.measured.items()]
    rows += [(say("verb.note"), change.note), (say("review.by"), change.by)]
    with ui.column().classes("ka-record w-full gap-2"):
        ui.label(say("record.title")).classes("text-h6")
        ui.label(f"{visit.gateway.site.site_name(say.language)} · {screen.full(change.at)}")
        with ui.grid(columns="auto 1fr").classes("gap-x-4 gap-y-1 w-full"):
            for name, value in rows:
                if value:
                    ui.label(name).classes("ka-faint")
                    ui.label(value).classes("ka-wrap ka-num")
        ui.label(say("record.signature")).classes("ka-print-only q-mt-lg")
    print_button(visit)


def print_button(visit: Visit) -> None:
    """Prints the page; the bars and buttons stay off the paper."""
    big_button(visit.say("record.print")).classes("ka-no-print").on("click", js_handler="() => window.print()")


def _figure(visit: Visit, name: str) -> str:
    for end in ("_min", "_avg"):
        if name.endswith(end):
            return f"{signal_label(name.removesuffix(end), visit.say)} {visit.say('record.' + end[1:])}"
    return visit.say("record." + name)


def _value(visit: Visit, name: str, value: str | float | Text) -> str:
    if name == "trigger":
        return signal_label(str(value), visit.say)
    return visit.say.said(value) if isinstance(value, Text) else str(value)
