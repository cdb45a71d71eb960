"""A message of a radio network, and what its family makes of it."""

import json
from typing import Any

from devices.codec import Decoded, Message
from devices.families import mqtt_families
from tests.devices.codecs.test_recordings import NOW


def decode(family: str, topic: str, payload: bytes, base: str | None = None) -> Decoded:
    codec = mqtt_families()[family]
    return codec.open(codec.base if base is None else base).decode(Message("mqtt", topic, payload, NOW))


def told(payload: Any) -> bytes:
    return json.dumps(payload).encode("utf-8", "surrogatepass")


def up(decoded: Any, **more: Any) -> list[tuple[str, str, bytes]]:
    """The same decoded payload as each of the two network servers tells it."""
    eui = "24e124128c147204"
    chirpstack = {"deviceInfo": {"devEui": eui}, "data": "AA==", "object": decoded, **more}
    things = {"end_device_ids": {"device_id": "a"}, "uplink_message": {"decoded_payload": decoded, **more}}
    return [
        ("chirpstack", f"application/1/device/{eui}/event/up", told(chirpstack)),
        ("things_stack", "v3/a@t/devices/a/up", told(things)),
    ]


def things(**uplink: Any) -> Decoded:
    payload = told({"end_device_ids": {"device_id": "a"}, "uplink_message": uplink})
    return decode("things_stack", "v3/a@t/devices/a/up", payload)
