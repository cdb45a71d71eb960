"""Every device, the worst first: found by area, kind, state or a word; on a phone as cards."""

from typing import Any
from urllib.parse import quote, urlencode

from nicegui import ui

from api.auth import Permission
from api.console.kinds import kind_choices, kind_name
from api.console.live_rows import DeviceRows
from api.console.page import Visit, big_button
from api.console.signals import signal_label, value_label
from api.device_rank import MARKS, DeviceRow

_SHOWN = 100
_LABELS = 240
"""On the sheets of one file."""
_UPDATE_EVERY = 4
_SIGNALS_SHOWN = 6
_OF_NO_NEWS = "online"
"""Said of every device that is well; how long ago it was heard stands beside it."""


class DeviceList:
    """One open page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._beats = 0

    def build(self) -> None:
        say, visit = self.visit.say, self.visit
        visit.open_page(self._beat)
        areas = {"": say("review.all_areas")} | {
            view.id: visit.screen.area_name(view.id, say.language) for view in visit.gateway.areas.areas()
        }
        kinds = kind_choices(say, *(device.kind for device in visit.gateway.devices.devices())) | {
            "": say("device.all_kinds")
        }
        states = {"": say("device.all_states"), "wrong": say("device.any_mark")} | {
            mark: say("mark." + mark) for mark in MARKS
        }
        with ui.column().classes("q-pa-md w-full gap-3"):
            with ui.row().classes("w-full items-center gap-2"):
                self._text = ui.input(placeholder=say("device.filter"), value=visit.query.get("text", "")[:100])
                self._text.props("dense outlined clearable type=search").classes("ka-filter")
                self._area = self._select(areas, "area")
                self._kind = self._select(kinds, "kind")
                self._state = self._select(states, "state")
                self._text.on_value_change(self.update)
                if visit.may(Permission.SERVE_DEVICES):
                    big_button(say("device.import"), href="/console/import")
                    big_button(say("device.labels"), self._labels)
            self._count = ui.label().classes("ka-faint")
            self._none = ui.label(say("device.list_none")).classes("ka-empty")
            self._nothing_fits = ui.label(say("device.list_nothing_fits")).classes("ka-empty")
            self._rows = DeviceRows()

    def _select(self, choices: dict[str, str], name: str) -> ui.select:
        asked = self.visit.query.get(name, "")
        made = ui.select(choices, value=asked if asked in choices else "", on_change=self.update)
        return made.props("dense outlined options-dense").classes("ka-filter")

    def _beat(self) -> None:
        self._beats += 1
        if self._beats % _UPDATE_EVERY == 1:
            self.update()

    def update(self) -> None:
        say, rows = self.visit.say, self.visit.screen.board.rows()
        found = [row for row in rows if self._fits(row)]
        self._rows.show([self._shown(row) for row in found[:_SHOWN]])
        self._none.set_visibility(not rows)
        self._nothing_fits.set_visibility(bool(rows) and not found)
        text = say("device.count", found=len(found), all=len(rows))
        self._count.text = text if len(found) <= _SHOWN else text + say("device.count_more", count=_SHOWN)

    def _labels(self) -> None:
        """The label sheet of what is listed now."""
        found = [("id", row.device.id) for row in self.visit.screen.board.rows() if self._fits(row)]
        if 0 < len(found) <= _LABELS:
            ui.navigate.to(f"/api/device-labels?{urlencode(found)}", new_tab=True)
        else:
            ui.notify(self.visit.say("device.labels_many", count=_LABELS), type="warning")

    def _fits(self, row: DeviceRow) -> bool:
        device, state, needle = row.device, self._state.value, (self._text.value or "").casefold().strip()
        if self._area.value not in ("", device.area) or self._kind.value not in ("", device.kind):
            return False
        if state and state not in row.marks and not (state == "wrong" and row.marks):
            return False
        words = (device.id, device.name, device.name_zh, device.address, device.family, device.model, *device.tags)
        return not needle or any(needle in word.casefold() for word in words)

    def _shown(self, row: DeviceRow) -> dict[str, Any]:
        say, screen, device = self.visit.say, self.visit.screen, row.device
        latest = [
            r for r in self.visit.gateway.readings.latest(device.id) if r.signal != _OF_NO_NEWS or r.value is not True
        ]
        # What the device is there for comes first; its battery and radio after it.
        own = {signal: place for place, signal in enumerate(device.signals)}
        latest = sorted(latest, key=lambda reading: own.get(reading.signal, len(own)))[:_SIGNALS_SHOWN]
        return {
            "id": device.id,
            "href": f"/console/devices/{quote(device.id, safe='')}",
            "name": screen.device_name(device.id, say.language),
            "marks": [{"mark": mark, "text": say("mark." + mark)} for mark in row.marks],
            "area": screen.area_name(device.area, say.language),
            "kind": kind_name(device.kind, say),
            "heard": (row.heard or 0) // 1_000_000,
            "latest": ", ".join(f"{signal_label(r.signal, say)} {value_label(r.signal, r.value, say)}" for r in latest),
        }
