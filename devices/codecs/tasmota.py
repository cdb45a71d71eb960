"""Tasmota: relays, inputs and I²C or one-wire sensors on ESP boards.

Firmware seen: Tasmota 9 to 14 by its published format (tasmota.github.io: MQTT, Sensor, Commands). Example topic:
``tele/boiler/SENSOR`` with ``{"Time": "...", "DS18B20": {"Temperature": 54.2}, "TempUnit": "C"}``. Both orders of the
full topic are understood, ``tele/boiler/SENSOR`` and ``boiler/tele/SENSOR``. ``Time`` is the board's local clock
without an offset, so it tells nothing and is not used. Inputs and relays are reported as ``switch``; the installer
says what is wired to them (``rename = {"switch" = "door"}``).
"""

import math
from string import ascii_letters
from typing import Any

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.errors import MalformedMessage
from devices.json_payload import object_of
from devices.reading import Value

_PREFIXES = ("tele", "stat")
_COMMANDS = "cmnd"
_MOST_SIGNALS = 100
_LEAVES = ("SENSOR", "STATE", "RESULT", "STATUS8", "STATUS10", "STATUS11")
_ONOFF = {"ON": True, "OFF": False, "TOGGLE": None, "HOLD": None}
_MEASURES: dict[str, tuple[str, float]] = {
    "Temperature": ("temperature", 1),
    "Humidity": ("humidity", 1),
    "Pressure": ("pressure", 0.1),
    "SeaPressure": ("pressure.sea", 0.1),
    "CarbonDioxide": ("co2", 1),
    "eCO2": ("co2", 1),
    "TVOC": ("tvoc", 1),
    "PM2.5": ("pm", 1),
    "PM10": ("pm.10", 1),
    "Illuminance": ("illuminance", 1),
    "Voltage": ("voltage", 1),
    "Current": ("current", 1),
    "Power": ("power", 1),
    "Battery": ("battery", 1),
    "BatteryPercentage": ("battery", 1),
    "LinkQuality": ("linkquality", 1),
    "Distance": ("level", 0.01),
}
"""Tasmota's name -> (signal, factor to our unit)."""

_ZIGBEE = {"Occupancy": "occupancy", "Contact": "door", "Water": "leak", "Fire": "smoke", "Smoke": "smoke"}


class _TasmotaDecoder:
    def __init__(self, base: str) -> None:
        self._base = base + "/" if base else ""

    def decode(self, message: Message) -> Decoded:
        address, leaf = self._place(message.address)
        if not address:
            return Decoded()
        if leaf == "LWT":
            word = message.payload.decode("ascii", "replace")
            if word not in ("Online", "Offline"):
                raise MalformedMessage("LWT must be Online or Offline")
            return _said(address, {"online": word == "Online"})
        if leaf.startswith(("POWER", "SWITCH")) and not message.payload.lstrip().startswith(b"{"):
            switched = _ONOFF.get(message.payload.decode("ascii", "replace"))
            return _said(address, {} if switched is None else {_numbered("switch", leaf): switched})
        if leaf not in _LEAVES and not leaf.startswith("SWITCH"):
            return Decoded()  # INFO, UPTIME, LOGGING and the like say nothing about the world
        said = object_of(message.payload)
        said = said.get("StatusSNS") or said.get("StatusSTS") or said
        if not isinstance(said, dict):
            raise MalformedMessage("a status must hold a JSON object")
        problems: list[str] = []
        reports = [_report(address, _values(said, problems)), *_zigbee(said, problems)]
        understood = tuple(report for report in reports if report.values)
        if problems and not understood:
            raise MalformedMessage(problems[0])
        problem = problems[0] if problems else ""
        return Decoded(understood, malformed=problem, raw=message.payload[:200] if problem else b"")

    def _place(self, topic: str) -> tuple[str, str]:
        """(the board's topic, what it says), ("", "") for what is not its own word."""
        if not topic.startswith(self._base):
            raise MalformedMessage(f"topic must begin with {self._base}")
        parts = topic.removeprefix(self._base).split("/")
        if len(parts) < 3 or _COMMANDS in parts[:1] or parts[-2] == _COMMANDS:
            return "", ""
        if parts[0] in _PREFIXES:
            return "/".join(parts[1:-1]), parts[-1]
        if parts[-2] in _PREFIXES:
            return "/".join(parts[:-2]), parts[-1]
        return "", ""


def _report(address: str, values: dict[str, Value]) -> Report:
    return Report(address, tuple(values.items()))


def _said(address: str, values: dict[str, Value]) -> Decoded:
    return Decoded((_report(address, values),) if values else ())


def _numbered(signal: str, name: str) -> str:
    """``switch`` for POWER, POWER1 and Switch1; ``switch.2`` for the second."""
    number = name.lstrip(ascii_letters)
    return f"{signal}.{number}" if number.isdigit() and number != "1" else signal


def _values(said: dict[str, Any], problems: list[str]) -> dict[str, Value]:
    """What is understood; what is wrong goes to ``problems`` and must not cost the rest."""
    fahrenheit = said.get("TempUnit") == "F"
    pressure_factor = {"mmHg": 0.133322, "inHg": 3.38639}.get(str(said.get("PressureUnit")), 0.1)
    found: dict[str, Value] = {}
    for name, value in said.items():
        if name.startswith(("POWER", "Switch", "SWITCH")):
            word = value.get("Action") if isinstance(value, dict) else value
            switched = _ONOFF.get(word) if isinstance(word, str) else None
            if switched is not None:
                _keep(found, _numbered("switch", name), switched)
        elif name == "Wifi" and isinstance(value, dict):
            signal = value.get("Signal")
            if isinstance(signal, int) and -200 < signal < 0:
                _keep(found, "rssi", float(signal))
        elif name.startswith("PIR") and isinstance(value, str) and value in ("ON", "OFF"):
            _keep(found, "motion", value == "ON")
        elif isinstance(value, dict) and not name.startswith(("Zb", "Rf", "Ir", "Status")):
            _sensor(found, value, problems, fahrenheit=fahrenheit, pressure_factor=pressure_factor)
    return found


def _sensor(
    found: dict[str, Value], sensor: dict[str, Any], problems: list[str], *, fahrenheit: bool, pressure_factor: float
) -> None:
    for name, value in sensor.items():
        known = _MEASURES.get(name)
        if known is None or value is None or isinstance(value, list | dict):
            continue
        signal, factor = known
        try:
            number = _number(name, value)
        except MalformedMessage as error:
            problems.append(str(error))
            continue
        if signal == "temperature" and fahrenheit:
            number = (number - 32) / 1.8
        elif signal.startswith("pressure"):
            number *= pressure_factor
        elif factor != 1:
            number *= factor
        _keep(found, signal, round(number, 6))


def _keep(found: dict[str, Value], signal: str, value: Value) -> None:
    """The second sensor of one kind is ``temperature.2``, the third ``temperature.3``."""
    name, number = signal, 1
    while name in found:
        number += 1
        name = f"{signal}.{number}"
    if len(found) < _MOST_SIGNALS:
        found[name] = value


def _zigbee(said: dict[str, Any], problems: list[str]) -> list[Report]:
    """What a Zigbee bridge on Tasmota received, by device: ``{"ZbReceived": {"0x1234": {...}}}``."""
    received = said.get("ZbReceived")
    reports = []
    for short, sensor in list(received.items())[:20] if isinstance(received, dict) else []:
        if not isinstance(sensor, dict):
            continue
        found: dict[str, Value] = {}
        _sensor(found, sensor, problems, fahrenheit=False, pressure_factor=0.1)
        for name, signal in _ZIGBEE.items():
            if name in sensor and sensor[name] in (0, 1, True, False):
                _keep(found, signal, bool(sensor[name]))
        address = sensor.get("Name") or sensor.get("Device") or short
        reports.append(_report(str(address)[:100], found))
    return reports


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MalformedMessage(f"{name} must be a finite number, not {str(value)[:40]!r}")
    return float(value)


def _both_orders(start: str, prefix: str, address: str) -> tuple[str, ...]:
    return (f"{start}{prefix}/{address}/#", f"{start}{address}/{prefix}/#")


class TasmotaCodec:
    """Tasmota, as devices.families finds it."""

    family = "tasmota"
    base = ""

    def topics(self, base: str) -> tuple[str, ...]:
        start = base + "/" if base else ""
        return (f"{start}tele/#", f"{start}stat/#", f"{start}+/tele/+", f"{start}+/stat/+")

    def device_topics(self, base: str, address: str) -> DeviceTopics:
        start = base + "/" if base else ""
        return DeviceTopics(
            # It also announces itself to Home Assistant, and a broker may shut out who says what it must not.
            write=(*(t for prefix in _PREFIXES for t in _both_orders(start, prefix, address)), "tasmota/discovery/#"),
            read=_both_orders(start, _COMMANDS, address),
        )

    def open(self, base: str) -> Decoder:
        return _TasmotaDecoder(base)


CODEC = TasmotaCodec()
