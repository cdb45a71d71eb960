"""What a bridge tells of one field of a device (``exposes`` in its ``bridge/devices``): its unit, its two words."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from devices.errors import MalformedMessage
from devices.message import Text
from devices.reading import Value

_SET = 0b010
"""Bit of ``access``: somebody may set it (zigbee2mqtt.io: Exposes)."""


class Feature(msgspec.Struct, frozen=True):
    """``unit`` as the bridge writes it; ``active`` and ``idle`` are the two values of a binary field, else None.

    ``access`` is a sum of bits, None where it was not told. ``meaning`` is the signal that a field of a general name
    (``alarm``) is of on this device, "" where nobody knows; ``causes`` are the signals that its words may tell besides;
    ``raw_alarm`` the number that means alarm where the model's converter hands on the maker's code instead of a flag.
    """

    unit: str = ""
    active: Any = None
    idle: Any = None
    access: int | None = None
    meaning: str = ""
    causes: tuple[str, ...] = ()
    raw_alarm: int | None = None

    @property
    def is_setting(self) -> bool:
        return self.access is not None and bool(self.access & _SET)

    def truth(self, value: Any) -> Any:
        """True or false where the value is one of the field's own two; else the value as it is."""
        if self.raw_alarm is not None and type(value) is int and value in (0, 1):
            return value == self.raw_alarm
        if _is_same(value, self.active):
            return True
        return False if _is_same(value, self.idle) else value

    def said(self, value: Any) -> Any:
        """The same for what may be a danger: true is true there, whatever a definition says of it."""
        return value if isinstance(value, bool) else self.truth(value)


UNKNOWN = Feature()

Said = Iterable[tuple[str, Value]]
Read = Callable[[Any, Feature], Said]


class NotYesOrNo(MalformedMessage):
    """A number where true or false should be: a code of the maker's, of which nobody can know what alarm is."""

    def __init__(self, signal: str, value: float) -> None:
        self.signal = signal
        super().__init__(Text.of("zigbee2mqtt.not_yes_or_no", value=float(value)))


class NoUnit(MalformedMessage):
    """A number in a unit that neither the message nor the device's definition tells."""

    def __init__(self) -> None:
        super().__init__(Text.of("zigbee2mqtt.no_unit"))


def _is_same(value: Any, word: Any) -> bool:
    return word is not None and type(value) is type(word) and bool(value == word)
