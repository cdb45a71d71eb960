"""The one clock: UTC in nanoseconds that never goes backwards, whatever somebody does to the machine's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.reading import SECOND
from gateway import clock
from gateway.clock import SystemClock

_START = 1_700_000_000 * SECOND
_YEAR = 365 * 86_400 * SECOND


class Machine:
    """Its clocks: ``pass_`` lets time pass, ``set`` sets the one that tells the date."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.counted = _START, 7
        monkeypatch.setattr(clock.time, "time_ns", lambda: self.wall)
        monkeypatch.setattr(clock.time, "clock_gettime_ns", lambda _which: self.counted)

    def passes(self, span: int) -> None:
        self.wall += span
        self.counted += span


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_the_clock_goes_on_while_the_wall_clock_was_set_back(machine: Machine) -> None:
    """Slower, so that it is right again some time, and never backwards."""
    one = SystemClock()
    machine.wall -= 30 * SECOND
    assert one.now() == _START
    machine.passes(100 * SECOND)
    assert one.now() == _START + 90 * SECOND
    machine.passes(200 * SECOND)
    assert one.now() == machine.wall == _START + 270 * SECOND
    assert one.jump() == 0


def test_a_small_step_ahead_is_followed_at_once(machine: Machine) -> None:
    one = SystemClock()
    machine.wall += 60 * SECOND
    assert (one.now(), one.jump()) == (_START + 60 * SECOND, 0)


@pytest.mark.parametrize("jump", [61 * SECOND, 10 * _YEAR, -61 * SECOND, -10 * _YEAR])
def test_a_jump_is_not_followed_and_taken_back_has_left_nothing(machine: Machine, jump: int) -> None:
    one = SystemClock()
    machine.wall += jump
    machine.passes(5 * SECOND)
    assert (one.now(), one.jump()) == (_START + 5 * SECOND, jump)
    machine.passes(3600 * SECOND)
    assert one.now() == _START + 3605 * SECOND
    machine.wall -= jump
    assert (one.now(), one.jump()) == (machine.wall, 0)


@given(
    doings=st.lists(st.tuples(st.integers(0, 3600 * SECOND), st.integers(-20 * _YEAR, 20 * _YEAR) | st.just(0))),
)
def test_it_never_goes_backwards_nor_quicker_than_time(doings: list[tuple[int, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        machine = Machine(patch)
        one = SystemClock()
        before = one.now()
        for passed, is_set in doings:
            machine.passes(passed)
            machine.wall += is_set
            now = one.now()
            assert before + passed * 9 // 10 <= now <= before + passed + 60 * SECOND
            before = now


def test_the_clock_tells_nanoseconds_since_1970() -> None:
    assert 1_700_000_000 < SystemClock().now() / 1e9 < 10_000_000_000
