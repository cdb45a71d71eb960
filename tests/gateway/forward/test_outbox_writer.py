"""What a centre is still to be told is written behind the sending, again until the store takes it."""

import asyncio
from collections.abc import Mapping

from alerts.forwarding.numbering import Numbers
from devices.centre import CentreEvent
from devices.errors import StoreDamaged, StoreUnavailable
from gateway.forward import outbox_writer
from gateway.forward.outbox_writer import OutboxWriter
from gateway.stores.centre_outbox import Kept, Progress

NEWEST = Progress(9, Numbers({"store": 1}))


class Shelf:
    """A store that fails as often as it is told to."""

    def __init__(self, *failures: StoreUnavailable) -> None:
        self.failures = list(failures)
        self.kept: dict[str, Kept] = {}
        self.stands = Progress(7)
        self.is_written, self.has_failed = asyncio.Event(), asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def _fail(self) -> None:
        if self.failures:
            self._loop.call_soon_threadsafe(self.has_failed.set)
            raise self.failures.pop(0)

    def progress(self, centre: str) -> Progress:
        self._fail()
        return self.stands

    def open(self, centre: str) -> list[Kept]:
        return list(self.kept.values())

    def keep(self, centre: str, changes: Mapping[str, Kept], progress: Progress) -> None:
        self._fail()
        self.kept |= changes
        self.stands = progress
        self._loop.call_soon_threadsafe(self.is_written.set)


def kept(name: str, stands: str = "waiting") -> Kept:
    return Kept(CentreEvent(id=name, condition="smoke", at=0), stands)  # type: ignore[arg-type]


def test_what_could_not_be_written_is_written_with_what_came_since() -> None:
    """The newest word on each event, and how far the centre is."""

    async def story() -> None:
        shelf = Shelf()
        writer = OutboxWriter("arc", shelf)
        assert (Progress(7), []) == await writer.load()
        shelf.failures = [StoreUnavailable("full")]
        writer.note(kept("a"), kept("b"))
        working = asyncio.create_task(writer.run())
        await shelf.has_failed.wait()
        writer.note(kept("a", "confirmed"))
        writer.moved(feed=9, numbers=NEWEST.numbers)
        await shelf.is_written.wait()
        working.cancel()
        assert ({"a": "confirmed", "b": "waiting"}, NEWEST) == (
            {name: each.stands for name, each in shelf.kept.items()},
            shelf.stands,
        )

    asyncio.run(story())


def test_a_store_that_is_away_is_waited_for_and_what_is_damaged_begins_anew() -> None:
    async def story() -> None:
        away = Shelf(StoreUnavailable("away"))
        away.kept = {"a": kept("a")}
        assert (Progress(7), [kept("a")]) == await OutboxWriter("arc", away).load()
        assert (Progress(), []) == await OutboxWriter("arc", Shelf(StoreDamaged("spoilt"))).load()

    asyncio.run(story())


def test_a_centre_that_only_moves_is_written_now_and_then() -> None:
    """No commit of others costs one of ours."""
    assert outbox_writer._MOVES_EVERY_S >= 10
