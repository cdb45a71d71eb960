"""The security sensors of rtl_433 that tell their state in a way of their own, from its decoders' data fields.

Most models say ``contact_open``, ``motion``, ``water`` or ``tamper``, and need nothing here. Old names of a model
(``Kerui Security``) are its new ones (``Kerui-Security``).
"""

import re
from collections.abc import Callable
from typing import Any

from devices.codecs.openmqttgateway.fields import name_of
from devices.reading import Value

Said = dict[str, Value]
"""What a model says beside its fields, in our signals."""

_NO_DEVICES = frozenset({"status"})
"""What the receiver tells of itself under the name of a model."""

_BATTERY = {"OK": False, "LOW": True}
"""rtl_433 before 2019."""

_CAVIUS = {0x20: "fire", 0x40: "test", 0x10: "leak", 0x08: "battery_low", 0x04: "silenced"}
"""Cavius: bits of ``message``. Smoke and heat alarms say the same."""

_CHUANGO: dict[str, Said] = {
    "24h zone": {"alarm": True},
    "alarm": {"panic": True},
    "tamper": {"tamper": True},
    "low battery": {"battery_low": True},
    "test": {"test": True},
    "arm": {"arm_request": "armed"},
    "disarm": {"arm_request": "disarmed"},
    "home mode": {"arm_request": "armed_home"},
}
"""Chuango: ``cmd``. In the 24 h zone are its smoke and water detectors; alarm is a button of its remote controls."""

_SIMPLISAFE: tuple[tuple[str, Said], ...] = (
    ("contact open", {"door": True}),
    ("contact closed", {"door": False}),
    ("panic", {"panic": True}),
    ("arm system - away", {"arm_request": "armed"}),
    ("arm system - home", {"arm_request": "armed_home"}),
    ("disarm pin", {"arm_request": "disarmed"}),
)
"""SimpliSafe: words in ``extradata``. The code behind ``Disarm Pin`` is nobody's business."""

_GENERIC_MOTION = ("a2", "c2", "e2")
_CONTACTS_OF_YALE = ("ac", "ad")


def _alarm_is_a_leak(fields: dict[str, Any]) -> Said:
    return {"leak": alarm == 1} if (alarm := fields.pop("alarm", None)) in (0, 1) else {}


def _alarm_is_a_setting(fields: dict[str, Any]) -> Said:
    fields.pop("alarm", None)
    return {}


def _leak_is_a_count_of_days(fields: dict[str, Any]) -> Said:
    fields.pop("leak", None)
    return {}


def _cavius(fields: dict[str, Any]) -> Said:
    bits = fields.get("message")
    if not isinstance(bits, int):
        fields["alarm_message"] = bits  # by which it is noted
        return {}
    return {signal: True for bit, signal in _CAVIUS.items() if bits & bit}


def _chuango(fields: dict[str, Any]) -> Said:
    said = _CHUANGO.get(name_of(fields.get("cmd")).lower(), {})
    if said:
        fields.pop("cmd", None)
    return said


def _command_is_a_number(fields: dict[str, Any]) -> Said:
    fields.pop("cmd", None)
    return {}


def _doorbell(fields: dict[str, Any]) -> Said:
    return {"motion": True} if fields.get("subtype") == "PIR-Motion" else {}


def _generic_motion(fields: dict[str, Any]) -> Said:
    return {"motion": True} if name_of(fields.get("code"))[-2:].lower() in _GENERIC_MOTION else {}


def _interlogix(fields: dict[str, Any]) -> Said:
    """Its first input is what it is there for; that of a glass break detector closes."""
    first = fields.get("switch1")
    if first not in ("OPEN", "CLOSED"):
        return {}
    match fields.get("subtype", fields.get("device_type")):
        case "contact":
            return {"door": first == "OPEN"}
        case "smoke" | "heat" as kind:
            return {kind: first == "OPEN"}
        case "glass":
            return {"glass_break": first == "CLOSED"}
    return {}


def _jasco(fields: dict[str, Any]) -> Said:
    return {"door": status == 0} if (status := fields.get("status")) in (0, 1) else {}


def _simplisafe(fields: dict[str, Any]) -> Said:
    word = name_of(fields.get("extradata")).lower()
    return next((said for part, said in _SIMPLISAFE if part in word), {})


def _smoke_gs558(fields: dict[str, Any]) -> Said:
    # It says what happened by speaking at all; while it is taught to its receiver it sends the same with ``learn``.
    return {"test": True} if fields.get("learn") else {"smoke": True}


def _yale(fields: dict[str, Any]) -> Said:
    """A contact tells that it was opened, never that it was closed."""
    kind, event = name_of(fields.get("stype")).lower(), name_of(fields.get("event"))
    bits = name_of(fields.get("state"))[-1:].lower()
    is_contact = kind in _CONTACTS_OF_YALE
    fields.pop("event", None)
    if bits not in "0123456789abcdef" or not bits or not (is_contact or kind == "15"):
        return {}
    if event == "01":
        return {"door": True} if is_contact else {"motion": True}
    if event == "04":
        low: Said = {"battery_low": True} if is_contact and int(bits, 16) & 8 else {}
        return {"tamper": bool(int(bits, 16) & 2)} | low
    return {}


_MODELS: dict[str, Callable[[dict[str, Any]], Said]] = {
    "bresserleakage": _alarm_is_a_leak,
    "caviussecurity": _cavius,
    "chuangosecurity": _chuango,
    "fineoffsetwh55": _alarm_is_a_setting,
    "genericmotion": _generic_motion,
    "honeywellactivlink": _doorbell,
    "interlogix": _interlogix,
    "interlogixsecurity": _interlogix,
    "jascogechoicealertsecuritydevices": _jasco,
    "jascosecurity": _jasco,
    "keruisecurity": _command_is_a_number,
    "neptuner900": _leak_is_a_count_of_days,
    "simplisafekeypad": _simplisafe,
    "simplisafesensor": _simplisafe,
    "smokegs558": _smoke_gs558,
    "yalehsa": _yale,
}
"""The model (letters and digits only, lower case) -> what it says beside its fields; it may take some away."""


def model_of(said: dict[str, Any]) -> str:
    """The model's name, empty where none is told."""
    named = name_of(said.get("model"))
    # Cavius told no model at first.
    return "Cavius-Security" if not named and "senderid" in said and "netid" in said else named


def is_no_device(said: dict[str, Any]) -> bool:
    """Whether it is the receiver that speaks, of itself."""
    return name_of(said.get("model")) in _NO_DEVICES


def sensor(said: dict[str, Any], model: str) -> tuple[tuple[Any, ...], dict[str, Any], Said]:
    """What names the sensor beside its model, the fields to read, and what it says beside them."""
    fields = dict(said)
    own = _MODELS.get(re.sub(r"[\W_]", "", model).lower())
    beside = own(fields) if own is not None else {}
    battery = fields.get("battery")
    if isinstance(battery, str) and battery in _BATTERY:
        beside = beside | {"battery_low": _BATTERY[battery]}
    number = next((fields[key] for key in ("id", "senderid", "device") if key in fields), None)
    if number is None and own is _generic_motion:
        number = name_of(fields.get("code"))[:-2]
    return (fields.get("channel"), number), fields, beside
