"""What the centre may ask of a transmission device, as (command byte, data unit) for ``Gbt26875Line.ask``."""

from collections.abc import Sequence
from typing import TypeAlias

from devices.codecs.gbt26875 import units
from devices.codecs.gbt26875.framing import CONTROL, REQUEST

Ask: TypeAlias = tuple[int, bytes]
System: TypeAlias = tuple[int, int]
"""System type and address."""
Component: TypeAlias = tuple[int, int, bytes]
"""System type and address, and the four bytes of the component's address."""


def set_clock(label: bytes) -> Ask:
    """Type 90: set the device's clock to the time of the six bytes."""
    return CONTROL, units.encoded(90, [units.SetClock(label)])


def initialise() -> Ask:
    """Type 89: the device begins anew."""
    return CONTROL, units.encoded(89, [units.OfDevice()])


def duty_check(minutes: int) -> Ask:
    """Type 91: whoever is on duty must answer at the device within that many minutes, 1 to 255."""
    return CONTROL, units.encoded(91, [units.DutyCheck(minutes)])


def system_states(systems: Sequence[System]) -> Ask:
    """Type 61."""
    return REQUEST, units.encoded(61, [units.OfSystem(*system) for system in systems])


def component_states(components: Sequence[Component]) -> Ask:
    """Type 62."""
    return REQUEST, units.encoded(62, [units.OfComponent(*component) for component in components])


def analogues(components: Sequence[Component]) -> Ask:
    """Type 63."""
    return REQUEST, units.encoded(63, [units.OfComponent(*component) for component in components])


def system_operations(system: System, wanted: int, since: bytes) -> Ask:
    """Type 64: at most 102 operations since the time of the six bytes."""
    return REQUEST, units.encoded(64, [units.SystemOperationsSince(*system, _at_most(wanted), since)])


def system_version(system: System) -> Ask:
    """Type 65."""
    return REQUEST, units.encoded(65, [units.OfSystem(*system)])


def system_configurations(systems: Sequence[System]) -> Ask:
    """Type 66."""
    return REQUEST, units.encoded(66, [units.OfSystem(*system) for system in systems])


def component_configurations(components: Sequence[Component]) -> Ask:
    """Type 67."""
    return REQUEST, units.encoded(67, [units.OfComponent(*component) for component in components])


def system_time(system: System) -> Ask:
    """Type 68."""
    return REQUEST, units.encoded(68, [units.OfSystem(*system)])


def device_state() -> Ask:
    """Type 81."""
    return REQUEST, units.encoded(81, [units.OfDevice()])


def device_operations(wanted: int, since: bytes) -> Ask:
    """Type 84: at most 102 operations since the time of the six bytes."""
    return REQUEST, units.encoded(84, [units.DeviceOperationsSince(_at_most(wanted), since)])


def device_version() -> Ask:
    """Type 85."""
    return REQUEST, units.encoded(85, [units.OfDevice()])


def device_configuration() -> Ask:
    """Type 86."""
    return REQUEST, units.encoded(86, [units.OfDevice()])


def device_time() -> Ask:
    """Type 88."""
    return REQUEST, units.encoded(88, [units.OfDevice()])


def _at_most(wanted: int) -> int:
    if not 1 <= wanted <= 102:
        raise ValueError(f"1 to 102 operations may be asked for, not {wanted}")
    return wanted
