"""The Things Stack: LoRaWAN devices behind The Things Network or The Things Industries' network server.

Firmware seen: The Things Stack 3 by its published format (thethingsindustries.com: MQTT, data formats, payload
formatters, normalized payload). Example topic: ``v3/store-sensors@ttn/devices/door-7/up`` with
``{"end_device_ids": {"device_id": "door-7"}, "received_at": "2026-11-24T08:30:15.123Z", "uplink_message": {...}}``,
whose ``uplink_message`` holds ``"decoded_payload": {"battery": 92, "magnet_status": "open"}`` and ``rx_metadata``.

A device is known by its device id, which the message must repeat. The normalized payload, whose names and units the
network fixes, goes before the decoded one (devices/payloads/lorawan_fields.py), but a danger stands if either says so.
A
normalized measurement with a time of its own is a report of its own. A payload that no formatter has decoded tells
the signal strength alone, and a note says what to do in The Things Stack; what of a payload speaks of a danger and is
not understood is noted. The firmware is what the device says of it, else what was chosen for it.
"""

from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, Message, Report
from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.payloads.decoded_values import merge, merge_all
from devices.payloads.json_payload import object_of
from devices.payloads.lorawan_firmware import firmware_in
from devices.payloads.lorawan_makers import by_port
from devices.payloads.lorawan_payload import told_in
from devices.payloads.not_understood import Note, bounded, notes_in
from devices.payloads.source_time import instant_of
from devices.reading import Instant, Value

_MOST_GATEWAYS = 50
_MOST_MEASUREMENTS = 50
_RAW_ONLY = Text.of("things_stack.raw_only")
_NORMALIZED: dict[tuple[str, ...], tuple[str, float]] = {
    ("air", "temperature"): ("temperature", 1),
    ("air", "relativeHumidity"): ("humidity", 1),
    ("air", "pressure"): ("pressure", 0.1),
    ("air", "co2"): ("co2", 1),
    ("air", "lightIntensity"): ("illuminance", 1),
    ("soil", "temperature"): ("temperature.soil", 1),
    ("soil", "moisture"): ("humidity.soil", 1),
    ("water", "temperature", "current"): ("temperature.water", 1),
    ("battery",): ("voltage", 1),
}
"""The way to a number in a normalized measurement -> (signal, factor to our unit); hPa for pressure, V for battery."""

_NORMALIZED_FLAGS: dict[tuple[str, ...], tuple[str, dict[Any, bool]]] = {
    ("water", "leak"): ("leak", {True: True, False: False}),
    ("action", "motion", "detected"): ("motion", {True: True, False: False}),
    ("action", "contactState"): ("door", {"open": True, "closed": False}),
}
_NORMALIZED_NAMES = frozenset(way[0] for way in (*_NORMALIZED, *_NORMALIZED_FLAGS))
_ABOUT_THE_DEVICE = frozenset({"end_device_ids", "correlation_ids"})


class _ThingsStackDecoder:
    def __init__(self, base: str) -> None:
        self._start = base + "/" if base else ""

    def decode(self, message: Message) -> Decoded:
        address, event = self._place(message.address)
        said = object_of(message.payload)
        if event not in ("up", "join"):
            return Decoded(notes=notes_in(said, _ABOUT_THE_DEVICE))  # downlinks, locations and services' results
        ids = said.get("end_device_ids")
        if not isinstance(ids, dict) or ids.get("device_id") != address:
            raise MalformedMessage(Text.of("things_stack.other_topic", address=address))
        if event == "join":
            return Decoded((Report(address, (("online", True),), _time(said.get("received_at"))),))
        uplink = said.get("uplink_message")
        if not isinstance(uplink, dict):
            raise MalformedMessage(Text.of("things_stack.no_uplink"))
        time = _time(uplink.get("received_at")) or _time(said.get("received_at"))
        reports, problem, notes = _reports(address, uplink, time)
        return Decoded(reports, malformed=problem, notes=notes, raw=_excerpt(problem, notes, uplink, message.payload))

    def _place(self, topic: str) -> tuple[str, str]:
        """(device id, event)."""
        application, *rest = topic.removeprefix(self._start).split("/")
        if not topic.startswith(self._start) or not application or len(rest) < 3 or rest[0] != "devices":
            raise MalformedMessage(Text.of("things_stack.topic", start=self._start))
        return rest[1], "/".join(rest[2:])


def _reports(
    address: str, uplink: dict[str, Any], time: Instant | None
) -> tuple[tuple[Report, ...], Reason, tuple[Note, ...]]:
    """What was measured earlier first; what is wrong with the first thing that could not be read; what is noted."""
    model = _model(uplink.get("version_ids"))
    earlier: list[Report] = []
    values: dict[str, Value] = {}
    problem: Reason = ""
    notes: list[Note] = []
    measurements = uplink.get("normalized_payload")
    for measurement in measurements[:_MOST_MEASUREMENTS] if isinstance(measurements, list) else []:
        found, fault, unknown = _normalized(measurement)
        problem = problem or fault
        notes += unknown
        measured = _time(measurement.get("time")) if isinstance(measurement, dict) else None
        if measured is not None and found:
            earlier.append(Report(address, tuple(found.items()), measured, model=model))
        elif measured is None:
            merge_all(values, found.items())
    decoded = uplink.get("decoded_payload")
    read = told_in(decoded)
    told = read.values
    problem = problem or read.problem
    if decoded is not None and not isinstance(decoded, dict):
        problem = problem or Text.of("things_stack.no_payload")
    for report in earlier:
        for signal, _ in report.values:
            if told.get(signal) is not True:
                told.pop(signal, None)  # the same measurement, and the report of its own knows when
    merge_all(values, told.items())
    merge_all(values, by_port(decoded, uplink.get("f_port")))
    _about_the_radio(values, uplink)
    problem = problem or _note(uplink, decoded=bool(decoded or measurements))
    earlier.sort(key=lambda report: report.time or 0)
    firmware = firmware_in(decoded) or _firmware(uplink.get("version_ids"))
    if not values and not earlier:
        values["online"] = True  # who says nothing that is understood is there at least
    last = (Report(address, tuple(values.items()), time, model=model, firmware=firmware),) if values or firmware else ()
    return (*earlier, *last), problem, bounded((*read.notes, *notes))


def _normalized(measurement: Any) -> tuple[dict[str, Value], Reason, tuple[Note, ...]]:
    """What it says, what is wrong with it, and dangers that this version of the network's vocabulary does not name."""
    found: dict[str, Value] = {}
    problem: Reason = ""
    if not isinstance(measurement, dict):
        return found, "a normalized measurement must be a JSON object", ()
    for way, (signal, factor) in _NORMALIZED.items():
        number = _at(measurement, way)
        if isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < 1e300:
            found[signal] = float(number) if factor == 1 else round(number * factor, 6)
        elif number is not None:
            problem = problem or Text.of("things_stack.no_number", way=".".join(way))
    for way, (signal, words) in _NORMALIZED_FLAGS.items():
        word = _at(measurement, way)
        if isinstance(word, bool | str) and word in words:
            found[signal] = words[word]
        elif word is not None:
            problem = problem or Text.of("things_stack.none_of", way=".".join(way), words=", ".join(map(str, words)))
    beyond = {name: value for name, value in measurement.items() if name not in _NORMALIZED_NAMES}
    return found, problem, notes_in(beyond)


def _at(measurement: Any, way: tuple[str, ...]) -> Any:
    for step in way:
        measurement = measurement.get(step) if isinstance(measurement, dict) else None
    return measurement


def _about_the_radio(values: dict[str, Value], uplink: dict[str, Any]) -> None:
    """Strength at the gateway that heard best (dBm), and the battery as the network last heard of it."""
    received = uplink.get("rx_metadata")
    heard = [
        float(gateway["rssi"])
        for gateway in (received[:_MOST_GATEWAYS] if isinstance(received, list) else [])
        if isinstance(gateway, dict) and isinstance(gateway.get("rssi"), int | float) and -200 <= gateway["rssi"] < 0
    ]
    if heard:
        merge(values, "rssi", max(heard))
    level = _at(uplink, ("last_battery_percentage", "value"))
    if isinstance(level, int | float) and not isinstance(level, bool) and 0 < level <= 100:
        merge(values, "battery", float(level))


def _note(uplink: dict[str, Any], *, decoded: bool) -> Reason:
    if not decoded and uplink.get("frm_payload"):
        return _RAW_ONLY
    for field in ("decoded_payload_warnings", "normalized_payload_warnings"):
        warnings = uplink.get(field)
        if isinstance(warnings, list) and warnings:
            return Text.of("things_stack.warns", warning=str(warnings[0])[:200])
    return ""


def _excerpt(problem: Reason, notes: tuple[Note, ...], uplink: dict[str, Any], payload: bytes) -> bytes:
    """What was not understood, without what the network server wrote around it."""
    if not problem and not notes:
        return b""
    decoded = uplink.get("decoded_payload")
    return msgspec.json.encode(decoded)[:200] if decoded else payload[:200]


def _model(version: Any) -> str:
    names = (version.get("brand_id"), version.get("model_id")) if isinstance(version, dict) else ()
    return " ".join(name[:50] for name in names if isinstance(name, str))


def _firmware(version: Any) -> str:
    """What was chosen for the device in the network server: the device itself may say better."""
    told = version.get("firmware_version") if isinstance(version, dict) else None
    return told[:40] if isinstance(told, str) else ""


def _time(value: Any) -> Instant | None:
    try:
        return instant_of(value) if isinstance(value, str) else None
    except MalformedMessage:
        return None  # the gateway's own time of receipt will do


class ThingsStackCodec:
    """The Things Stack, as devices.families finds it."""

    family = "things_stack"
    base = "v3"

    def topics(self, base: str) -> tuple[str, ...]:
        return (f"{base}/+/devices/#",)

    def open(self, base: str) -> Decoder:
        return _ThingsStackDecoder(base)


CODEC = ThingsStackCodec()
