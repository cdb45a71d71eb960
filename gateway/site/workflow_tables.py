"""What workflows know of a site, and what each finds wrong with its own table of the site file."""

from collections.abc import Iterator

from alerts.site_facts import Place, SiteFacts
from api.catalogue import language
from devices.message import Name
from gateway.site.calendar import calendar_of
from gateway.site.fault import Fault
from gateway.site.model import Site


def site_facts(site: Site) -> SiteFacts:
    """The areas, devices and time of the site file."""
    areas = {
        area.id: Place(area.id, Name(area.name, area.name_zh), area.risk, area.responsible, area.modes)
        for area in site.areas
    }
    return SiteFacts(areas, site.devices, calendar_of(site), site.routes)


def workflow_faults(site: Site) -> Iterator[Fault]:
    """Everything that workflows find wrong with their tables."""
    known = site_facts(site) if site.workflows else SiteFacts()
    for name, config in site.workflows.items():
        for fault in config.check(known):
            yield Fault(("workflows", name, *fault.path), language("en").render(fault.text))
