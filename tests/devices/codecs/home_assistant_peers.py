"""A decoder of announced devices, and what is said to it."""

import json
from typing import Any

from devices.codec import Decoded, Message
from devices.codecs.home_assistant.session import HomeAssistantDecoder
from devices.reading import Value
from tests.devices.codecs.test_recordings import NOW


def decoder() -> HomeAssistantDecoder:
    return HomeAssistantDecoder("homeassistant")


def say(listener: HomeAssistantDecoder, topic: str, payload: Any) -> Decoded:
    """A payload that is no bytes is sent as JSON."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode("utf-8", "surrogatepass")
    return listener.decode(Message("mqtt", topic, body, NOW))


def announce(listener: HomeAssistantDecoder, place: str, **config: Any) -> Decoded:
    return say(listener, f"homeassistant/{place}/config", config)


def values(decoded: Decoded) -> dict[str, dict[str, Value]]:
    return {report.address: dict(report.values) for report in decoded.reports}


HALL = {"ids": ["hall"], "mf": "Acme", "mdl": "S1"}


def sound(listener: HomeAssistantDecoder) -> bool:
    """Its indexes agree with each other."""
    entities = {key: one for device in listener._devices.values() for key, one in device.entities.items()}
    places = [one for several in listener._places.values() for one in several]
    return (
        listener._entities == len(entities) == len(places)
        and {key for several in listener._states.values() for key in several} == set(entities)
        and all(set(device.signals) == set(device.entities) for device in listener._devices.values())
        and all(len(set(device.signals.values())) == len(device.signals) for device in listener._devices.values())
        and listener._withdrawn <= set(listener._places)
        and listener._nodes == sum(template.nodes for one in places for template in one.templates())
    )
