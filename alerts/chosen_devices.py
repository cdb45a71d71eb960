"""The devices that an ask is about: those named, or all of an area."""

from collections.abc import Mapping, Sequence

from devices.device import OWN_FAMILY, Device
from devices.errors import Refused
from devices.message import Text

_NAMED = 20


def choose(area: str, named: Sequence[str], devices: Mapping[str, Device]) -> list[Device]:
    """Raises Refused for what is not there, and where neither or both are given."""
    if bool(area) == bool(named):
        raise Refused(Text.of("chosen_devices.name_something"))
    if not named:
        found = [device for device in devices.values() if device.area == area and device.family != OWN_FAMILY]
        if not found:
            raise Refused(Text.of("chosen_devices.no_device", area=area[:64]))
        return sorted(found, key=lambda device: device.id)
    known = {name: devices[name] for name in dict.fromkeys(named) if name in devices}
    there = {name: device for name, device in known.items() if device.family != OWN_FAMILY}
    strangers = tuple(name[:64] for name in dict.fromkeys(named) if name not in there)
    if strangers:
        raise Refused(Text.of("chosen_devices.not_installed", devices=strangers[:_NAMED]))
    return list(there.values())


def united(faults: Sequence[Text]) -> Text:
    """All that speaks against it, as one text."""
    return faults[0] if len(faults) == 1 else Text.of("chosen_devices.faults", faults=tuple(faults[:_NAMED]))
