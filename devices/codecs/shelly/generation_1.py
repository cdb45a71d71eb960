"""Shelly generation 1: a value a topic below ``shellies/<id>/``, and the whole state as JSON in ``info``."""

import re
from typing import Any

from devices.codec import Decoded, Message, Report
from devices.codecs.shelly.reading import (
    Read,
    celsius,
    channel,
    flag,
    gas,
    is_error,
    number,
    operation,
    self_test,
    sensed,
)
from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field
from devices.payloads.decoded_values import merge
from devices.payloads.json_payload import object_of
from devices.payloads.named_topic import told_by_topic
from devices.payloads.not_understood import notes_in
from devices.reading import Value

_INPUT_EVENT = Text.of("shelly.input_event")

_MOST_LISTED = 10

_TOPICS: dict[str, tuple[str, Read]] = {
    "sensor/smoke": ("smoke", flag),
    "sensor/flood": ("leak", flag),
    "sensor/gas": ("gas_alarm", gas),
    "sensor/operation": ("fault", operation),
    "sensor/self_test": ("test", self_test),
    "sensor/error": ("fault", is_error),
    "sensor/state": ("door", flag),
    "sensor/motion": ("motion", flag),
    "sensor/vibration": ("vibration", flag),
    "sensor/temperature": ("temperature", celsius),
    "sensor/humidity": ("humidity", sensed),
    "sensor/battery": ("battery", sensed),
    "sensor/lux": ("illuminance", sensed),
    "sensor/ext_power": ("external_power", flag),
    "sensor/charger": ("external_power", flag),
    "temperature": ("temperature.device", celsius),
    "overtemperature": ("fault.overtemperature", flag),
    "overload": ("fault.overload", flag),
    "loaderror": ("fault.load", flag),
    "voltage": ("voltage", number),
    "online": ("online", flag),
}
"""What stands behind ``shellies/<id>/`` -> (signal, how to read the value)."""

_NUMBERED_TOPICS: dict[str, tuple[str, Read]] = {
    "relay/#": ("switch.relay", flag),
    **dict.fromkeys(("light/#", "color/#", "white/#"), ("switch.relay", flag)),
    "input/#": ("switch", flag),
    **dict.fromkeys(
        ("relay/#/power", "light/#/power", "color/#/power", "white/#/power", "roller/#/power"), ("power", number)
    ),
    "emeter/#/power": ("power", number),
    "emeter/#/voltage": ("voltage", number),
    "emeter/#/current": ("current", number),
    "adc/#": ("voltage", number),
    "ext_temperature/#": ("temperature", celsius),
    "ext_humidity/#": ("humidity", sensed),
    "ext_switch/#": ("switch.external", flag),
}
"""``#`` is the number of a channel."""

_STATUS: dict[str, tuple[str, Read]] = {
    "smoke": ("smoke", flag),
    "flood": ("leak", flag),
    "motion": ("motion", flag),
    "vibration": ("vibration", flag),
    "lux": ("illuminance", sensed),
    "bat": ("battery", sensed),
    "tmp": ("temperature", celsius),
    "charger": ("external_power", flag),
}
"""Motion sensors: the fields of ``shellies/<id>/status``."""

_INFO: tuple[tuple[tuple[str, ...], str, Read], ...] = (
    (("smoke",), "smoke", flag),
    (("flood",), "leak", flag),
    (("gas_sensor", "alarm_state"), "gas_alarm", gas),
    (("gas_sensor", "sensor_state"), "fault", operation),
    (("gas_sensor", "self_test_state"), "test", self_test),
    (("sensor", "state"), "door", flag),
    (("sensor", "motion"), "motion", flag),
    (("sensor", "vibration"), "vibration", flag),
    (("accel", "vibration"), "vibration", flag),
    (("sensor_error",), "fault", is_error),
    (("tmp",), "temperature", celsius),
    (("hum", "value"), "humidity", sensed),
    (("lux", "value"), "illuminance", sensed),
    (("bat", "value"), "battery", sensed),
    (("charger",), "external_power", flag),
    (("temperature",), "temperature.device", celsius),
    (("overtemperature",), "fault.overtemperature", flag),
    (("voltage",), "voltage", number),
    (("wifi_sta", "rssi"), "rssi", number),
)
"""The way to a value in ``shellies/<id>/info``."""

_INFO_LISTS: tuple[tuple[str, str, str, Read], ...] = (
    ("relays", "ison", "switch.relay", flag),
    ("relays", "overpower", "fault.overpower", flag),
    ("lights", "ison", "switch.relay", flag),
    ("inputs", "input", "switch", flag),
    ("meters", "power", "power", number),
    ("emeters", "power", "power", number),
    ("emeters", "voltage", "voltage", number),
    ("emeters", "current", "current", number),
    ("thermostats", "tmp", "temperature", celsius),
)
_PROBES: tuple[tuple[str, str, str, Read], ...] = (
    ("ext_temperature", "tC", "temperature", celsius),
    ("ext_humidity", "hum", "humidity", sensed),
    ("ext_switch", "input", "switch.external", flag),
)
"""Probes of an add-on: the field of ``info`` with an object for each by its number, and the same as a topic."""
_TOPICS_OF_PROBES = {"ext_temperatures": _PROBES[:1], "ext_humidities": _PROBES[1:2]}
_HOUSEKEEPING = re.compile(
    r"announce|command|.+/command|mode|rpc|info|settings|settings/.+|status|.+/status|events?|longpush/#|input_event"
    r"|(?:relay|light|color|white|roller|emeter)/#/(?:energy|returned_energy|total|total_returned|pf|reactive_power)"
    r"|(?:relay|light|color|white|roller)/#/(?:overpower_value|set|stop_reason|pos|brightness|gain|temp|effect)"
    r"|(?:overpower_value|temperature_f|temperature_status|energy|power|ext_temperatures?_f/#|ext_temperature_f/#)"
    r"|roller/#|thermostats?(?:/.+)?|valve/#/state|charger|online"
    r"|sensor/(?:act_reasons|tilt|illumination|concentration|active|wakeup_event|mute|unmute|temperature_f|valve)"
)
"""Topics of generation 1 of which nothing is taken: orders, settings, counters, figures that no unit is known of."""
_READ_OF_STATUS = frozenset({
    *_STATUS, *(way[0] for way, *_ in _INFO), *(name for name, *_ in (*_INFO_LISTS, *_PROBES)),
    *("wifi_sta", "cloud", "mqtt", "update", "actions_stats", "concentration", "valves", "thermostats", "rollers"),
})  # fmt: skip
_NO_SIGNAL = -200
_PRESSES = {"S": "single", "L": "long", "SS": "double", "SSS": "triple", "SL": "short and long", "LS": "long and short"}
_CHANNEL = re.compile(r"(?<=/)\d{1,3}(?=/|$)")


def first_generation(address: str, leaf: str, message: Message) -> Decoded:
    """What one message below ``shellies/<id>/`` says."""
    if leaf in ("status", "info") and message.payload.lstrip().startswith(b"{"):
        said = object_of(message.payload, leaf)
        values, problem = _of_status(said) if leaf == "status" else _of_info(said)
        if problem and not values:
            raise MalformedMessage(problem)
        notes = notes_in(said, _READ_OF_STATUS)
        firmware = installed_firmware(said) if leaf == "info" else ""
        reports = (
            (Report(address, tuple(values.items()), snapshot=leaf == "info", firmware=firmware),) if values else ()
        )
        return Decoded(reports, malformed=problem, notes=notes, raw=message.payload[:200] if problem or notes else b"")
    if leaf in _TOPICS_OF_PROBES:
        said = object_of(message.payload, leaf)
        found_there, problem = _read(_of_probes({name: said for name, *_ in _TOPICS_OF_PROBES[leaf]}))
        reports = (Report(address, tuple(found_there.items())),) if found_there else ()
        return Decoded(reports, malformed=problem, raw=message.payload[:200] if problem else b"")
    numbered = _CHANNEL.search(leaf)
    place = numbered[0] if numbered else ""
    if leaf.startswith("input_event/"):
        return _pressed(address, place, object_of(message.payload, _INPUT_EVENT))
    text = message.payload[:100].decode("utf-8", "replace").strip()
    plain = _CHANNEL.sub("#", leaf)
    found = _NUMBERED_TOPICS.get(plain) if numbered else _TOPICS.get(leaf)
    if not text or (found is None and _HOUSEKEEPING.fullmatch(plain)):
        return Decoded()
    if found is None:
        told = told_by_topic(leaf.rpartition("/")[2] or address, message.payload)
        return Decoded((Report(address, told),) if told else ())
    signal, read = found
    if text == "overpower" and leaf.startswith("relay/"):
        tripped = ((channel("fault.overpower", place), True), (channel(signal, place), False))
        return Decoded((Report(address, tripped),))
    value = read(text)
    return Decoded((Report(address, ((channel(signal, place), value),)),) if value is not None else ())


def _pressed(address: str, place: str, said: dict[str, Any]) -> Decoded:
    event = said.get("event")
    if not isinstance(event, str) or event not in _PRESSES:
        return Decoded()
    return Decoded((Report(address, ((channel("action", place), _PRESSES[event]),)),))


def _of_status(said: dict[str, Any]) -> tuple[dict[str, Value], Reason]:
    return _read([(signal, read, said.get(name)) for name, (signal, read) in _STATUS.items()])


def _of_info(said: dict[str, Any]) -> tuple[dict[str, Value], Reason]:
    found: list[tuple[str, Read, Any]] = []
    for way, signal, read in _INFO:
        value: Any = said
        for step in way:
            invalid = isinstance(value, dict) and value.get("is_valid") is False
            value = value.get(step) if isinstance(value, dict) and not invalid else None
        is_silent = signal == "rssi" and value in (0, _NO_SIGNAL)
        is_own = way == ("tmp",) and "temperature" in said  # a relay's tmp is its own temperature once more
        found.append((signal, read, None if is_silent or is_own else value))
    for name, field, signal, read in _INFO_LISTS:
        listed = said.get(name)
        for place, one in enumerate(listed[:_MOST_LISTED] if isinstance(listed, list) else ()):
            found.append((channel(signal, str(place)), read, one.get(field) if isinstance(one, dict) else None))
    return _read([*found, *_of_probes(said)])


def _of_probes(said: dict[str, Any]) -> list[tuple[str, Read, Any]]:
    found: list[tuple[str, Read, Any]] = []
    for name, field, signal, read in _PROBES:
        probes = said.get(name)
        for place, probe in list(probes.items())[:_MOST_LISTED] if isinstance(probes, dict) else ():
            found.append((channel(signal, place), read, probe.get(field) if isinstance(probe, dict) else None))
    return found


def installed_firmware(said: dict[str, Any]) -> str:
    """What ``info`` tells of the firmware that runs, "" if it does not."""
    update = said.get("update")
    version = update.get("old_version") if isinstance(update, dict) else None
    return version if isinstance(version, str) else ""


def _read(found: list[tuple[str, Read, Any]]) -> tuple[dict[str, Value], Reason]:
    """One bad value costs no other."""
    values: dict[str, Value] = {}
    problem: Reason = ""
    for signal, read, said in found:
        try:
            value = None if said is None else read(said)
        except MalformedMessage as error:
            problem = problem or of_field(signal, error.text)
            continue
        if value is not None:
            merge(values, signal, value)
    return values, problem
