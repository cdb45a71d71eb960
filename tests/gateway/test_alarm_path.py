"""The checks of the alarm path over real parts: what is stopped is named, and is well again when it goes on."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from alerts.canary import SINK
from alerts.moves import Receipt
from api.live import Live
from api.screens import OpenPage, Screens
from devices.message import Text
from gateway.alarm_path import AlarmPath
from gateway.inbox import Delivery
from gateway.site.channel import Channel
from gateway.site.model import Site
from gateway.site.outside import AlarmPathCheck
from tests.gateway.house import House

MAIL = Channel(id="mail", is_personal=False)


class Desk:
    """A house whose pipeline turns when the check waits, one page that reports, and a channel that answers."""

    def __init__(self, folder: Path, **setup: Any) -> None:
        self.house = House(folder)
        self.live, self.screens = Live(), Screens(self.house.clock.now)
        self.house.feed.attach(self.screens.receipts)
        self.faults: dict[str, Text] = {}
        self.known: set[str] = set()
        self.turns = self.reads = self.draws = self.accepts = True
        self.is_heard = True
        self._at = 0.0
        site = Site(id="works", name="Works", channels=(MAIL,), alarm_path=AlarmPathCheck(**setup))
        self.path = AlarmPath(
            *(site, self, self._take, self.house.feed, self.live, self.screens),
            said_already=lambda part: part in self.known,
            tell_fault=self._fault,
        )
        self.screens.opened("p", OpenPage("b", "olga", "/", sounds=True, able_at=self.now()))

    def now(self) -> int:
        return self.house.clock.now()

    def monotonic(self) -> float:
        """Each look is a second, in which all that goes on has gone on."""
        self._at += 1.0
        self._go_on()
        return self._at

    def jump(self) -> int:
        return 0

    def _take(self, delivery: Delivery) -> None:
        self.house.inbox.put(delivery)

    def _fault(self, part: str, fault: Text | None) -> None:
        self.faults.pop(part, None)
        if fault is not None:
            self.faults[part] = fault

    def _go_on(self) -> None:
        self.house.clock.seconds += 1
        if self.turns:
            self.house.pipeline.turn()
        if self.reads:
            self.live.apply(self.house.feed._kept)
        if self.is_heard:
            self.screens.told("p", "running", self.now())
        if self.draws and self.live.canary is not None:
            self.screens.shown("p", [(self.live.canary.id, "drawn", "tone", 0)], self.now())
        if self.accepts and self.path._unanswered:
            self.path.told(Receipt(f"canary.{self.path._unanswered}", "sent", self.now()))

    def check(self, times: int = 1) -> list[str]:
        for _ in range(times):
            asyncio.run(self.path.check())
        return sorted(self.faults)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("gateway.alarm_path._LOOK_S", 0.0)
    desk = Desk(tmp_path)
    desk._go_on()
    yield desk
    desk.house.inbox.close()
    desk.house.database.close()


def test_a_check_goes_whole_and_leaves_nothing(desk: Desk) -> None:
    entries = desk.house.records.ledger_head().sequence
    assert [] == desk.check(3)
    state = desk.path.state
    assert (0, 3) == (state.failed, len(state.checks))
    assert all(check.is_whole for check in state.checks)
    assert ["tone"] == [each.sound for each in state.checks[-1].screens]
    desk._go_on()
    assert [] == desk.live.open_alerts() == desk.house.records.open_alerts()
    assert [] == desk.house.records.alerts(area=None, before=None, limit=10)
    assert entries == desk.house.records.ledger_head().sequence
    assert desk.path.passes()


@pytest.mark.parametrize(
    ("stopped", "link", "passes"),
    [
        ("turns", "engine", False),
        ("reads", "stream", False),
        ("draws", "screens", False),
        ("accepts", "messages", True),
    ],
)
def test_what_stands_still_is_named_after_two_checks(desk: Desk, stopped: str, link: str, passes: bool) -> None:
    setattr(desk, stopped, False)
    assert [] == desk.check()
    assert desk.path.state.wants_another
    assert [f"path:{link}"] == desk.check()
    assert passes is desk.path.passes()
    setattr(desk, stopped, True)
    assert [] == desk.check(2)
    assert desk.path.passes()


def test_who_asks_often_sends_no_message_each_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check may cost a text message, and whoever decides about alerts may ask for one."""
    rests: list[float] = []

    async def sleep(seconds: float) -> None:
        rests.append(seconds)

    desk.check()
    monkeypatch.setattr("gateway.alarm_path.asyncio.sleep", sleep)
    desk.path._begun_at = desk.monotonic()
    for _ in range(2):  # each look at the clock is a second
        desk.path.check_now()
        asyncio.run(desk.path._pause(60))
    assert [4.0, 3.0] == rests
    desk.path._begun_at -= 60
    desk.path.check_now()
    asyncio.run(desk.path._pause(60))
    assert rests[-1] == 0


def test_a_store_that_is_away_is_named_unless_that_is_known(desk: Desk) -> None:
    desk.house.break_store(OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full")))
    assert ["path:store"] == desk.check(2)
    desk.known.add("storage")
    assert [] == desk.check()
    desk.known.clear()
    desk.house.mend_store()
    desk._go_on()
    assert [] == desk.check(2)


def test_a_channel_that_refuses_is_named_with_its_reason_and_heaped_with_nothing(desk: Desk) -> None:
    desk.accepts = False
    sent: list[str] = []

    def refuse() -> None:
        pending = desk.path._unanswered
        if pending and pending not in sent:
            sent.append(pending)
        desk.path.told(Receipt(f"canary.{pending}", "retrying", desk.now(), note=Text.of("notify.status", status=503)))

    go_on = desk._go_on
    desk._go_on = lambda: (go_on(), refuse())[0]  # type: ignore[method-assign]
    assert ["path:messages"] == desk.check(3)
    assert 503 == desk.faults["path:messages"].params["why"].params["status"]  # type: ignore[union-attr]
    assert 1 == len(sent), "one message waits, however many checks there are"
    assert SINK == desk.faults["path:messages"].params["channel"]
    desk._go_on = go_on  # type: ignore[method-assign]
    desk.accepts = True
    assert [] == desk.check()


def test_a_page_that_was_shut_or_fell_silent_is_no_broken_screen(desk: Desk) -> None:
    desk.draws = False
    desk.screens.shut("p")
    assert [] == desk.check(2)
    desk.screens.opened("p", OpenPage("b", "olga", "/", sounds=True, able_at=desk.now()))
    desk._go_on()
    desk.is_heard = False
    desk.house.clock.seconds += 25
    assert [] == desk.check(2), "it has said nothing for half a minute: asleep in a pocket"


def test_a_site_that_needs_a_screen_is_told_that_none_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.alarm_path._LOOK_S", 0.0)
    desk = Desk(tmp_path, needs_screen=True)
    desk.screens.shut("p")
    assert ["path:screens"] == desk.check(2)
    assert not desk.path.passes()
    desk.house.inbox.close()
    desk.house.database.close()
