"""Zigbee devices behind a Tasmota bridge: ``{"ZbReceived": {"0x099F": {"Name": "door", "Contact": 1}}}``.

Its options take the frame away (SetOption100), put its name in the topic (118) or leave out the address (119).

The bridge names what a zone of the IAS cluster reports by the zone's type, and its trouble bits only while they are
set; ``ZoneStatusChange`` holds all of them. Where it does not know the type, the alarm is what the device has called it
before or its model says, else ``switch``, to be renamed.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from devices.codecs.tasmota.found import Found
from devices.codecs.tasmota.sensors import read_sensor
from devices.message import Text
from devices.payloads.not_understood import Note
from devices.payloads.signal_aliases import called
from devices.payloads.zigbee_models import zone_alarm_of

_MOST_DEVICES = 20
_MOST_ZONES = 2_000
_LONGEST = 100
_UNITS = {"temperature": "C", "pressure": "hPa"}

_FLAGS: dict[str, tuple[str, bool]] = {
    "Occupancy": ("occupancy", True),
    "Contact": ("door", True),
    "Fire": ("smoke", True),
    "Smoke": ("smoke", True),
    "Water": ("leak", True),
    "CO": ("co_alarm", True),
    "PersonalAlarm": ("panic", True),
    "Panic": ("panic", True),
    "Movement": ("vibration", True),
    "GlassBreak": ("glass_break", True),
    "CIE": ("supervisory", True),
    "Tamper": ("tamper", True),
    "BatteryLow": ("battery_low", True),
    "Failure": ("fault", True),
    "MainsFault": ("mains", False),
    "Test": ("test", True),
    "BatteryDefect": ("fault.battery", True),
    "Power": ("switch", True),
    "Reachable": ("online", True),
}
"""Name -> (signal, whether 1 means true). A contact's 1 is its alarm: open."""

_ZONES: dict[int, str] = {
    0x000D: "motion", 0x0015: "door", 0x0028: "smoke", 0x002A: "leak", 0x002B: "co_alarm", 0x002C: "panic",
    0x002D: "vibration", 0x010F: "panic", 0x0115: "panic", 0x0226: "glass_break",
}  # fmt: skip
"""Type of an IAS zone -> what its alarm is (Zigbee Cluster Library, 8.2.2.2.1.2)."""
_NAMED_ALARMS = frozenset(
    {"CIE", "Occupancy", "Contact", "Fire", "Water", "CO", "PersonalAlarm", "Movement", "Panic", "GlassBreak"}
)
_ALARM, _CO_ALARM = 0b11, 0b01
"""Both alarm bits, but the second of a carbon monoxide detector tells of cooking."""

_CHOICES: dict[str, tuple[str, dict[int, bool]]] = {
    "LockState": ("lock", {0: True, 1: False, 2: True}),
    "DoorState": ("door", {0: True, 1: False, 3: True}),
}
"""Of the door lock cluster: not fully locked is open, forced open is open."""

_TROUBLE: tuple[tuple[int, str, bool], ...] = (
    (0x004, "tamper", True),
    (0x008, "battery_low", True),
    (0x040, "fault", True),
    (0x080, "mains", False),
    (0x100, "test", True),
    (0x200, "fault.battery", True),
)
"""Bits of an IAS zone's status (Zigbee Cluster Library, 8.2.2.2.1.3)."""

_GROUPS = ("ZbReceived", "ZbInfo")
_ZONE = ("ZoneStatusChange", "ZoneStatus")
_UNKNOWN_ZONE = "switch"
_TUYA = "EF00/"
_SHORT = re.compile(r"0x[0-9A-Fa-f]{4}")
_NAMED = re.compile(r"([A-Za-z]+?)([2-9])?")
_OTHER_NAMES = {
    "BatteryVoltage": "Voltage", "RMSVoltage": "Voltage", "RMSCurrent": "Current", "ActivePower": "Power",
    "LocalTemperature": "Temperature", "TuyaBattery": "Battery",
}  # fmt: skip
_SETTINGS = ("Tuya", "TRV", "Eurotronic", "Legrand", "Aqara", "Opple", "Terncy")
"""How the names of makers' own settings begin, of which none is a signal by its name."""


class ZigbeeDevice(msgspec.Struct, frozen=True):
    """What one device said; ``is_snapshot`` where the bridge tells what it remembers."""

    address: str
    model: str
    found: Found
    is_snapshot: bool = False


class Zigbee:
    """Remembers what the alarm of a zone is, of 2,000 devices."""

    def __init__(self) -> None:
        self._zones: dict[str, str] = {}

    def devices(self, bridge: str, leaf: str, said: dict[str, Any]) -> tuple[list[ZigbeeDevice], dict[str, Any]]:
        """What each device in a message says, with an address below the bridge's own, and what is left of the message.

        ``leaf`` is the last level of the topic.
        """
        if leaf in _GROUPS:
            said = {leaf: said}
        heard: list[ZigbeeDevice] = []
        rest: dict[str, Any] = {}
        for name, value in said.items():
            is_group = name in _GROUPS
            sensors = dict(_each(value if is_group else {name: value}, is_group=is_group))
            for short, sensor in sensors.items():
                if len(heard) < _MOST_DEVICES:
                    heard.append(self._device(bridge, short, sensor, is_snapshot=name == "ZbInfo"))
            if not sensors and not is_group:
                rest[name] = value
        if _is_device(rest):  # frame and address left out: the message is the device
            return [self._device(bridge, str(rest["Device"]), rest, is_snapshot=False)], {}
        return heard, rest

    def _device(self, bridge: str, short: str, sensor: dict[str, Any], *, is_snapshot: bool) -> ZigbeeDevice:
        model = sensor.get("ModelId")
        address = _address(bridge, short, sensor)
        told = _zone_of(sensor)
        if told and (address in self._zones or len(self._zones) < _MOST_ZONES):
            self._zones[address] = told
        found = _read(sensor, self._zones.get(address, _UNKNOWN_ZONE))
        return ZigbeeDevice(address, model[:_LONGEST] if isinstance(model, str) else "", found, is_snapshot)


def _zone_of(sensor: dict[str, Any]) -> str:
    """What the device's alarm is, by its zone type, the name of an alarm that it told, or its model; "" if unknown."""
    zone = sensor.get("ZoneType")
    named = next((_FLAGS[name][0] for name in sensor if name in _NAMED_ALARMS), "")
    by_type = _ZONES.get(zone, "") if isinstance(zone, int) else ""
    return by_type or named or zone_alarm_of(str(sensor.get("ModelId", "")))


def _is_device(sensor: dict[str, Any]) -> bool:
    return bool(_SHORT.fullmatch(str(sensor.get("Device"))[:10]))


def _each(group: Any, *, is_group: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each device of a frame; outside of one, only what has a short address is a device."""
    if not isinstance(group, dict):
        return
    if is_group and _is_device(group):
        yield str(group["Device"]), group
        return
    for short, sensor in group.items():
        if isinstance(sensor, dict) and (is_group or _is_device(sensor)):
            yield short, sensor


def _address(bridge: str, short: str, sensor: dict[str, Any]) -> str:
    """``zb/door``; the topic itself where each device has its own (SetOption89), perhaps by endpoint (120)."""
    names = [str(sensor.get(key) or "").strip()[:_LONGEST] for key in ("Name", "Device")] + [short.strip()[:_LONGEST]]
    known = {name.lower().removeprefix("0x") for name in names if name} | {name.lower() for name in names if name}
    own = bridge.rpartition("/")[2].lower()
    if own in known or own.rpartition("_")[0] in known:
        return bridge
    return f"{bridge}/{next(name for name in (*names, 'unknown') if name)}"


def _read(sensor: dict[str, Any], zone_signal: str) -> Found:
    found = Found()
    measures = {}
    is_alarm_named = False
    for name, value in list(sensor.items())[:_LONGEST]:
        known = _NAMED.fullmatch(name)
        flag = _FLAGS.get(known[1]) if known else None
        is_flag = isinstance(value, bool | int | float) and value in (0, 1)
        if known and flag and is_flag:
            signal, upright = flag
            is_alarm_named |= name in _NAMED_ALARMS
            found.values[f"{signal}.{known[2]}" if known[2] else signal] = bool(value) is upright
        elif name in _CHOICES:
            signal, choices = _CHOICES[name]
            if value in choices if isinstance(value, int) else False:
                found.values[signal] = choices[value]
        elif name == "AqaraVibrationMode" and isinstance(value, str):
            found.values["vibration"] = True  # vibrate, tilt or drop: a moment
            found.values["action"] = value.lower()[:_LONGEST]
        elif name == "Click" and isinstance(value, str):
            found.values["action"] = value.lower()[:_LONGEST]
        elif flag and name == "Power":
            continue  # 2 is a toggle
        elif name.startswith(_TUYA):
            found.notes.append(Note(Text.of("tasmota.tuya_points", tuya=_TUYA), True))
        elif not _read_by_name(name, value, found):
            measures[_OTHER_NAMES.get(name, name)] = value
    _read_zone(sensor, "" if is_alarm_named else zone_signal, found)
    read_sensor("zigbee", measures, found, _UNITS)
    return found


def _read_by_name(name: str, value: Any, found: Found) -> bool:
    """A flag that somebody's plugin named: SmokeAlarm, GasDetected. Whether it is one."""
    if not isinstance(value, bool | int) or value not in (0, 1) or name.startswith(_SETTINGS):
        return False
    known = called(name, bool)
    if known is None or [word for word in known.rest if not word.isdecimal()]:
        return False
    signal = ".".join((known.signal, *known.rest))
    found.values.setdefault(signal, bool(value) is known.upright)
    return True


def _read_zone(sensor: dict[str, Any], signal: str, found: Found) -> None:
    zone = next((sensor[name] for name in _ZONE if isinstance(sensor.get(name), int)), None)
    if zone is None or isinstance(zone, bool):
        return
    if signal:
        is_alarm = bool(zone & (_CO_ALARM if signal == "co_alarm" else _ALARM))
        found.values.setdefault(signal, is_alarm)
        if signal == _UNKNOWN_ZONE:
            found.notes.append(Note(Text.of("tasmota.zone"), is_calm=not is_alarm))
    for bit, trouble, upright in _TROUBLE:
        found.values.setdefault(trouble, bool(zone & bit) is upright)
