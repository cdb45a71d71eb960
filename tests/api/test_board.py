"""The board of all consoles: made once, whoever looks; nobody misses anything, nobody sees what is not for them."""

import asyncio
import gzip
import json
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, State
from api.alert_wording import about
from api.board import Board, Link
from api.live import Live
from api.ports import Position, Published, Snapshot
from api.silent_alarm_view import Sight
from devices.message import plain
from devices.reading import SECOND, Quality, Reading

pytestmark = pytest.mark.anyio
EPOCH = "e1"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def alert(name: str, **changes: Any) -> Alert:
    cause = Reading(f"device-{name}", "smoke", True, 5 * SECOND, 5 * SECOND, Quality(0))
    made = Alert(
        id=name, rule="smoke", rule_version="1", area="store", key=f"device-{name}", alert_class=AlertClass.FIRE,
        priority=1, text=plain("smoke"), state=State.UNACKNOWLEDGED, raised=5 * SECOND, changed=5 * SECOND,
        causes=(cause,),
    )  # fmt: skip
    return replace(made, **changes)


class Site:
    """A gateway of nothing but open alerts, by its nouns; what is silent is left out for others."""

    def __init__(self) -> None:
        self.live, self.says = Live(), dict[str, bool]()
        self.live.start(Snapshot(Position("e", 0)))
        self._number = 0

    def seen(self, *, hides_silent: bool) -> Any:
        def shown(alert: Alert | None) -> Alert | None:
            return None if alert is None or (hides_silent and alert.silent) else alert

        def latest(device: str) -> list[Reading]:
            return [Reading(device, "smoke", self.says.get(device, True), 0, 0, Quality(0))]

        live = SimpleNamespace(open_alert=lambda alert_id: shown(self.live.open_alert(alert_id)))
        return SimpleNamespace(
            live=live if hides_silent else self.live,
            alerts=SimpleNamespace(open_alerts=self.live.open_alerts),
            rules=SimpleNamespace(rule_words=lambda rule, language: ("Smoke", "")),
            areas=SimpleNamespace(area_name=lambda area, language: area),
            devices=SimpleNamespace(device_name=lambda key, language: key),
            readings=SimpleNamespace(latest=latest),
        )

    def board(self) -> Board:
        named, other = self.seen(hides_silent=False), self.seen(hides_silent=True)
        views = {Sight.NAMED: named, Sight.CONTROL_ROOM: other, Sight.OTHER: other}
        state = SimpleNamespace(encoded=lambda: b'{"devices":1}', pulse=lambda: b'{"now":1}')
        return Board(views, state, EPOCH)  # type: ignore[arg-type]

    def put(self, *alerts: Alert) -> None:
        for one in alerts:
            self._number += 1
            self.live.apply([Published(self._number, "alert", AlertEvent(one, "raised", 5 * SECOND))])


def held(link: Link) -> list[bytes]:
    """All that the link has yet to send."""
    blocks = list(link._waiting)
    link._waiting.clear()
    return blocks


def read(blocks: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(block) for block in blocks]


def put_in(blocks: list[bytes]) -> list[str]:
    return [row["id"] for message in read(blocks) for row in message.get("put", ())]


def told_silent(blocks: list[bytes]) -> list[list[str]]:
    return [[row["id"] for row in message["silent"]] for message in read(blocks) if "silent" in message]


def unpacked(board: bytes | None) -> dict[str, Any]:
    assert board is not None
    return json.loads(gzip.decompress(board))


def beat(board: Board) -> None:
    """As long as changes may wait."""
    board.look()
    board.look()


async def test_thirty_links_cost_one_encoding_and_get_one_object() -> None:
    site = Site()
    board = site.board()
    links = [(await board.join(Sight.OTHER, ""))[0] for _ in range(30)]
    for link in links:
        held(link)
    before = board.encodings
    site.put(alert("a"), alert("b"))
    beat(board)
    assert 2 == board.encodings - before
    blocks = [held(link) for link in links]
    assert ["a", "b"] == put_in(blocks[0])
    assert all(one is other for block in blocks for one, other in zip(block, blocks[0], strict=True))
    for link in links:
        board.leave(link)


async def test_what_has_not_changed_is_not_said_again() -> None:
    site = Site()
    board = site.board()
    site.put(alert("a"), alert("b"))
    link, whole = await board.join(Sight.OTHER, "")
    assert ["a", "b"] == [row["id"] for row in unpacked(whole)["put"]]
    held(link)
    site.put(alert("a", state=State.ACKNOWLEDGED, acknowledged_by="li"))
    site.put(alert("b", state=State.CLOSED))
    beat(board)
    (message,) = [message for message in read(held(link)) if "at" in message]
    assert [("a", "li")] == [(row["id"], row["owner"]) for row in message["put"]]
    assert ["b"] == message["drop"]
    beat(board)
    assert [] == [message for message in read(held(link)) if "at" in message]
    board.leave(link)


async def test_who_comes_back_gets_what_was_missed_and_who_cannot_the_whole_board() -> None:
    site = Site()
    board = site.board()
    stays, whole = await board.join(Sight.OTHER, "")
    seen = unpacked(whole)["at"]
    for name in ("a", "b", "c"):
        site.put(alert(name))
        beat(board)
    back, nothing = await board.join(Sight.OTHER, seen)
    assert None is nothing
    assert ["a", "b", "c"] == put_in(held(back))
    for after in ("other.1", f"{EPOCH}.999", f"{EPOCH}.x", "", "nonsense"):
        _, again = await board.join(Sight.OTHER, after)
        assert (True, ["a", "b", "c"]) == (unpacked(again)["reset"], [row["id"] for row in unpacked(again)["put"]])
    board.leave(stays)


async def test_the_board_is_packed_once_for_all_who_ask_at_one_number() -> None:
    site = Site()
    board = site.board()
    site.put(alert("a"))
    _, first = await board.join(Sight.OTHER, "")
    _, second = await board.join(Sight.OTHER, "")
    assert first is second


async def test_a_link_that_does_not_take_what_it_is_given_starts_anew() -> None:
    link = Link(Sight.OTHER)
    for number in range(300):
        link.give(str(number).encode())
    assert link.is_behind
    assert b"299" == held(link)[-1]
    assert len(held(link)) < 256


async def test_take_waits_for_the_next_block() -> None:
    link = Link(Sight.OTHER)
    waiting = asyncio.ensure_future(link.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    link.give(b"x")
    assert b"x" == await waiting


async def test_a_silent_alarm_is_for_those_who_may_know_of_it_alone() -> None:
    """In no block, no number of anybody else; and gone from a link that moves to where it may not be seen."""
    site = Site()
    board = site.board()
    named, _ = await board.join(Sight.NAMED, "")
    other, _ = await board.join(Sight.OTHER, "")
    held(named), held(other)
    site.put(alert("quiet", silent=True))
    beat(board)
    assert [["quiet"]] == told_silent(held(named))
    assert b"quiet" not in b"".join(held(other))
    late, whole = await board.join(Sight.OTHER, "")
    assert b"quiet" not in gzip.decompress(whole or b"")
    assert [] == told_silent(held(late))
    named.sight = Sight.OTHER
    beat(board)
    assert [[]] == told_silent(held(named))
    board.leave(named)


async def test_a_row_follows_what_its_sensor_says_now() -> None:
    site = Site()
    board = site.board()
    site.put(alert("a"))
    link, whole = await board.join(Sight.OTHER, "")
    assert [True] == [row["now"] for row in unpacked(whole)["put"]]
    held(link)
    site.says["device-a"] = False
    for _ in range(3):
        beat(board)
    assert [False] == [row["now"] for message in read(held(link)) for row in message.get("put", ())]
    board.leave(link)


@pytest.mark.parametrize(
    ("changes", "meant"),
    [
        ({}, "device-a1"),
        ({"causes": (), "key": "probe-7"}, "probe-7"),
        ({"causes": (), "key": "site"}, ""),
        ({"causes": (), "key": "55032d927a8ceed9", "alert_class": AlertClass.DUTY}, ""),
        ({"causes": (), "key": "gate", "alert_class": AlertClass.DUTY}, "gate"),
        ({"causes": (), "key": "a84041ffff123456", "alert_class": AlertClass.FAULT}, "a84041ffff123456"),
    ],
)
def test_the_id_of_a_case_is_no_devices_name(changes: dict[str, Any], meant: str) -> None:
    assert meant == about(alert("a1", **changes))


async def test_while_changes_keep_coming_every_second_beat_tells_them_and_the_first_goes_at_once() -> None:
    site = Site()
    board = site.board()
    link, _ = await board.join(Sight.OTHER, "")
    beat(board)
    held(link)
    told = []
    for name in ("a", "b", "c", "d"):
        site.put(alert(name))
        board.look()
        told.append([row["id"] for message in read(held(link)) for row in message.get("put", [])])
    assert [["a"], [], ["b", "c"], []] == told
    board.look()
    assert ["d"] == put_in(held(link))
    board.leave(link)
