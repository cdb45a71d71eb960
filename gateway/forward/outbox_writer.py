"""What one centre still has to be told, kept durable behind the sending: nobody waits for the disk to send a fire.

An event that cannot be written is sent all the same and written when the store is back; how far the centre is in the
feed is written with it, so that after a crash what was not written is read from the feed again.
"""

import asyncio
import contextlib
import logging
from typing import Any

from msgspec.structs import replace

from devices.errors import StoreDamaged, StoreUnavailable
from gateway.forward.ways import Outbox
from gateway.stores.centre_outbox import Kept, Progress

_RETRY_S = 1.0
_MOVES_EVERY_S = 60.0

log = logging.getLogger("keyarea.forwarding")


class OutboxWriter:
    """All of it belongs to one event loop; ``run`` until cancelled."""

    def __init__(self, centre: str, outbox: Outbox) -> None:
        self._centre, self._outbox = centre, outbox
        self._unwritten: dict[str, Kept] = {}
        self._progress = Progress()
        self._is_new = asyncio.Event()
        self._has_moved = False

    async def load(self) -> tuple[Progress, list[Kept]]:
        """What was kept before this start; waits for the store. If nobody can read how far a centre is, it is new."""
        while True:
            try:
                self._progress = await asyncio.to_thread(self._outbox.progress, self._centre)
            except StoreDamaged as error:
                log.critical("%s: it is told all that stands, because %s", self._centre, error)
                self._progress = Progress()
            except StoreUnavailable as error:
                await self._wait(error)
                continue
            try:
                return self._progress, await asyncio.to_thread(self._outbox.open, self._centre)
            except StoreUnavailable as error:
                await self._wait(error)

    async def _wait(self, error: StoreUnavailable) -> None:
        log.warning("%s: what waits cannot be read yet: %s", self._centre, error)
        await asyncio.sleep(_RETRY_S)

    @property
    def progress(self) -> Progress:
        return self._progress

    def note(self, *kept: Kept) -> None:
        """This is how they stand from now on."""
        self._unwritten.update((each.event.id, each) for each in kept)
        self._is_new.set()

    def moved(self, **fields: Any) -> None:
        """The centre is further: written with the next event, or a minute later."""
        self._progress = replace(self._progress, **fields)
        self._has_moved = True

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_MOVES_EVERY_S):
                    await self._is_new.wait()
            if not self._is_new.is_set() and not self._has_moved:
                continue
            self._is_new.clear()
            self._has_moved = False
            changes, self._unwritten = self._unwritten, {}
            try:
                await asyncio.to_thread(self._outbox.keep, self._centre, changes, self._progress)
            except StoreUnavailable as error:
                log.warning("%s: what waits cannot be written: %s", self._centre, error)
                self._unwritten = {**changes, **self._unwritten}
                await asyncio.sleep(_RETRY_S)
                self._is_new.set()
