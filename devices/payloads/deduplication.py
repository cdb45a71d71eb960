"""What was said on a line of late: new, waiting to be stored, or stored. A repeat is confirmed only after the commit.

A device repeats what was not confirmed. What it says again while the first is on its way gets no answer: the confirm of
the first will come, or, if it could not be stored, the next repeat counts as new.
"""

from collections import OrderedDict
from collections.abc import Hashable
from enum import Enum

import msgspec

from devices.reading import Instant


class Standing(Enum):
    """How far something that was said has come."""

    NEW = "new"
    WAITING = "waiting"
    STORED = "stored"


class _Said(msgspec.Struct):
    what: bytes
    at: Instant
    is_stored: bool = False


class Deduplication:
    """Bounded: beyond ``most`` keys the oldest is forgotten, and a repeat of that would be reported twice.

    Only the newest word under a key counts: a device whose serial number stands still may say fire, no fire, fire.
    """

    def __init__(self, within: Instant, most: int) -> None:
        """A repeat is one within ``within`` nanoseconds of the first time."""
        self._within, self._most = within, most
        self._newest: OrderedDict[Hashable, _Said] = OrderedDict()

    def standing(self, key: Hashable, what: bytes, now: Instant) -> Standing:
        """Whether this was said before; what is new waits from now on."""
        known = self._newest.get(key)
        if known is not None and known.what == what and abs(now - known.at) < self._within:
            return Standing.STORED if known.is_stored else Standing.WAITING
        self._newest[key] = _Said(what, now)
        self._newest.move_to_end(key)
        if len(self._newest) > self._most:
            self._newest.popitem(last=False)
        return Standing.NEW

    def settled(self, key: Hashable, what: bytes, *, is_stored: bool) -> None:
        """It is stored, or it could not be and is forgotten."""
        known = self._newest.get(key)
        if known is None or known.what != what:
            return
        if is_stored:
            known.is_stored = True
        else:
            del self._newest[key]
