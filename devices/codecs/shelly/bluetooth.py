"""BLU devices that a Shelly hears, as scripts tell of them: decoded BTHome objects by their names, or their bytes.

Its maker's ``ble-shelly-blu.js`` emits an event ``shelly-blu``; ``blu-gateway-bthome-to-mqtt.js`` writes a status
``blu`` with one object for each device, and presses as events of the component ``blu``. ioBroker's script has a topic
of its own, ``<id>/events/ble``, with the objects, or since its version 1 with the bytes as heard. Scripts that are no
Shelly's own speak by the address of the device alone: ``universal-blu-to-mqtt.js`` and publishers on
``shelly-blu/events/<MAC>``. A number of one kind of object is a list.
"""

import re
from typing import Any

from devices.codec import Report
from devices.codecs.shelly.bthome import objects_in
from devices.codecs.shelly.reading import Read, channel, flag, number
from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field
from devices.payloads.units import in_our_unit
from devices.reading import Instant, Value

_LONGEST = 60
_LONGEST_RAW = 600
_MOST_LISTED = 8
_MOST_DEVICES = 20
_MAC = re.compile(r"[0-9A-F]{12}")


def _air(said: Any) -> float | None:
    found = number(said)
    return None if found is None else in_our_unit("pressure", found, "hpa")


_OBJECTS: dict[str, tuple[str, Read]] = {
    "battery": ("battery", number), "rssi": ("rssi", number), "temperature": ("temperature", number),
    "humidity": ("humidity", number), "illuminance": ("illuminance", number), "window": ("door", flag),
    "door": ("door", flag), "opening": ("door", flag), "motion": ("motion", flag), "vibration": ("vibration", flag),
    "smoke": ("smoke", flag), "carbon_monoxide": ("co_alarm", flag), "gas": ("gas_alarm", flag),
    "moisture_detected": ("leak", flag), "tamper": ("tamper", flag), "occupancy": ("occupancy", flag),
    "garage_door": ("door", flag), "presence": ("occupancy", flag), "heat": ("heat", flag), "problem": ("fault", flag),
    "atm. pressure": ("pressure", _air), "pressure": ("pressure", _air), "battery_low": ("battery_low", flag),
    "moving": ("motion", flag), "lock": ("lock", flag), "safety": ("supervisory", flag), "voltage": ("voltage", number),
    "current": ("current", number), "power": ("power", number), "co2": ("co2", number), "pm2.5": ("pm", number),
    "pm10": ("pm.10", number), "count": ("count", number), "running": ("started", flag), "water_leak": ("leak", flag),
}  # fmt: skip
_BUTTONS = {1: "single_push", 2: "double_push", 3: "triple_push", 4: "long_push", 254: "hold", 128: "hold"}


def told_by_script(gateway: str, said: Any, time: Instant | None) -> tuple[list[Report], Reason]:
    """What ``ble-shelly-blu.js`` tells of one device, and what was wrong with it."""
    address = _address(said.get("address", said.get("addr"))) if isinstance(said, dict) else ""
    if not isinstance(said, dict) or not address:
        return [], "a shelly-blu event must name its sender"
    found: dict[str, Value] = {}
    problem: Reason = ""
    for field, (signal, read) in _OBJECTS.items():
        told = said.get(field)
        for place, one in enumerate(told[:_MOST_LISTED] if isinstance(told, list) else (told,)):
            try:
                value = None if one is None else read(one)
            except MalformedMessage as error:
                problem = problem or of_field(field, error.text)
                continue
            if value is not None:
                found[channel(signal, str(place))] = value
    found |= _pressed(said.get("button"))
    model = said.get("model") or said.get("local_name")
    named = model[:_LONGEST] if isinstance(model, str) else ""
    where = f"{gateway}/{address}" if gateway else address
    return [Report(where, tuple(found.items()), time, model=named)] if found else [], problem


def told_on_its_own(message: dict[str, Any], sender: str, topic_address: str = "") -> tuple[list[Report], Reason]:
    """A message of one device, in a topic of its own or in its gateway's; and what was wrong with it.

    ``sender`` goes before its address, which must be that of its own topic, if it has one. Raises MalformedMessage:
    nobody is named, or nothing could be read.
    """
    of, payload = message.get("srcBle"), message.get("payload", message.get("service_data", message.get("data")))
    of = of if isinstance(of, dict) else {}
    objects, problem = _objects(payload if payload is not None else message)
    named = {"address": of.get("mac") or message.get("addr") or message.get("address")}
    beside = {"rssi": of.get("rssi", message.get("rssi")), "model": of.get("type")}
    known = {name: value for name, value in (named | beside).items() if value is not None}
    if topic_address and _address(known.get("address", objects.get("address"))) != _address(topic_address):
        raise MalformedMessage(
            Text.of("shelly.other_topic", address=repr(str(known.get("address"))[:_LONGEST]), topic=topic_address[:20])
        )
    reports, fault = told_by_script(sender, objects | {key: known[key] for key in known if key not in objects}, None)
    if not reports:
        raise MalformedMessage(fault or problem or Text.of("shelly.nothing_known"))
    return reports, fault or problem


def _objects(payload: Any) -> tuple[dict[str, Any], Reason]:
    """What is decoded already, or the bytes as hexadecimal digits or a list."""
    if isinstance(payload, dict):
        return payload, ""
    try:
        if isinstance(payload, str):
            return objects_in(bytes.fromhex(payload[:_LONGEST_RAW]))
        if isinstance(payload, list):
            return objects_in(bytes(payload[:_LONGEST_RAW]))
    except (ValueError, TypeError):
        pass
    raise MalformedMessage(Text.of("shelly.no_objects"))


def told_by_gateway(gateway: str, devices: dict[str, Any], time: Instant | None) -> tuple[list[Report], Reason]:
    """The status ``blu``: what each device says. Its buttons come as events."""
    reports: list[Report] = []
    problem: Reason = ""
    for said in list(devices.values())[:_MOST_DEVICES]:
        state = {name: value for name, value in said.items() if name != "button"} if isinstance(said, dict) else said
        heard, fault = told_by_script(gateway, state, time)
        reports += heard
        problem = problem or fault
    return reports, problem


def pressed_at_gateway(gateway: str, said: Any, time: Instant | None) -> list[Report]:
    """``{"device": "shellyblubutton1-aabbccddeeff", "value": 1}``: the button of that device."""
    device = said.get("device") if isinstance(said, dict) else None
    address = _address(device.rpartition("-")[2]) if isinstance(device, str) else ""
    pressed = _pressed(said.get("value")) if isinstance(said, dict) else {}
    return [Report(f"{gateway}/{address}", tuple(pressed.items()), time)] if address and pressed else []


def _pressed(buttons: Any) -> dict[str, Value]:
    """The presses of a remote control's buttons; 0 is one that was not pressed."""
    listed = buttons[:_MOST_LISTED] if isinstance(buttons, list) else (buttons,)
    return {
        channel("action", str(place)): _BUTTONS[button]
        for place, button in enumerate(listed)
        if isinstance(button, int) and button in _BUTTONS
    }


def _address(said: Any) -> str:
    """``AA:BB:CC:DD:EE:FF``, however it is written; what is no address of that kind as it is; "" for nothing."""
    if not isinstance(said, str) or not 0 < len(said) <= _LONGEST:
        return ""
    plain = said.upper().replace(":", "").replace("-", "")
    return ":".join(plain[place : place + 2] for place in range(0, 12, 2)) if _MAC.fullmatch(plain) else said.upper()
