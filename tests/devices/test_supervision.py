"""How long a device may be silent: what its rhythm teaches, what it does not, and what a start gives it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.device import Device
from devices.reading import SECOND, Instant
from devices.supervision import LONGEST_FIRE_S, SHORTEST_S, Rhythm, deadline, learnt_s, listened, longest_s, next_look

DAY: Instant = 86_400 * SECOND
START: Instant = 20_000 * DAY


def device(kind: str = "", *tags: str) -> Device:
    return Device(id="a", family="keyarea", address="a", area="store", kind=kind, tags=tags)


def rhythm(*pauses_s: float, every_s: float = 600) -> Rhythm:
    """What was learnt from these pauses, one a look."""
    found = Rhythm()
    for number, pause_s in enumerate(pauses_s):
        found = found.after(int(pause_s * SECOND), START + int(number * every_s * SECOND))
    return found


@pytest.mark.parametrize(
    ("pauses_s", "expected_s"),
    [
        pytest.param((), None, id="nothing was heard"),
        pytest.param((300, 300), None, id="two pauses are no rhythm"),
        pytest.param((300, 300, 300), 900, id="two words may be missed"),
        pytest.param((300,) * 15 + (9_000,), 900, id="one long pause is a loss and no rhythm"),
        pytest.param((300,) * 14 + (9_000, 9_000), 900, id="nor are two"),
        pytest.param((300,) * 13 + (9_000,) * 3, 11_250, id="what it keeps three times within a week is its habit"),
        pytest.param((3_600,) * 3 + (5,) * 60, 4_500, id="a long burst does not make a slow device a fast one"),
        pytest.param((3_600,) * 2 + (5,) * 60, 15, id="but what it was twice is forgotten"),
        pytest.param((60, 61, 59, 60, 62, 60), 183, id="jitter does not matter"),
    ],
)
def test_the_interval_that_a_rhythm_teaches(pauses_s: tuple[float, ...], expected_s: float | None) -> None:
    assert expected_s == rhythm(*pauses_s).interval_s()


def test_a_silence_of_every_night_is_known_from_the_third_on() -> None:
    found = Rhythm()
    for night in range(20):
        for look in range(60):
            found = found.after(120 * SECOND, START + night * DAY + look * 600 * SECOND)
        expected_s = 360 if night < 3 else 1.25 * 28_800
        assert expected_s == found.interval_s(), f"day {night}"
        found = found.after(28_800 * SECOND, START + night * DAY + 80_000 * SECOND)


def test_a_habit_that_is_given_up_is_forgotten_after_a_week() -> None:
    found = rhythm(9_000, 9_000, 9_000)
    for look in range(9 * 144):
        found = found.after(60 * SECOND, START + 4 * 600 * SECOND + look * 600 * SECOND)
    assert 180 == found.interval_s()


@pytest.mark.parametrize(
    ("installed", "most_s"),
    [
        (device("smoke_detector"), 100),
        (device("call_point"), 100),
        (device("smoke_detector", "radio"), 90_000),
        (device("door_contact"), 14_400),
        (device("door_contact", "radio"), 90_000),
        (device("temperature_sensor"), 90_000),
        (device(), 90_000),
    ],
)
def test_no_class_is_given_more_than_it_may_have(installed: Device, most_s: float) -> None:
    assert most_s == longest_s(installed)
    assert most_s == learnt_s(rhythm(80_000, 80_000, 80_000), installed, None)
    assert most_s == learnt_s(rhythm(80_000, 80_000, 80_000), installed, 60)


def test_nothing_is_learnt_to_be_lost_within_a_minute() -> None:
    assert SHORTEST_S == learnt_s(rhythm(1, 1, 1), device("smoke_detector"), None)


def test_an_interval_in_force_does_not_flutter() -> None:
    assert 100 == learnt_s(rhythm(35, 35, 35), device(), 100)
    assert 120 == learnt_s(rhythm(40, 40, 40), device(), 100)
    assert 100 == learnt_s(rhythm(40), device(), 100)


@given(st.lists(st.integers(1, 10**6), max_size=80), st.sampled_from(["smoke_detector", "door_contact", ""]))
def test_whatever_a_device_does_its_interval_stays_within_limits_and_its_rhythm_small(
    pauses_s: list[int], kind: str
) -> None:
    found, before_s = Rhythm(), None
    for number, pause_s in enumerate(pauses_s):
        found = found.after(pause_s * SECOND, START + number * 600 * SECOND)
        before_s = learnt_s(found, device(kind), before_s)
        assert len(found.pauses) <= 16
        assert len(found.longest) <= 8
        if before_s is not None:
            assert SHORTEST_S <= before_s <= longest_s(device(kind))
    assert (before_s is None) == (len(pauses_s) < 3)
    assert LONGEST_FIRE_S == longest_s(device("smoke_detector"))


@given(st.floats(10, 20_000), st.lists(st.floats(0.8, 1.2), min_size=3, max_size=60))
def test_a_device_that_keeps_to_its_rhythm_is_never_given_less_than_two_of_its_pauses(
    period_s: float, jitters: list[float]
) -> None:
    found = rhythm(*(period_s * jitter for jitter in jitters)).interval_s()
    assert found is not None
    assert 2 * period_s <= found <= 3.7 * period_s


# -- starts ----------------------------------------------------------------------------------------------------


def s(second: float) -> Instant:
    return int(second * SECOND)


@pytest.mark.parametrize(
    ("heard", "begun", "runs", "expected"),
    [
        pytest.param(50, 10, (), 150, id="heard in this run: its interval"),
        pytest.param(50, 60, ((0, 58),), 160, id="after a start: its whole interval"),
        pytest.param(50, 5_000, ((0, 58),), 5_100, id="an outage of ours is no silence of its"),
        pytest.param(50, 205, ((0, 100), (101, 204)), 252, id="but two intervals of listened silence are a loss"),
        pytest.param(50, 205, (), 305, id="what nobody listened to does not count"),
        pytest.param(50, 9_000, ((0, 8_999),), 9_100, id="what is longer was never waited for"),
    ],
)
def test_when_a_silence_is_a_loss(
    heard: float, begun: float, runs: tuple[tuple[float, float], ...], expected: float
) -> None:
    spans = [(s(start), s(until)) for start, until in runs]
    assert s(expected) == deadline(s(100), s(heard), s(begun), spans)


@given(st.lists(st.integers(1, 99), min_size=3, max_size=60), st.integers(1, 20))
def test_restarts_however_often_hide_no_loss_for_longer_than_two_intervals(lengths: list[int], away: int) -> None:
    """The gateway runs for so many seconds each time, and is away for a moment; the device never speaks again."""
    runs: list[tuple[Instant, Instant]] = []
    begun = 0
    for length in lengths:
        due = deadline(s(100), s(-1), s(begun), runs)
        silent = listened(runs, s(-1))
        if s(begun + length) >= due:
            assert s(100) <= silent + due - s(begun) <= s(200)
            return
        runs.append((s(begun), s(begun + length)))
        begun += length + away
    assert listened(runs, s(-1)) < s(200)


@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_looks_are_made_together_and_none_before_it_is_due(due: Instant, now: Instant) -> None:
    at = next_look(due, now)
    assert min(due, now + s(600)) <= at < min(due, now + s(600)) + s(0.5)
    assert 0 == at % s(0.5)
