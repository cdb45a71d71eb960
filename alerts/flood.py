"""Whether alerts come in a flood: more than ten within ten minutes, until there are fewer than five (EEMUA 191)."""

from collections import deque

from devices.reading import SECOND, Instant

_WINDOW = 600 * SECOND
_STARTS, _ENDS = 10, 5


class Flood:
    """Told when alerts are raised, in the order in which it happens."""

    def __init__(self) -> None:
        self._raised: deque[Instant] = deque()
        self._is_flooded = False

    def raised(self, at: Instant) -> None:
        """One more alert is shouted."""
        self._forget(at)
        self._raised.append(at)

    def count(self, now: Instant) -> int:
        """How many alerts the flood brought in the last ten minutes; 0: there is none."""
        self._forget(now)
        count = len(self._raised)
        self._is_flooded = count > _STARTS or (self._is_flooded and count >= _ENDS)
        return count if self._is_flooded else 0

    def _forget(self, now: Instant) -> None:
        while self._raised and now - self._raised[0] >= _WINDOW:
            self._raised.popleft()
