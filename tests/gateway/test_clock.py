"""The one clock: UTC in nanoseconds that never goes backwards."""

import pytest

from gateway import clock
from gateway.clock import SystemClock


def test_the_clock_goes_on_while_the_wall_clock_was_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slower, so that it is right again some time, and never backwards."""
    walls, passed = iter([1_000, 400, 500, 1_500]), iter([0, 0, 0, 100, 1_100])
    monkeypatch.setattr(clock.time, "time_ns", lambda: next(walls))
    monkeypatch.setattr(clock.time, "monotonic_ns", lambda: next(passed))
    one = SystemClock()
    assert [1_000, 1_000, 1_090, 1_990] == [one.now() for _ in range(4)]


def test_the_clock_is_the_wall_clock_again_once_that_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    walls, passed = iter([1_000, 900, 1_900, 2_900]), iter([0, 0, 0, 1_000, 2_000])
    monkeypatch.setattr(clock.time, "time_ns", lambda: next(walls))
    monkeypatch.setattr(clock.time, "monotonic_ns", lambda: next(passed))
    one = SystemClock()
    assert [1_000, 1_000, 1_900, 2_900] == [one.now() for _ in range(4)]


def test_the_clock_tells_nanoseconds_since_1970() -> None:
    assert 1_700_000_000 < SystemClock().now() / 1e9 < 10_000_000_000
