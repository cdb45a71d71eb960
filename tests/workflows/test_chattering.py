"""What comes back again and again is named with what cures it, and is hidden from nobody."""

from typing import Any

import pytest

from alerts.alert import Disposition, State
from alerts.command import Acknowledge, Close, Reset
from alerts.site_facts import SiteFacts
from devices.message import Text
from tests.alerts.kernel.room import KernelRoom, facts
from tests.alerts.timeline import device, rule
from tests.words import english
from workflows.chattering import Chattering, ChatteringConfig

MIN = 60
RULES = (
    rule("state", name="fire", alert_class="fire", signals=["smoke"]),
    rule("state", name="door", alert_class="access", priority=3, signals=["door"]),
    rule("state", name="motion", alert_class="supervisory", priority=3, signals=["occupancy"]),
    rule("state", name="mains", alert_class="fault", priority=3, signals=["mains"]),
    rule("state", name="duress", alert_class="hold_up", signals=["duress"]),
    rule("threshold", name="warm", alert_class="supervisory", priority=3, signal="temperature", above=30),
)
SIGNALS = ("smoke", "door", "occupancy", "mains", "duress")
DEVICES = [device(name, kind="other", signals=SIGNALS) for name in ("a", "b")]


def room_of(**config: Any) -> KernelRoom:
    return KernelRoom(Chattering(ChatteringConfig(**config)), rules=RULES, devices=DEVICES)


def waver(room: KernelRoom, word: str, times: int, *, at: float = 1, every: float = 10) -> list[str]:
    """It comes and goes so often; the steps of the facts that were stated."""
    found: list[str] = []
    up, down = ("31", "20") if "temperature" in word else ("on", "off")
    for number in range(times):
        for value, later in ((up, 0), (down, every / 2)):
            room.step(at + number * every + later, f"{word}={value}")
            found += facts(room.effects)
    return found


@pytest.mark.parametrize(
    ("word", "cure"),
    [
        ("a.smoke", "chattering.cure_danger"),
        ("a.door", "chattering.cure_contact"),
        ("a.occupancy", "chattering.cure_flag"),
        ("a.mains", "chattering.cure_link"),
        ("a.temperature", "chattering.cure_number"),
    ],
)
def test_three_in_a_minute_are_named_with_their_cure(word: str, cure: str) -> None:
    room = room_of()
    assert ["chattering.found", "chattering.told"] == waver(room, word, 3)
    (alert,) = room.open(RULES[["smoke", "door", "occupancy", "mains", "duress", "temperature"].index(word[2:])].name)
    assert isinstance(alert.note, Text)
    assert cure == alert.note.params["cure"].key  # type: ignore[union-attr]
    assert "came 3 times within 60 s" in english(alert.note)
    assert ("delay" in english(alert.note)) == (cure != "chattering.cure_link")
    assert [True] == [one.active for one in room.open("alerts-chatter")]


def test_a_danger_to_life_is_offered_no_delay() -> None:
    room = room_of()
    waver(room, "a.smoke", 3)
    (alert,) = room.open("fire")
    assert isinstance(alert.note, Text)
    assert "hold_s" not in english(alert.note)


def test_what_is_slower_does_not_chatter() -> None:
    assert [] == waver(room_of(), "a.door", 6, every=31)
    assert [] == waver(room_of(), "a.door", 2)


def test_what_a_panel_tells_again_while_it_stands_does_not_chatter() -> None:
    """A call point that is held down is told every twenty seconds: one alarm, however often."""
    room = room_of()
    for second in range(1, 60, 8):
        room.step(second, "!a.smoke=on")
        assert [] == facts(room.effects)
    (alert,) = room.open("fire")
    assert alert.occurrences > 3


def test_it_is_hidden_from_nobody_and_stays_where_it_is() -> None:
    plain, watched = KernelRoom(rules=RULES, devices=DEVICES), room_of()
    for room in (plain, watched):
        waver(room, "a.smoke", 5)
    before, after = (
        [(a.rule, a.key, a.state, a.active, a.occurrences, a.suppression) for a in room.open("fire")]
        for room in (plain, watched)
    )
    assert before == after


def test_one_alert_tells_of_all_and_ends_with_the_last() -> None:
    room = room_of()
    waver(room, "a.door", 3)
    assert ["chattering.found"] == waver(room, "b.door", 3, at=40)
    assert 1 == len(room.open("alerts-chatter"))
    assert 2 == len(room.kernel.cases.of("chattering"))
    assert ["chattering.calm", "chattering.calm", "chattering.none_left"] == room.run_until(12 * MIN)
    assert [False] == [alert.active for alert in room.open("alerts-chatter")]


def test_it_goes_on_while_it_comes_back_and_outlasts_a_restart() -> None:
    room = room_of()
    waver(room, "a.door", 3)
    room.restart()
    for minute in range(1, 15):
        waver(room, "a.door", 1, at=minute * MIN)
    assert 1 == len(room.kernel.cases.of("chattering"))
    assert ["chattering.calm", "chattering.none_left"] == room.run_until(26 * MIN)


def test_a_closed_alert_is_calm() -> None:
    room = room_of()
    waver(room, "a.smoke", 3)
    (alert,) = room.open("fire")
    close = Close(alert.id, "li", Disposition.NUISANCE, "dust")
    room.step(50, Acknowledge(alert.id, "li"), Reset(alert.id, "li"), close)
    assert ["chattering.calm", "chattering.none_left"] == facts(room.effects)
    assert State.CLOSED is room.alerts[alert.id].state


def test_a_silent_alarm_is_not_spoken_of() -> None:
    assert [] == waver(room_of(), "a.duress", 5)


def test_what_is_once_chattering_is_written_now_and_then() -> None:
    room = room_of()
    waver(room, "a.door", 3)
    written = 0
    for number in range(20):
        for value in ("on", "off"):
            written += "chattering" in {name for name, _ in room.step(40 + number, f"a.door={value}").cases}
    assert written <= 1


@pytest.mark.parametrize(
    ("config", "key"),
    [({"times": 1}, "how_often"), ({"within_s": 0}, "within"), ({"calm_min": 0.5}, "calm_for")],
)
def test_figures_that_are_none(config: dict[str, Any], key: str) -> None:
    assert [f"chattering.{key}"] == [fault.text.key for fault in ChatteringConfig(**config).check(SiteFacts())]
