"""Cards held to the readers at the ways in and out of the site: which card, and which way. Whose it is others know."""

from typing import Literal, TypeAlias

import msgspec

from alerts.facts import GATE_READER
from alerts.world import World
from devices.reading import Instant, Quality, Reading
from devices.signals import base_name

Way: TypeAlias = Literal["in", "out", "both"]
"""``both``: one reader for either way; whoever is out comes in, and whoever is in goes out."""
_NO_WORD = int(Quality.SNAPSHOT | Quality.DEDUCED)
CREDENTIAL = "credential"
MOST_OF_CARD = 64


class Passage(msgspec.Struct, frozen=True):
    """``card`` as the reader says it."""

    device: str
    area: str
    card: str
    way: Way
    at: Instant


def passage_of(reading: Reading, world: World) -> Passage | None:
    """None: no card, or no reader of a way in or out. A snapshot is no card that is held up now."""
    is_card = base_name(reading.signal) == CREDENTIAL and isinstance(reading.value, str) and reading.value != ""
    if not is_card or int(reading.quality) & _NO_WORD:
        return None
    way = next(iter(world.ask_of(GATE_READER, device=reading.device)), None)
    device = world.devices.get(reading.device)
    if way is None or device is None:
        return None
    return Passage(reading.device, device.area, card_of(str(reading.value)), way, reading.received)


def card_of(text: str) -> str:
    """As cards are compared: readers differ in nothing but blanks and letters of either case."""
    return text.strip().casefold()
