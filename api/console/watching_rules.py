"""Which rules would watch a device that is not adopted yet, and where: told before anybody adopts it.

What a rule asks of an area, a kind, a tag and a signal is asked of it with each area in turn. Silent ones are not
named: whoever adopts may be whom they are about.
"""

from typing import Any

import msgspec

from alerts.rule import Rule
from api.console.web_page import Asked
from devices.device import Device
from devices.message import Text


class Watching(msgspec.Struct, frozen=True):
    """``told``: a rule in each, and where. ``is_heard``: one of them listens to what the device says."""

    told: list[str]
    is_heard: bool


def watching(asked: Asked, device: Device) -> Watching:
    """In the order of the rules; those that wait for any word of it among them."""
    areas, say = [area.id for area in asked.gateway.areas.areas()], asked.say
    told, is_heard = [], False
    for rule, _ in asked.gateway.rules.rules():
        if rule.is_silent:
            continue
        placed = [msgspec.structs.replace(device, area=area) for area in areas]
        its = [one.area for one in placed if rule.selects(one) and _concerns(rule, one)]
        if not its:
            continue
        is_heard = is_heard or not rule.supervises
        title = asked.gateway.rules.rule_words(rule.name, say.language)[0] or rule.name
        named = tuple(asked.gateway.areas.area_name(area, say.language) for area in its)
        is_everywhere = len(its) == len(areas)
        text = Text.of("watching_rules.everywhere", rule=title)
        told.append(say.said(text if is_everywhere else Text.of("watching_rules.areas", rule=title, areas=named)))
    return Watching(told, is_heard)


def _concerns(rule: Rule[Any], device: Device) -> bool:
    return rule.supervises or any(rule.watches(device, signal) for signal in device.signals)
