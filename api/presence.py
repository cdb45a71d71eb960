"""Who of those that look at an open page or stream may still do so: asked for all of them together, twice a second."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress

from fastapi.concurrency import run_in_threadpool

from api.auth import Person
from devices.errors import StoreUnavailable

_EVERY_S = 0.5


class Presence:
    """One question to the store, whoever looks first asks it. Lives in the event loop."""

    def __init__(self, find: Callable[[Collection[str]], dict[str, Person]]) -> None:
        """``find`` says who stands behind which of these tokens; it blocks."""
        self._find = find
        self._here: Counter[str] = Counter()
        self._known: dict[str, Person] = {}
        self._asked_at = 0.0
        self._asking: asyncio.Task[None] | None = None

    def enter(self, token: str, person: Person) -> None:
        """Somebody opens a page with this token."""
        self._here[token] += 1
        self._known[token] = person

    def leave(self, token: str) -> None:
        """... and closes it."""
        self._here[token] -= 1
        if self._here[token] <= 0:
            del self._here[token]
            self._known.pop(token, None)

    @contextmanager
    def being(self, token: str, person: Person) -> Iterator[None]:
        """Enters and leaves."""
        self.enter(token, person)
        try:
            yield
        finally:
            self.leave(token)

    def person(self, token: str) -> Person | None:
        """Who stands behind it, half a second ago at the latest; None: the page or stream must end."""
        self._look_soon()
        return self._known.get(token)

    def _look_soon(self) -> None:
        loop = asyncio.get_running_loop()
        if self._asking is not None:
            if not self._asking.done():
                return
            ended, self._asking = self._asking, None
            ended.result()
        if loop.time() - self._asked_at >= _EVERY_S:
            self._asked_at = loop.time()
            self._asking = loop.create_task(self._look(), name="who is still signed in")

    async def _look(self) -> None:
        tokens = list(self._here)
        # While the store does not answer, whoever was let in stays: alarms must still reach people.
        with suppress(StoreUnavailable):
            found = await run_in_threadpool(self._find, tokens)
            for token in tokens:
                if token not in found:
                    self._known.pop(token, None)
                elif token in self._here:
                    self._known[token] = found[token]
