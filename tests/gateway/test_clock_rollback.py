"""What was stored by a clock that was ahead, for a gateway whose clock is not."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.restored import Restored
from alerts.rules.supervision import Silence
from devices.reading import SECOND, Instant
from gateway.clock_rollback import after_rollback
from tests.gateway.stores.records_examples import raised

_NOW = 1_800_000_000 * SECOND
_YEAR = 365 * 86_400 * SECOND
_AHEAD = (_NOW + 10 * _YEAR, _NOW + 10 * _YEAR + 3600 * SECOND)


def kept(memory: Silence) -> Restored:
    return Restored(memories={("lost", "d"): msgspec.msgpack.encode(memory)})


def moved(memory: Silence, ahead: tuple[Instant, Instant] | None = _AHEAD) -> Silence:
    packed = after_rollback(kept(memory), ahead, _NOW).memories["lost", "d"]
    return msgspec.msgpack.decode(packed, type=Silence)


def test_what_waits_for_a_time_of_then_waits_as_long_from_now() -> None:
    found = moved(Silence(wake_at=_AHEAD[1] + 30 * SECOND, since=_AHEAD[0]))
    assert found == Silence(wake_at=_NOW + 30 * SECOND, since=_NOW - 3600 * SECOND)


def test_what_was_told_by_the_right_clock_stays_and_so_does_a_date_far_ahead() -> None:
    memory = Silence(since=_NOW - _YEAR, wake_at=_NOW + 2 * _YEAR)
    assert memory == moved(memory)
    assert replace(memory, wake_at=_NOW + 15 * _YEAR) == moved(replace(memory, wake_at=_NOW + 15 * _YEAR))


def test_alerts_are_moved_too_and_keep_their_ids() -> None:
    alert = replace(raised(1).alert, raised=_AHEAD[0], changed=_AHEAD[1])
    (found,) = after_rollback(Restored((alert,)), _AHEAD, _NOW).alerts
    assert found == replace(alert, raised=_NOW - 3600 * SECOND, changed=_NOW)


@given(at=st.integers(0, 2**62), ended=st.none() | st.integers(-_YEAR, 59 * SECOND))
def test_a_clock_that_was_not_set_back_moves_nothing(at: Instant, ended: Instant | None) -> None:
    memory = Silence(wake_at=at)
    assert memory == moved(memory, None if ended is None else (_NOW - 2 * _YEAR, _NOW + ended))


def test_a_memory_that_cannot_be_read_is_left_to_its_rule() -> None:
    restored = Restored(memories={("r", "d"): b"\xc1"})
    assert after_rollback(restored, _AHEAD, _NOW) == restored
