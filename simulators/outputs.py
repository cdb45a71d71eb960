"""Simulated sirens, voices, relays and locks of the native family: they obey their command topic, and say so.

Written from docs/families.md, and shares nothing with the gateway's codec. A fan is a relay whose contact tells that it
runs; what starts it, and that it takes two detectors, is the gateway's business.
"""

import json
from typing import Any

_SIGNALS = {"siren": "siren", "strobe": "siren.strobe", "relay": "switch", "lock": "lock", "buzzer": "siren.buzzer"}


def command_topics(base: str = "keyarea") -> str:
    """What they listen to."""
    return f"{base}/+/command"


def obeyed(payload: bytes) -> dict[str, bool | str]:
    """What the device then says of itself; nothing for an order that it does not know."""
    try:
        order: Any = json.loads(payload)
    except ValueError:
        return {}
    if not isinstance(order, dict):
        return {}
    if order.get("output") == "voice":
        return {"voice": order["value"]} if isinstance(order.get("value"), str) else {}
    if not isinstance(order.get("value"), bool):
        return {}
    signal = _SIGNALS.get(str(order.get("output")), "")
    channel = str(order.get("channel", ""))
    name = f"{signal}.{channel}" if signal and channel not in ("", "1") else signal
    return {name: order["value"]} if name else {}
