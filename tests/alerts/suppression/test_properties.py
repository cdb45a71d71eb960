"""What holds of what is set aside, whatever is given (hypothesis)."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.event import Event, Tick
from alerts.lifecycle import Action
from alerts.suppression.danger import DEADLY, TAKES_TWO
from devices.reading import SECOND
from tests.alerts.timeline import START, Room, device, is_own, reading, rule, said

RULES = (
    rule("state", name="smoke", signals=["smoke"]),
    rule("state", name="area", signals=["smoke"], per="area"),
    rule("state", name="motion", alert_class="intrusion", signals=["motion"]),
    rule("state", name="fault", alert_class="fault", signals=["fault"]),
    rule("threshold", name="hot", alert_class="gas", signal="gas", above=20, hysteresis=3, hold_s=3),
    rule("state", name="line", alert_class="fault", device_kinds=["gateway_line"], signals=["fault"]),
)
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=15)
SMOKE = {"kind": "smoke_detector", "signals": ("smoke", "motion")}
LINE = replace(device("line:com1", "gateway", kind="gateway_line", signals=("fault",)), family="gateway")
DEVICES = (device("a", **SMOKE), device("b", line="com1", **SMOKE), device("c", "hall", signals=("smoke",)), LINE)

_VALUES = {"smoke": ("on", "off"), "motion": ("on", "off"), "fault": ("on", "off"), "gas": ("0", "50")}
_READINGS = [f"{name}.{signal}={value}" for name in "abc" for signal, values in _VALUES.items() for value in values]
_LINES = ["line:com1.fault=on", "line:com1.fault=off"]
_PERMITS = [
    *(f"bypass {names} {seconds} work" for names in ("a", "a,b", "area:store", "c") for seconds in (5, 30, 2_000)),
    *(f"endbypass {name}" for name in "abc"),
    *(f"wish {names} 2_000 work" for names in ("a", "a,b", "c")),
    *(f"{word} {name} {by}" for word in ("consent", "decline") for name in "abc" for by in ("zhao", "qian")),
    *(f"walk {names} {seconds}" for names in ("a", "a,b", "area:store", "area:hall") for seconds in (20, 2_000)),
    "endwalk",
]
_PEOPLE = [f"{word} {key}" for word in ("ack", "reset", "close") for key in ("a", "b", "c", "store", "bypass")]

words = st.sampled_from([*_READINGS, *_LINES, *_PERMITS, *_PEOPLE])
stories = st.lists(st.tuples(st.integers(0, 60), st.lists(words, max_size=5)), max_size=12)


class Played:
    """A room, all steps of all alerts in it, and a look at it after each step of the engine."""

    def __init__(self, rules: Any = (*RULES, LOST)) -> None:
        self.room = Room(rules, DEVICES, {"store": "disarmed", "hall": "disarmed", "gateway": "disarmed"})
        self.steps: list[AlertEvent] = []
        self.said: list[tuple[float, str]] = []

    def step(self, events: list[Event], now: int) -> None:
        effects = self.room.step(events, now)
        self.steps += effects.alerts
        self.said += [((now - START) / SECOND, word) for word in said(effects)]
        self.look(now)

    def look(self, now: int) -> None:
        """Whatever is set aside has a reason that stands."""
        asides = self.room.engine._suppressor
        for alert in self.room.engine.open_alerts():
            if alert.suppression is not None:
                is_waiting = alert.suppression.until is not None and now < alert.suppression.until
                assert asides.standing.stands(alert.suppression) or is_waiting, alert
                assert not is_own(alert)
                assert self._is_agreed(alert), alert

    def _is_agreed(self, alert: Alert) -> bool:
        """No fire and no gas is bypassed but by two people."""
        bypass = self.room.bypasses.get(alert.suppression.source if alert.suppression is not None else "")
        return bypass is None or alert.alert_class not in TAKES_TWO or bypass.second not in ("", bypass.by)

    def run_until(self, end: int) -> None:
        for _ in range(5_000):
            wake_at = self.room.engine.wake_at
            if wake_at is None or wake_at >= end:
                return
            self.step([Tick(max(self.room.now, wake_at))], max(self.room.now, wake_at))
        raise AssertionError("woken again and again")

    def play(self, story: list[tuple[int, list[str]]], restart_at: int = -1) -> "Played":
        now = START
        for place, (pause, given_words) in enumerate(story):
            now += pause * SECOND
            self.run_until(now)
            if place == restart_at:
                self.room.restart()
            self.step([*(self.room.event(word, now) for word in given_words), Tick(now)], now)
        return self


@pytest.mark.slow
@given(stories)
def test_the_same_events_have_the_same_effects(story: list[tuple[int, list[str]]]) -> None:
    one, other = Played().play(story), Played().play(story)
    assert one.said == other.said
    assert one.steps == other.steps


@pytest.mark.slow
@given(stories, st.integers(0, 12))
def test_killed_at_any_point_and_started_again_the_same_follows(
    story: list[tuple[int, list[str]]], restart_at: int
) -> None:
    """Supervision apart, which asks after a start whose silence it was."""
    one, other = Played(RULES).play(story), Played(RULES).play(story, restart_at)
    assert one.said == other.said
    assert one.room.bypasses == other.room.bypasses


@given(stories)
def test_after_the_last_end_nothing_is_hidden(story: list[tuple[int, list[str]]]) -> None:
    """A day later no bypass and no test stands; what is active is in the open, unless a line is still lost."""
    played = Played().play(story)
    played.run_until(played.room.now + 90_000 * SECOND)
    room = played.room
    assert ({}, []) == (room.bypasses, room.running())
    for alert in room.engine.open_alerts():
        assert alert.suppression is None or (alert.rule == "lost" and alert.key == "b"), alert
        assert not is_own(alert) or not alert.active


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 60), st.lists(st.sampled_from([*_READINGS, *_PERMITS]), max_size=5))))
def test_nothing_is_raised_less_often_for_being_set_aside(story: list[tuple[int, list[str]]]) -> None:
    """Every breach that is told without bypasses and tests is told with them, in the history of an alert."""
    bare = [(pause, [word for word in given_words if word in _READINGS]) for pause, given_words in story]
    told = [_breaches(Played(RULES).play(each)) for each in (story, bare)]
    assert told[0] == told[1]


def _breaches(played: Played) -> Counter[tuple[str, str]]:
    raised = (Action.RAISED, Action.CAUSE_AGAIN)
    own = [step.alert for step in played.steps if step.action in raised and not is_own(step.alert)]
    return Counter((alert.rule, alert.key) for alert in own)


@pytest.mark.slow
@given(stories)
def test_a_danger_in_the_open_is_set_aside_only_once_it_is_acknowledged(story: list[tuple[int, list[str]]]) -> None:
    """And no alert comes back otherwise than to be acknowledged; nothing lapses that people had been shown."""
    shown: set[str] = set()
    for step in Played().play(story).steps:
        alert = step.alert
        if alert.suppression is None and step.action in (Action.RAISED, Action.CAUSE_AGAIN, Action.BROUGHT_BACK):
            shown.add(alert.id)
        if step.action == Action.SET_ASIDE and alert.alert_class in DEADLY and alert.id in shown:
            shown.discard(alert.id)
            assert alert.state is State.ACKNOWLEDGED or alert.suppression is not None
        if step.action == Action.BROUGHT_BACK:
            assert alert.state is State.UNACKNOWLEDGED
        if step.action == Action.LAPSED and alert.alert_class in DEADLY:
            assert not alert.acknowledged_by or alert.id not in shown


@given(stories)
def test_what_is_neither_bypassed_nor_tested_nor_behind_a_line_shouts(story: list[tuple[int, list[str]]]) -> None:
    bare = [
        (pause, [word for word in words_ if word not in _PERMITS and word not in _LINES]) for pause, words_ in story
    ]
    assert all(step.alert.suppression is None for step in Played().play(bare).steps)


def test_a_reading_is_one() -> None:
    assert reading("a.smoke=on", START).value is True
