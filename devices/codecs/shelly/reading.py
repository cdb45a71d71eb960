"""How Shelly writes flags and numbers: as text, as JSON, and with words of its own for what is not known."""

from collections.abc import Callable
from typing import Any

from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import number_of
from devices.reading import Value

Read = Callable[[Any], Value | None]
"""What is said, None for nothing. Raises MalformedMessage for what cannot be read."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "1", "on", "open"), True),
    **dict.fromkeys(("false", "0", "off", "close", "closed"), False),
    **dict.fromkeys(("unknown", "-1", "none", "null"), None),
}
_NOT_MEASURED = frozenset({999.0, -1.0})
"""What generation 1 says while it has measured nothing."""


def flag(said: Any) -> bool | None:
    word = str(said).strip().lower()
    if word not in _WORDS:
        raise MalformedMessage(Text.of("shelly.none_of", value=repr(str(said)[:40]), words=", ".join(_WORDS)))
    return _WORDS[word]


def number(said: Any) -> float | None:
    return number_of(said)


def sensed(said: Any) -> float | None:
    """A number of a generation 1 sensor."""
    found = number_of(said)
    return None if found in _NOT_MEASURED else found


def celsius(said: Any) -> float | None:
    """A temperature of generation 1, where -1 is a temperature; ``{"value": 21.5, "units": "C"}`` as well."""
    if isinstance(said, dict):
        said = said.get("tC", said.get("value")) if said.get("is_valid") is not False else None
    found = None if said is None else number_of(said)
    return None if found == 999 else found


def one_of(meaning: dict[str, bool | None]) -> Read:
    """A word of several."""

    def read(said: Any) -> Value | None:
        if not isinstance(said, str) or said not in meaning:
            raise MalformedMessage(Text.of("shelly.none_of", value=repr(str(said)[:40]), words=", ".join(meaning)))
        return meaning[said]

    return read


gas = one_of({"none": False, "mild": True, "heavy": True, "test": False, "unknown": None})
operation = one_of({"normal": False, "fault": True, "warmup": None, "unknown": None})
self_test = one_of({"running": True, "completed": False, "not_completed": False, "pending": None, "unknown": None})


def is_error(said: Any) -> bool | None:
    """Generation 1: 0 is none."""
    found = number_of(said)
    return None if found is None else found != 0


def channel(signal: str, number: str) -> str:
    """The second channel of a quantity is ``temperature.2``, as with every family; 100 and more are an add-on's own."""
    if not number.isdecimal() or not number.isascii() or len(number) > 3 or number == "0":
        return signal
    place = int(number) if int(number) >= 100 else int(number) + 1
    return f"{signal}{'_' if '.' in signal else '.'}{place}"
