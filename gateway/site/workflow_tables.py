"""What workflows know of a site, and what each finds wrong with its own table of the site file."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from alerts.rule import Rule
from alerts.site_facts import Channel, Place, SiteFacts
from api.catalogue import language
from devices.device import Device
from devices.message import Name, Text
from gateway.site.calendar import calendar_of
from gateway.site.fault import Fault, said
from gateway.site.linkage_checks import short_linkages
from gateway.site.model import Site
from gateway.site.route_checks import late_faults, switched_off_faults
from gateway.site.rule_checks import rule_faults
from gateway.site.safety import safety_faults
from gateway.site.silent_alarms import silent_alarm_faults


def site_facts(site: Site) -> SiteFacts:
    """The areas, devices and time of the site file."""
    areas = {
        area.id: Place(area.id, Name(area.name, area.name_zh), area.risk, area.responsible, area.modes)
        for area in site.areas
    }
    channels = {
        each.id: Channel(each.id, Name(each.name or each.id, each.name_zh), each.is_personal) for each in site.channels
    }
    return SiteFacts(
        name=Name(site.name, site.name_zh),
        areas=areas,
        devices=site.devices,
        calendar=calendar_of(site),
        routes=site.routes,
        rules=site.rules,
        channels=channels,
        faults_of=partial(_faults_of, site),
        acknowledgements=site.acknowledgements,
        outputs=site.outputs,
    )


def _faults_of(site: Site, rule: Rule[Any], devices: Sequence[Device], others: Sequence[Rule[Any]]) -> tuple[Text, ...]:
    """What the site file would be refused for, were the rule in it; ``devices`` are those that are installed."""
    is_gated = bool(rule.modes or rule.schedule)  # another may hold where this one does not
    there = replace(site, devices=tuple(devices), rules=(rule, *(others if is_gated else ())))
    found = (
        *(*rule_faults(there), *safety_faults(there), *silent_alarm_faults(there)),
        *(*switched_off_faults(there), *late_faults(there)),
    )
    own = [(fault.path[2:], said(fault)) for fault in found if fault.path[:2] == ("rules", 0)]
    own += [((), why) for why in _linkages_cut(site, rule, devices, others)]
    return tuple(
        Text.of("rule_change.fault", where=".".join(map(str, path)) or rule.name, why=why) for path, why in own
    )


def _linkages_cut(
    site: Site, rule: Rule[Any], devices: Sequence[Device], others: Sequence[Rule[Any]]
) -> Iterator[Text]:
    """Fire equipment that would lose one of its two inputs by this version of the rule."""
    if not any(output.is_fire_equipment for output in site.outputs):
        return
    there = replace(site, devices=tuple(devices), rules=(rule, *others))
    before = tuple(each for each in site.rules if each.name == rule.name)
    known = short_linkages(replace(there, rules=(*before, *others)))
    yield from (why for why in short_linkages(there) if why not in known)


def workflow_faults(site: Site) -> Iterator[Fault]:
    """Everything that workflows find wrong with their tables."""
    known = site_facts(site) if site.workflows else SiteFacts()
    for name, config in site.workflows.items():
        for fault in config.check(known):
            yield Fault(("workflows", name, *fault.path), language("en").render(fault.text))
