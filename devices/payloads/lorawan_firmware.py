"""Which firmware a decoded LoRaWAN payload says that the device runs."""

from functools import lru_cache
from itertools import islice
from typing import Any

from devices.payloads.boolean_words import plain

_MOST_FIELDS = 500
_MOST_LISTED = 50
_LONGEST_NAME = 64

_FIRMWARE = ("firmwareversion", "firmware", "fwversion", "fwver", "firmwarever", "firmver", "fw")
_SOFTWARE = ("softwareversion", "swversion", "softversion", "software", "swver", "sw")
_IN_TWO = ("fwmaj", "fwmin")
_LONGEST_VERSION = 40


def firmware_in(payload: Any) -> str:
    """The version that the device says it runs, empty if it does not say. Three levels are looked at."""
    names: dict[str, str] = {}
    level: list[Any] = [payload]
    for _ in range(3):
        below: list[Any] = []
        for around in level[:_MOST_LISTED]:
            if isinstance(around, list):
                below += around[:_MOST_LISTED]
            elif isinstance(around, dict):
                for name, value in islice(around.items(), _MOST_FIELDS):
                    word = _version_word(name) if len(name) <= _LONGEST_NAME else ""
                    if word and (version := _version(value)):
                        names.setdefault(word, version)
                    elif isinstance(value, dict | list):
                        below.append(value)
        level = below
    if "fwmaj" in names and "fwmin" in names:
        return f"{names['fwmaj']}.{names['fwmin']}"
    return next((names[name] for name in _FIRMWARE + _SOFTWARE if name in names), "")


@lru_cache(maxsize=4096)
def _version_word(name: str) -> str:
    word = plain(name)
    return word if word in _FIRMWARE + _SOFTWARE + _IN_TWO else ""


def _version(value: Any) -> str:
    if isinstance(value, dict):
        parts = [value.get(part) for part in ("major", "minor", "patch")]
        value = ".".join(str(part) for part in parts if isinstance(part, int) and 0 <= part < 10_000)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = value if isinstance(value, str) else f"{value:g}"
    return "".join(letter for letter in text[:_LONGEST_VERSION] if letter.isprintable()).strip()
