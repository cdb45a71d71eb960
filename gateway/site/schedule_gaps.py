"""Where somebody is to be watched around the clock, no schedule and no mode leaves a time at which nobody is.

A gap is looked for over all rules that are about the same thing: one for the night and one for the day leave none.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from alerts.alert import AlertClass
from alerts.area_mode import counts_in
from alerts.rule import Rule
from alerts.schedule import minutes
from devices.errors import ConfigError
from gateway.site import model
from gateway.site.fault import Fault

_GUARDS = frozenset({AlertClass.INTRUSION, AlertClass.DUTY})
"""What may have a schedule at all, and guards: who is let in at night is told at night only, and that is no gap."""
_DAY = 24 * 60
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_Placed = tuple[int, Rule[Any]]


def gap_faults(site: model.Site) -> Iterator[Fault]:
    """Rules of a 24-hour area whose schedules or modes leave a gap; at most one fault for each rule."""
    told: set[int] = set()
    for area in site.areas:
        for group in _groups(site, area) if area.around_the_clock else ():
            found = _gap(site, area, [rule for _, rule in group])
            for place, rule in group if found else ():
                if place not in told and (rule.schedule or rule.modes):
                    told.add(place)
                    key = "schedule" if rule.schedule else "modes"
                    yield Fault(("rules", place, key), f"leaves a gap in {area.id!r}, a 24-hour area: {found}")


def _groups(site: model.Site, area: model.Area) -> list[list[_Placed]]:
    """The rules that guard the area, by what they are about."""
    groups: dict[tuple[Any, ...], list[_Placed]] = defaultdict(list)
    devices = [device for device in site.devices if device.area == area.id]
    for place, rule in enumerate(site.rules):
        is_here = area.id in rule.areas or (not rule.areas and any(map(rule.selects, devices)))
        if rule.alert_class in _GUARDS and is_here:
            about = (type(rule), rule.alert_class, frozenset(rule.watched_signals()), frozenset(rule.heard_topics()))
            groups[about].append((place, rule))
    return list(groups.values())


def _gap(site: model.Site, area: model.Area, rules: Sequence[Rule[Any]]) -> str:
    """When none of them holds; "" if there is no such time."""
    for mode in area.modes:
        holding = [rule for rule in rules if counts_in(rule.modes, mode)]
        if not holding:
            return f"in the mode {mode!r} it does not hold; give it no modes, or add a rule for that mode"
        schedules = [_schedule(site, rule.schedule) for rule in holding if rule.schedule]
        if len(schedules) == len(holding) and (time := _hole([one for one in schedules if one], site)):
            return f"it does not hold on {time}; give it no schedule, or add a rule for the rest of the time"
    return ""


def _schedule(site: model.Site, name: str) -> model.Schedule | None:
    return next((schedule for schedule in site.schedules if schedule.name == name), None)


def _hole(schedules: Sequence[model.Schedule], site: model.Site) -> str:
    """The first time of a week in which none is on; any day of it, and the day before, may be worked or not."""
    for weekday, is_off, was_off in product(range(7), (False, True), (False, True)):
        spans = [span for schedule in schedules for span in _spans(schedule, site, weekday, is_off, was_off)]
        covered = 0
        for start, end in sorted(spans):
            if start > covered:
                break
            covered = max(covered, end)
        if covered < _DAY:
            kind = "" if not any(schedule.only for schedule in schedules) else " off" if is_off else " worked"
            return f"a {_WEEK[weekday]}{kind} from {covered // 60:02}:{covered % 60:02} on"
    return ""


def _spans(
    schedule: model.Schedule, site: model.Site, weekday: int, is_off: bool, was_off: bool
) -> Iterator[tuple[int, int]]:
    """In minutes of that day; those of the day before that run into it, too."""
    shifts = {shift.name: (shift.start, shift.end) for shift in site.shifts}
    texts = [shifts[name] for name in schedule.shifts if name in shifts] or [(schedule.start, schedule.end)]
    for text in texts:
        try:
            start, end = map(minutes, text)
        except ConfigError:
            continue  # a fault of its own
        end = end if end > start else end + _DAY
        if _counts(schedule, weekday, is_off):
            yield start, min(end, _DAY)
        if end > _DAY and _counts(schedule, (weekday - 1) % 7, was_off):
            yield 0, end - _DAY


def _counts(schedule: model.Schedule, weekday: int, is_off: bool) -> bool:
    return weekday + 1 in schedule.days and (not schedule.only or (schedule.only == "holidays") == is_off)
