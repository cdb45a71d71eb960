"""What the site file may bind to alerts: outputs that are there, and nothing that endangers whom it should protect."""

from collections.abc import Iterator

from alerts.alert import AlertClass
from alerts.output import Output
from devices.families import families_that_obey
from devices.output_orders import PERCEIVED
from devices.signals import SIGNALS, base_name
from gateway.site.fault import Fault, Path, one_of
from gateway.site.line_checks import unknown
from gateway.site.linkage_checks import linkage_faults
from gateway.site.model import Site

LONGEST_UNTIL_FAULT_S = 100
"""EN 54-2, 8.2: a fault of the path to fire alarm devices shows within 100 s."""
NO_FEEDBACK = "none"
_LIFE = (AlertClass.FIRE, AlertClass.GAS)


def output_faults(site: Site) -> Iterator[Fault]:
    """Everything that is wrong with the outputs of a site of the right shape."""
    devices = {device.id: device for device in site.devices}
    areas, rules = {area.id for area in site.areas}, {rule.name for rule in site.rules}
    obeying, doors = families_that_obey(), {door.name for door in site.socket}
    values: dict[tuple[str, str], bool | str] = {}
    for index, output in enumerate(site.outputs):
        path: Path = ("outputs", index)
        device = devices.get(output.device)
        if device is None:
            yield unknown("device", output.device, devices, (*path, "device"), "devices", output.device)
        elif device.family not in obeying:
            problem = f"{device.family} takes no orders; those that do: {one_of(sorted(obeying))}"
            yield Fault((*path, "device"), problem)
        elif device.line in doors:
            yield Fault((*path, "device"), f"{device.line!r} is a door for panels that call in: nothing is sent there")
        for place, area in enumerate(output.areas):
            if area not in areas:
                yield unknown("area", area, areas, (*path, "areas", place), "areas", area)
        for place, rule in enumerate(output.rules):
            if rule not in rules:
                yield unknown("rule", rule, rules, (*path, "rules", place), "rules", rule)
        if output.feedback not in ("", NO_FEEDBACK) and base_name(output.feedback) not in SIGNALS:
            yield unknown("signal", output.feedback, SIGNALS, (*path, "feedback"))
        if values.setdefault((output.device, output.key), output.value) != output.value:
            problem = "an earlier table binds this output to another value: one alert would undo what the other wants"
            yield Fault((*path, "value"), problem)
        yield from _value(output, path)
        yield from _safety(output, site, path)
        yield from linkage_faults(output, site, path)


def _value(output: Output, path: Path) -> Iterator[Fault]:
    if output.what == "keypad" and not isinstance(output.value, str):
        yield Fault((*path, "value"), "a keypad shows a mode: write it as a text")
    elif output.what == "voice" and not (isinstance(output.value, str) and output.value.strip()):
        yield Fault(
            (*path, "value"), "a voice speaks a message: write its text, or its number in the device, as a text"
        )
    elif output.what not in ("keypad", "led", "voice") and not isinstance(output.value, bool):
        yield Fault((*path, "value"), f"a {output.what} is true or false")
    elif output.what in ("siren", "strobe", "buzzer") and output.value is not True:
        yield Fault((*path, "value"), f"a {output.what} that an alert switches off warns nobody")


def _safety(output: Output, site: Site, path: Path) -> Iterator[Fault]:
    is_for_life = any(alert_class in _LIFE for alert_class in output.classes)
    if output.what == "lock" and output.value is False and is_for_life:
        yield Fault((*path, "value"), "a door is never locked by a fire or by gas: people have to get out")
    if is_for_life and output.within_s > LONGEST_UNTIL_FAULT_S:
        problem = (
            f"that it does not act must show within {LONGEST_UNTIL_FAULT_S} s (EN 54-2); found {output.within_s:g}"
        )
        yield Fault((*path, "within_s"), problem)
    if AlertClass.HOLD_UP in output.classes and output.what in PERCEIVED:
        silent = [rule.name for rule in site.rules if rule.alert_class is AlertClass.HOLD_UP and rule.is_silent]
        if silent:
            problem = f"a {output.what} would give a silent hold-up away: {silent[0]!r} is one; leave hold_up out"
            yield Fault((*path, "classes"), problem)
