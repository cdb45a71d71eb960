"""Linkage 联动: fire equipment starts by the AND of two independent inputs, and never by one alone.

GB 50116-2013 4.1.6, GB 55036-2022 12.0.11 (1): the trigger of fire equipment is the AND of the alarm signals of two
independent alarm devices. Two detectors are that, or a detector and a manual call point (4.5.1, 4.6.1); one detector
with two signals is not, nor a panel and the point behind it that it speaks for. What only warns people or lets them out
waits for no second input, and so a call point is never made to wait (EN 54-2 7.11): it sounds the sirens at once, and
is one of the two inputs of a fan. A person may start equipment by hand (4.1.4): that is no linkage.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, TypeAlias

from alerts.alert import Alert
from devices.detector_trigger import detects_fire, tells_danger
from devices.device import OWN_FAMILY, Device
from devices.kinds import watched
from devices.reading import Reading

# fmt: off
Starts: TypeAlias = Literal[
    "", "warning", "exit", "gas_valve", "other", "extinguishing",
    "smoke_fan", "supply_fan", "fire_damper", "smoke_curtain", "fire_shutter", "fire_door", "lift", "fire_pump",
    "power_cutoff",
]
# fmt: on
"""What an output moves."""
FIRE_EQUIPMENT = frozenset(
    {
        *("smoke_fan", "supply_fan", "fire_damper", "smoke_curtain", "fire_shutter", "fire_door", "lift", "fire_pump"),
        "power_cutoff",
    }
)
"""What two inputs start: smoke control (GB 50116 4.5), doors and shutters (4.6), lifts (4.7), hydrant pumps (4.3), the
power of what is no fire equipment (4.10)."""
INPUTS = 2

WhenShort: TypeAlias = Literal["one_input", "by_hand"]
"""What starts equipment when fewer than two of its inputs can be counted on (T8): the one that is left, or a person."""


def is_input(device: Device) -> bool:
    """Whether it may be one of the inputs: it sees a fire, or a person calls one with it."""
    calls = "call_point" in watched(device.kind, device.signals) or "call_point" in device.signals
    return device.family != OWN_FAMILY and (calls or detects_fire(device))


def point_of(device: Device) -> tuple[str, str]:
    """The thing on the wall: one that two families hear under one address is one."""
    return device.line, device.address.casefold()


def independent(devices: Iterable[Device], panels: Callable[[str], str]) -> int:
    """How many of these are independent of each other; ``panels(part)``: the device that speaks for it, "" if none.

    A panel beside a part of its own adds nothing: it repeats what the part says.
    """
    known = {device.id: device for device in devices}
    speakers = {panels(name) for name in known}
    return len({point_of(device) for name, device in known.items() if name not in speakers})


def inputs_in(alert: Alert, causes: Iterable[Reading], device: Callable[[str], Device | None]) -> Iterator[Device]:
    """The devices whose own alarm these causes of an alert are.

    A flag that is up, or whatever breached a rule of the device alone. Figures of several devices that are an alarm
    only together (fusion) are one input, whoever is first.
    """
    found = [
        known
        for cause in causes
        if (known := device(cause.device)) is not None
        and is_input(known)
        and (cause.device == alert.key or (cause.value is True and tells_danger(cause.signal)))
    ]
    if found:
        yield from found
        return
    first = next((known for cause in causes if (known := device(cause.device)) is not None and is_input(known)), None)
    if first is not None:
        yield first
