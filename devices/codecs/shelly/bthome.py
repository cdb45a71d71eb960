"""BTHome, version 2, as it is on the air: some scripts of Shelly hand on the bytes that they heard, undecoded.

Source: bthome.io (Format; Object ids). One byte of device information (bit 0: encrypted; bits 5 to 7: version), then
objects: one byte that names it, its value, the lowest byte first. An object that is not in the table has no length
that could be known: what follows it is lost.
"""

from typing import Any

from devices.errors import MalformedMessage
from devices.message import Reason, Text

_ENCRYPTED = 0b1
_VERSION = 2
_MOST_OBJECTS = 40

_Object = tuple[str, int, float, bool]
"""What devices/codecs/shelly/bluetooth.py calls it, bytes, factor, whether it has a sign."""


def _flags(**named: int) -> dict[int, _Object]:
    return {number: (name, 1, 1, False) for name, number in named.items()}


_OBJECTS: dict[int, _Object] = {
    0x00: ("pid", 1, 1, False),
    0x01: ("battery", 1, 1, False),
    0x02: ("temperature", 2, 0.01, True),
    0x03: ("humidity", 2, 0.01, False),
    0x04: ("atm. pressure", 3, 0.01, False),
    0x05: ("illuminance", 3, 0.01, False),
    0x06: ("mass", 2, 0.01, False),
    0x07: ("mass_lb", 2, 0.01, False),
    0x08: ("dewpoint", 2, 0.01, True),
    0x09: ("count", 1, 1, False),
    0x0A: ("energy", 3, 0.001, False),
    0x0B: ("power", 3, 0.01, False),
    0x0C: ("voltage", 2, 0.001, False),
    0x0D: ("pm2.5", 2, 1, False),
    0x0E: ("pm10", 2, 1, False),
    **_flags(generic=0x0F, switch=0x10, opening=0x11),
    0x12: ("co2", 2, 1, False),
    0x13: ("tvoc", 2, 1, False),
    0x14: ("moisture", 2, 0.01, False),
    **_flags(battery_low=0x15, battery_charging=0x16, carbon_monoxide=0x17, cold=0x18, connectivity=0x19, door=0x1A),
    **_flags(garage_door=0x1B, gas=0x1C, heat=0x1D, light=0x1E, lock=0x1F, moisture_detected=0x20, motion=0x21),
    **_flags(moving=0x22, occupancy=0x23, plug=0x24, presence=0x25, problem=0x26, running=0x27, safety=0x28),
    **_flags(smoke=0x29, sound=0x2A, tamper=0x2B, vibration=0x2C, window=0x2D),
    0x2E: ("humidity", 1, 1, False),
    0x2F: ("moisture", 1, 1, False),
    0x3A: ("button", 1, 1, False),
    0x3C: ("dimmer", 2, 1, False),
    0x3D: ("count", 2, 1, False),
    0x3E: ("count", 4, 1, False),
    0x3F: ("rotation", 2, 0.1, True),
    0x40: ("distance_mm", 2, 1, False),
    0x41: ("distance_m", 2, 0.1, False),
    0x42: ("duration", 3, 0.001, False),
    0x43: ("current", 2, 0.001, False),
    0x44: ("speed", 2, 0.01, False),
    0x45: ("temperature", 2, 0.1, True),
    0x46: ("uv", 1, 0.1, False),
    0x47: ("volume_l", 2, 0.1, False),
    0x48: ("volume_ml", 2, 1, False),
    0x49: ("flow", 2, 0.001, False),
    0x4A: ("voltage", 2, 0.1, False),
    0x4B: ("gas_volume", 3, 0.001, False),
    0x4C: ("gas_volume", 4, 0.001, False),
    0x4D: ("energy", 4, 0.001, False),
    0x4E: ("volume_l", 4, 0.001, False),
    0x4F: ("water", 4, 0.001, False),
    0x50: ("timestamp", 4, 1, False),
    0x51: ("acceleration", 2, 0.001, False),
    0x52: ("gyroscope", 2, 0.001, False),
    0x55: ("volume_l", 4, 0.001, False),
    0x56: ("conductivity", 2, 1, False),
    0x57: ("temperature", 1, 1, True),
    0x58: ("temperature", 1, 0.35, True),
    0x59: ("count", 1, 1, True),
    0x5A: ("count", 2, 1, True),
    0x5B: ("count", 4, 1, True),
    0x5C: ("power", 4, 0.01, True),
    0x5D: ("current", 2, 0.001, True),
    0x5E: ("direction", 2, 0.01, False),
    0x5F: ("precipitation", 2, 0.1, False),
    0x60: ("channel", 1, 1, False),
    0x61: ("rotational_speed", 2, 1, False),
    0x62: ("speed", 4, 0.000001, True),
    0x63: ("acceleration", 4, 0.000001, True),
    0x64: ("light_level", 1, 1, False),
    0xF0: ("device_type", 2, 1, False),
    0xF1: ("firmware", 4, 1, False),
    0xF2: ("firmware", 3, 1, False),
}


_OF_THEIR_OWN_LENGTH = (0x53, 0x54)
"""Text and raw bytes: a byte with their length goes before them."""


def objects_in(service_data: bytes) -> tuple[dict[str, Any], Reason]:
    """The objects by their names, a list where one is there more than once, and why it ended early, "" if not.

    Raises MalformedMessage: not of version 2, encrypted, empty.
    """
    if not service_data or service_data[0] >> 5 != _VERSION:
        raise MalformedMessage(Text.of("bthome.version"))
    if service_data[0] & _ENCRYPTED:
        raise MalformedMessage(Text.of("bthome.encrypted"))
    found: dict[str, list[float]] = {}
    place = 1
    problem: Reason = ""
    for _ in range(_MOST_OBJECTS):
        if place >= len(service_data):
            break
        if service_data[place] in _OF_THEIR_OWN_LENGTH:
            place += 2 + (service_data[place + 1] if place + 1 < len(service_data) else 0)
            continue
        known = _OBJECTS.get(service_data[place])
        if known is None:
            problem = Text.of("bthome.unknown_object", object=service_data[place])
            break
        name, length, factor, is_signed = known
        value = service_data[place + 1 : place + 1 + length]
        if len(value) < length:
            problem = Text.of("bthome.cut_short", name=name)
            break
        number = int.from_bytes(value, "little", signed=is_signed)
        found.setdefault(name, []).append(number if factor == 1 else round(number * factor, 6))
        place += 1 + length
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}, problem
