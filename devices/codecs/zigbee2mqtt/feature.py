"""What a bridge tells of one field of a device (``exposes`` in its ``bridge/devices``): its unit, its two words."""

from typing import Any

import msgspec


class Feature(msgspec.Struct, frozen=True):
    """``unit`` as the bridge writes it; ``active`` and ``idle`` are the two values of a binary field, else None."""

    unit: str = ""
    active: Any = None
    idle: Any = None

    def truth(self, value: Any) -> Any:
        """True or false where the value is one of the field's own two; else the value as it is."""
        if _is_same(value, self.active):
            return True
        return False if _is_same(value, self.idle) else value


UNKNOWN = Feature()


def _is_same(value: Any, word: Any) -> bool:
    return word is not None and type(value) is type(word) and bool(value == word)
