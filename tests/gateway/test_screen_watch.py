"""What the gateway says of the screens of its console, and when."""

import pytest

from api.screens import BLOCKED, RUNNING, OpenPage, Screens
from devices.reading import SECOND
from gateway.own_devices import MUTE_SCREENS, SILENT_SCREENS
from gateway.screen_watch import ScreenWatch


class Desk:
    """One page of olga, who is named for silent alarms; a second goes by at a time."""

    def __init__(self, *, waits: bool = True) -> None:
        self.screens, self.now, self.sound = Screens(), 0, RUNNING
        self.screens.opened("p", OpenPage("desk", "olga", "/", sounds=True, able_at=0))
        is_watched = lambda: bool(self.screens.live(self.now * SECOND))  # noqa: E731
        self.said: list[tuple[str, bool]] = []
        say = lambda device, is_fault: self.said.append((device, is_fault))  # noqa: E731
        self.watch = ScreenWatch(self.screens, waits=waits, is_watched=is_watched, say=say)

    def passes(self, seconds: int, *, speaks: bool = True) -> list[tuple[str, bool]]:
        self.said.clear()
        for _ in range(seconds):
            self.now += 1
            if speaks:
                self.screens.told("p", self.sound, self.now * SECOND)
            self.watch.look(self.now * SECOND)
        return list(self.said)


def test_the_first_word_is_said_and_then_what_changes() -> None:
    desk = Desk()
    assert {(MUTE_SCREENS, False), (SILENT_SCREENS, False)} == set(desk.passes(1))
    assert [] == desk.passes(300)
    desk.sound = BLOCKED
    assert [] == desk.passes(30)
    assert [(MUTE_SCREENS, True)] == desk.passes(5)
    desk.sound = RUNNING
    assert [(MUTE_SCREENS, False)] == desk.passes(1)
    desk.screens.shut("p")
    assert [] == desk.passes(60)
    assert [(SILENT_SCREENS, True)] == desk.passes(1)


def test_a_site_without_silent_alarms_waits_for_no_screen() -> None:
    desk = Desk(waits=False)
    desk.passes(1)
    desk.screens.shut("p")
    assert [] == desk.passes(1000)


@pytest.mark.parametrize("by", [36, 86_400, -86_400])
def test_a_process_that_stood_still_or_a_clock_that_was_set_accuses_no_screen(by: int) -> None:
    desk = Desk()
    desk.passes(20)
    desk.now += by
    assert [] == desk.passes(5, speaks=False)
    assert [] == desk.passes(60)
    desk.sound = BLOCKED
    assert [(MUTE_SCREENS, True)] == desk.passes(31)
