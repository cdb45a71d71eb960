"""One path to a receiving centre: connected again whenever it is lost, and asked now and then whether it is there.

A path is lost, and told as that, when the centre has said nothing by it for as long as three answers take, after it was
asked. A connection that stands proves nothing (EN 50136-1).
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence

from devices.centre import Told, Transceiver
from devices.message import Text
from devices.reading import Instant
from gateway.clock import Clock
from gateway.forward.channel import Channel, connected
from gateway.site.centre_address import Address

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0
_ANSWERS_MISSED = 3

log = logging.getLogger("keyarea.forwarding")


class Path:
    """``run`` until cancelled. All of it belongs to one event loop."""

    def __init__(
        self,
        address: Address,
        transceiver: Callable[[], Transceiver],
        clock: Clock,
        *,
        supervision_s: float,
        answer_within_s: float,
        on_up: Callable[[bool], None],
        on_told: Callable[[Sequence[Told]], None],
        on_lost: Callable[[Text | None], None],
    ) -> None:
        """``on_up``: it can carry something, or not; ``on_lost`` why nobody answers there, None if somebody does."""
        self._address, self._transceiver, self._clock = address, transceiver, clock
        self._every, self._patience = supervision_s, _ANSWERS_MISSED * answer_within_s
        self._on_up, self._on_told, self._on_lost = on_up, on_told, on_lost
        self._answer_within_s = answer_within_s
        self._channel: Channel | None = None
        self.speaks: Transceiver | None = None
        """None while there is no connection."""
        self.heard_at: Instant | None = None
        """When the centre spoke last by it."""
        self._heard_at = self._asked_at = self._connected_at = 0.0
        self._reason = ""

    def write(self, data: bytes) -> None:
        """Lost if there is no connection; whoever waits for an answer notices."""
        if self._channel is not None and data:
            try:
                self._channel.write(data)
            except OSError as error:
                self._reason = str(error)
                self._channel.close()

    async def run(self) -> None:
        self._heard_at, pause = self._clock.monotonic(), _FIRST_PAUSE_S
        async with asyncio.TaskGroup() as group:
            group.create_task(self._supervise(), name="supervise")
            while True:
                heard_at = self._heard_at
                try:
                    async with asyncio.timeout(self._answer_within_s):
                        channel = await connected(self._address)
                    await self._work(channel)
                except (OSError, TimeoutError) as error:
                    self._reason = str(error) or type(error).__name__
                pause = _FIRST_PAUSE_S if self._heard_at > heard_at else min(2 * pause, _LONGEST_PAUSE_S)
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - only that not all call at once

    async def _work(self, channel: Channel) -> None:
        """Until the connection is over."""
        self.speaks, self._channel = self._transceiver(), channel
        self._connected_at = self._asked_at = self._clock.monotonic()
        try:
            self.write(self.speaks.hello(self._clock.now()))
            self._on_up(True)
            while data := await channel.read():
                told = self.speaks.receive(data, self._clock.now())
                if told:
                    self._heard_at, self.heard_at = self._clock.monotonic(), self._clock.now()
                    self._on_lost(None)
                self.write(self.speaks.to_send())
                self._on_told(told)
        finally:
            self._channel = self.speaks = None
            channel.close()
            self._on_up(False)

    async def _supervise(self) -> None:
        while True:
            await asyncio.sleep(min(1.0, self._answer_within_s, self._every))
            now = self._clock.monotonic()
            if now - self._heard_at > self._every + self._patience:
                self._on_lost(Text.of("forward.no_answer", address=self._address.host, reason=self._reason or "-"))
            if self._channel is None or self.speaks is None:
                continue
            if now - max(self._heard_at, self._connected_at) > self._every + self._patience:
                self._channel.close()
            elif now - self._heard_at >= self._every and now - self._asked_at >= self._answer_within_s:
                self._asked_at = now
                self.write(self.speaks.probe(self._clock.now()))
