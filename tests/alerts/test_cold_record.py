"""The record of a fridge says what was read and no more: within, beyond, or not observed."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.cold_record import HOUR, KEPT, MINUTE, Fridge, Limits, Proof, joined, noted, proof
from devices.reading import Instant

LIMITS = Limits(0, 8, gap=30 * MINUTE)
EMPTY = Fridge(id="f1", use="samples", limits=LIMITS)
DAYS: Instant = 48 * HOUR


def record(*readings: tuple[float, float], limits: Limits = LIMITS) -> Fridge:
    """Readings as (minutes after the beginning, °C)."""
    fridge = replace(EMPTY, limits=limits)
    for at, value in readings:
        fridge = noted(fridge, value, int(at * MINUTE))
    return fridge


def every(minutes: float, value: float, begin: float = 0, end: float = 48 * 60) -> list[tuple[float, float]]:
    return [(begin + n * minutes, value) for n in range(int((end - begin) / minutes) + 1)]


COLD = every(10, 4.0)
CASES: dict[str, tuple[list[tuple[float, float]], dict[str, Any]]] = {
    "4 degrees for all of it": (COLD, {"verdict": "proved", "low": 4, "high": 4}),
    "at its limits": (
        every(10, 8.0, end=1440) + every(10, 0.0, begin=1450),
        {"verdict": "proved", "low": 0, "high": 8},
    ),
    "8.1 once": (
        sorted([*COLD, (605, 8.1)]),
        {"verdict": "broken", "beyond": 8.1, "since": 605 * MINUTE, "until": 605 * MINUTE},
    ),
    "frozen": (sorted([*COLD, (605, -0.1)]), {"verdict": "broken", "beyond": -0.1}),
    "8.1 before it was put in": ([(-20, 8.1), (-10, 4.0), *COLD], {"verdict": "proved"}),
    "8.1 after its time": ([*COLD, (48 * 60 + 1, 8.1)], {"verdict": "proved"}),
    "8.1 in the last second": ([*COLD[:-1], (48 * 60 - 1 / 60, 8.1)], {"verdict": "broken"}),
    "silent for half an hour": ([r for r in COLD if not 600 < r[0] < 630], {"verdict": "proved"}),
    "silent for longer": (
        [r for r in COLD if not 600 < r[0] < 640],
        {"verdict": "not_observed", "unseen": 40 * MINUTE},
    ),
    "silent in the end": (every(10, 4.0, end=47 * 60), {"verdict": "not_observed", "unseen": HOUR}),
    "silent in the beginning": (every(10, 4.0, begin=60), {"verdict": "not_observed", "unseen": HOUR}),
    "heard before, then silent": ([(-29, 4.0), *every(10, 4.0, begin=10)], {"verdict": "not_observed"}),
    "nothing at all": ([], {"verdict": "not_observed", "low": None, "unseen": DAYS}),
    "only before and after": ([(-5, 4.0), (48 * 60 + 5, 4.0)], {"verdict": "not_observed", "unseen": DAYS}),
    "silent, and warm": (
        [(r[0], 9.0 if r[0] == 100 else 4.0) for r in COLD if not 600 < r[0] < 700],
        {"verdict": "broken", "unseen": 100 * MINUTE},
    ),
    "a warm one that comes late": ([*COLD, (300, 9.0)], {"verdict": "broken", "beyond": 9, "since": 300 * MINUTE}),
    "a cold one that comes late mends no gap": (
        [*(r for r in COLD if not 600 < r[0] < 700), (640, 4.0), (670, 4.0)],
        {"verdict": "not_observed"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_record_says_of_48_hours(name: str) -> None:
    readings, expected = CASES[name]
    found = proof(record(*readings), 0, DAYS)
    assert expected == {part: getattr(found, part) for part in expected}


@pytest.mark.parametrize(("minutes", "verdict"), [(10, "proved"), (10 + 1 / 60, "broken")])
def test_an_open_door_may_be_spared(minutes: float, verdict: str) -> None:
    """As long as the site file says, until the next reading within the limits."""
    around = [(n, 4.0) for n in range(0, 48 * 60 + 1, 20)]
    readings = sorted([*around, (601, 9.0), (601 + minutes, 5.0)])
    assert verdict == proof(record(*readings, limits=replace(LIMITS, spared=10 * MINUTE)), 0, DAYS).verdict


def test_a_sample_that_was_moved_is_proved_by_both_fridges() -> None:
    cold, warm, silent = Proof("proved", 1, 4), Proof("broken", 2, 9, 9), Proof("not_observed", unseen=MINUTE)
    assert Proof("proved", 1, 5) == joined((cold, Proof("proved", 3, 5)))
    assert ("not_observed", MINUTE) == ((found := joined((cold, silent))).verdict, found.unseen)
    assert ("broken", 9, 1, MINUTE) == (
        (found := joined((silent, cold, warm))).verdict,
        found.beyond,
        found.low,
        found.unseen,
    )
    assert "not_observed" == joined(()).verdict


def test_a_steady_fridge_is_written_down_seldom() -> None:
    """Six times in the longest silence that is allowed; the record of two days is small."""
    fridge, writes = EMPTY, 0
    for minute in range(48 * 60):
        after = noted(fridge, 4.0 + minute % 3 / 10, minute * MINUTE)
        writes, fridge = writes + (after is not fridge), after
    assert writes <= 48 * 15
    assert len(fridge.stretches) <= 48


READINGS = st.lists(
    st.tuples(st.integers(0, 3_100), st.floats(-3, 12).map(lambda value: round(value, 1))), min_size=1, max_size=120
).map(sorted)


@given(READINGS)
def test_never_proved_against_what_was_read(readings: list[tuple[int, float]]) -> None:
    """Each reading beyond the limits within the time breaks it; low and high hold all that was read in it."""
    found = proof(record(*readings), 0, DAYS)
    inside = [value for at, value in readings if at * MINUTE <= DAYS]
    assert (found.verdict == "broken") == any(not LIMITS.holds(value) for value in inside)
    if inside:
        assert found.low is not None
        assert found.high is not None
        assert found.low <= min(inside) <= max(inside) <= found.high
    times = [0, *(at for at, _ in readings if at * MINUTE <= DAYS), DAYS // MINUTE]
    if found.verdict == "proved":
        assert max(b - a for a, b in pairwise(times)) <= 30


@given(st.lists(st.sampled_from([4.0, 8.1]), min_size=1, max_size=1_500))
def test_a_fridge_that_flutters_is_kept_small_and_never_said_to_be_cold(values: list[float]) -> None:
    fridge = EMPTY
    for minute, value in enumerate(values):
        fridge = noted(fridge, value, minute * MINUTE)
    assert len(fridge.stretches) <= 400
    assert (proof(fridge, 0, len(values) * MINUTE).verdict == "broken") == (8.1 in values)


def test_what_is_old_is_forgotten() -> None:
    fridge = record((0, 4.0))
    fridge = noted(noted(fridge, 4.0, KEPT + 2 * HOUR), 4.0, KEPT + 3 * HOUR)
    assert KEPT + 2 * HOUR == fridge.stretches[0].since
