"""What a centre has not confirmed yet: who goes first, by which path, how often again, and when it has failed.

One event at a time is on its way, and fire interrupts any other. An answer must come within ``answer_within_s``; then
it is said again, by another path if there is one; GB/T 26875.3-2011, 6.5.4 and 6.5.5, wants three times, each within
10 s at most. After that it has failed, which is told, and it is tried again for as long as it takes: nothing is given
up but what the centre itself refuses again and again. An answer that comes late counts.

An end that waits is dropped when the same begins again at its place: told after it, it would end what stands.

In a storm ten thousand wait: who goes next is the top of a heap, and nothing walks over all of them for each event. An
entry of a heap may be out of date (its event is on its way, confirmed, or waits anew), and is dropped when it is met.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
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


_Order: TypeAlias = tuple[int, Instant, int]


class CentreQueue:
    """Every method returns what follows from it, in order."""

    def __init__(self, limits: Limits, paths: int) -> None:
        self._limits, self._up, self._bad = limits, [False] * paths, [False] * paths
        self._items: dict[str, _Item] = {}
        self._ready: list[tuple[_Order, _Item]] = []
        """Who may go, the first in front."""
        self._later: list[tuple[Instant, int, _Item]] = []
        """Who goes again, and when."""
        self._ends: dict[tuple[tuple[str, str], Condition], dict[str, _Item]] = {}
        """Ends that wait, by what they end."""
        self._failing = 0
        self._now: Instant = 0
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
        return self._failing > 0

    @property
    def waiting(self) -> Sequence[CentreEvent]:
        """In the order in which they go."""
        return [item.event for item in sorted(self._items.values(), key=_order)]

    @property
    def wake_at(self) -> Instant | None:
        flight = self._flight
        if flight is not None and flight.event.is_urgent:
            return self._until
        first = self._first(self._now)
        waits = [(at, item) for at, _, item in self._later if self._waits(item, at)]
        waits += [(first.retry_at, first)] if first is not None else []
        if flight is None:
            return min((at for at, _ in waits), default=None)
        return min([self._until, *(at for at, item in waits if item.event.is_urgent)])

    # -- what happens --------------------------------------------------------------------------------------

    def push(self, event: CentreEvent, now: Instant, *, is_failed: bool = False) -> list[Step]:
        """Tell that; once, however often it is asked for. ``is_failed``: it was said in vain before this start."""
        self._come_to(now)
        if event.id in self._items:
            return []
        steps: list[Step] = [] if event.is_restore else self._supersede(event, now)
        self._standing[event.place] = event.standing
        self._pushed += 1
        item = self._items[event.id] = _Item(event, self._pushed, is_failed=is_failed)
        self._failing += is_failed
        if event.is_restore:
            self._ends.setdefault((event.place, event.condition), {})[event.id] = item
        self._queue(item, now)
        return [*steps, *self._pump(now)]

    def confirmed(self, event: str, now: Instant) -> list[Step]:
        self._come_to(now)
        item = self._items.get(event)
        if item is None:
            return []
        self._remove(item)
        if self._flight is not None and not self._flight.was_refused:
            self._flight.retry_at = min(self._flight.retry_at, now)
        later, self._later = self._later, []
        for at, _, other in later:  # it is there: what was in vain is worth another try
            if self._waits(other, at):
                other.retry_at = at if other.was_refused else min(at, now)
                self._queue(other, now)
        return [Became(item.event, "confirmed", now), *self._pump(now)]

    def denied(self, event: str, reason: Text, now: Instant) -> list[Step]:
        self._come_to(now)
        item = self._items.get(event)
        if item is None or item is not self._flight:
            return []
        self._landed(item)
        item.was_refused = True
        if item.sent <= self._limits.resends:
            # At once after the first: it may have been the code or the time. Then others have their turn in between.
            wait_s = self._limits.answer_within_s if item.sent > 1 else 0
            item.retry_at = now + int(wait_s * SECOND)
            self._queue(item, now)
            return self._pump(now)
        item.refusals += 1
        if item.refusals >= self._limits.most_refusals:
            self._remove(item)
            return [Became(item.event, "refused", now, reason), *self._pump(now)]
        pause_s = min(self._limits.pause_s * 2 ** (item.refusals - 1), self._limits.refused_pause_s)
        item.sent, item.retry_at = 0, now + int(pause_s * SECOND)
        self._queue(item, now)
        return [*self._failed(item, now, reason), *self._pump(now)]

    def path_is(self, path: int, *, up: bool, now: Instant) -> list[Step]:
        """A path is there, or is not."""
        self._come_to(now)
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
        self._come_to(now)
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
            self._queue(item, now)
            steps += self._if_failing(now)
        return [*steps, *self._pump(now)]

    # -- what follows --------------------------------------------------------------------------------------

    def _come_to(self, now: Instant) -> None:
        """If the clock was set back, who might go waits anew."""
        if now < self._now:
            self._ready, self._later = [], []
            for item in self._items.values():
                if item is not self._flight:
                    self._queue(item, now)
        self._now = now

    def _queue(self, item: _Item, now: Instant) -> None:
        """It waits for its turn, or for its time."""
        if item.retry_at <= now:
            heappush(self._ready, (_order(item), item))
        else:
            heappush(self._later, (item.retry_at, item.number, item))

    def _waits(self, item: _Item, at: Instant) -> bool:
        """Whether it is that item which goes again then."""
        return item.retry_at == at and item is not self._flight and self._items.get(item.event.id) is item

    def _remove(self, item: _Item) -> None:
        event = item.event
        del self._items[event.id]
        self._failing -= item.is_failed
        if event.is_restore:
            self._ends.get((event.place, event.condition), {}).pop(event.id, None)
        self._landed(item)

    def _first(self, now: Instant) -> _Item | None:
        """Who goes next, if anybody may."""
        while self._later and self._later[0][0] <= now:
            at, _, item = heappop(self._later)
            if self._waits(item, at):
                heappush(self._ready, (_order(item), item))
        while self._ready:
            item = self._ready[0][1]
            is_there = item is not self._flight and self._items.get(item.event.id) is item
            if is_there and item.retry_at <= now:
                return item
            heappop(self._ready)
            if is_there:  # its pause is not over
                heappush(self._later, (item.retry_at, item.number, item))
        return None

    def _pump(self, now: Instant) -> list[Step]:
        if self._flight is not None and self._flight.event.is_urgent:
            return []
        first = self._first(now)
        if first is None:
            return []
        if self._flight is not None:
            if not first.event.is_urgent:
                return []
            interrupted = self._flight
            interrupted.sent -= 1  # it waits for its turn again; an answer that still comes counts
            self._landed(interrupted)
            self._queue(interrupted, now)
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
        self._failing += 1
        return [Became(item.event, "failed", now, reason)]

    def _if_failing(self, now: Instant) -> list[Step]:
        """What waits behind something that was said in vain is not told either."""
        if not any(item.is_failed and not item.was_refused for item in self._items.values()):
            return []
        return [step for item in list(self._items.values()) for step in self._failed(item, now, None)]

    def _supersede(self, event: CentreEvent, now: Instant) -> list[Step]:
        over = list(self._ends.pop((event.place, event.condition), {}).values())
        for item in over:
            self._remove(item)
        return [Became(item.event, "superseded", now) for item in over]


def _order(item: _Item) -> _Order:
    return item.event.rank, item.event.at, item.number
