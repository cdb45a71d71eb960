"""What no course of readings may bring about, or prevent, with the kind ``fusion``; and the recorded fires of homes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.event import Presence, Tick
from alerts.rules.fusion import FusionRule, Place
from benchmarks.detection import Alert, episodes, interval, recorded, scored
from devices.reading import SECOND, Instant, Reading
from tests.alerts.timeline import START, rule

MADE = rule("fusion")
assert isinstance(MADE, FusionRule)
VALUES = {
    "temperature": st.floats(-20, 56).map(lambda value: round(value, 1)),
    "smoke_density": st.floats(0, 11.9).map(lambda value: round(value, 2)),
    "co": st.floats(0, 400).map(round),
    "humidity": st.floats(0, 100).map(round),
}
SAID = st.lists(
    st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name], st.integers(1, 60))),
    max_size=40,
)


def course(said: list[tuple[str, float, int]]) -> tuple[Place, Instant]:
    """What is remembered after these, and when that is."""
    memory, now = MADE.start(), START
    for signal, value, seconds in said:
        now += seconds * SECOND
        while memory.wake_at is not None and memory.wake_at <= now:
            memory = MADE.step(memory, Tick(memory.wake_at), memory.wake_at)
        memory = MADE.step(memory, reading(signal, value, now), now)
    return memory, now


def reading(signal: str, value: float | bool, now: Instant) -> Reading:
    return Reading("a", signal, value, now, now)


@given(SAID, st.sampled_from(["smoke", "heat", "flame", "co_alarm"]))
def test_a_detectors_own_alarm_counts_at_once_whatever_was_said(said: list[tuple[str, float, int]], name: str) -> None:
    memory, now = course(said)
    assert MADE.step(memory, reading(name, True, now), now).breach is not None


@given(SAID)
def test_heat_beyond_its_limit_counts_within_ten_seconds(said: list[tuple[str, float, int]]) -> None:
    memory, now = course(said)
    memory = MADE.step(memory, reading("temperature", 57.0, now), now)
    later = now + 10 * SECOND
    assert MADE.step(memory, Tick(later), later).breach is not None


@given(st.lists(st.tuples(VALUES["smoke_density"], st.integers(1, 60)), max_size=40))
def test_smoke_alone_below_its_high_limit_is_no_fire_while_the_temperature_is_told(
    said: list[tuple[float, int]],
) -> None:
    mixed = [part for smoke, seconds in said for part in (("temperature", 20.0, 1), ("smoke_density", smoke, seconds))]
    assert course([("temperature", 20.0, 1), *mixed])[0].breach is None


def test_smoke_counts_at_its_plain_limit_once_its_partner_is_lost() -> None:
    memory, now = course([("temperature", 20.0, 1), ("smoke_density", 0.0, 1), ("smoke_density", 3.5, 30)])
    assert memory.breach is None
    assert MADE.step(memory, Presence(frozenset({"a"}), present=False), now).breach is not None


@pytest.mark.parametrize(
    "table",
    [
        {"points": {"temperature": {"window_s": 60, "low": 1, "high": 8, "leap": 15}}},
        {"points": {"smoke": {"window_s": 60, "low": 1, "high": 8, "leap": 15}}},
        {"alone": {"access": 1}},
        {"silent_s": 0},
    ],
)
def test_what_makes_no_sense_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        rule("fusion", **table)


@pytest.mark.slow
def test_the_fires_of_homes_are_found_by_every_device() -> None:
    """Whether it is soon enough, ``make detection`` says."""
    known = episodes()
    alerts: list[Alert] = []
    devices = 0
    for name, series in recorded("recorded"):
        if known[name].stratum == "home":
            devices += len({one[0] for one in series})
            alerts += scored((known[name], series))[0]
    assert {"fusion": devices} == {"fusion": len({(a.episode, a.device) for a in alerts if a.rules == "fusion"})}


def test_the_interval_of_a_count() -> None:
    """Garwood's, as tables have it."""
    assert (0.0, 3.69) == tuple(round(end, 2) for end in interval(0))
    assert (4.80, 18.39) == tuple(round(end, 2) for end in interval(10))


words = st.one_of(
    st.tuples(st.sampled_from(("temperature", "humidity", "co")), st.sampled_from((20.0, 20.2, 24.0, 36.0, 58.0))),
    st.tuples(st.just("smoke_density"), st.sampled_from((0.0, 0.1, 0.3, 3.5, 13.0))),
    st.tuples(st.just("smoke"), st.booleans()),
)


@given(st.lists(st.tuples(st.sampled_from((0, 1, 3, 12, 70, 400)), words), max_size=12))
def test_what_is_quiet_comes_to_the_same_as_all_points_counted(said: list[tuple[int, tuple[str, float]]]) -> None:
    memory, now = MADE.start(), START
    for pause, (signal, value) in said:
        now += pause * SECOND
        told = reading(signal, value, now)
        counted = MADE._judged(MADE._heard(memory, told, now), now)
        memory = MADE.step(memory, told, now)
        assert counted == memory
