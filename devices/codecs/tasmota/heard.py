"""Devices that a board hears by radio: Bluetooth sensors, LoRaWAN nodes, 433 MHz codes. Zigbee has a file of its own.

A board lists the sensors that it heard of late, a few in each message: none is the board's first or second, so each
has an address below the board's.
"""

import re
from typing import Any

from devices.codecs.tasmota.found import Found
from devices.codecs.tasmota.sensors import read_sensor
from devices.payloads.lorawan_payload import told_in

Heard = tuple[str, str, Found]
"""Address, model, what it says."""

_MOST_DEVICES = 20
_LONGEST = 100
_MAC = re.compile(r"[0-9A-Fa-f]{12}|(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_NO_SENSORS = ("IBEACON", "Wifi", "LoRa")
_FLAGS = {"Smoke": "smoke", "PIR": "motion", "Motion": "motion", "Flooding": "leak", "Leak": "leak"}
"""Of a Mi sensor. Its ``Door`` is passed over: two drivers do not agree which number is open."""
_LORAWAN = "LwDecoded"


def bluetooth_sensors(board: str, said: dict[str, Any]) -> tuple[list[Heard], dict[str, Any]]:
    """``{"ATCd3511c": {"mac": "a4c138d3511c", "Temperature": 22.1, "RSSI": -70}}``; and what is left of the message."""
    unit = said.get("TempUnit", "C")
    heard: list[Heard] = []
    rest: dict[str, Any] = {}
    for name, sensor in said.items():
        if not _is_bluetooth(name, sensor):
            rest[name] = sensor
        elif len(heard) < _MOST_DEVICES:
            heard.append((f"{board}/{name[:_LONGEST]}", "", _bluetooth({"TempUnit": unit, **sensor})))
    return heard, rest


def _is_bluetooth(name: str, sensor: Any) -> bool:
    if not isinstance(sensor, dict) or not name.strip() or name.startswith(_NO_SENSORS):
        return False
    address, strength = sensor.get("mac", sensor.get("MAC")), sensor.get("RSSI")
    is_strength = isinstance(strength, int | float) and not isinstance(strength, bool) and strength < 0
    return is_strength or (isinstance(address, str) and _MAC.fullmatch(address[:20]) is not None)


def _bluetooth(sensor: dict[str, Any]) -> Found:
    found = Found()
    for name, signal in _FLAGS.items():
        value = sensor.get(name)
        if isinstance(value, int) and value in (0, 1):
            found.values[signal] = bool(value)
    for name, value in list(sensor.items())[:_LONGEST]:
        if name.startswith(("Btn", "Button")) and isinstance(value, int):
            found.keep("action", f"{name.lower()} {value:.0f}"[:_LONGEST])
    rest = {name: value for name, value in sensor.items() if _FLAGS.get(name) not in found.values}
    read_sensor("bluetooth", rest, found, {"temperature": str(sensor["TempUnit"])})
    return found


def lorawan_nodes(board: str, said: dict[str, Any]) -> list[Heard]:
    """``{"LwDecoded": {"gate": {"Device": "Dragino LDS02", "DoorOpen": true, "BattV": 3.0}}}``."""
    nodes = said.get(_LORAWAN)
    heard: list[Heard] = []
    for name, node in list(nodes.items())[:_MOST_DEVICES] if isinstance(nodes, dict) else ():
        if not isinstance(node, dict) or not name.strip():
            continue
        found = Found()
        model = node.get("Device")
        told = told_in({key: value for key, value in node.items() if key not in ("Device", "Node")})
        found.values = told.values
        found.problems += [told.problem] if told.problem else []
        heard.append((f"{board}/{name[:_LONGEST]}", model[:_LONGEST] if isinstance(model, str) else "", found))
    return heard


def radio_code(board: str, said: dict[str, Any]) -> list[Heard]:
    """A code that a 433 MHz bridge heard: neither what it is nor when it ends."""
    received = said.get("RfReceived")
    code = received.get("Data") if isinstance(received, dict) else None
    if not isinstance(code, str | int) or isinstance(code, bool) or not str(code)[:_LONGEST].strip():
        return []
    found = Found()
    found.keep("switch", True)
    return [(f"{board}/{str(code)[:_LONGEST].strip()}", "", found)]
