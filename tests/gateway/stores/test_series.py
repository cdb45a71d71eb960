"""What every time-series store holds to. tests/rim/test_victoria.py has the same names on a server."""

import pytest

from gateway.ports import Receipt
from gateway.stores.series_sqlite import SeriesSqlite
from tests.gateway.stores.series_examples import NOON, everything, point, points_of, reading, same, sensors


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
def read_back():
    """``read_back(store, device, signal)``: every stored point of one series."""
    return everything


def test_what_was_appended_is_read_back_in_time_order(open_series, read_back):
    store = open_series()
    store.append([reading(value=21.5, at=20), reading(value=20.5, at=10)])
    store.append([reading(value=22.5, at=30), reading("d2", value=1.0, at=15)])
    assert same([point(20.5, 10), point(21.5, 20), point(22.5, 30)], read_back(store, "d1", "temperature"))
    assert same([point(1.0, 15)], read_back(store, "d2", "temperature"))


def test_bursts_of_sensors_come_back_with_type_and_quality(open_series, read_back):
    bursts = sensors(7, 12)
    store = open_series()
    for burst in bursts:
        store.append(burst)
    readings = [r for burst in bursts for r in burst]
    for device, signal in {(r.device, r.signal) for r in readings}:
        assert same(points_of(readings, device, signal), read_back(store, device, signal))


def test_a_repeat_is_harmless(open_series, read_back):
    """As after a crash: the last bursts once more."""
    bursts = sensors(3, 4)
    store = open_series()
    for burst in [*bursts, *bursts[2:]]:
        store.append(burst)
    readings = [r for burst in bursts for r in burst]
    for one in bursts[0]:
        assert same(points_of(readings, one.device, one.signal), read_back(store, one.device, one.signal))


def test_what_was_appended_before_a_restart_is_read_back_after_it(open_series, read_back):
    bursts = sensors(3, 6)
    store = open_series()
    for burst in bursts[:3]:
        store.append(burst)
    store = open_series()
    for burst in bursts[3:]:
        store.append(burst)
    readings = [r for burst in bursts for r in burst]
    for one in bursts[0]:
        assert same(points_of(readings, one.device, one.signal), read_back(store, one.device, one.signal))


def test_odd_names_keep_to_themselves(open_series, read_back):
    names = ["gate 1", "gate,1", "gate=1", 'gate"1', "gate\\", "门 1", "gate%201", "#1"]
    store = open_series()
    store.append([reading(name, value=float(number)) for number, name in enumerate(names)])
    for number, name in enumerate(names):
        assert same([point(float(number))], read_back(store, name, "temperature"))


def test_receipts_are_as_durable_as_the_readings_that_they_belong_to(open_series):
    store = open_series()
    assert [] == list(store.receipts())
    kept = [Receipt(n * 1_000, 2**32 - 1, b"%d" % n) for n in range(70)]
    for receipt in kept:
        store.append([reading(at=receipt.first)], [receipt])
    store.append([reading(at=-1)])
    store.append([reading(at=-2)], [Receipt(70_000, 1, b"x"), Receipt(70_001, 2, b"y")])
    newest = [*kept[31:], Receipt(70_000, 1, b"x"), Receipt(70_001, 2, b"y")]
    assert newest == list(store.receipts())
    assert newest == list(open_series().receipts())


def test_nothing_at_all_is_no_trouble(open_series):
    store = open_series()
    store.append([])
    store.upkeep(NOON)
    assert {} == store.latest()
    assert [] == store.latest_of("d1")
    assert 0 == store.retain(NOON)


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
