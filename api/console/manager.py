"""The manager's page: what happened, alert by alert with its timeline, and the newest entries of the ledger."""

from functools import partial

from nicegui import run, ui

from api.console.frame import Visit
from api.console.plots import options
from api.console.table import table
from devices.reading import SECOND

_BEFORE, _AFTER = 600 * SECOND, 600 * SECOND
_LEDGER_SHOWN = 50


def build(visit: Visit) -> None:
    """The page."""
    say, gateway, screen = visit.say, visit.gateway, visit.screen

    async def fill() -> None:
        chosen = area.value or None
        found = await run.io_bound(lambda: gateway.alerts(area=chosen, limit=500)) or []
        alerts.rows = [
            {
                "id": alert.id,
                "priority": {1: "A", 2: "B", 3: "C", 4: "D"}[alert.priority],
                "raised": screen.clock(alert.raised, day=True),
                "area": screen.area_name(alert.area, say.language),
                "what": f"{say('class.' + alert.alert_class)} · {screen.text(alert, say.language)}",
                "state": say("state." + alert.state),
                "owner": alert.acknowledged_by,
                "disposition": say("disposition." + alert.disposition) if alert.disposition else "",
                "closed": screen.clock(alert.closed, day=True) if alert.closed else say("review.open"),
            }
            for alert in found
        ]
        head = gateway.health().ledger_entries
        entries = (
            await run.io_bound(lambda: gateway.ledger(after=max(0, head - _LEDGER_SHOWN), limit=_LEDGER_SHOWN)) or []
        )
        ledger.rows = [
            {
                "id": entry.sequence,
                "at": screen.clock(entry.draft.at, day=True),
                "book": entry.draft.book,
                "by": entry.draft.by,
                "content": ", ".join(f"{name}: {value}" for name, value in entry.draft.fields.items() if value)[:300],
                "hash": entry.hash[:16],
            }
            for entry in reversed(entries)
        ]

    async def show(alert_id: str) -> None:
        alert = await run.io_bound(gateway.alert, alert_id)
        steps = await run.io_bound(gateway.history, alert_id) or []
        timeline.clear()
        if alert is None:
            return
        with timeline:
            ui.label(f"{screen.area_name(alert.area, say.language)} · {screen.text(alert, say.language)}").classes(
                "text-subtitle1"
            )
            for step in steps:
                text = f"{screen.clock(step.at, day=True)}  {say('action.' + step.action)}  {step.by}"
                ui.label(text + (f": {step.note}" if step.note else "")).classes("ka-num")
            for cause in {(c.device, c.signal): c for c in alert.causes[:4]}.values():
                start, end = cause.time - _BEFORE, (alert.closed or cause.time) + _AFTER
                series = partial(gateway.series, cause.device, cause.signal, start, end, None, "mean")
                points = await run.io_bound(series) or []
                marks = [(step.at, say("action." + step.action)) for step in steps[:50]]
                name = f"{cause.device} {cause.signal}"
                ui.echart(
                    options(name, [(name, points)], dark=visit.dark, local_ms=screen.local_ms, marks=marks)
                ).classes("w-full h-64")

    visit.open_page(lambda: None)
    with ui.column().classes("q-pa-md w-full gap-3"):
        with ui.row().classes("items-center gap-4"):
            ui.label(say("review.alerts")).classes("text-h6")
            names = {"": say("review.all_areas")} | {
                view.id: screen.area_name(view.id, say.language) for view in gateway.areas()
            }
            area = ui.select(names, value="", on_change=fill).props("dense outlined")
        alerts = table(
            visit,
            [
                ("priority", "column.priority"),
                ("raised", "column.raised"),
                ("area", "column.area"),
                ("what", "column.what"),
                ("state", "column.state"),
                ("owner", "column.owner"),
                ("disposition", "review.disposition"),
                ("closed", "review.closed"),
            ],
        )
        alerts.on("rowClick", lambda event: show(str(event.args[1]["id"])))
        ui.label(say("review.timeline")).classes("text-h6")
        timeline = ui.column().classes("w-full gap-1")
        with timeline:
            ui.label(say("console.pick")).classes("opacity-70")
        ui.label(say("review.ledger")).classes("text-h6")
        ledger = table(
            visit,
            [
                ("id", "review.entry"),
                ("at", "column.raised"),
                ("book", "review.book"),
                ("by", "review.by"),
                ("content", "review.content"),
                ("hash", "review.hash"),
            ],
        )
    ui.timer(0.05, fill, once=True)
    ui.timer(5, fill)
