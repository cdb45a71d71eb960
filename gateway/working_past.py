"""A working past for a data folder that has none: made beside it, and moved in when all of it is there."""

import asyncio
import shutil
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from threading import Event

from devices.reading import SECOND
from gateway.clock import now
from gateway.history_replay import HistoryReplay, Outcome
from gateway.site.model import Site
from simulators.working_year import working_days

_BEING_MADE = "past-being-made"


class _StoppedError(Exception):
    """Whoever waits for it does so no more."""


async def make_past(site: Site, folder: Path, days: int, told: Callable[[float], None]) -> Outcome:
    """Of the days before now; ``told`` is given the share that is there. Stopped, nothing is left.

    Raises StoreUnavailable.
    """
    is_stopped = Event()
    making = asyncio.ensure_future(asyncio.to_thread(_make, site, folder, days, is_stopped.is_set, told))
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        is_stopped.set()
        await asyncio.wait([making])
        raise


def _make(
    site: Site, folder: Path, days: int, is_stopped: Callable[[], bool], told: Callable[[float], None]
) -> Outcome:
    until, making = int(now() / SECOND), folder / _BEING_MADE
    shutil.rmtree(making, ignore_errors=True)  # of a start that was killed
    making.mkdir(mode=0o700)
    happenings = working_days(until, days, time_zone=site.time_zone)
    first = next(happenings)

    def come_to(at: int) -> None:
        if is_stopped():
            raise _StoppedError
        told((at - first.at) / max(1, until - first.at))

    try:
        outcome = HistoryReplay(site, making, first.at).run(chain([first], happenings), until, come_to)
    except _StoppedError:
        shutil.rmtree(making, ignore_errors=True)
        return Outcome()
    for made in making.iterdir():
        made.replace(folder / made.name)
    making.rmdir()
    return outcome
