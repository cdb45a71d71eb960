"""Incidents 事件 as they stand: which alerts belong together, how an incident is called, and the record of one.

Alerts of one area and one kind of cause belong to one incident for as long as one joins within the window. A fire has
the gas beside it, and what its detectors say before they alarm. Security is intrusion, hold-up, access and tamper.
Faults and supervisory alerts belong together if their cause is one: the mains, a line that devices fall silent on,
else the same rule in the same area; what is due and what is told likewise. Silent alarms belong to none: the gap in
the numbers of the day would give one away (EN 50131-1 forbids any sign at the place). Drills and tests belong to none
either: they are never joined with what is real.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, cast

from alerts.alert import Alert, AlertClass
from alerts.calendar import Calendar
from alerts.case import Case
from alerts.suppression.danger import DEADLY
from alerts.suppression.in_force import line_of
from devices.detector_trigger import calls_by_hand, is_danger_point, quantity_of, tells_danger
from devices.device import Device
from devices.message import Text
from devices.reading import Instant
from devices.signals import base_name

Kind: TypeAlias = Literal["fire", "security", "technical", "duty"]
Stage: TypeAlias = Literal["open", "over"]
Group: TypeAlias = tuple[str, Kind, str]
"""(area, kind, cause): what alerts of one incident have in common; an area "" is the whole site."""

_KINDS: Mapping[AlertClass, Kind] = {
    AlertClass.FIRE: "fire",
    AlertClass.GAS: "fire",
    AlertClass.HOLD_UP: "security",
    AlertClass.INTRUSION: "security",
    AlertClass.ACCESS: "security",
    AlertClass.TAMPER: "security",
    AlertClass.SUPERVISORY: "technical",
    AlertClass.FAULT: "technical",
    AlertClass.DUTY: "duty",
    AlertClass.INFORMATION: "duty",
}
_MAINS = "mains"


class Incident(Case, frozen=True, kw_only=True):
    """One incident; its ``id`` is its number. One that is over is kept until the day after it, so numbers run on.

    ``cause``: what faults have in common. ``first``: the alert that was first out, ``first_text`` what it said, of
    ``first_key`` (a device or area). ``joined``: so many alerts have joined, the newest at ``last_at``; all of them
    were raised from ``first_at`` on. ``over_at``: when the last of them was closed; ``into``: or the number that its
    alerts went to. ``with_numbers``: of those that were joined to it.
    """

    kind: Kind
    first: str
    first_text: Text
    first_key: str = ""
    cause: str = ""
    joined: int = 1
    first_at: Instant = 0
    last_at: Instant = 0
    over_at: Instant | None = None
    into: str = ""
    with_numbers: tuple[str, ...] = ()

    @property
    def stage(self) -> Stage:
        return "open" if self.over_at is None else "over"

    @property
    def group(self) -> Group:
        return (self.area, self.kind, self.cause)


def belongs(alert: Alert) -> bool:
    """Whether it belongs to an incident at all: what is real, shouted, and not silent."""
    return alert.origin == "real" and alert.suppression is None and not alert.silent


def group_of(alert: Alert, devices: Mapping[str, Device]) -> Group:
    """What it has in common with those that it belongs to."""
    kind = _KINDS[alert.alert_class]
    if kind == "technical" and _is_pre_alarm(alert, devices):
        kind = "fire"
    if kind in ("fire", "security"):
        return (alert.area, kind, "")
    signals = {base_name(cause.signal) for cause in alert.causes}
    if kind == "technical" and signals == {_MAINS}:
        return ("", kind, _MAINS)
    lost = devices.get(alert.key) if alert.alert_class is AlertClass.FAULT and not signals else None
    if lost is not None and (line := line_of(lost)):
        return ("", kind, line)
    return (alert.area, kind, alert.rule)


def _is_pre_alarm(alert: Alert, devices: Mapping[str, Device]) -> bool:
    """Whether a detector says of the very thing that it is there for that it is on its way (EN 54-2 12, ISO 7240-2)."""
    if alert.alert_class is not AlertClass.SUPERVISORY or not alert.causes:
        return False
    first = alert.causes[0]
    device = devices.get(first.device)
    return device is not None and tells_danger(first.signal) and is_danger_point(device)


def fold_of(alert: Alert) -> str:
    """What stands in one line: an incident, but each danger to life, and a call by hand, apart from all else of it.

    What a detector says before it alarms stands with the alarm. "" for what stands by itself.
    """
    if not alert.incident:
        return ""
    if alert.alert_class not in DEADLY:
        first = alert.causes[0].signal if alert.causes and alert.alert_class is AlertClass.SUPERVISORY else ""
        danger = AlertClass.GAS if quantity_of(first) == "gas" else AlertClass.FIRE
        return f"{alert.incident}/{danger}" if tells_danger(first) else alert.incident
    is_by_hand = alert.alert_class is AlertClass.FIRE and any(calls_by_hand(cause.signal) for cause in alert.causes)
    return f"{alert.incident}/{alert.alert_class}{'/by-hand' if is_by_hand else ''}"


def next_number(cases: Mapping[str, Any], calendar: Calendar, now: Instant) -> str:
    """The next of the day by the site's clock, such as 20261129-03, which people can say on the phone."""
    day = calendar.day(now).strftime("%Y%m%d")
    place = _highest(cases, day) + 1
    while (number := f"{day}-{place:02d}") in cases:
        place += 1
    return number


def _highest(cases: Mapping[str, Any], day: str) -> int:
    """Of those of that day. The newest come last, so that a storm does not look through all of them each time."""
    highest, newest = 0, None
    for name in reversed(cast("dict[str, Any]", cases)):
        its_day, _, place = name.partition("-")
        opened = cases[name].opened
        newest = opened if newest is None else newest
        if its_day == day and place.isdecimal():
            highest = max(highest, int(place))
        if highest and opened < newest:
            break
    return highest
