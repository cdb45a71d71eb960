"""How a Zigbee2MQTT device is told to sound, flash, switch or lock: the payload of ``<base>/<device>/set``.

Source: the exposes of zigbee-herdsman-converters (zigbee2mqtt.io, "supported devices"): IAS warning devices (Heiman
HS2WD-E, Develco SIRZB-110) take the composite ``warning``; Tuya sirens ``alarm`` (true or false) or ``state``.
"""

from typing import Any

import msgspec

from devices.codecs.zigbee2mqtt.definition import Definition
from devices.output_orders import OutputOrder, refused, switched

_LONGEST_WARNING_S = 1_800
"""Of the warning devices that are known the shortest limit (HS2WD-E)."""


def command_of(order: OutputOrder, known: Definition) -> tuple[bytes, bool]:
    """The payload, and whether nothing will tell that it acted. Raises Refused."""
    match order.what:
        case "siren" | "strobe":
            told, is_mute = _warned(order, known)
        case "relay":
            told, is_mute = {_state_field(order): switched(order)}, False
        case "lock":
            told, is_mute = {_state_field(order): switched(order, "UNLOCK", "LOCK")}, False
        case "keypad":
            return msgspec.json.encode({"arm_mode": _arm_mode(order)}), True
        case _:
            raise refused("no_such_output", order)
    return msgspec.json.encode(told), is_mute


_ARM_MODES = {
    **dict.fromkeys(("disarmed", "maintenance"), "disarm"),
    **dict.fromkeys(("armed", "away", "holiday"), "arm_all_zones"),
    "home": "arm_day_zones",
    "night": "arm_night_zones",
    **{word: word for word in ("exit_delay", "entry_delay", "in_alarm", "not_ready", "invalid_code")},
}
"""What an area's mode, or how it answers, is called by an IAS ACE keypad (Zigbee Cluster Library 8.3)."""


def _arm_mode(order: OutputOrder) -> dict[str, Any]:
    """``channel`` is the transaction that it answers, where it answers one."""
    word = _ARM_MODES.get(str(order.value))
    if word is None:
        raise refused("no_such_value", order, value=str(order.value))
    return {"mode": word, **({"transaction": int(order.channel)} if order.channel.isdecimal() else {})}


def _state_field(order: OutputOrder) -> str:
    return f"state_{order.channel}" if order.channel else "state"


def _warned(order: OutputOrder, known: Definition) -> tuple[dict[str, Any], bool]:
    """By the definition; before the bridge has told it, as most sirens take it."""
    can = known.settings
    is_on = switched(order) == "ON"
    if order.channel or (can and not can & {"warning", "alarm"} and _state_field(order) in can):
        return {_state_field(order): switched(order)}, False
    if order.what == "siren" and "alarm" in can and "warning" not in can:
        return {"alarm": is_on}, False
    if can and "warning" not in can:
        raise refused("no_such_output", order)
    if not is_on:
        return {
            "warning": {"mode": "stop", "level": "low", "strobe": False, "duration": 0}
        }, "alarm" not in known.exposed
    lasts_s = int(order.duration_s) or _LONGEST_WARNING_S
    warning = {"mode": "emergency", "level": "very_high", "strobe": True, "duration": lasts_s}
    if order.what == "strobe":
        warning |= {"mode": "stop", "level": "low", "strobe_level": "very_high"}
    return {"warning": warning}, "alarm" not in known.exposed
