"""The manager's page: what happened, alert by alert with its timeline, and the newest entries of the ledger."""

from nicegui import run, ui

from alerts.alert import Alert, AlertEvent
from api.console.page import Visit
from api.console.plots import as_yes_or_no, options
from api.console.signals import signal_label
from api.console.table import table
from devices.reading import SECOND, Reading
from devices.signals import SIGNALS, base_name
from ledger.entry import Entry
from ledger.in_words import entry_in_words, signers, title_of
from ledger.values_beside import as_seen_by

_BEFORE, _AFTER = 600 * SECOND, 600 * SECOND
_LEDGER_SHOWN = 50
_MOST_CONTENT = 600


def book_title(visit: Visit, book: str) -> str:
    """What the book is called in the language."""
    return title_of(visit.gateway.ledger.books().get(book), book, visit.say.words)


def content(visit: Visit, entry: Entry) -> str:
    """An entry's fields under their titles, in the language."""
    told = entry_in_words(entry, visit.gateway.ledger.books().get(entry.draft.book), visit.say.words)
    return " · ".join(f"{title}: {value}" for title, value in told)[:_MOST_CONTENT]


def _seen(visit: Visit, entry: Entry) -> Entry:
    return as_seen_by(visit.person.role, entry, visit.gateway.ledger.books().get(entry.draft.book))


def build(visit: Visit) -> None:
    """The page."""
    say, gateway, screen = visit.say, visit.gateway, visit.screen

    async def fill() -> None:
        chosen = area.value or None
        found = await run.io_bound(lambda: gateway.alerts.alerts(area=chosen, limit=500)) or []
        alerts.rows = [
            {
                "id": alert.id,
                "priority": {1: "A", 2: "B", 3: "C", 4: "D"}[alert.priority],
                "raised": screen.full(alert.raised),
                "area": screen.area_name(alert.area, say.language),
                "what": screen.what(alert, say),
                "state": say("state." + alert.state),
                "owner": alert.acknowledged_by,
                "disposition": say("disposition." + alert.disposition) if alert.disposition else "",
                "closed": screen.full(alert.closed) if alert.closed else say("review.open"),
            }
            for alert in found
        ]
        head = gateway.health.health().ledger_entries
        entries = (
            await run.io_bound(lambda: gateway.ledger.ledger(after=max(0, head - _LEDGER_SHOWN), limit=_LEDGER_SHOWN))
            or []
        )
        ledger.rows = [
            {
                "id": entry.sequence,
                "at": screen.full(entry.draft.at),
                "book": book_title(visit, entry.draft.book),
                "by": signers(entry.draft),
                "content": content(visit, entry),
                "hash": entry.hash[:16],
            }
            for entry in reversed([_seen(visit, entry) for entry in entries])
        ]

    async def show(alert_id: str) -> None:
        alert = await run.io_bound(gateway.alerts.alert, alert_id)
        steps = await run.io_bound(gateway.alerts.history, alert_id) or []
        timeline.clear()
        if alert is None:
            return
        with timeline:
            where = f"{screen.area_name(alert.area, say.language)} · {screen.text(alert, say.language)}"
            ui.label(where).classes("text-subtitle1 text-weight-bold ka-wrap")
            for step in steps:
                note = say.said(step.note)
                text = f"{screen.full(step.at)}  {say('action.' + step.action)}  {step.by}"
                ui.label(text + (f": {note}" if note else "")).classes("ka-num ka-wrap")
            for cause in {(c.device, c.signal): c for c in alert.causes[:4]}.values():
                await draw(alert, cause, steps)
        # It stands below a table that may be long.
        ui.run_javascript(f"getHtmlElement({timeline.id}).scrollIntoView({{block: 'nearest'}})")

    async def draw(alert: Alert, cause: Reading, steps: list[AlertEvent]) -> None:
        start, end = cause.time - _BEFORE, (alert.closed or cause.time) + _AFTER
        points = await run.io_bound(gateway.readings.series, cause.device, cause.signal, start, end, None, "mean") or []
        marks = [(step.at, say("action." + step.action)) for step in steps[:50]]
        known = SIGNALS.get(base_name(cause.signal))
        name = f"{screen.device_name(cause.device, say.language)} · {signal_label(cause.signal, say)}"
        name += f" ({known.unit})" if known is not None and known.unit else ""
        ui.label(name).classes("text-weight-bold ka-wrap")
        drawing = options(
            "", [(name, points)], dark=visit.dark, local_ms=screen.local_ms, marks=marks, span=(start, end)
        )
        if known is not None and known.python_type is bool:
            as_yes_or_no(drawing, say)
        ui.echart(drawing).classes("w-full h-64")

    visit.open_page(lambda: None)
    with ui.column().classes("q-pa-md w-full gap-3"):
        with ui.row().classes("items-center gap-4"):
            ui.label(say("review.alerts")).classes("text-h6")
            names = {"": say("review.all_areas")} | {
                view.id: screen.area_name(view.id, say.language) for view in gateway.areas.areas()
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
        alerts.classes("ka-whole ka-rows")
        alerts.on("rowClick", lambda event: show(str(event.args[1]["id"])))
        ui.label(say("review.timeline")).classes("text-h6")
        timeline = ui.column().classes("w-full gap-1")
        with timeline:
            ui.label(say("review.history_pick")).classes("opacity-80")
        ui.label(say("review.ledger")).classes("text-h6")
        ledger = table(
            visit,
            [
                ("id", "review.entry"),
                ("at", "review.at"),
                ("book", "review.book"),
                ("by", "review.by"),
                ("content", "review.content"),
                ("hash", "review.hash"),
            ],
        )
        ledger.classes("ka-whole")
    ui.timer(0.05, fill, once=True)
    ui.timer(5, fill)
