"""Zigbee devices behind a Tasmota bridge: ``{"ZbReceived": {"0x099F": {"Name": "door", "Contact": 1}}}``.

The bridge names what a zone of the IAS cluster reports by the zone's type, and its trouble bits only while they are
set; ``ZoneStatusChange`` holds all of them.
"""

import re
from typing import Any

from devices.codecs.tasmota.found import Found
from devices.codecs.tasmota.sensors import read_sensor

_MOST_DEVICES = 20
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

_TROUBLE: tuple[tuple[int, str, bool], ...] = (
    (0x004, "tamper", True),
    (0x008, "battery_low", True),
    (0x040, "fault", True),
    (0x080, "mains", False),
    (0x100, "test", True),
    (0x200, "fault.battery", True),
)
"""Bits of an IAS zone's status (Zigbee Cluster Library, 8.2.2.2.1.3)."""

_ZONE = ("ZoneStatusChange", "ZoneStatus")
_NAMED = re.compile(r"([A-Za-z]+?)([2-9])?")
_OTHER_NAMES = {"BatteryVoltage": "Voltage", "RMSVoltage": "Voltage", "RMSCurrent": "Current", "ActivePower": "Power"}


def zigbee_devices(bridge: str, said: dict[str, Any]) -> list[tuple[str, str, Found]]:
    """(address, model, what it says) of each device in a message: below the bridge's own address."""
    heard: list[tuple[str, str, Found]] = []
    for group in ("ZbReceived", "ZbInfo"):
        received = said.get(group)
        for short, sensor in list(received.items())[:_MOST_DEVICES] if isinstance(received, dict) else ():
            if not isinstance(sensor, dict):
                continue
            model = sensor.get("ModelId")
            named = model[:_LONGEST] if isinstance(model, str) else ""
            heard.append((_address(bridge, short, sensor), named, _read(sensor)))
    return heard


def _address(bridge: str, short: str, sensor: dict[str, Any]) -> str:
    """``zb/door``; the topic itself where each device has its own (SetOption89)."""
    names = [str(sensor.get(key) or "").strip()[:_LONGEST] for key in ("Name", "Device")] + [short.strip()[:_LONGEST]]
    own = bridge.rpartition("/")[2].lower()
    if own in {name.lower().removeprefix("0x") for name in names if name} | {name.lower() for name in names if name}:
        return bridge
    return f"{bridge}/{next(name for name in (*names, 'unknown') if name)}"


def _read(sensor: dict[str, Any]) -> Found:
    found = Found()
    measures = {}
    for name, value in list(sensor.items())[:_LONGEST]:
        known = _NAMED.fullmatch(name)
        flag = _FLAGS.get(known[1]) if known else None
        if known and flag and isinstance(value, bool | int | float) and value in (0, 1):
            signal, upright = flag
            found.values[f"{signal}.{known[2]}" if known[2] else signal] = bool(value) is upright
        elif not (flag and name == "Power"):  # 2 is a toggle
            measures[_OTHER_NAMES.get(name, name)] = value
    zone = next((sensor[name] for name in _ZONE if isinstance(sensor.get(name), int)), None)
    if zone is not None and not isinstance(zone, bool):
        for bit, signal, upright in _TROUBLE:
            found.values.setdefault(signal, bool(zone & bit) is upright)
    read_sensor("zigbee", measures, found, _UNITS)
    return found
