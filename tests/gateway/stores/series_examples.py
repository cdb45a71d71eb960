"""Readings as sensors give them, and what a store must give back for them."""

import math
import random
from collections.abc import Iterable, Sequence

from devices.reading import SECOND, Instant, Reading
from gateway.ports import Point

NOON: Instant = 1_795_521_600 * SECOND
"""2026-11-24T12:00:00Z."""


def reading(device="d1", signal="temperature", value=20.0, at=0.0, quality=0, time=None, received=None):
    """``at`` seconds after NOON, received 80 ms later."""
    when = NOON + int(at * SECOND) if time is None else time
    return Reading(device, signal, value, when, when + 80_000_000 if received is None else received, quality)


def point(value, at=0.0, quality=0):
    return Point(NOON + int(at * SECOND), value, quality)


def sensors(devices: int, rounds: int, seed: int = 1, start: Instant = NOON) -> list[list[Reading]]:
    """Bursts of a round each: smoke, temperature walking by tenths, smoke density; every 30 s with jitter."""
    chance = random.Random(seed)
    warmth = [20.0] * devices
    bursts = []
    for turn in range(rounds):
        burst = []
        for n in range(devices):
            jitter = round(chance.gauss(0, 400)) * 1_000_000
            time = start + turn * 30 * SECOND + n * 1_000_000 + jitter
            warmth[n] = round(warmth[n] + chance.choice((-0.1, 0.0, 0.0, 0.1)), 1)
            received = start + turn * 30 * SECOND + 40_000_000
            burst += [
                Reading(f"sd-{n}", "smoke", chance.random() < 0.01, time, received),
                Reading(f"sd-{n}", "temperature", warmth[n], time, received),
                Reading(f"sd-{n}", "smoke_density", round(abs(chance.gauss(0.05, 0.02)), 3), time, received, turn % 2),
            ]
        bursts.append(burst)
    return bursts


def points_of(readings: Iterable[Reading], device: str, signal: str) -> list[Point]:
    """What ``range`` must give: each time once, the last word wins, in order."""
    last_word = {
        r.time: Point(r.time, r.value, r.quality) for r in readings if (r.device, r.signal) == (device, signal)
    }
    return [last_word[time] for time in sorted(last_word)]


def everything(store, device="d1", signal="temperature"):
    return store.range(device, signal, -(2**62), 2**62)


def same(expected: Sequence[Point], actual: Sequence[Point]) -> bool:
    """Equal bit for bit: type of the value, -0.0 and NaN too."""
    return list(map(_bits, expected)) == list(map(_bits, actual))


def _bits(found: Point):
    value = found.value
    if isinstance(value, float):
        return found.time, "nan" if math.isnan(value) else value.hex(), found.quality
    return found.time, value, type(value), found.quality
