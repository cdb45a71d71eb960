"""What burns and heats on purpose: its flame is no fire, and that it heats is no heat alarm.

Seen in announcements: the ``Flame`` of OpenTherm gateways, without a class, and Home Assistant's class ``heat`` for
the ``Heating`` and ``Boiler`` of thermostats and coffee machines.
"""

from collections.abc import Iterable

from devices.payloads.signal_aliases import normal

_AT_WORK = {"heating", "heater", "boiler", "burner", "furnace", "radiator", "sauna", "oven", "stove"}
_DRESS = {"status", "state", "active", "on", "is", "running"}
_CONTROLLERS = {"opentherm", "otgw", "ebus", "ebusd", "ems"}
_BURNERS = {"boiler", "burner", "furnace", "stove", "fireplace"}
_LONGEST_NAME = 200


def heats(names: Iterable[str]) -> bool:
    """Whether one of an entity's names says that something heats: ``is_heating``, ``Boiler status``."""
    return any(words[-1:] and words[-1] in _AT_WORK for words in map(_words, names))


def is_burner(device: str) -> bool:
    """Whether a device's names are those of something that burns; a boiler room is none."""
    words = set(_words(device))
    return bool(words & _CONTROLLERS) or (bool(words & _BURNERS) and "room" not in words)


def _words(name: str) -> list[str]:
    words = normal(name[:_LONGEST_NAME]).split("_")
    while words and words[-1] in _DRESS:
        words.pop()
    return words
