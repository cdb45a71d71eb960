"""The board's own sensors, inputs and relays: what its drivers are called, and what stands in their JSON."""

import re
from string import ascii_letters
from typing import Any

from devices.codecs.tasmota.found import Found
from devices.message import Text
from devices.payloads.named_topic import is_heating
from devices.payloads.not_understood import Note
from devices.payloads.signal_aliases import called, normal
from devices.payloads.units import in_our_unit, is_unit_of, plain_unit
from devices.signals import DANGERS

_MOST_DRIVERS = 60
_MOST_FIELDS = 60
_MOST_CHANNELS = 8
_LONGEST = 100
_LONGEST_SUFFIX = 40

_MEASURES: dict[str, tuple[str, str]] = {
    "Temperature": ("temperature", ""),
    "ProbeTemperature": ("temperature", ""),
    "OBJTMP": ("temperature", ""),
    "AMBTMP": ("temperature.ambient", ""),
    "Humidity": ("humidity", "%"),
    "Pressure": ("pressure", ""),
    "SeaPressure": ("pressure.sea", ""),
    "CarbonDioxide": ("co2", "ppm"),
    **dict.fromkeys(("eCO2", "CO2", "ECO2"), ("co2", "ppm")),
    "CO": ("co", "ppm"),
    "TVOC": ("tvoc", "ppb"),
    **dict.fromkeys(("PM2.5", "PM2_5"), ("pm", "ug/m3")),
    **dict.fromkeys(("PM1", "PM1_0"), ("pm.1", "ug/m3")),
    "PM10": ("pm.10", "ug/m3"),
    "Illuminance": ("illuminance", "lx"),
    "Voltage": ("voltage", "V"),
    "Current": ("current", "A"),
    "Power": ("power", "W"),
    "Battery": ("battery", "%"),
    "BatteryPercentage": ("battery", "%"),
    "Distance": ("level", "cm"),
    "FlowRate": ("flow", "m3/h"),
    "LinkQuality": ("linkquality", ""),
    "RSSI": ("rssi", "dBm"),
}
"""Tasmota's name -> (signal, unit; "" for the one that the message names)."""

_NUMBERED = re.compile(r"(Temperature|Illuminance)[1-9]")
_CARBON_MONOXIDE = re.compile(r"MQ7(?:_\d+)?")
_MILLIMETRES = ("VL53",)
_RADARS = ("LD24", "LD10")
"""How far away somebody is, which is no level of a liquid."""
_PLACE = re.compile(r".+-([1-9]\d?)")
"""``DS18B20-2``: the second, also in a message in which the first was not heard."""
_BOARD = "ESP32"
_NO_SENSORS = ("Zb", "Lw", "Rf", "Ir", "Status", "Wifi", "Berry", "Time", "TuyaR", "Shutter")
_READERS: dict[str, tuple[str, str]] = {
    "PN532": ("UID", ""),
    "RDM6300": ("UID", ""),
    "RC522": ("UID", ""),
    "Wiegand": ("UID", ""),
    "GM861": ("Barcode", ""),
    "FPrint": ("Id", "finger "),
    "AS608": ("Id", "finger "),
}
"""Readers of tags and codes -> the field that holds what was read, and what to write before it."""

_NEVER_BY_NAME = frozenset({"lock", "disabled", "feedback", "manual_mode", "online"})
"""What true means there, nobody says."""

_TUYA = "TuyaReceived"

_ON_OFF = {"ON": True, "OFF": False}
_FULL = 100
"""Percent; more is a board on mains."""
_SWITCHES = ("POWER", "Switch", "SWITCH", "Button", "BUTTON")


def read_board(said: dict[str, Any], found: Found, *, is_sensor: bool = False) -> None:
    """A SENSOR, STATE, RESULT or status message. In a SENSOR, ON and OFF are inputs, whatever SwitchText calls them."""
    unit = {"temperature": str(said.get("TempUnit", "C")), "pressure": str(said.get("PressureUnit", "hPa"))}
    for name, value in list(said.items())[:_MOST_DRIVERS]:
        if name.startswith(_SWITCHES):
            read_switch(name, value.get("Action") if isinstance(value, dict) else value, found)
        elif name == "BatteryPercentage":
            charge = found.number(name, value)
            if charge is not None and charge <= _FULL:
                found.keep("battery", charge)
        elif name == "Wifi" and isinstance(value, dict):
            signal = value.get("Signal")
            if isinstance(signal, int) and -200 < signal < 0:
                found.keep("rssi", float(signal))
        elif isinstance(value, str) and value in _ON_OFF and _danger_named(name):
            found.keep(_danger_named(name), _ON_OFF[value])
        elif is_sensor and isinstance(value, str) and value in _ON_OFF and not name.startswith("PIR"):
            found.keep(_named_switch(name), _ON_OFF[value])
        elif isinstance(value, dict) and isinstance(value.get("Action"), str) and value["Action"] in _ON_OFF:
            found.keep(_named_switch(name), _ON_OFF[value["Action"]])
        elif name.startswith("PIR") and isinstance(value, str) and value in _ON_OFF:
            found.keep("motion", _ON_OFF[value])
        elif isinstance(value, dict) and name in _READERS:
            _read_tag(name, value, found)
        elif name == "COUNTER" and isinstance(value, dict):
            for counter, count in list(value.items())[:_MOST_CHANNELS]:
                number = found.number(counter, count)
                if number is not None:
                    found.keep(numbered("count", counter), number)
        elif name == "FLOWRATE" and isinstance(value, dict):
            read_sensor(name, {"FlowRate": value.get("Rate")}, found, unit | {"flow": str(value.get("Unit", "l/min"))})
        elif isinstance(value, dict) and not name.startswith(_NO_SENSORS):
            read_sensor(name, value, found, unit)
        elif name == _TUYA:
            found.notes.append(Note(Text.of("tasmota.tuya_mcu", tuya=_TUYA)))
        elif not name.startswith(_NO_SENSORS):
            found.leave(name, value)


def read_switch(name: str, word: Any, found: Found) -> None:
    """ON and OFF are a state; TOGGLE, HOLD, SINGLE and their like are what was done."""
    if not isinstance(word, str) or not word:
        return
    if word in _ON_OFF and not name.upper().startswith("BUTTON"):
        found.keep(numbered("switch", name), _ON_OFF[word])
    elif not name.startswith("POWER"):
        found.keep(numbered("action", name), word.lower()[:_LONGEST])


def numbered(signal: str, name: str) -> str:
    """``switch`` for POWER, POWER1 and Switch1; ``switch.2`` for the second."""
    number = name.lstrip(ascii_letters)
    return f"{signal}.{number}" if number.isdecimal() and len(number) <= 3 and number != "1" else signal


def _danger_named(name: str) -> str:
    """What an input is that its text calls a danger (SwitchText: ``Smoke``), "" for every other one."""
    known = called(name, bool)
    if known is None or not known.upright or any(known.rest) or is_heating(known.signal, name):
        return ""
    return known.signal if known.signal in DANGERS else ""


def _named_switch(name: str) -> str:
    suffix = normal(name)[-_LONGEST_SUFFIX:]
    return f"switch.{suffix}" if suffix else "switch"


def read_sensor(driver: str, sensor: dict[str, Any], found: Found, unit: dict[str, str]) -> None:
    """``unit``: by quantity, what the message says of it."""
    if _is_warming_up(sensor):
        found.problems.append(Text.of("tasmota.warming_up", driver=driver[:40]))
        return
    place = _PLACE.fullmatch(driver)
    for name, value in list(sensor.items())[:_MOST_FIELDS]:
        known = _known(name)
        if known is None:
            _read_flag(driver, name, value, found)
        if known is None or isinstance(value, dict) or (name == "Distance" and driver.startswith(_RADARS)):
            continue
        signal, told = known
        if driver == _BOARD and signal == "temperature":
            signal = "temperature.device"
        if driver.startswith(_MILLIMETRES):
            told = "mm"
        told = plain_unit(unit.get(signal.partition(".")[0], "") or told)
        for one in value[:_MOST_CHANNELS] if isinstance(value, list) else (value,):
            number = found.number(name, one)
            if number is None:
                continue
            if told and not is_unit_of(signal, told):
                found.problems.append(Text.of("tasmota.no_signal", name=name, unit=repr(told[:20]), signal=signal))
                continue
            found.keep(signal, round(in_our_unit(signal, number, told), 6), int(place[1]) if place else 1)


def _is_warming_up(sensor: dict[str, Any]) -> bool:
    """No air is without carbon dioxide: such a sensor, and the others in its housing, tell 0 until they measure."""
    zeros = [sensor[name] for name in ("CarbonDioxide", "eCO2", "CO2") if name in sensor]
    return bool(zeros) and all(isinstance(zero, int | float) and zero == 0 for zero in zeros)


def _read_flag(driver: str, name: str, value: Any, found: Found) -> None:
    """A flag of a driver that no table knows: ``{"MYBOX": {"Smoke": true}}``."""
    known = called(name, bool)
    said = _ON_OFF.get(value) if isinstance(value, str) else value
    is_known = known is not None and not any(known.rest) and known.signal not in _NEVER_BY_NAME
    if known is None or not is_known or not isinstance(said, bool) or is_heating(known.signal, name):
        found.leave(f"{driver}.{name}", value)
    else:
        found.keep(known.signal, said is known.upright)


def _known(name: str) -> tuple[str, str] | None:
    numbered_name = _NUMBERED.fullmatch(name)
    if _CARBON_MONOXIDE.fullmatch(name):
        return _MEASURES["CO"]
    return _MEASURES.get(numbered_name[1] if numbered_name else name)


def _read_tag(name: str, sensor: dict[str, Any], found: Found) -> None:
    field, prefix = _READERS[name]
    read = sensor.get(field)
    if isinstance(read, str | int) and not isinstance(read, bool) and str(read)[:_LONGEST].strip():
        found.keep("credential", prefix + str(read)[:_LONGEST].strip())
    if sensor.get("Auth") == "NOk":
        found.keep("access", "denied: wrong password on the tag")
