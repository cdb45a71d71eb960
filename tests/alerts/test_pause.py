"""The gateway itself stood still (stopped, suspended, paused): silence meanwhile was its own."""

import pytest

from devices.reading import SECOND
from tests.alerts.timeline import START, Room, device, rule

LOST = rule("supervision", name="lost", alert_class="fault", interval_s=100)


def s(seconds: float) -> int:
    return START + int(seconds * SECOND)


def room_at(seconds: float) -> Room:
    """Somewhat into its run; its device was heard when it began."""
    room = Room((LOST,), (device("a"),))
    room.step([], START)
    assert room.run_until(s(seconds)) == []
    return room


def stood_still(room: Room, since_s: float, until_s: float) -> None:
    room.now = s(until_s)
    room.engine.missed(s(since_s), room.now)


def test_each_device_is_given_its_interval_anew() -> None:
    room = room_at(30)
    stood_still(room, 30, 5_000)
    assert room.run_until(s(5_100)) == []
    assert len(room.run_until(s(5_101))) == 1


def test_but_once_however_often_it_stood_still() -> None:
    """Two intervals of silence that were listened to are a loss, as after any number of starts."""
    room = room_at(90)
    stood_still(room, 90, 1_000)
    assert room.run_until(s(1_090)) == []
    stood_still(room, 1_090, 2_000)
    assert room.run_until(s(2_020)) == []
    assert len(room.run_until(s(2_021))) == 1


def test_it_is_the_same_as_a_start() -> None:
    for since, until in ((10, 20), (95, 96), (99, 4_000)):
        paused, started = room_at(since), room_at(since)
        stood_still(paused, since, until)
        started.now = s(since)
        started.restart(until - since)
        started.step([], started.now)
        for seconds in range(until, until + 210, 5):
            assert paused.run_until(s(seconds)) == started.run_until(s(seconds)), (since, until, seconds)


@pytest.mark.parametrize("is_told", [True, False])
def test_it_teaches_no_rhythm(is_told: bool) -> None:
    room = Room((LOST,), (device("a"),))
    for turn in range(60):
        room.now = s(turn * 700)
        if is_told and turn:
            room.engine.missed(s((turn - 1) * 700 + 50), room.now)
        room.step([room.event("a.temperature=20", room.now)], room.now)
        room.run_until(s(turn * 700 + 50))
    supervised = room.engine.supervised("a")
    assert supervised is not None
    assert (supervised.interval_from == "rule") is is_told
