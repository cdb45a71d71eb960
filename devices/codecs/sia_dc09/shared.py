"""What all sessions of a line know together, bounded: what was said, whose clock is off, which notes were made.

Whoever has no key may say what he likes in another's name, so that nothing here is a reason to believe anybody.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import TypeAlias, TypeVar

from devices.payloads.deduplication import Deduplication, Standing
from devices.reading import SECOND, Instant

Name: TypeAlias = tuple[Hashable, bytes, bool]
"""Under which key what was said is remembered, a digest of it, and whether that holds for a minute only."""

_MOST_REMEMBERED = 4096
_NOTE_AGAIN_AFTER = 3600 * SECOND
_MOST_NOTES = 1024
_MOST_WRONG = 2048
_SAID_AGAIN_WITHIN = 60 * SECOND
"""So long a panel tries again with the same words and number, whatever time it puts on them."""
_NOT_WRONG = object()

_Key = TypeVar("_Key")
_Known = TypeVar("_Known")


class Shared:
    """A panel that comes back over another connection is still the same panel."""

    def __init__(self, repeated_within: Instant) -> None:
        self._said = {
            False: Deduplication(repeated_within, _MOST_REMEMBERED),
            True: Deduplication(min(_SAID_AGAIN_WITHIN, repeated_within), _MOST_REMEMBERED),
        }
        self._failed: OrderedDict[str, int] = OrderedDict()
        self._noted: OrderedDict[tuple[str, str], Instant] = OrderedDict()
        self._wrong: OrderedDict[tuple[str, str], None] = OrderedDict()

    def standing(self, said: Sequence[Name], now: Instant) -> Standing:
        """How far what has these names has come: as far as any of them, so that nothing counts twice."""
        found = [(name, self._said[name[2]].standing(*name[:2], now)) for name in said]
        so_far = {standing for _, standing in found}
        most = next((each for each in (Standing.STORED, Standing.WAITING) if each in so_far), Standing.NEW)
        for name, standing in found:
            if standing is not most:  # a repeat under another name waits for nothing of its own
                self._said[name[2]].settled(*name[:2], is_stored=most is Standing.STORED)
        return most

    def settled(self, said: Sequence[Name], *, is_stored: bool) -> None:
        for name in said:
            self._said[name[2]].settled(*name[:2], is_stored=is_stored)

    def is_due(self, account: str, kind: str, now: Instant) -> bool:
        """Whether a note of that kind may be made: one an hour for each account, else a panel fills the log."""
        key = (account, kind)
        noted = self._noted.get(key)
        if noted is not None and abs(now - noted) < _NOTE_AGAIN_AFTER:
            return False
        _remember(self._noted, key, now, _MOST_NOTES)
        return True

    def failed(self, account: str) -> int:
        """How many messages in turn of that account have failed their sum or length."""
        count = self._failed.get(account, 0) + 1
        _remember(self._failed, account, count, _MOST_WRONG)
        return count

    def came_through(self, account: str) -> None:
        """One of its messages is whole."""
        self._failed.pop(account, None)

    def is_wrong(self, account: str, what: str) -> None:
        """Its clock is, or what it says."""
        _remember(self._wrong, (account, what), None, _MOST_WRONG)

    def is_right(self, account: str, what: str) -> bool:
        """True if it was wrong before."""
        return self._wrong.pop((account, what), _NOT_WRONG) is None


def _remember(memory: OrderedDict[_Key, _Known], key: _Key, known: _Known, most: int) -> None:
    memory[key] = known
    memory.move_to_end(key)
    if len(memory) > most:
        memory.popitem(last=False)
