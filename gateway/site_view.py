"""The part of the view that the site file and the installed devices answer: names, rules, plans, labels, logins."""

from collections.abc import Sequence
from typing import Any

from alerts.event import Stranger
from alerts.open_alerts import rule_version
from alerts.rule import Rule
from api.ports import LabelSheet
from devices.broker_access import Login, logins
from devices.device import OWN_FAMILY, Device
from gateway.label_sheet import Label, SheetOrder, drawn_apart, label_of
from gateway.own_rules import own_rules_of
from gateway.site.plans import is_picture, picture
from gateway.state import RunningState


class SiteView:
    """Quick, but for plans and label sheets; asks no store."""

    def __init__(self, state: RunningState) -> None:
        self._state = state
        self._rules = [(rule, rule_version(rule)) for rule in (*state.site.rules, *own_rules_of(state.site))]
        self._silent_rules = [rule for rule, _ in self._rules if rule.is_silent]
        self._planned = {area.id for area in state.areas if is_picture(area.plan)}

    def devices(self) -> Sequence[Device]:
        return [device for device in self._state.devices() if device.family != OWN_FAMILY]

    def area_name(self, area: str, language: str) -> str:
        found = self._state.area(area)
        if found is None:
            return area
        return found.name_zh or found.name if language == "zh" else found.name

    def plan(self, area: str) -> tuple[bytes, str] | None:
        found = self._state.area(area)
        return picture(found.plan) if found is not None else None

    def device_name(self, key: str, language: str) -> str:
        device = self._state.device(key)
        if device is None:
            return key
        return (device.name_zh if language == "zh" else "") or device.name or device.id

    def rule_words(self, rule: str, language: str) -> tuple[str, str]:
        found = next((known for known, _ in self.rules() if known.name == rule), None)
        if found is None:
            return "", ""
        return (found.title_zh, found.procedure_zh) if language == "zh" else (found.title, found.procedure)

    def silent_alarm_screens(self) -> Sequence[str]:
        return self._state.site.silent_alarm_screens

    def is_silent(self, device: str, signal: str) -> bool:
        found = self._state.device(device) if device else None
        if found is None:
            return any(rule.hears(signal) for rule in self._silent_rules if Stranger in rule.listens)
        return any(rule.selects(found) and rule.watches(found, signal) for rule in self._silent_rules)

    def rules(self) -> Sequence[tuple[Rule[Any], str]]:
        return self._rules

    def labels(self, area: str = "", devices: Sequence[str] = ()) -> list[Label]:
        """The labels of these devices: of one area, or of all."""
        base = self._state.site.web.address()
        return [
            label_of(device, base, self.area_name(device.area, "en"), self._area_name_zh(device.area))
            for device in self.devices()
            if area in ("", device.area) and (not devices or device.id in devices)
        ]

    def logins(self) -> list[Login]:
        """Who signs in at the broker, and what each may do there."""
        mqtt = self._state.site.mqtt
        return logins(self.devices(), mqtt.families if mqtt is not None else {})

    def label_sheet(self, *, area: str, devices: Sequence[str], sheet: str, skip: int) -> LabelSheet:
        labels = self.labels(area, devices)
        pdf, note = drawn_apart(SheetOrder(tuple(labels), sheet, skip))
        return LabelSheet(pdf, note, len(labels), self._state.site.web.address())

    def _area_name_zh(self, area: str) -> str:
        found = self._state.area(area)
        return found.name_zh if found is not None else ""
