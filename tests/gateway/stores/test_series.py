"""What every time-series store holds to. tests/rim/test_victoria.py has the same names on a server."""

import pytest

from gateway.stores.series_sqlite import SeriesSqlite
from tests.gateway.stores.series_examples import NOON, everything, point, points_of, reading, sensors


@pytest.fixture
def open_series(tmp_path):
    """Opens the test's store, as often as it likes; what is open is closed before it is opened again."""
    opened = []

    def open_again():
        while opened:
            opened.pop().close()
        opened.append(SeriesSqlite(tmp_path / "data", lambda: NOON))
        return opened[-1]

    yield open_again
    while opened:
        opened.pop().close()


@pytest.fixture
def settle():
    """Does what the store must do before ``range`` sees everything."""
    return lambda store: store.upkeep(NOON)


def test_what_was_appended_is_read_back_in_time_order(open_series, settle):
    store = open_series()
    store.append([reading(value=21.5, at=20), reading(value=20.5, at=10)])
    store.append([reading(value=22.5, at=30), reading("d2", value=1.0, at=15)])
    settle(store)
    assert [point(20.5, 10), point(21.5, 20), point(22.5, 30)] == everything(store)
    assert [point(1.0, 15)] == everything(store, "d2")


def test_a_range_holds_its_start_and_not_its_end(open_series, settle):
    store = open_series()
    store.append([reading(value=float(at), at=at) for at in range(5)])
    settle(store)
    assert [point(1.0, 1), point(2.0, 2)] == store.range("d1", "temperature", NOON + 10**9, NOON + 3 * 10**9)


def test_a_repeat_is_harmless(open_series, settle):
    store = open_series()
    burst = sensors(3, 2)[0]
    store.append(burst)
    store.append(burst)
    settle(store)
    for one in burst:
        assert points_of(burst, one.device, one.signal) == everything(store, one.device, one.signal)


def test_the_latest_is_the_newest_by_its_own_time(open_series):
    store = open_series()
    newest = reading(value=30.0, at=60)
    store.append([reading(value=1.0, at=0), newest])
    store.append([reading(value=2.0, at=30)])
    assert {("d1", "temperature"): newest} == store.latest()
    assert [newest] == store.latest_of("d1")


def test_the_latest_survives_a_restart_whole(open_series):
    """With both times, quality and type of the value."""
    readings = [
        reading(signal="smoke", value=True, quality=3, received=NOON + 77),
        reading(signal="temperature", value=-0.5, at=0.123456789),
        reading(signal="credential", value="卡 7", at=9),
        reading("d2", "temperature", 1.0, received=NOON + 5),
    ]
    store = open_series()
    store.append([reading(signal="credential", value="card 6", at=1)])
    store.append(readings)
    expected = {(r.device, r.signal): r for r in readings}
    assert expected == store.latest()
    assert expected == open_series().latest()
    assert sorted(readings[:3], key=lambda r: r.signal) == sorted(open_series().latest_of("d1"), key=lambda r: r.signal)
