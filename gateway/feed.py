"""The one door out: committed events with ids, for the API stream, the console and the notifiers."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import islice
from typing import Protocol

from alerts.alert import AlertEvent
from alerts.canary import CanaryRaised
from api.ports import Published
from api.ports.feed import RECORDED
from devices.errors import Refused
from devices.message import Text

_KEPT = 20_000
_PAGE = 500
_TOGETHER = 100


class Listener(Protocol):
    """Somebody in a thread of their own who must hear of alerts also when nothing can be stored. Neither call waits."""

    def decided(self, steps: Sequence[AlertEvent]) -> None:
        """These are about to be committed."""

    def published(self, events: Sequence[Published]) -> None:
        """These are committed, in their order."""


class Feed:
    """Written by the pipeline's thread, read by any number of tasks of one event loop.

    Each reader has a place in one shared list and no queue of its own, so a slow reader costs nothing and can
    only fall behind, which it is told.
    """

    def __init__(self, newest_id: int, older: Callable[[int, int], Sequence[Published]]) -> None:
        """``newest_id``: where the stored feed ends; ``older(after, limit)`` reads stored events."""
        self._kept: deque[Published] = deque(maxlen=_KEPT)
        self._count = 0
        self._newest_id = newest_id
        self._older = older
        self._unrecorded: dict[str, Published] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: asyncio.Event | None = None
        self._is_over = False
        self._listeners: list[Listener] = []
        self.canary: CanaryRaised | None = None
        """The newest that was decided, committed or not."""

    def attach(self, listener: Listener) -> None:
        """From now on it is told in the pipeline's thread; before anything runs."""
        self._listeners.append(listener)

    def decided(self, steps: Sequence[AlertEvent]) -> None:
        """These steps are about to be committed; from the pipeline's thread."""
        for listener in self._listeners if steps else ():
            listener.decided(steps)

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the loop that the readers live in; call once from it."""
        self._loop, self._news = loop, asyncio.Event()

    @property
    def newest_id(self) -> int:
        return self._newest_id

    def publish(self, events: Sequence[Published]) -> None:
        """Give out events, in order; from any thread."""
        if not events:
            return
        with self._lock:
            self._kept.extend(events)
            self._count += len(events)
            self._newest_id = max(self._newest_id, events[-1].id or 0)
        for listener in self._listeners:
            listener.published(events)
        self._wake()

    def show(self, steps: Sequence[AlertEvent]) -> None:
        """Give out steps of alerts that wait for the store; from any thread. Whoever comes later is shown them too."""
        shown = [Published(None, "alert", step) for step in steps]
        with self._lock:
            self._unrecorded.update((step.alert.id, said) for step, said in zip(steps, shown, strict=True))
            self._kept.extend(shown)
            self._count += len(shown)
        self._wake()

    def nothing_waits(self) -> None:
        """What was shown is published by now, or lost with the pipeline; from any thread."""
        with self._lock:
            if not self._unrecorded:
                return
            self._unrecorded.clear()
            self._kept.append(Published(None, RECORDED, None))
            self._count += 1
        self._wake()

    def _wake(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._announce)

    def catch_up(self) -> None:
        """Give out what was stored and then, because the pipeline died over it, not published."""
        while missed := self._older(self._newest_id, _PAGE):
            self.publish(missed)

    def end(self) -> None:
        """Let every reader come to its end: the gateway stops. From the readers' loop."""
        self._is_over = True
        self._announce()

    def _announce(self) -> None:
        if self._news is not None:
            self._news.set()
            self._news = asyncio.Event()

    async def subscribe(self, after: int | None) -> AsyncIterator[Sequence[Published]]:
        """Events with id > ``after`` (None: only new ones), first the missed ones, then live, until the gateway stops.

        Between them what waits for the store, which has no id.
        As many together as there are, a hundred at most: in a storm a turn of the loop for each would hold up the next.
        Raises Refused when ``after`` lies beyond what is kept, or the reader fell too far behind.
        """
        with self._lock:
            place = self._count
            live_from = self._newest_id
            waiting = list(self._unrecorded.values())
        if after is not None:
            if after > live_from:
                raise Refused(Text.of("feed.another_life"))
            async for missed in self._missed(after, live_from):
                yield missed
        if waiting:
            yield waiting
        while not self._is_over:
            news = self._news
            with self._lock:
                oldest = self._count - len(self._kept)
                if place < oldest:
                    raise Refused(Text.of("feed.too_far_behind"))
                fresh = self._between(place, min(self._count, place + _TOGETHER))
                place += len(fresh)
            if fresh:
                yield fresh
            elif news is not None:
                await news.wait()

    def _between(self, start: int, end: int) -> list[Published]:
        """The events so counted; looked for from the nearer end of what is kept."""
        newest = self._count
        oldest = newest - len(self._kept)
        if end - oldest < newest - start:
            return list(islice(self._kept, start - oldest, end - oldest))
        return list(islice(reversed(self._kept), newest - end, newest - start))[::-1]

    async def _missed(self, after: int, until: int) -> AsyncIterator[Sequence[Published]]:
        while after < until:
            page = await asyncio.to_thread(self._older, after, _PAGE)
            if not page or (page[0].id or 0) > after + 1:
                raise Refused(Text.of("feed.older_than_kept"))
            told = [event for event in page if event.id is not None and event.id <= until]
            if told:
                yield told
            after = page[-1].id or until
