"""The form that describes a device: filled in from what is known, faults said beside the field."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from msgspec.structs import asdict, replace
from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from api.console.floor_plan import Point, has_plan, show_plan
from api.console.kinds import kind_choices
from api.console.page import Visit
from api.console.signals import signal_label
from api.console.submit import say_beside
from devices.device import Device
from devices.errors import Refused
from devices.signals import SIGNALS

Number = TypeVar("Number", int, float)


class DeviceForm:
    """Built where it is made. ``id_is_open``: the device is new, so its id can be chosen."""

    def __init__(self, visit: Visit, device: Device, *, id_is_open: bool) -> None:
        self.visit, self._from = visit, device
        say = visit.say
        areas = {area.id: visit.screen.area_name(area.id, say.language) for area in visit.gateway.areas.areas()}
        signals = {name: signal_label(name, say) for name in (*device.signals, *SIGNALS)}
        self._point: Point | None = device.position
        with ui.element("div").classes("ka-form"):
            self.area = ui.select(areas, label=say("column.area"), value=device.area or None, on_change=self._show_plan)
            self.name = ui.input(say("device.name"), value=device.name)
            self.name_zh = ui.input(say("device.name_zh"), value=device.name_zh)
            self.kind = ui.select(kind_choices(say, device.kind), label=say("device.kind"), value=device.kind)
            self.interval = ui.input(say("device.interval"), value=_shown(device.interval_s))
            self.interval.props["hint"] = say("device.interval_hint")
            self.id = ui.input(say("device.id"), value=device.id)
            self.id.set_enabled(id_is_open)
            self.signals = ui.select(
                signals, label=say("device.signals"), value=list(device.signals), multiple=True, with_input=True
            )
            self.signals.props("use-chips")
            self.tags = ui.input(say("device.tags"), value=", ".join(device.tags))
            self.installed = ui.input(say("device.installed"), value=str(device.installed or "")).props("type=date")
            self.installed.props("stack-label")
            self.test_days = ui.input(say("device.test_days"), value=_shown(device.test_every_days))
            self.calibrate_days = ui.input(say("device.calibrate_days"), value=_shown(device.calibrate_every_days))
            self.restores = ui.switch(say("device.restores"), value=device.restores)
        self.fields: Mapping[str, ValidationElement[Any]] = {
            "area": self.area,
            "name": self.name,
            "name_zh": self.name_zh,
            "kind": self.kind,
            "interval_s": self.interval,
            "id": self.id,
            "signals": self.signals,
            "tags": self.tags,
            "installed": self.installed,
            "test_every_days": self.test_days,
            "calibrate_every_days": self.calibrate_days,
        }
        for field in self.fields.values():
            field.props("outlined bottom-slots").on_value_change(self._say_nothing_below)
        for text in (self.name, self.name_zh, self.id):
            text.props("maxlength=200")
        self._plan = ui.column().classes("w-full gap-1")
        self._show_plan()
        self._refused = ui.label().classes("ka-refused").props('role="alert"')
        self._refused.set_visibility(False)

    def device(self) -> Device | None:
        """What the form says; None if a field says nothing usable, and then it says so."""
        say, said = self.visit.say, dict[str, str]()
        interval = self._number("interval_s", float, "device.interval_wrong", said)
        test_days = self._number("test_every_days", int, "device.days_wrong", said)
        calibrate_days = self._number("calibrate_every_days", int, "device.days_wrong", said)
        day: date | None = None
        try:
            day = date.fromisoformat(self.installed.value) if self.installed.value else None
        except ValueError:
            said["installed"] = say("device.date_wrong")
        if not self.area.value:
            said["area"] = say("device.area_wanting")
        if not str(self.id.value or "").strip():
            said["id"] = say("device.id_wanting")
        for name, field in self.fields.items():
            field.error = said.get(name)
        if said:
            self._say_below(say("device.look_above"))
            return None
        return replace(
            self._from,
            id=self.id.value.strip(),
            area=self.area.value,
            name=(self.name.value or "").strip(),
            name_zh=(self.name_zh.value or "").strip(),
            kind=self.kind.value or "",
            interval_s=interval,
            signals=tuple(self.signals.value or ()),
            tags=tuple(tag for part in (self.tags.value or "").replace("，", ",").split(",") if (tag := part.strip())),
            position=self._point,
            installed=day,
            test_every_days=test_days,
            calibrate_every_days=calibrate_days,
            restores=bool(self.restores.value),
        )

    def _number(self, name: str, read: Callable[[str], Number], key: str, said: dict[str, str]) -> Number | None:
        """What a field says; nothing is None, and what is no number is told in ``said``."""
        text = str(self.fields[name].value or "").strip().replace("，", ".").replace(",", ".")
        try:
            return read(text) if text else None
        except ValueError:
            said[name] = self.visit.say(key)
            return None

    def refuse(self, refused: Refused) -> None:
        """Say beside the fields why it was refused; what has no field here, below."""
        self._say_below(say_beside(self.visit, refused, self.fields) or self.visit.say("device.look_above"))

    def _say_below(self, text: str) -> None:
        self._refused.text = text
        self._refused.set_visibility(True)

    def _say_nothing_below(self) -> None:
        self._refused.set_visibility(False)

    def _show_plan(self, _event: Any = None) -> None:
        area, say = self.area.value or "", self.visit.say
        if area != self._from.area and _event is not None:
            self._point = None
        self._plan.clear()
        if not has_plan(self.visit, area):
            return
        with self._plan:
            ui.label(say("device.position")).classes("text-weight-bold")
            where = ui.label().classes("ka-faint ka-num")

            def chosen(point: Point) -> None:
                self._point = point
                where.text = _place(point)

            where.text = _place(self._point) if self._point is not None else say("device.position_none")
            show_plan(self.visit, area, self._point, chosen)


def described(device: Device, *, is_new: bool = False) -> dict[str, Any]:
    """What is said of it, as the fields of an ask; how it speaks only where it is new."""
    said = asdict(device)
    hardware = () if is_new else ("family", "address", "line", "model")
    return {"device": device.id, **{name: value for name, value in said.items() if name not in ("id", *hardware)}}


def _place(point: Point) -> str:
    return f"{point[0]:.1%} · {point[1]:.1%}"


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:g}"
