"""What all sessions of a line know together, bounded: what was said, whose clock is off, which notes were made.

Whoever has no key may say what he likes in another's name, so that nothing here is a reason to believe anybody.
"""

from collections import OrderedDict
from typing import TypeVar

from devices.reading import SECOND, Instant

_MOST_REMEMBERED = 4096
_NOTE_AGAIN_AFTER = 3600 * SECOND
_MOST_NOTES = 1024
_MOST_ACCOUNTS = 1024

_Key = TypeVar("_Key")
_Known = TypeVar("_Known")


class Shared:
    """A panel that comes back over another connection is still the same panel."""

    def __init__(self, repeated_within: Instant) -> None:
        self._repeated_within = repeated_within
        self._newest: OrderedDict[tuple[str, bytes], tuple[bytes, Instant]] = OrderedDict()
        self._sealed: OrderedDict[bytes, Instant] = OrderedDict()
        self._noted: OrderedDict[tuple[str, str], Instant] = OrderedDict()
        self._clock_off: OrderedDict[str, None] = OrderedDict()

    def is_repeated(self, account: str, sequence: bytes, what: bytes, now: Instant) -> bool:
        """Whether the account's newest event of that number said the same, within the option's time of its first time.

        Only the newest counts: a panel whose number stands still may say fire, no fire, fire. At 4,096 numbers the
        oldest is forgotten; a repeat of that would be reported twice.
        """
        key = (account, sequence)
        known = self._newest.get(key)
        if known is not None and known[0] == what and abs(now - known[1]) < self._repeated_within:
            return True
        _remember(self._newest, key, (what, now), _MOST_REMEMBERED)
        return False

    def is_played_back(self, sealed: bytes, now: Instant) -> bool:
        """Whether this very cipher text came before: the panel's own repeat, or somebody who has listened."""
        first = self._sealed.get(sealed)
        if first is not None and abs(now - first) < self._repeated_within:
            return True
        _remember(self._sealed, sealed, now, _MOST_REMEMBERED)
        return False

    def is_due(self, account: str, kind: str, now: Instant) -> bool:
        """Whether a note of that kind may be made: one an hour for each account, else a panel fills the log."""
        key = (account, kind)
        noted = self._noted.get(key)
        if noted is not None and abs(now - noted) < _NOTE_AGAIN_AFTER:
            return False
        _remember(self._noted, key, now, _MOST_NOTES)
        return True

    def clock_is_off(self, account: str) -> None:
        _remember(self._clock_off, account, None, _MOST_ACCOUNTS)

    def clock_is_right(self, account: str) -> bool:
        """True if it was off before."""
        if account not in self._clock_off:
            return False
        del self._clock_off[account]
        return True


def _remember(memory: OrderedDict[_Key, _Known], key: _Key, known: _Known, most: int) -> None:
    memory[key] = known
    memory.move_to_end(key)
    if len(memory) > most:
        memory.popitem(last=False)
