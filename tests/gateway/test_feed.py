"""The one door out: in order, nothing missed, and a reader that is too slow is told."""

import asyncio
from collections.abc import Sequence

import pytest

from api.ports import Published
from devices.errors import Refused
from gateway.feed import Feed
from tests.words import refused

pytestmark = pytest.mark.anyio


def published(*numbers: int) -> list[Published]:
    return [Published(number, "alert", number) for number in numbers]


def numbers(events: Sequence[Published]) -> list[int]:
    return [event.id for event in events]


def stored(upto: int) -> Feed:
    """A feed behind which events 1 to ``upto`` are stored."""

    def older(after: int, limit: int) -> Sequence[Published]:
        return published(*range(after + 1, min(upto, after + limit) + 1))

    feed = Feed(upto, older)
    feed.bind(asyncio.get_running_loop())
    return feed


async def test_readers_get_everything_in_order() -> None:
    feed = stored(0)
    readers = [feed.subscribe(None) for _ in range(3)]
    firsts = [asyncio.ensure_future(anext(reader)) for reader in readers]
    await asyncio.sleep(0)
    feed.publish(published(1, 2))
    assert [[1, 2]] * 3 == [numbers(events) for events in await asyncio.gather(*firsts)]
    feed.publish(published(3))
    assert [[3]] * 3 == [numbers(await anext(reader)) for reader in readers]


async def test_a_reader_resumes_across_what_is_stored_and_what_is_new() -> None:
    feed = stored(1200)
    reader = feed.subscribe(3)
    told: list[int] = []
    while len(told) < 1197:
        told += numbers(await anext(reader))
    assert told == list(range(4, 1201))
    feed.publish(published(1201))
    assert [1201] == numbers(await anext(reader))


async def test_a_reader_that_is_behind_gets_a_hundred_at_a_time_in_order() -> None:
    feed = stored(0)
    reader = feed.subscribe(None)
    first = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    feed.publish(published(*range(1, 1_001)))
    told = [numbers(await first), *[numbers(await anext(reader)) for _ in range(9)]]
    assert told == [list(range(start, start + 100)) for start in range(1, 1_001, 100)]


async def test_a_number_from_the_future_is_refused() -> None:
    with pytest.raises(Refused):
        await anext(stored(5).subscribe(6))


async def test_a_reader_that_falls_too_far_behind_is_told() -> None:
    feed = stored(0)
    reader = feed.subscribe(None)
    first = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    feed.publish(published(1))
    await first
    feed.publish(published(*range(2, 20_100)))
    with refused("behind"):
        await anext(reader)


async def test_what_is_forgotten_cannot_be_resumed() -> None:
    feed = Feed(100, lambda after, limit: published(50, 51))
    feed.bind(asyncio.get_running_loop())
    with refused("reload"):
        await anext(feed.subscribe(3))
