"""What could not be understood: the newest messages that made no sense, each with the reason."""

from nicegui import ui

from api.console.page import Visit
from api.console.table import table

_UPDATE_EVERY = 8
_SHOWN = 100


def build(visit: Visit) -> None:
    """The page."""
    say, screen = visit.say, visit.screen
    beats = 0

    def update() -> None:
        nonlocal beats
        beats += 1
        if beats % _UPDATE_EVERY != 1:
            return
        rows = [
            {
                "id": number,
                "at": screen.clock(sample.at),
                "address": f"{sample.source} · {sample.address}",
                "reason": say.said(sample.reason) + (f" ({sample.times} ×)" if sample.times > 1 else ""),
                "payload": sample.payload.decode("utf-8", "backslashreplace")[:120],
            }
            for number, sample in enumerate(visit.gateway.senders.malformed()[:_SHOWN])
        ]
        if rows != samples.rows:
            samples.rows = rows
        samples.set_visibility(bool(rows))
        none.set_visibility(not rows)
        over = visit.gateway.senders.passed_over()
        passed.set_text(say("device.passed_over", families=", ".join(f"{name} {over[name]}" for name in sorted(over))))
        passed.set_visibility(bool(over))

    visit.open_page(update)
    with ui.column().classes("q-pa-md w-full gap-3"):
        ui.label(say("device.malformed")).classes("text-h6")
        passed = ui.label().classes("ka-empty")
        none = ui.label(say("device.malformed_none")).classes("ka-empty")
        columns = ("at", "column.raised"), ("address", "device.address"), ("reason", "device.reason")
        samples = table(visit, [*columns, ("payload", "device.payload")]).classes("ka-whole")
