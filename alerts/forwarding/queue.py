"""What a centre has not confirmed yet: who goes first, by which path, how often again, and when it has failed.

One event at a time is on its way, and fire interrupts any other. An answer must come within ``answer_within_s``; then
it is said again, by another path if there is one; GB/T 26875.3-2011, 6.5.4 and 6.5.5, wants three times, each within
10 s at most. After that it has failed, which is told, and it is tried again for as long as it takes: nothing is given
up but what the centre itself refuses again and again. An answer that comes late counts.

An end that waits is dropped when the same begins again at its place: told after it, it would end what stands.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from devices.centre import CentreEvent, Condition
from devices.message import Text
from devices.reading import SECOND, Instant


class Limits(msgspec.Struct, frozen=True):
    """``pause_s``: between two rounds over an event that has failed; ``refused_pause_s``: at most, if it is refused.

    ``most_refusals``: rounds after which the centre is believed that it will never take it.
    """

    answer_within_s: float = 4
    resends: int = 3
    pause_s: float = 5
    refused_pause_s: float = 300
    most_refusals: int = 48
    """Four hours, with pauses that grow."""


class Send(msgspec.Struct, frozen=True):
    """Send this by that path."""

    path: int
    event: CentreEvent


State: TypeAlias = Literal["sending", "confirmed", "failed", "superseded", "refused"]


class Became(msgspec.Struct, frozen=True):
    """What became of an event. It waits no more if it was ``confirmed``, ``superseded`` or ``refused`` for good."""

    event: CentreEvent
    state: State
    at: Instant
    reason: Text | None = None

    @property
    def is_over(self) -> bool:
        return self.state not in ("sending", "failed")


Step: TypeAlias = Send | Became


class _Item(msgspec.Struct):
    event: CentreEvent
    number: int
    sent: int = 0
    retry_at: Instant = 0
    is_failed: bool = False
    is_told: bool = False
    refusals: int = 0
    was_refused: bool = False


class CentreQueue:
    """Every method returns what follows from it, in order."""

    def __init__(self, limits: Limits, paths: int) -> None:
        self._limits, self._up, self._bad = limits, [False] * paths, [False] * paths
        self._items: dict[str, _Item] = {}
        self._standing: dict[tuple[str, str], tuple[Condition, ...]] = {}
        self._pushed = 0
        self._flight: _Item | None = None
        self._path: int | None = None
        self._until: Instant = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_failing(self) -> bool:
        """Whether something has been said often enough in vain."""
        return any(item.is_failed for item in self._items.values())

    @property
    def waiting(self) -> Sequence[CentreEvent]:
        """In the order in which they go."""
        return [item.event for item in sorted(self._items.values(), key=_order)]

    @property
    def wake_at(self) -> Instant | None:
        flight = self._flight
        if flight is None:
            return min((item.retry_at for item in self._items.values()), default=None)
        if flight.event.is_urgent:
            return self._until
        urgent = (item.retry_at for item in self._items.values() if item.event.is_urgent)
        return min([self._until, *urgent])

    # -- what happens --------------------------------------------------------------------------------------

    def push(self, event: CentreEvent, now: Instant, *, is_failed: bool = False) -> list[Step]:
        """Tell that; once, however often it is asked for. ``is_failed``: it was said in vain before this start."""
        if event.id in self._items:
            return []
        steps: list[Step] = [] if event.is_restore else self._supersede(event, now)
        self._standing[event.place] = event.standing
        self._pushed += 1
        self._items[event.id] = _Item(event, self._pushed, is_failed=is_failed)
        return [*steps, *self._pump(now)]

    def confirmed(self, event: str, now: Instant) -> list[Step]:
        item = self._items.pop(event, None)
        if item is None:
            return []
        self._landed(item)
        for other in self._items.values():  # it is there: what was in vain is worth another try
            if not other.was_refused:
                other.retry_at = min(other.retry_at, now)
        return [Became(item.event, "confirmed", now), *self._pump(now)]

    def denied(self, event: str, reason: Text, now: Instant) -> list[Step]:
        item = self._items.get(event)
        if item is None or item is not self._flight:
            return []
        self._landed(item)
        item.was_refused = True
        if item.sent <= self._limits.resends:
            # At once after the first: it may have been the code or the time. Then others have their turn in between.
            wait_s = self._limits.answer_within_s if item.sent > 1 else 0
            item.retry_at = now + int(wait_s * SECOND)
            return self._pump(now)
        item.refusals += 1
        if item.refusals >= self._limits.most_refusals:
            del self._items[event]
            return [Became(item.event, "refused", now, reason), *self._pump(now)]
        pause_s = min(self._limits.pause_s * 2 ** (item.refusals - 1), self._limits.refused_pause_s)
        item.sent, item.retry_at = 0, now + int(pause_s * SECOND)
        return [*self._failed(item, now, reason), *self._pump(now)]

    def path_is(self, path: int, *, up: bool, now: Instant) -> list[Step]:
        """A path is there, or is not."""
        self._up[path] = up
        if self._flight is not None and self._path in (None, path) and (up or self._any_up()):
            return self._send(self._flight, now, is_new=False)
        if not up and self._path == path:
            self._path = None
        return self._pump(now)

    def heard(self, path: int) -> None:
        """The centre has said something by that path."""
        self._bad[path] = False

    def tick(self, now: Instant) -> list[Step]:
        """Time has passed."""
        steps: list[Step] = []
        item = self._flight
        if item is not None and now >= self._until:
            if self._path is not None:
                self._bad[self._path] = True
            if item.sent <= self._limits.resends:
                if not item.is_told and not item.is_failed:
                    steps.append(Became(item.event, "sending", now))
                item.is_told = True
            else:
                item.sent, item.retry_at = 0, now + int(self._limits.pause_s * SECOND)
                steps += self._failed(item, now, None)
            self._landed(item)
            steps += self._if_failing(now)
        return [*steps, *self._pump(now)]

    # -- what follows --------------------------------------------------------------------------------------

    def _pump(self, now: Instant) -> list[Step]:
        ready = [item for item in self._items.values() if item.retry_at <= now and item is not self._flight]
        first = min(ready, key=_order, default=None)
        if first is None:
            return []
        if self._flight is not None:
            if not first.event.is_urgent or self._flight.event.is_urgent:
                return []
            self._flight.sent -= 1  # it waits for its turn again; an answer that still comes counts
            self._landed(self._flight)
        return self._send(first, now)

    def _send(self, item: _Item, now: Instant, *, is_new: bool = True) -> list[Step]:
        """``is_new``: it counts as said once more; not, if nothing could carry it before."""
        if is_new or item.sent == 0:
            item.sent += 1
        self._flight, self._path = item, self._best_path()
        self._until = now + int(self._limits.answer_within_s * SECOND)
        if self._path is None:
            return []
        standing = self._standing.get(item.event.place, item.event.standing)
        return [Send(self._path, replace(item.event, standing=standing))]

    def _best_path(self) -> int | None:
        up = [path for path, is_up in enumerate(self._up) if is_up]
        good = [path for path in up if not self._bad[path]]
        if not good and len(up) > 1 and self._path in up:
            return up[(up.index(self._path) + 1) % len(up)]  # none answers: by turns
        return next(iter([*good, *up]), None)

    def _any_up(self) -> bool:
        return any(self._up)

    def _landed(self, item: _Item) -> None:
        if self._flight is item:
            self._flight = None

    def _failed(self, item: _Item, now: Instant, reason: Text | None) -> list[Step]:
        if item.is_failed:
            return []
        item.is_failed = True
        return [Became(item.event, "failed", now, reason)]

    def _if_failing(self, now: Instant) -> list[Step]:
        """What waits behind something that was said in vain is not told either."""
        if not any(item.is_failed and not item.was_refused for item in self._items.values()):
            return []
        return [step for item in list(self._items.values()) for step in self._failed(item, now, None)]

    def _supersede(self, event: CentreEvent, now: Instant) -> list[Step]:
        over = [
            item
            for item in self._items.values()
            if item.event.is_restore and item.event.place == event.place and item.event.condition == event.condition
        ]
        for item in over:
            del self._items[item.event.id]
            self._landed(item)
        return [Became(item.event, "superseded", now) for item in over]


def _order(item: _Item) -> tuple[int, Instant, int]:
    return item.event.rank, item.event.at, item.number
