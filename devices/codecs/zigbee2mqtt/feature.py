"""What a bridge tells of one field of a device (``exposes`` in its ``bridge/devices``): its unit, its two words."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from devices.reading import Value

_SET = 0b010
"""Bit of ``access``: somebody may set it (zigbee2mqtt.io: Exposes)."""


class Feature(msgspec.Struct, frozen=True):
    """``unit`` as the bridge writes it; ``active`` and ``idle`` are the two values of a binary field, else None.

    ``access`` is a sum of bits, None where it was not told.
    """

    unit: str = ""
    active: Any = None
    idle: Any = None
    access: int | None = None

    @property
    def is_setting(self) -> bool:
        return self.access is not None and bool(self.access & _SET)

    def truth(self, value: Any) -> Any:
        """True or false where the value is one of the field's own two; else the value as it is."""
        if _is_same(value, self.active):
            return True
        return False if _is_same(value, self.idle) else value


UNKNOWN = Feature()

Said = Iterable[tuple[str, Value]]
Read = Callable[[Any, Feature], Said]


def _is_same(value: Any, word: Any) -> bool:
    return word is not None and type(value) is type(word) and bool(value == word)
