"""The bytes of the live stream: beats at their time, a session that ends, a store that is away."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import pytest

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.case import Case
from alerts.effects import CaseChanged
from alerts.facts import Fact
from api.catalogue import language
from api.ports import Gateway, Health, Position, Published
from api.screens import Screens
from api.silent_alarm_view import Sight, seen
from api.stream import frame, server_sent
from devices.errors import StoreUnavailable
from devices.message import Text, plain
from gateway.feed import Feed
from ledger.entry import Draft, Entry

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


ENGLISH = language("en")


def of_one(nouns: Any) -> Gateway:
    """All nouns in one."""
    return Gateway(**dict.fromkeys(Gateway.__struct_fields__, nouns))


class House:
    """The nouns that a stream asks for; behind them the real feed."""

    def __init__(self, *, older: Any = lambda after, limit: []) -> None:
        self.feed = Feed(0, older)
        self.feed.bind(asyncio.get_running_loop())

    def subscribe(self, after: int | None) -> AsyncIterator[Sequence[Published]]:
        return self.feed.subscribe(after)

    position = Position("e1", 0)

    @property
    def newest_id(self) -> int:
        return self.feed.newest_id

    def health(self) -> Health:
        return Health(
            ok=True, version="1", started=0, now=2_000_000_000, newest_reading=500_000_000, devices=0, devices_lost=0,
            open_alerts=0, unacknowledged=3, ledger_entries=0, tasks={}, lines={}, faults=(),
        )  # fmt: skip


def yes() -> bool:
    return True


def read(piece: bytes) -> tuple[str, Any]:
    """Kind and data of the newest frame."""
    fields = dict(line.split(": ", 1) for line in piece.decode().strip().split("\n\n")[-1].split("\n"))
    return fields["event"], json.loads(fields["data"])


def mode(number: int) -> Published:
    return Published(number, "mode", {"area": "a"})


async def test_it_begins_with_a_beat_and_misses_nothing_after_it() -> None:
    house = House()
    async with aclosing(server_sent(of_one(house), None, yes, ENGLISH)) as stream:
        kind, beat = read(await anext(stream))
        house.feed.publish([mode(1)])  # before the reader asks for more
        assert (kind, beat["newest_reading_age_s"], beat["unacknowledged"]) == ("beat", 1.5, 3)
        assert beat["epoch"] == "e1"
        assert await anext(stream) == b'id: 1\nevent: mode\ndata: {"area":"a"}\n\n'


async def test_silence_is_broken_by_beats() -> None:
    house = House()
    async with aclosing(server_sent(of_one(house), None, yes, ENGLISH, beat_s=0.01)) as stream:
        assert ["beat"] * 3 == [read(await anext(stream))[0] for _ in range(3)]


async def test_a_session_that_ends_in_the_middle_of_a_storm_is_noticed() -> None:
    """Events without a pause must not keep somebody in who was shut out."""
    house = House()
    allowed = True

    def still_allowed() -> bool:
        return allowed

    async with aclosing(server_sent(of_one(house), None, still_allowed, ENGLISH, beat_s=0.05)) as stream:
        await anext(stream)
        kinds: list[str] = []
        for number in range(1, 100_000):
            house.feed.publish([mode(number)])
            kinds.append(read(await anext(stream))[0])
            allowed = "beat" not in kinds
            if kinds[-1] == "signed_out":
                break
        assert kinds[-1] == "signed_out"
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_missed_events_that_cannot_be_read_end_in_a_reset() -> None:
    def older(after: int, limit: int) -> list[Published]:
        raise StoreUnavailable("the store does not answer")

    house = House(older=older)
    house.feed.publish([mode(7)])
    frames = [read(piece) async for piece in server_sent(of_one(house), 3, yes, ENGLISH)]
    assert frames[1:] == [("reset", {"reason": "the store does not answer"})]


async def test_what_waits_for_the_store_has_no_number_and_says_so() -> None:
    house = House()
    async with aclosing(server_sent(of_one(house), None, yes, ENGLISH)) as stream:
        await anext(stream)
        house.feed.show([AlertEvent(SILENT, "raised", 0)])
        piece = await anext(stream)
        assert b"id: " not in piece
        assert ("alert", True) == (read(piece)[0], read(piece)[1]["alert"]["unrecorded"])
        house.feed.nothing_waits()
        assert await anext(stream) == b"event: recorded\ndata: {}\n\n"
        house.feed.publish([Published(1, "alert", AlertEvent(SILENT, "raised", 0))])
        assert read(await anext(stream))[1]["alert"]["unrecorded"] is False


async def test_an_alarm_waits_for_nothing_that_follows_from_it() -> None:
    """What a turn tells of alerts leaves at once, in a piece of its own; the rest comes behind it, in order."""
    house = House()
    async with aclosing(server_sent(of_one(house), None, yes, ENGLISH)) as stream:
        await anext(stream)
        alarm = Published(1, "alert", AlertEvent(SILENT, "raised", 0))
        house.feed.publish([alarm, mode(2), mode(3)])
        assert (await anext(stream)).startswith(b"id: 1\nevent: alert\n")
        rest = (await anext(stream)).decode()
        assert ["id: 2", "id: 3"] == [line for line in rest.splitlines() if line.startswith("id: ")]


async def test_it_ends_when_the_gateway_stops() -> None:
    house = House()
    stream = server_sent(of_one(house), None, yes, ENGLISH)
    await anext(stream)
    house.feed.end()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_no_text_can_forge_a_field() -> None:
    assert frame("x", {"a": "1\nevent: y\r\n\ndata: z"}, 5).count(b"\n") == 4


SILENT = Alert(
    id="a1", rule="hold-up", rule_version="1", area="store", key="panic-1", alert_class=AlertClass.INTRUSION,
    priority=1, text=plain("hold-up"), state=State.UNACKNOWLEDGED, raised=0, changed=0, causes=(), silent=True,
)  # fmt: skip


class Silent:
    """As much of api.ports as its discreet form asks of a stream: one silent alert, a1, is open."""

    def __init__(self, *published: Published) -> None:
        self._published = published

    def silent_alerts(self) -> list[Alert]:
        return [SILENT]

    async def subscribe(self, _after: int | None) -> AsyncIterator[Sequence[Published]]:
        yield self._published


async def test_what_a_workflow_does_for_a_silent_alarm_is_as_silent() -> None:
    def fact(case: str, **fields: Any) -> Fact:
        return Fact(workflow="toy", case=case, step="begun", at=0, text=Text.of("word.yes"), fields=fields)

    entry = Entry(1, "works", 0, Draft("toys", 0, {"case": "a1"}), "", "")
    published = [
        Published(1, "fact", fact("a1")),
        Published(2, "fact", fact("t1", alert="a1")),
        Published(3, "fact", fact("t2", alert="a2")),
        Published(4, "case", CaseChanged.of("toy", Case(id="a1"))),
        Published(5, "case", CaseChanged.of("toy", Case(id="t2"))),
        Published(6, "ledger", entry),
    ]
    for sight, ids in ((Sight.OTHER, [3, 5]), (Sight.NAMED, [1, 2, 3, 4, 5, 6])):
        gateway = seen(of_one(Silent(*published)), Screens(), sight)
        assert [ids] == [[each.id for each in page] async for page in gateway.feed.subscribe(None)]


class InTest(Silent):
    """A panic button whose trigger is a silent alarm is being commissioned, and a door."""

    def is_silent(self, device: str, signal: str) -> bool:
        return (device, signal) == ("b1", "panic")

    def cases(self, _workflow: str) -> list[Case]:
        return [
            Case(id="b1", hears=("b1",)),
            Case(id="d1", hears=("d1",)),
            Case(id="cold", hears=("b1",), notes=("temperature",)),
            Case(id="cold too", hears=("b1",), notes=("temperature", "panic")),
        ]


async def test_what_a_device_of_silent_alarms_says_in_a_commissioning_is_as_silent() -> None:
    def fact(device: str, signal: str) -> Fact:
        said = Text.of("word.yes")
        return Fact(
            workflow="toy", case=device, step="triggered", at=0, text=said, devices=(device,), fields={"signal": signal}
        )

    tested = InTest(Published(1, "fact", fact("b1", "panic")), Published(2, "fact", fact("d1", "door")))
    for sight, ids, cases in (
        (Sight.OTHER, [2], ["d1", "cold"]),
        (Sight.NAMED, [1, 2], ["b1", "d1", "cold", "cold too"]),
    ):
        gateway = seen(of_one(tested), Screens(), sight)
        assert [ids] == [[each.id for each in page] async for page in gateway.feed.subscribe(None)]
        assert cases == [case.id for case in gateway.workflows.cases("toy")]
