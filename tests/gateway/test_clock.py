"""The one clock: UTC in nanoseconds that never goes backwards."""

import pytest

from gateway import clock
from gateway.clock import SystemClock


def test_the_clock_stands_still_while_the_wall_clock_was_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([1_000, 400, 999, 1_001])
    monkeypatch.setattr(clock.time, "time_ns", lambda: next(told))
    one = SystemClock()
    assert [1_000, 1_000, 1_000, 1_001] == [one.now() for _ in range(4)]


def test_the_clock_tells_nanoseconds_since_1970() -> None:
    assert 1_700_000_000 < SystemClock().now() / 1e9 < 10_000_000_000
