"""The technician's page: every device with its last sign of life, worst first; unknown senders; what made no sense."""

from nicegui import ui

from api.auth import Permission
from api.console.frame import Visit
from api.console.screen import shown, signal_name
from devices.reading import SECOND

_UPDATE_EVERY = 8


def build(visit: Visit) -> None:
    """The page."""
    say, gateway, screen = visit.say, visit.gateway, visit.screen
    beats = 0

    def update() -> None:
        nonlocal beats
        beats += 1
        if beats % _UPDATE_EVERY == 1:
            fill()

    def fill() -> None:
        now = gateway.now()
        rows: list[tuple[int, dict[str, str]]] = []
        for device in gateway.devices():
            heard = gateway.last_heard(device.id)
            latest = gateway.latest(device.id)
            silence = now - heard if heard is not None else now
            row = {
                "id": device.id,
                "name": screen.device_name(device.id, say.language),
                "area": screen.area_name(device.area, say.language),
                "kind": device.kind,
                "family": device.family,
                "address": device.address,
                "heard": say("console.ago", age=say.age((now - heard) / SECOND)) if heard else say("console.never"),
                "latest": ", ".join(f"{signal_name(r.signal, say.language)} {shown(r)}" for r in latest)[:200],
            }
            rows.append((silence, row))
        rows.sort(key=lambda pair: -pair[0])
        devices.rows = [row for _, row in rows]
        if not visit.may(Permission.SERVE_DEVICES):
            return
        unknown.rows = [
            {
                "id": f"{sender.family}/{sender.address}",
                "address": f"{sender.family} · {sender.address}",
                "heard": say("console.ago", age=say.age((now - sender.last_heard) / SECOND)),
                "messages": sender.messages,
                "guess": f"{sender.guess_kind} {sender.guess_model}",
                "signals": ", ".join(f"{name} {value}" for name, value in sender.signals.items())[:200],
            }
            for sender in gateway.quarantine()
        ]
        unknown.set_visibility(bool(unknown.rows))
        no_unknown.set_visibility(not unknown.rows)
        malformed.rows = [
            {
                "id": number,
                "at": screen.clock(sample.at),
                "address": f"{sample.source} · {sample.address}",
                "reason": sample.reason,
                "payload": sample.payload.decode("utf-8", "backslashreplace")[:120],
            }
            for number, sample in enumerate(gateway.malformed()[:100])
        ]
        malformed.set_visibility(bool(malformed.rows))
        no_malformed.set_visibility(not malformed.rows)

    visit.open_page(update)
    with ui.column().classes("q-pa-md w-full gap-3"):
        ui.label(say("device.devices")).classes("text-h6")
        devices = table(
            visit,
            [
                ("name", "column.device"),
                ("area", "column.area"),
                ("kind", "device.kind"),
                ("heard", "device.last_heard"),
                ("latest", "device.latest"),
                ("family", "device.family"),
                ("address", "device.address"),
            ],
        )
        if visit.may(Permission.SERVE_DEVICES):
            ui.label(say("device.quarantine")).classes("text-h6")
            no_unknown = ui.label(say("device.quarantine_none")).classes("opacity-70")
            unknown = table(
                visit,
                [
                    ("address", "device.address"),
                    ("guess", "device.guess"),
                    ("signals", "device.signals"),
                    ("messages", "device.messages"),
                    ("heard", "device.last_heard"),
                ],
            )
            ui.label(say("device.malformed")).classes("text-h6")
            no_malformed = ui.label(say("device.malformed_none")).classes("opacity-70")
            malformed = table(
                visit,
                [
                    ("at", "column.raised"),
                    ("address", "device.address"),
                    ("reason", "device.reason"),
                    ("payload", "device.payload"),
                ],
            )


def table(visit: Visit, columns: list[tuple[str, str]]) -> ui.table:
    """A plain table; every cell is text."""
    made = ui.table(
        columns=[
            {"name": name, "label": visit.say(key), "field": name, "align": "left", "sortable": True}
            for name, key in columns
        ],
        rows=[],
        row_key="id",
        pagination=100,
    )
    made.props["no-data-label"] = visit.say("review.none")
    made.props["rows-per-page-label"] = visit.say("review.per_page")
    return made.classes("w-full ka-table").props("flat dense")
