"""What puts a fire out by itself: gas, foam, powder, deluge. It is never switched from here, by no rule and no person.

Gas kills who is still in the room; a release belongs to the certified panel, with its own two inputs, delay, warning
and stop button (GB 50116 4.4, GB 50370 5.0). A site file says ``starts = "extinguishing"`` of such an output and is
refused. What a file calls a pump or a relay is looked at by its names as well: whoever wires a release to a relay and
names it so is stopped here, whatever else the file says.
"""

import re

from devices.device import Device

_SWITCHES = frozenset({"relay", "lock"})
"""Outputs that can release something; a siren in a room with a gas cylinder only warns."""
_WORDS = re.compile(
    r"extinguish|deluge|pre-?action|sprinkler|water[ _.-]?mist|foam|fm-?200|novec|inergen|hfc-?227|halon"
    r"|(?:co2|gas|agent)[ _.-]?(?:release|discharge)|fire[ _.-]?suppression|aerosol"
    r"|灭火|雨淋|预作用|喷淋|喷水|喷洒|细水雾|泡沫|七氟丙烷|气溶胶|二氧化碳释放|气体释放|放气",
    re.IGNORECASE,
)


def extinguishes(device: Device | None, what: str, channel: str = "") -> bool:
    """Whether that output, by what it or its device is called, puts fires out."""
    if what not in _SWITCHES:
        return False
    named = (device.id, device.address, device.name, device.name_zh, device.kind, device.model) if device else ()
    tags = device.tags if device else ()
    return any(_WORDS.search(word) for word in (channel, *named, *tags))
