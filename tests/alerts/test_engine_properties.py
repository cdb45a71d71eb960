"""What holds of the engine whatever is given to it (hypothesis)."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.alert import AlertClass, State
from alerts.effects import Effects
from alerts.event import Event, Tick
from alerts.lifecycle import MANNERS, Manner
from devices.reading import SECOND
from tests.alerts.timeline import START, Room, Way, device, reading, rule, said

RULES = (
    rule("state", name="smoke", signals=["smoke"]),
    rule("state", name="slow", signals=["smoke"], hold_s=4, per="area"),
    rule("state", name="intrusion", alert_class="intrusion", signals=["door", "motion"], modes=["armed"]),
    rule("state", name="late", alert_class="access", signals=["door"], schedule="night", per="area"),
    rule("threshold", name="hot", signal="temperature", above=57, hysteresis=3, hold_s=3),
    rule("threshold", name="cold", alert_class="supervisory", signal="temperature", below=2, per="area"),
    rule("coincidence", name="two", signals=["smoke"], within_s=5),
    rule("coincidence", name="knock", alert_class="intrusion", signals=["motion"], within_s=5, modes=["armed"]),
    rule("held_open", name="held", alert_class="access", open_s=6),
    rule("patrol", name="round", alert_class="duty", checkpoints=["gate", "store"], every_s=20),
)
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=15)
DEVICES = (device("a", signals=("smoke", "motion")), device("b", signals=("smoke", "motion")), device("c", "hall"))

_VALUES = {
    "smoke": ("on", "off"),
    "door": ("on", "off"),
    "motion": ("on", "off"),
    "temperature": ("20", "60", "55", "1"),
    "checkpoint": ("gate", "store", "elsewhere"),
}
_HEALTH = {"fault": ("on", "off"), "online": ("on", "off")}


def _said_by(signals: dict[str, tuple[str, ...]]) -> st.SearchStrategy[str]:
    words = [f"{name}.{signal}={value}" for name in "abc" for signal, values in signals.items() for value in values]
    return st.sampled_from(words)


readings = _said_by(_VALUES)
anything = st.one_of(
    _said_by(_VALUES | _HEALTH),
    _said_by(_VALUES | _HEALTH).map("~{}".format),
    st.sampled_from(
        [f"{word} {key}" for word in ("ack", "reset", "close", "comment") for key in ("a", "b", "store", "site")]
    ),
    st.sampled_from([f"arm {area} {mode}" for area in ("store", "hall") for mode in ("armed", "disarmed")]),
    st.sampled_from(["record patrol checkpoint=gate", "record duty checkpoint=store"]),
)


def story(words: st.SearchStrategy[str], most: int = 12) -> st.SearchStrategy[list[tuple[int, list[str]]]]:
    """Batches, each so many seconds after the one before."""
    return st.lists(st.tuples(st.integers(0, 9), st.lists(words, max_size=5)), max_size=most)


def room(way: Way = "plain", rules: Sequence[Any] = (*RULES, LOST)) -> Room:
    return Room(rules, DEVICES, {"store": "armed", "hall": "disarmed"}, way=way)


def told(world: Room, batches: list[tuple[int, list[str]]], restart_at: int = -1) -> list[tuple[float, str]]:
    """Play the batches; everything that happened, with its second."""
    happened: list[tuple[float, str]] = []
    second = 0
    for place, (pause, words) in enumerate(batches):
        second += pause
        now = START + second * SECOND
        if place == restart_at:
            world.restart()
        _wait(world, now, happened)
        effects = world.step([*(world.event(word, now) for word in words), Tick(now)], now)
        happened += [(second, word) for word in said(effects)]
    _wait(world, START + (second + 60) * SECOND, happened)
    return happened


def _wait(world: Room, end: int, happened: list[tuple[float, str]]) -> None:
    for _ in range(1_000):
        wake_at = world.engine.wake_at
        if wake_at is None or wake_at >= end:
            return
        now = max(world.now, wake_at)
        happened += [((now - START) / SECOND, word) for word in said(world.step([Tick(now)], now))]
    raise AssertionError("woken again and again")


def standing(world: Room) -> list[tuple[Any, ...]]:
    """Every alert as it stands, without what tells found from begun."""
    alerts = sorted(world.alerts.values(), key=lambda alert: alert.id)
    return [(a.id, a.rule, a.key, a.state, a.active, a.latched, a.occurrences, a.raised, a.changed) for a in alerts]


@pytest.mark.slow
@given(story(anything))
def test_the_same_events_have_the_same_effects(batches: list[tuple[int, list[str]]]) -> None:
    one, other = room(), room()
    assert told(one, batches) == told(other, batches)
    assert msgspec.msgpack.encode(list(one.alerts.values())) == msgspec.msgpack.encode(list(other.alerts.values()))
    assert one.memories.keys() == other.memories.keys()


@pytest.mark.slow
@given(story(anything))
def test_memories_go_through_bytes_and_nothing_changes(batches: list[tuple[int, list[str]]]) -> None:
    one, other = room(), room("bytes")
    assert told(one, batches) == told(other, batches)
    assert one.alerts == other.alerts


@pytest.mark.slow
@given(story(st.one_of(readings, anything.filter(lambda word: "online" not in word))), st.integers(0, 12))
def test_killed_at_any_point_and_started_again_the_same_follows(
    batches: list[tuple[int, list[str]]], restart_at: int
) -> None:
    """Supervision apart, which gives every device its whole interval after a start."""
    one, other = room(rules=RULES), room(rules=RULES)
    assert told(one, batches) == told(other, batches, restart_at)
    assert standing(one) == standing(other)


@pytest.mark.slow
@given(story(anything), st.lists(anything, max_size=5))
def test_what_was_not_committed_before_a_kill_follows_again(
    batches: list[tuple[int, list[str]]], last: list[str]
) -> None:
    """The effects were lost with the process; the broker repeats the messages; the same alerts are raised."""
    batches = [(pause, [w for w in words if "online" not in w]) for pause, words in batches]
    world = room(rules=RULES)
    told(world, batches)
    now = world.now + SECOND
    events: list[Event] = [world.event(word, now) for word in last if "online" not in word]
    before = (dict(world.memories), dict(world.alerts), dict(world.modes))
    effects = world.step(events, now)
    # The time-series store is written first, so it may know the readings already.
    world.memories, world.alerts, world.modes = before
    world.restart()
    again = world.step(events, now)
    assert _without_flags(effects) == _without_flags(again)


def _without_flags(effects: Effects) -> list[Any]:
    return [
        said(effects),
        [(event.alert.id, event.action, event.alert.state) for event in effects.alerts],
        effects.modes,
        effects.refused,
    ]


@pytest.mark.slow
@given(story(anything), st.lists(st.integers(0, 100), max_size=10))
def test_a_tick_alone_never_shortens_or_lengthens_a_delay(
    batches: list[tuple[int, list[str]]], ticks: list[int]
) -> None:
    one, other = room(), room()
    with_ticks: list[tuple[int, list[str]]] = []
    second, due = 0, sorted(ticks)
    for pause, words in batches:
        start, second = second, second + pause
        for tick in [tick for tick in due if start < tick < second]:
            with_ticks.append((tick - start, []))
            start = tick
        with_ticks.append((second - start, words))
    assert told(one, batches) == told(other, with_ticks)
    assert standing(one) == standing(other)


@pytest.mark.slow
@given(
    story(readings, most=5),
    st.lists(
        _said_by({k: v for k, v in _VALUES.items() if k != "checkpoint"}),
        min_size=2,
        max_size=3,
        unique_by=lambda w: w[0],
    ),
)
def test_readings_of_different_devices_at_one_instant_may_come_in_any_order(
    batches: list[tuple[int, list[str]]], last: list[str]
) -> None:
    """While no member falls out or comes back: whether a second detector is needed then depends on who came first."""
    outcomes = []
    for order in permutations(last):
        world = room(rules=RULES)
        told(world, batches)
        now = world.now + SECOND
        world.step([reading(word, now) for word in order], now)
        outcomes.append(sorted((alert.rule, alert.key, alert.active) for alert in world.alerts.values()))
    assert [outcomes[0]] * len(outcomes) == outcomes


@pytest.mark.slow
@given(story(anything))
def test_a_latching_alert_stays_open_until_a_person_has_reset_and_closed_it(
    batches: list[tuple[int, list[str]]],
) -> None:
    world = room()
    told(world, batches)
    for alert in world.alerts.values():
        if MANNERS[alert.alert_class] is Manner.LATCHING:
            assert (alert.state is State.CLOSED) == bool(alert.closed_by)
            assert not (alert.state is State.CLOSED and not alert.reset_by)
            assert alert.latched or alert.reset_by


@pytest.mark.slow
@given(story(anything))
def test_an_open_alert_is_active_exactly_while_its_cause_stands(batches: list[tuple[int, list[str]]]) -> None:
    world = room()
    told(world, batches)
    open_alerts = {(alert.rule, alert.key): alert for alert in world.engine.open_alerts()}
    for watch in world.engine._instances:
        alert = open_alerts.get((watch.rule.name, watch.key))
        breach = watch.memory.breach if watch.applies else None
        if breach is None or not breach.found:
            assert (breach is not None) == (alert is not None and alert.active), (watch.rule.name, watch.key)


@pytest.mark.slow
@given(story(_said_by(_VALUES)), st.integers(0, 5))
def test_a_reading_told_twice_in_a_row_causes_nothing_new(batches: list[tuple[int, list[str]]], times: int) -> None:
    one, other = room(), room()
    repeated = [(pause, [word for word in words for _ in range(times + 1)]) for pause, words in batches]
    assert told(one, batches) == told(other, repeated)
    assert standing(one) == standing(other)


@pytest.mark.slow
@given(story(readings))
def test_a_source_clock_moves_no_timer(batches: list[tuple[int, list[str]]]) -> None:
    """Whatever time the sources claim, the same happens at the same time."""
    one, other = room(), room()
    happened: list[list[str]] = [[], []]
    for world, skew, heard in ((one, 0, happened[0]), (other, 86_400 * SECOND, happened[1])):
        now = START
        for pause, words in batches:
            now += pause * SECOND
            heard += world.run_until(now)
            events = [msgspec.structs.replace(reading(word, now), time=now - skew) for word in words]
            heard += said(world.step(events, now))
        heard += world.run_until(now + 60 * SECOND)
    assert happened[0] == happened[1]


@pytest.mark.slow
@given(story(anything), st.integers(1, 100))
def test_time_never_goes_backwards(batches: list[tuple[int, list[str]]], back: int) -> None:
    world = room()
    told(world, batches)
    effects = world.step([reading("a.smoke=on", world.now)], world.now - back * SECOND)
    assert all(event.at >= world.now for event in effects.alerts)


@given(story(anything))
def test_the_list_of_open_alerts_shows_fire_before_noise(batches: list[tuple[int, list[str]]]) -> None:
    world = room()
    told(world, batches)
    listed = world.engine.open_alerts()
    assume(listed)
    ranks = list(AlertClass)
    order = [(a.priority, ranks.index(a.alert_class), not a.active, a.newest) for a in listed]
    assert sorted(order) == order
    assert {alert.id for alert in listed} == {a.id for a in world.alerts.values() if a.state is not State.CLOSED}
