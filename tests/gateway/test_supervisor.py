"""A part that dies is seen, started again, and given up on if it keeps dying."""

import asyncio
import contextlib
import threading

import pytest

from gateway.supervisor import GivenUp, Supervisor, run_thread
from tests.rim.processes import PATIENCE_S

pytestmark = pytest.mark.anyio


class Watcher:
    """Notes what a supervisor tells; its clock stands still unless moved."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.seconds = 0.0
        self.supervisor = Supervisor(
            monotonic=lambda: self.seconds,
            on_death=lambda part, reason: self.told.append((part, reason)),
            on_alive=lambda part: self.told.append((part, "alive")),
        )


async def test_a_part_that_dies_is_told_and_started_again() -> None:
    watcher = Watcher()
    alive = asyncio.Event()
    starts = 0

    async def part() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise RuntimeError("the first time")
        alive.set()
        await asyncio.Event().wait()

    watcher.supervisor.add("store", part)
    running = asyncio.ensure_future(watcher.supervisor.run())
    await asyncio.wait_for(alive.wait(), PATIENCE_S)
    assert watcher.told == [("store", "RuntimeError: the first time"), ("store", "alive")]
    assert watcher.supervisor.states == {"store": "up"}
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_a_part_that_keeps_dying_ends_the_process() -> None:
    watcher = Watcher()

    async def part() -> None:
        await asyncio.sleep(0)

    watcher.supervisor.add("web", part)
    with pytest.raises(ExceptionGroup) as caught:
        await asyncio.wait_for(watcher.supervisor.run(), PATIENCE_S)
    assert caught.group_contains(GivenUp, match="web died 5 times")
    assert [("web", "ended by itself")] * 5 == [told for told in watcher.told if told[1] != "alive"]


async def test_what_a_thread_died_of_reaches_its_task() -> None:
    def body() -> None:
        raise ValueError("in the thread")

    with pytest.raises(ValueError, match="in the thread"):
        await run_thread("x", body, lambda: None)


async def test_a_cancelled_thread_is_asked_to_stop_and_waited_for() -> None:
    stop, ended, began = threading.Event(), threading.Event(), threading.Event()

    def body() -> None:
        began.set()
        stop.wait(PATIENCE_S)
        ended.set()

    task = asyncio.ensure_future(run_thread("x", body, stop.set))
    await asyncio.to_thread(began.wait, PATIENCE_S)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert ended.is_set()
