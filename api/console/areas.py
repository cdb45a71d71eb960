"""The area panel: a tile for each key area, readable across the room, with its worst state and its armed mode."""

from functools import partial

from nicegui import ui

from alerts.alert import Alert
from alerts.command import Arm
from api.auth import Permission
from api.console.frame import Visit, button
from api.console.given import tell
from api.ports import AreaView
from devices.errors import Refused, StoreUnavailable


def build(visit: Visit) -> None:
    """The page."""
    say = visit.say
    tiles: dict[str, tuple[ui.card, ui.label, ui.label]] = {}

    async def arm(area: AreaView, mode: str) -> None:
        if visit.person is None or not visit.may(Permission.ARM):
            ui.notify(say("console.not_allowed"), type="warning")
            return
        try:
            await visit.gateway.submit(Arm(area.id, mode, visit.person.name))
        except (Refused, StoreUnavailable) as error:
            tell(visit, error)

    def update() -> None:
        worst: dict[str, Alert] = {}
        for alert in visit.screen.alerts:
            worst.setdefault(alert.area, alert)
        for area in visit.gateway.areas():
            card, state, mode = tiles[area.id]
            first = worst.get(area.id)
            card.classes(remove="ka-p1 ka-p2 ka-p3 ka-p4")
            if first is None:
                state.text = "–"
            else:
                card.classes(add=f"ka-p{first.priority}")
                state.text = f"{say('class.' + first.alert_class)} · {area.open_alerts}"
            if area.set_aside:
                state.text += f" · {say('aside.title', count=area.set_aside)}"
            mode.text = f"{say('review.mode')}: {say('mode.' + area.mode)}"

    visit.open_page(update)
    with ui.row().classes("q-pa-md gap-3"):
        for area in visit.gateway.areas():
            with ui.card().classes("ka-tile gap-1") as card:
                ui.label(visit.screen.area_name(area.id, say.language)).classes("text-subtitle1 text-weight-bold")
                state = ui.label("–").classes("text-h6")
                mode = ui.label().classes("opacity-80")
                ui.label(f"{area.devices} · {area.responsible}").classes("opacity-70")
                if visit.may(Permission.ARM) and len(area.modes) > 1:
                    with ui.row().classes("gap-1"):
                        for choice in area.modes:
                            button(say("mode." + choice), partial(arm, area, choice)).props("outline size=sm")
            tiles[area.id] = (card, state, mode)
