"""A trial in parts that know nothing of each other: areas are independent, unless something joins them.

A rule over the whole site (``per = "site"``) joins the areas that it is about, and where its modes may be those of any
area, all of them; a panel is joined with its parts, and a way in and out joins the areas of its sensors. Rules about
cases, and those over the site that no device belongs to, are tried with the first part.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.rule import Rule
from alerts.trial.recording import Setting
from alerts.trial.replay import Story


def shards(rules: Sequence[Rule[Any]], setting: Setting, weights: Mapping[str, int], count: int) -> list[Setting]:
    """At most ``count`` parts of about one weight, for any of these rules; ``weights`` are of devices, by id."""
    leader = {area: area for area in (*setting.modes, *(device.area for device in setting.devices))}

    def of(area: str) -> str:
        while leader[area] != area:
            area = leader[area]
        return area

    def join(areas: Iterable[str]) -> None:
        its = sorted({of(area) for area in areas if area in leader})
        for other in its[1:]:
            leader[other] = its[0]

    for rule in rules:
        if rule.per == "site":
            about = {device.area for device in setting.devices if rule.selects(device)} | set(rule.areas)
            join(leader if rule.modes and not rule.areas else about)
    area_of = {device.id: device.area for device in setting.devices}
    for part, panel in setting.panels.items():
        join(area_of[name] for name in (part, panel) if name in area_of)
    for route in setting.site.routes:
        join(area_of[name] for name in (*route.devices, *route.through) if name in area_of)
    weight: dict[str, int] = {of(area): 0 for area in sorted(leader)}
    for device in setting.devices:
        weight[of(device.area)] += 1 + weights.get(device.id, 0)
    bins: list[tuple[int, set[str]]] = [(0, set()) for _ in range(max(1, min(count, len(weight))))]
    for area in sorted(weight, key=lambda area: (-weight[area], area)):
        least = min(range(len(bins)), key=lambda place: bins[place][0])
        bins[least] = (bins[least][0] + weight[area], bins[least][1] | {area})
    return [_part(setting, {area for area in leader if of(area) in its}) for _, its in bins]


def rules_in(rules: Sequence[Rule[Any]], part: Setting, *, is_first: bool, whole: Setting) -> list[Rule[Any]]:
    """Those of the rules that are tried with that part of the whole."""
    return [rule for rule in rules if _is_tried_in(rule, part, is_first=is_first, whole=whole)]


def joined(stories: Sequence[Story]) -> Story:
    """What followed in all parts, of one set of rules; events were told to each of them."""
    failures: dict[str, int] = {}
    for story in stories:
        for rule, times in story.failures.items():
            failures[rule] = failures.get(rule, 0) + times
    raised = [raised for story in stories for raised in story.raised]
    return Story(
        tuple(sorted(raised, key=lambda each: (each.at, each.rule, each.key))),
        sum(story.readings for story in stories),
        max((story.events for story in stories), default=0),
        dict(sorted(failures.items())),
    )


def _part(setting: Setting, areas: set[str]) -> Setting:
    devices = tuple(device for device in setting.devices if device.area in areas)
    names = {device.id for device in devices}
    return replace(
        setting,
        devices=devices,
        modes={area: mode for area, mode in setting.modes.items() if area in areas},
        panels={part: panel for part, panel in setting.panels.items() if part in names},
    )


def _is_tried_in(rule: Rule[Any], part: Setting, *, is_first: bool, whole: Setting) -> bool:
    if rule.per == "case":
        return is_first
    if rule.per != "site":
        return True
    if any(rule.selects(device) for device in part.devices):
        return True
    return is_first and not any(rule.selects(device) for device in whole.devices)
