"""What the bridge knows of one device (an entry of ``bridge/devices``): its model, and what its fields mean."""

from typing import Any

import msgspec

from devices.codecs.zigbee2mqtt.alarms import cause_of
from devices.codecs.zigbee2mqtt.feature import UNKNOWN, Feature
from devices.codecs.zigbee2mqtt.fields import FAULTS, GENERAL, field_of
from devices.codecs.zigbee2mqtt.things import is_state, meaning_of, thing_of
from devices.payloads.zigbee_models import zone_alarm_of

_LONGEST_NAME = 200
_LONGEST_VERSION = 60
_LONGEST_FIELD = 60
_MOST_FEATURES = 500
_SET = 0b010
_OPENINGS = frozenset({"contact", "opening_state", "opening_mode", "door_state", "magnetic_status"})

_RAW: dict[str, dict[str, int]] = {"JKD-816COM-Z": {"carbon_monoxide": 0, "gas": 0}}
"""Models whose converter hands on Tuya's own code though the definition says true and false -> field -> what is alarm.

Tuya's standard codes of such detectors are 0 for the alarm and 1 for normal (its "standard function" of gas and CO
detectors); zigbee-herdsman-converters 26.112 converts them for all models but this.
"""


class Definition(msgspec.Struct, frozen=True):
    """What the bridge knows of one device. ``address`` is the radio's (IEEE), which a new name does not change.

    ``thing`` is the signal that its bare alarm is of, "" for nothing known; ``exposed`` are all of its fields,
    ``settings`` those of them that somebody may set.
    """

    address: str = ""
    model: str = ""
    firmware: str = ""
    features: dict[str, Feature] = {}
    thing: str = ""
    exposed: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()


def definition_of(device: Any) -> tuple[str, Definition] | None:
    """Name and definition of a device that is in use; the coordinator is the bridge's own radio."""
    if not isinstance(device, dict) or device.get("type") == "Coordinator" or device.get("disabled") is True:
        return None
    name, address = device.get("friendly_name"), device.get("ieee_address")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        return None
    told = device.get("definition")
    told = told if isinstance(told, dict) else {}
    model, firmware = told.get("model") or device.get("model_id"), device.get("software_build_id")
    model = model[:100] if isinstance(model, str) else ""
    description = told.get("description")
    thing = thing_of(description) if isinstance(description, str) else ""
    thing = thing or zone_alarm_of(model)  # the description of a generated definition says nothing
    exposed = {field["property"]: field for field in _fields(told.get("exposes"))}
    if not _OPENINGS.isdisjoint(exposed) and thing == "door":
        thing = "alarm"  # that it is open it tells otherwise
    features = {
        name: feature for name, field in exposed.items() if (feature := _feature(field, model, thing)) != UNKNOWN
    }
    known = Definition(
        address[:40] if isinstance(address, str) else "",
        model,
        firmware[:_LONGEST_VERSION] if isinstance(firmware, str) else "",
        features,
        thing,
        frozenset(exposed),
        frozenset(name for name, field in exposed.items() if (_bits(field) or 0) & _SET),
    )
    return name, known


def _fields(exposes: Any) -> list[dict[str, Any]]:
    """All exposed fields, within bounds. Whatever the shape: what cannot be read is not known."""
    found: list[dict[str, Any]] = []
    left = _MOST_FEATURES
    waiting = [exposes]
    while waiting and left > 0:
        listed = waiting.pop()
        for exposed in listed[:left] if isinstance(listed, list) else ():
            left -= 1
            if not isinstance(exposed, dict):
                continue
            waiting.append(exposed.get("features"))
            name = exposed.get("property")
            if isinstance(name, str) and len(name) <= _LONGEST_FIELD:
                found.append(exposed)
    return found


def _feature(exposed: dict[str, Any], model: str, thing: str) -> Feature:
    """What is to be known of the field to read it; UNKNOWN of one that nobody reads."""
    name, unit = exposed["property"], exposed.get("unit")
    if field_of(name) is None:
        return UNKNOWN
    bits, meaning = _bits(exposed), ""
    causes: tuple[str, ...] = ()
    said = exposed.get("description")
    said = said if isinstance(said, str) else ""
    if name in GENERAL:
        meaning = meaning_of(name, said, thing)
        bits = bits & ~_SET if bits is not None and is_state(said) else bits
    if name in GENERAL or name in FAULTS:
        listed = exposed.get("values")
        values = listed[:_MOST_FEATURES] if isinstance(listed, list) else ()
        causes = tuple(dict.fromkeys(cause for value in values if (cause := cause_of(value))))
    return Feature(
        unit[:20] if isinstance(unit, str) else "",
        _word(exposed, "value_on"),
        _word(exposed, "value_off"),
        bits,
        meaning,
        causes,
        _RAW.get(model, {}).get(name),
    )


def _bits(exposed: dict[str, Any]) -> int | None:
    access = exposed.get("access")
    return access if isinstance(access, int) and not isinstance(access, bool) else None


def _word(exposed: dict[str, Any], key: str) -> Any:
    word = exposed.get(key)
    return word if isinstance(word, bool) or (isinstance(word, str) and len(word) <= 40) else None
