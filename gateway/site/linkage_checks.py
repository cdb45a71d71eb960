"""What the site file may let fire equipment start by: two independent inputs wherever it is bound.

A binding that one input could meet is refused, not mended: who wires a fan has to know what starts it.
"""

from collections.abc import Iterator

from alerts.alert import AlertClass
from alerts.linkage import FIRE_EQUIPMENT, INPUTS, independent, is_input
from alerts.output import Output
from devices.device import Device
from devices.device_directory import DeviceDirectory
from devices.extinguishing import extinguishes
from devices.message import Text
from gateway.site.fault import Fault, Path, one_of
from gateway.site.model import Site

_NEVER = (
    "extinguishing is never switched from here: a release belongs to the certified panel, with its own inputs, "
    "delay, warning and stop button (GB 50116 4.4); leave this table out"
)


def linkage_faults(output: Output, site: Site, path: Path) -> Iterator[Fault]:
    """Everything that is wrong with what an output starts."""
    device = next((device for device in site.devices if device.id == output.device), None)
    if output.starts == "extinguishing":
        yield Fault((*path, "starts"), _NEVER)
        return
    if extinguishes(device, output.what, output.channel):
        yield Fault((*path, "device"), f"by its name this puts fires out; {_NEVER}, or call it what it is")
        return
    if output.starts and output.what != "relay":
        yield Fault((*path, "starts"), f"only a relay moves something else; leave it out for a {output.what}")
    elif not output.starts and output.what == "relay" and AlertClass.FIRE in output.classes:
        problem = f"say what this relay moves in a fire: starts = {one_of(_WORDS)}"
        yield Fault((*path, "what"), problem)
    elif output.is_fire_equipment:
        yield from _equipment(output, site, path)


_WORDS = [*sorted(FIRE_EQUIPMENT), "warning", "exit", "gas_valve", "other"]


def _equipment(output: Output, site: Site, path: Path) -> Iterator[Fault]:
    if output.classes != (AlertClass.FIRE,):
        problem = 'fire equipment is started by fire alone, by two inputs (GB 55036 12.0.11); write classes = ["fire"]'
        yield Fault((*path, "classes"), problem)
    if output.until != "reset":
        problem = 'what fire equipment has begun a person ends; write until = "reset", or leave it out'
        yield Fault((*path, "until"), problem)
    groups = groups_of(output, site)
    where = "areas" if output.areas else "starts"
    if not groups:
        yield Fault((*path, where), "no fire rule watches a detector or call point in any area: nothing would start it")
    carriers = _carriers(site)
    for areas, inputs in groups:
        count = independent(inputs, lambda part: carriers.get(part, ""))
        if count >= INPUTS:
            continue
        short = Text.of(
            "linkage_checks.one_input",
            areas=areas or Text.of("linkage_checks.the_site"),
            output=output.device,
            found=tuple(device.id for device in inputs) or Text.of("linkage_checks.none"),
        )
        yield Fault((*path, where), short)


def short_linkages(site: Site) -> list[Text]:
    """What would be short of inputs, for good, with these devices and rules."""
    bound = [output for output in site.outputs if output.is_fire_equipment]
    faults = [fault for output in bound for fault in _equipment(output, site, ())]
    return [fault.problem for fault in faults if isinstance(fault.problem, Text)]


def groups_of(output: Output, site: Site) -> list[tuple[tuple[str, ...], list[Device]]]:
    """Where its inputs count together: the areas, and the devices there that a fire rule makes an alert of."""
    panels = panels_of(site)
    inputs = [device for device in site.devices if device.id not in panels and _is_heard(device, output, site)]
    if output.per == "site":
        return [(output.areas, [device for device in inputs if not output.areas or device.area in output.areas])]
    areas = output.areas or tuple(area.id for area in site.areas if any(d.area == area.id for d in inputs))
    return [((area,), [device for device in inputs if device.area == area]) for area in areas]


def _is_heard(device: Device, output: Output, site: Site) -> bool:
    return is_input(device) and any(
        rule.alert_class is AlertClass.FIRE
        and (not output.rules or rule.name in output.rules)
        and rule.selects(device)
        and (not device.signals or any(rule.watches(device, signal) for signal in device.signals))
        for rule in site.rules
    )


def panels_of(site: Site) -> frozenset[str]:
    """Devices that speak for others: what one says of a fire its parts have said."""
    return frozenset(_carriers(site).values())


def _carriers(site: Site) -> dict[str, str]:
    directory = DeviceDirectory(site.devices, 0)
    return {device.id: carrier for device in site.devices if (carrier := directory.carrier(device))}
