"""What must be done now and then while the gateway runs: each job by itself, so that one that fails holds up no other.

With it goes the look at the machine's clock. A clock that jumped is a fault at once; the gateway goes on by its own
count (gateway.clock), so a jump that is taken back leaves nothing behind. One that stands for half a minute is taken
for true, and the program starts anew by it: what is stored is then read as after an outage (forwards), or moved back
(gateway.clock_rollback).

Readings grow old by the time that gateways listened, not by the date, or a jump would forget them; they are kept longer
by as long as the gateway was off. A running engine's memories are not moved, for lines and codecs hold instants too. A
gap of three seconds in the pipeline's turns is time in which nobody listened (gateway.gaps).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, MutableMapping
from typing import Protocol

from devices.errors import ChainBroken, StartAnew, StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.clock import Clock

log = logging.getLogger("keyarea.upkeep")

EVERY_S = 5.0
_STANDS_S = 30.0
_FAULT = "upkeep"
_LONG_S = 48 * 3600

Job = Callable[[Instant], object]


def hourly(clock: Clock, job: Job) -> Job:
    """The job once an hour, the first time at once; one that failed again at the next look."""
    next_at = 0.0

    def look(now: Instant) -> None:
        nonlocal next_at
        if clock.monotonic() >= next_at:
            job(now)
            next_at = clock.monotonic() + 3600

    return look


def told_when_changed(look: Callable[[], Text | None], tell: Callable[[Text | None], None]) -> Job:
    """Looks each time, and tells what is wrong (None: nothing) the first time and whenever it is something else."""
    said: Text | None = None
    is_new = True

    def job(_now: Instant) -> None:
        nonlocal said, is_new
        fault = look()
        if is_new or fault != said:
            tell(fault)
            said, is_new = fault, False

    return job


class Runs(Protocol):
    """gateway.stores.runs.Runs has this shape."""

    def listened_for(self, span: Instant) -> Instant | None: ...


class Readings(Protocol):
    """gateway.ports.SeriesStore has this shape."""

    def retain(self, before: Instant) -> int: ...


def retention(runs: Runs, series: Readings, keep: Instant) -> Job:
    """Readings grow old by the time that a gateway listened: no clock that jumped may make us forget them."""

    def job(_now: Instant) -> None:
        before = runs.listened_for(keep)
        if before is not None:
            series.retain(before)

    return job


class Upkeep:
    """``run`` until cancelled. Raises StartAnew when the machine's clock was set and stays so."""

    def __init__(
        self,
        clock: Clock,
        jobs: Mapping[str, Job],
        *,
        faults: MutableMapping[str, Text],
        on_clock: Callable[[Text | None], None],
        alive: Callable[[], None],
    ) -> None:
        """``jobs`` by name, each in a thread of its own; ``on_clock(fault)`` when it jumps or is right again (None)."""
        self._clock, self._jobs, self._faults = clock, dict(jobs), faults
        self._on_clock, self._alive = on_clock, alive
        self._jump: Instant = 0
        self._since = 0.0
        self._is_new = True

    async def run(self) -> None:
        while True:
            self._look_at_clock()
            await self._work()
            self._alive()
            await asyncio.sleep(EVERY_S)

    async def _work(self) -> None:
        failed: list[Text] = []
        for name, job in self._jobs.items():
            try:
                await asyncio.to_thread(job, self._clock.now())
            except (StoreUnavailable, ChainBroken) as error:  # a full disk is no reason to die: the next may find room
                failed.append(error.text)
                if repr(error.text) not in repr(self._faults.get(_FAULT)):
                    log.warning("%s failed: %s", name, error)
        if failed:
            self._faults[_FAULT] = Text.of("upkeep_jobs.failed", reasons=tuple(dict.fromkeys(failed)))
        else:
            self._faults.pop(_FAULT, None)

    def _look_at_clock(self) -> None:
        jump, monotonic = self._clock.jump(), self._clock.monotonic()
        if abs(jump - self._jump) > SECOND:
            self._since = monotonic
        if bool(jump) != bool(self._jump) or self._is_new:
            self._on_clock(_said(jump) if jump else None)
        self._jump, self._is_new = jump, False
        if jump and monotonic - self._since >= _STANDS_S:
            raise StartAnew(Text.of("upkeep_jobs.starts_anew", jump=_said(jump)))


def _said(jump: Instant) -> Text:
    seconds = round(abs(jump) / SECOND)
    way = "ahead" if jump > 0 else "back"
    if seconds < _LONG_S:
        return Text.of(f"upkeep_jobs.clock_{way}", seconds=seconds)
    return Text.of(f"upkeep_jobs.clock_days_{way}", days=round(seconds / 86_400))
