"""The area panel: a tile for each key area, readable across the room, with its worst state and its armed mode."""

from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from nicegui import ui

from alerts.alert import Alert
from alerts.area_mode import is_armed
from api.auth import Permission
from api.console.alert_list import LETTERS
from api.console.page import Visit, big_button, button
from api.console.submit import ask_for, may_ask, tell
from api.ports import AreaView
from api.rule_views import suggested
from devices.errors import Refused, StoreUnavailable
from devices.language import local

SET_MODE = "areas/{area}/mode"
"""The address at which a mode is set."""


class _Tile(NamedTuple):
    card: ui.card
    sign: ui.label
    state: ui.label
    mode: ui.label
    switches: dict[str, ui.button]


def build(visit: Visit) -> None:
    """The page."""
    say = visit.say
    tiles: dict[str, _Tile] = {}

    async def arm(area: AreaView, mode: str, dialog: ui.dialog, *, force: bool = False) -> None:
        dialog.close()
        try:
            await ask_for(visit, SET_MODE, area=area.id, mode=mode, force=force)
        except Refused as error:
            if force or not is_armed(mode):
                tell(visit, error)
                return
            with ui.dialog(value=True) as again, ui.card().classes("gap-3 ka-dialog"):
                ui.label(say("review.not_ready")).classes("text-h6")
                ui.label(say.said(error)).classes("ka-wrap")
                with ui.row().classes("w-full gap-2"):
                    big_button(say("verb.cancel"), again.close, main=True)
                    big_button(say("review.all_the_same"), partial(arm, area, mode, again, force=True))
        except StoreUnavailable as error:
            tell(visit, error)

    def ask(area: AreaView, mode: str) -> None:
        """A touch beside the button that was meant must not disarm a store."""
        now = next((view.mode for view in visit.gateway.areas.areas() if view.id == area.id), area.mode)
        name, switch = visit.screen.area_name(area.id, say.language), say("review.switch", mode=say("mode." + mode))
        with ui.dialog(value=True) as dialog, ui.card().classes("gap-3 ka-dialog"):
            ui.label(f"{name}: {switch}").classes("text-h6 ka-wrap")
            ui.label(say("review.switch_means", now=say("mode." + now)))
            with ui.row().classes("w-full gap-2"):
                big_button(switch, partial(arm, area, mode, dialog), main=True)
                big_button(say("verb.cancel"), dialog.close)

    def build_tile(area: AreaView) -> _Tile:
        with ui.card().classes("ka-tile gap-1") as card:
            name = visit.screen.area_name(area.id, say.language)
            if visit.may(Permission.LOOK):
                ui.link(name, f"/console/devices?{urlencode({'area': area.id})}").classes("ka-name")
            else:
                ui.label(name).classes("ka-name")
            with ui.row().classes("items-center gap-2 no-wrap ka-mark"):
                sign = ui.label().classes("ka-sign")
                state = ui.label().classes("text-h6 ka-state")
            mode = ui.label().classes("opacity-80")
            ui.label(say("review.devices", count=area.devices)).classes("opacity-80")
            if visit.may(Permission.LOOK) and (lacking := len(suggested(visit.gateway, area.id))):
                ui.link(say("review.not_watched", count=lacking), f"/console/rules?{urlencode({'area': area.id})}")
            if area.responsible:
                ui.label(say("review.responsible", name=area.responsible)).classes("opacity-80 ka-wrap")
            switches: dict[str, ui.button] = {}
            if may_ask(visit, SET_MODE) and len(area.modes) > 1:
                with ui.row().classes("gap-2 q-mt-auto"):
                    for choice in area.modes:
                        text = say("review.switch", mode=say("mode." + choice))
                        switches[choice] = button(text, ask, area, choice).props("outline")
        return _Tile(card, sign, state, mode, switches)

    def update() -> None:
        worst: dict[str, Alert] = {}
        for alert in visit.screen.shouted():
            worst.setdefault(alert.area, alert)
        for area in visit.gateway.areas.areas():
            tile, first = tiles[area.id], worst.get(area.id)
            tile.card.classes(remove="ka-p1 ka-p2 ka-p3 ka-p4")
            tile.sign.set_visibility(first is not None)
            text = say("review.nothing_here")
            if first is not None:
                tile.card.classes(add=f"ka-p{first.priority}")
                tile.sign.text = LETTERS[first.priority]
                text = f"{say('class.' + first.alert_class)} · {area.open_alerts}"
            tile.state.text = text + (f" · {say('aside.title', count=area.set_aside)}" if area.set_aside else "")
            tile.mode.text = f"{say('review.mode')}: {say('mode.' + area.mode)}" + _delay(visit, area)
            for choice, switch in tile.switches.items():
                switch.set_visibility(choice != area.mode)

    visit.open_page(update)
    with ui.element("div").classes("ka-tiles q-pa-md"):
        for area in visit.gateway.areas.areas():
            tiles[area.id] = build_tile(area)


def _delay(visit: Visit, area: AreaView) -> str:
    """People leave, or somebody has come in, and until when."""
    for key, until in (("review.entry_delay", area.entry_until), ("review.exit_delay", area.exit_until)):
        if until is not None:
            at = local(until, ZoneInfo(visit.gateway.site.time_zone()))
            return f" · {visit.say(key, at=at)}"
    return ""
