"""ChirpStack: LoRaWAN devices behind a network server of one's own.

Firmware seen: ChirpStack 4 by its published format (chirpstack.io: MQTT integration, event types), with JSON
marshaling; version 3's ``objectJSON`` is understood too. Example topic, of which a base is a prefix:
``application/8063c32c/device/24e124128c147204/event/up`` with
``{"time": "2026-11-24T08:30:15.123+00:00", "deviceInfo": {...}, "data": "AXVc", "object": {...}, "rxInfo": [...]}``,
whose ``object`` is what the device profile's codec made of ``data``: ``{"battery": 92, "magnet_status": "open"}``.

A device is known by its DevEUI in lower case. What ``object`` may hold, devices/payloads/lorawan_fields.py says. A
payload
that no codec has decoded tells the signal strength alone, and a note says what to do in ChirpStack; what of an object
speaks of a danger and is not understood is noted. ``status`` tells battery and ``external_power``, ``join`` and ``ack``
that the device can be reached; a ``log`` of level ERROR is shown as it is. The firmware is what ``object`` says of it.
"""

import re
from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, Message, Report
from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.payloads.decoded_values import merge_all
from devices.payloads.json_payload import object_of
from devices.payloads.lorawan_firmware import firmware_in
from devices.payloads.lorawan_makers import by_port
from devices.payloads.lorawan_payload import told_in
from devices.payloads.not_understood import Note, notes_in
from devices.payloads.source_time import instant_of
from devices.reading import Instant, Value

_EVENT = Text.of("chirpstack.event")

_EUI = re.compile(r"[0-9a-fA-F]{16}")
_OF_THE_SERVER = frozenset({"txack", "location", "integration"})
"""Events that are the network server's own words."""
_ABOUT_THE_DEVICE = frozenset({"deviceInfo", "deviceName", "applicationName", "tags"})
_MOST_GATEWAYS = 50
_RAW_ONLY = Text.of("chirpstack.raw_only")


class _ChirpStackDecoder:
    def __init__(self, base: str) -> None:
        self._start = base + "/" if base else ""

    def decode(self, message: Message) -> Decoded:
        address, event = self._place(message.address)
        if event in _OF_THE_SERVER and not message.payload.startswith(b"{"):
            return Decoded()
        said = object_of(message.payload, _EVENT)
        info = said.get("deviceInfo")
        info = info if isinstance(info, dict) else said  # version 3 has no deviceInfo
        _check_eui(address, info)
        if event in _OF_THE_SERVER:
            return Decoded(notes=notes_in(said, _ABOUT_THE_DEVICE))
        model = info.get("deviceProfileName")
        if event in ("log", "error"):
            return _log(said, message.payload)
        values, problem, notes = _values(event, said)
        reports: tuple[Report, ...] = ()
        firmware = firmware_in(_decoded(said))
        if values or firmware:
            named = model[:100] if isinstance(model, str) else ""
            time = _time(said.get("time"))
            reports = (Report(address, tuple(values.items()), time, model=named, firmware=firmware),)
        return Decoded(reports, malformed=problem, notes=notes, raw=_excerpt(problem, notes, said, message.payload))

    def _place(self, topic: str) -> tuple[str, str]:
        """(DevEUI, event)."""
        parts = topic.removeprefix(self._start).split("/")
        if not topic.startswith(self._start) or len(parts) != 6 or parts[::2] != ["application", "device", "event"]:
            raise MalformedMessage(Text.of("chirpstack.topic", start=self._start))
        if not _EUI.fullmatch(parts[3]):
            raise MalformedMessage(Text.of("chirpstack.no_eui", eui=repr(parts[3][:40])))
        return parts[3].lower(), parts[5]


def _check_eui(address: str, info: dict[str, Any]) -> None:
    eui = info.get("devEui", info.get("devEUI"))
    # Version 3 may write it in base64; only what is hexadecimal can be compared.
    if isinstance(eui, str) and _EUI.fullmatch(eui) and eui.lower() != address:
        raise MalformedMessage(Text.of("chirpstack.other_topic", eui=eui, address=address))


def _values(event: str, said: dict[str, Any]) -> tuple[dict[str, Value], Reason, tuple[Note, ...]]:
    if event == "up":
        return _uplink(said)
    if event == "join" or (event == "ack" and said.get("acknowledged") is not False):
        return {"online": True}, "", ()
    if event == "ack":
        return {}, "", ()
    if event == "status":
        return (*_status(said), ())
    raise MalformedMessage(Text.of("chirpstack.no_event", event=repr(event[:40])))


def _uplink(said: dict[str, Any]) -> tuple[dict[str, Value], Reason, tuple[Note, ...]]:
    """Who says nothing that is understood is there at least."""
    decoded = _decoded(said)
    told = told_in(decoded)
    values, problem = told.values, told.problem
    merge_all(values, by_port(decoded, said.get("fPort")))
    strength = _strongest(said.get("rxInfo"))
    if strength is not None:
        values.setdefault("rssi", strength)
    if decoded is not None and not isinstance(decoded, dict):
        problem = problem or Text.of("chirpstack.no_object")
    elif not decoded and said.get("data"):
        problem = _RAW_ONLY
    return values or {"online": True}, problem, told.notes


def _decoded(said: dict[str, Any]) -> Any:
    """What the device profile's codec made of the bytes; version 3 writes it as a text."""
    decoded = said.get("object")
    if decoded is None and isinstance(said.get("objectJSON"), str) and said["objectJSON"]:
        return object_of(said["objectJSON"].encode("utf-8", "replace"), "objectJSON")
    return decoded


def _strongest(received: Any) -> float | None:
    """The rssi at the gateway that heard best, in dBm."""
    heard = [
        float(gateway["rssi"])
        for gateway in (received[:_MOST_GATEWAYS] if isinstance(received, list) else [])
        if isinstance(gateway, dict) and isinstance(gateway.get("rssi"), int) and -200 <= gateway["rssi"] < 0
    ]
    return max(heard, default=None)


def _status(said: dict[str, Any]) -> tuple[dict[str, Value], Reason]:
    """What the device answered to DevStatusReq. On mains it does not know its battery."""
    values: dict[str, Value] = {}
    mains = said.get("externalPowerSource")
    if isinstance(mains, bool):
        values["external_power"] = mains
    level = said.get("batteryLevel")
    if level is None or mains is True or said.get("batteryLevelUnavailable") is True:
        return values, ""
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 <= level <= 100:
        return values, "batteryLevel must be a number from 0 to 100"
    values["battery"] = float(level)
    return values, ""


def _log(said: dict[str, Any], payload: bytes) -> Decoded:
    """A log of level ERROR, or version 3's event ``error``."""
    if said.get("level", "ERROR") != "ERROR":
        return Decoded(notes=notes_in(said.get("description")))
    code = str(said.get("code", said.get("type")))[:60]
    description = str(said.get("description", said.get("error")))[:200]
    return Decoded(malformed=Text.of("chirpstack.says", code=code, description=description), raw=payload[:200])


def _excerpt(problem: Reason, notes: tuple[Note, ...], said: dict[str, Any], payload: bytes) -> bytes:
    """What was not understood, without what the network server wrote around it."""
    if not problem and not notes:
        return b""
    decoded = said.get("object") or said.get("objectJSON")
    return msgspec.json.encode(decoded)[:200] if decoded else payload[:200]


def _time(value: Any) -> Instant | None:
    try:
        return instant_of(value) if isinstance(value, str) else None
    except MalformedMessage:
        return None  # the gateway's own time of receipt will do


class ChirpStackCodec:
    """ChirpStack, as devices.families finds it."""

    family = "chirpstack"
    base = ""

    def topics(self, base: str) -> tuple[str, ...]:
        start = base + "/" if base else ""
        return (f"{start}application/+/device/+/event/+",)

    def open(self, base: str) -> Decoder:
        return _ChirpStackDecoder(base)


CODEC = ChirpStackCodec()
