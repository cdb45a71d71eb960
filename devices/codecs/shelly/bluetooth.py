"""BLU devices that a Shelly hears, as its maker's scripts tell of them: decoded BTHome objects by their names.

``ble-shelly-blu.js`` emits an event ``shelly-blu``; ``blu-gateway-bthome-to-mqtt.js`` writes a status ``blu`` with one
object for each device, and presses as events of the component ``blu``. A number of one kind of object is a list.
"""

import re
from typing import Any

from devices.codec import Report
from devices.codecs.shelly.reading import Read, channel, flag, number
from devices.errors import MalformedMessage
from devices.reading import Instant, Value
from devices.units import in_our_unit

_LONGEST = 60
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
    "atm. pressure": ("pressure", _air),
}  # fmt: skip
_BUTTONS = {1: "single_push", 2: "double_push", 3: "triple_push", 4: "long_push", 254: "hold", 128: "hold"}


def told_by_script(gateway: str, said: Any, time: Instant | None) -> tuple[list[Report], str]:
    """What ``ble-shelly-blu.js`` tells of one device, and what was wrong with it."""
    address = _address(said.get("address", said.get("addr"))) if isinstance(said, dict) else ""
    if not isinstance(said, dict) or not address:
        return [], "a shelly-blu event must name its sender"
    found: dict[str, Value] = {}
    problem = ""
    for field, (signal, read) in _OBJECTS.items():
        told = said.get(field)
        for place, one in enumerate(told[:_MOST_LISTED] if isinstance(told, list) else (told,)):
            try:
                value = None if one is None else read(one)
            except MalformedMessage as error:
                problem = problem or f"{field}: {error}"
                continue
            if value is not None:
                found[channel(signal, str(place))] = value
    found |= _pressed(said.get("button"))
    model = said.get("model") or said.get("local_name")
    named = model[:_LONGEST] if isinstance(model, str) else ""
    return [Report(f"{gateway}/{address}", tuple(found.items()), time, model=named)] if found else [], problem


def told_by_gateway(gateway: str, devices: dict[str, Any], time: Instant | None) -> tuple[list[Report], str]:
    """The status ``blu``: what each device says. Its buttons come as events."""
    reports: list[Report] = []
    problem = ""
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
