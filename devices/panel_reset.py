"""A panel's reset: all that it and the parts behind it had in alarm is over, though no part says so by itself.

Protocols of panels tell events. Many have no word for the end of an alarm but that somebody has reset the panel; what
still burns then is told anew. What a device says of its own health (a fault, tamper, its power) outlives a reset: it
stands until the device takes it back.
"""

from collections.abc import Iterable

from devices.device import Device
from devices.kinds import ABOUT_ITSELF
from devices.reading import Instant, Quality, Reading
from devices.signals import base_name

_DEDUCED = int(Quality.DEDUCED)
_NEXT_LEVEL = ("/", ".")


def is_behind(address: str, panel: str) -> bool:
    """Whether a panel's reset ends what stands at the address: its own, or one that begins with its own."""
    return address.startswith(panel) and address[len(panel) : len(panel) + 1] in ("", *_NEXT_LEVEL)


class RaisedFlags:
    """Which flags are up at the devices of lines; no more than they have told."""

    def __init__(self) -> None:
        self._of_panel: dict[tuple[str, str, str], dict[str, dict[str, None]]] = {}
        """By line, family and first level of the address: devices, and their flags in the order in which they rose."""

    def hear(self, device: Device, readings: Iterable[Reading]) -> None:
        """What a device has just said, or was last known to say."""
        for reading in readings:
            if type(reading.value) is not bool or base_name(reading.signal) in ABOUT_ITSELF:
                continue
            flags = self._of_panel.setdefault(_panel(device.line, device.family, device.address), {})
            if reading.value:
                flags.setdefault(device.id, {})[reading.signal] = None
            elif device.id in flags:
                flags[device.id].pop(reading.signal, None)
                if not flags[device.id]:
                    del flags[device.id]

    def up(self, line: str, family: str, address: str) -> dict[str, tuple[str, ...]]:
        """The flags that are up behind the first level of that address, by device."""
        flags = self._of_panel.get(_panel(line, family, address), {})
        return {device: tuple(signals) for device, signals in flags.items()}


def over(device: Device, signals: Iterable[str], time: Instant, received: Instant, quality: int = 0) -> list[Reading]:
    """That these flags of the device are down again, though it did not say so itself."""
    return [Reading(device.id, signal, False, time, received, quality | _DEDUCED) for signal in signals]


def _panel(line: str, family: str, address: str) -> tuple[str, str, str]:
    return line, family, address.partition("/")[0]
