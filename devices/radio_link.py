"""How good a device's radio link was: the lowest and the mean of a day, and whether that is weak.

The limits are those at which makers and operators begin to see losses, not a standard's: a Zigbee link quality under 50
of 255, -80 dBm for Wi-Fi, Bluetooth and Zigbee receivers, -115 dBm for LoRaWAN (whose receivers hear to about -135).
"""

from collections.abc import Sequence

import msgspec

WEAK_QUALITY = 50.0
WEAK_DBM = -80.0
WEAK_LORA_DBM = -115.0
_LORA = frozenset({"chirpstack", "things_stack"})

SIGNALS = ("linkquality", "rssi")
"""In the order in which they are believed: a quality says more than a strength."""


class RadioLink(msgspec.Struct, frozen=True):
    """``signal`` is linkquality or rssi; ``lowest`` and ``mean`` of the day in its unit."""

    signal: str
    lowest: float
    mean: float
    is_weak: bool


def limit(signal: str, family: str) -> float:
    """Under it, a link of that family is weak."""
    if signal == "linkquality":
        return WEAK_QUALITY
    return WEAK_LORA_DBM if family in _LORA else WEAK_DBM


def link(signal: str, lows: Sequence[float], means: Sequence[float], family: str) -> RadioLink | None:
    """What the lowest and the mean of each stretch of a day say; None if there are none."""
    if not lows or not means:
        return None
    mean = sum(means) / len(means)
    return RadioLink(signal, min(lows), round(mean, 1), mean < limit(signal, family))
