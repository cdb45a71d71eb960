"""The gateway feels its own pulse: now and then something goes the whole way of an alarm, and nothing follows from it.

Through the inbox, the engine and the commit. A pipeline that hangs, a store that does not take anything, records that
are missing: no pulse. Whoever watches from outside is told by it, and by nothing that only says that a process is
there.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from alerts.moves import Receipt
from devices.errors import StoreUnavailable
from gateway.clock import Clock
from gateway.inbox import Delivery

EVERY_S = 5.0
LONGEST_S = 20.0
"""So long after the last beat alarms still count as passing: three beats may be late."""
STILL_S = 60.0
"""So long after the last beat systemd may start the gateway anew."""
_NEEDED = ("pipeline", "live", "web")
"""Parts without which nobody sees an alarm."""
_STORES = ("upkeep", "storage", "records", "owner")
"""Whose fault means that something cannot be stored."""

log = logging.getLogger("keyarea")


class Pulse:
    """``passes`` may be asked from any thread."""

    def __init__(
        self,
        hand_in: Callable[[Delivery], None],
        clock: Clock,
        parts: Mapping[str, str],
        faults: Mapping[str, object],
        waits_for_store: Callable[[], bool] = lambda: False,
    ) -> None:
        """``hand_in`` may raise StoreUnavailable; ``parts`` and ``faults`` as gateway.vitals has them.

        ``waits_for_store``: whether the pipeline goes on, and only the store takes nothing.
        """
        self._hand_in, self._clock, self._parts, self._faults = hand_in, clock, parts, faults
        self._felt_at: float | None = None
        self._waits_for_store = waits_for_store
        self._is_out = False

    def passes(self) -> bool:
        """Whether an alarm that came in now would be shown and stored."""
        if self._felt_at is None or self._clock.monotonic() - self._felt_at > LONGEST_S:
            return False
        states = self._parts
        return all(states.get(part) == "up" for part in _NEEDED) and not any(part in self._faults for part in _STORES)

    def stands_still(self) -> bool:
        """Whether only a start anew may help: nothing gets through, and it is not a store that is waited for.

        Before the first beat nothing stands: a start looks back over what was stored, however long that takes.
        """
        if self._felt_at is None or self._waits_for_store():
            return False
        return self._clock.monotonic() - self._felt_at > STILL_S

    async def run(self) -> None:
        while True:
            self.beat()
            await asyncio.sleep(EVERY_S)

    def beat(self) -> None:
        """One at a time: a store that is away must not find thousands of them waiting."""
        if self._is_out:
            return
        self._is_out = True
        try:
            self._hand_in(Delivery(Receipt("pulse", "sent", self._clock.now()), self._felt, lambda _why: self._gone()))
        except StoreUnavailable:
            self._gone()

    def _felt(self) -> None:
        self._felt_at = self._clock.monotonic()
        self._gone()

    def _gone(self) -> None:
        self._is_out = False
