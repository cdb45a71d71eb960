"""The SQLite store: sealing, ranges by steps, forgetting."""

import contextlib
from itertools import pairwise

import pytest

from devices.errors import StoreUnavailable
from devices.reading import SECOND
from tests.gateway.stores.series_examples import NOON, everything, point, points_of, reading, same, sensors
from tests.gateway.stores.series_files import rows

HOUR, DAY = 3600 * SECOND, 86_400 * SECOND


def test_sealing_changes_nothing_that_is_read(open_store, folder):
    """Before, after, and after a restart; with booleans, quality and nanoseconds."""
    bursts = sensors(4, 60)
    readings = [r for burst in bursts for r in burst]
    store = open_store()
    for burst in bursts[:40]:
        store.append(burst)
    store.seal(NOON)
    for burst in bursts[40:]:
        store.append(burst)
    for again in (lambda: store, lambda: (store.seal(NOON), store)[1], open_store):
        opened = again()
        for device, signal in {(r.device, r.signal) for r in readings}:
            assert same(points_of(readings, device, signal), everything(opened, device, signal))
    assert rows(folder, "SELECT count(*) FROM log") == [(0,)]


def test_sealing_is_due_after_an_hour_or_a_million_and_a_half(store, monkeypatch):
    assert not store.seal_due(NOON + 2 * HOUR)  # there is nothing to seal
    store.append([reading()])
    assert not store.seal_due(NOON + HOUR - 1)
    assert store.seal_due(NOON + HOUR)
    store.upkeep(NOON + HOUR)
    store.append([reading(at=1)])
    assert not store.seal_due(NOON + HOUR + 1)
    monkeypatch.setattr("gateway.stores.series_sqlite._SEAL_READINGS", 2)
    store.append([reading(at=2)])
    assert store.seal_due(NOON + HOUR + 1)


def test_the_latest_survives_sealing_and_restart(open_store):
    store = open_store()
    known = [reading(signal="smoke", value=True, quality=1), reading(value=21.0, at=5, received=NOON + 6 * SECOND)]
    store.append(known)
    store.seal(NOON)
    store.append([reading(value=20.0, at=4)])  # late: older than the latest
    store.seal(NOON)
    assert {(r.device, r.signal): r for r in known} == open_store().latest()


def test_what_comes_late_finds_its_stretch(store, folder):
    on_time = [reading(value=float(at), at=at) for at in range(0, 100, 2)]
    late = [reading(value=float(at), at=at) for at in range(1, 100, 2)] + [reading(value=-1.0, at=-500)]
    store.append(on_time)
    store.seal(NOON)
    store.append([*late, reading(value=777.0, at=50), reading(value=200.0, at=200)])
    store.seal(NOON)
    expected = points_of(
        [*on_time, *late, reading(value=777.0, at=50), reading(value=200.0, at=200)], "d1", "temperature"
    )
    assert expected == everything(store)
    assert not_overlapping(folder)


def test_one_reading_with_a_wrong_clock_does_not_unpack_the_years_between(store, folder):
    for day in range(30):
        store.append([reading(time=NOON + day * DAY + minute * 60 * SECOND) for minute in range(600)])
        store.seal(NOON)
    before = rows(folder, "SELECT start, packed FROM chunk ORDER BY start")
    store.append([reading(time=NOON - 400 * DAY), reading(time=NOON + 40 * DAY)])
    store.seal(NOON)
    assert before == rows(folder, "SELECT start, packed FROM chunk ORDER BY start")[1:-1]


def test_small_stretches_do_not_pile_up(store, folder):
    count = 0
    for hour in range(100):
        burst = [reading(value=float(n), time=NOON + hour * HOUR + n * 300 * SECOND) for n in range(12)]
        store.append(burst)
        store.seal(NOON)
        count += len(burst)
    assert len(everything(store)) == count == 1200
    stretches = rows(folder, "SELECT readings FROM chunk ORDER BY start")
    assert len(stretches) < 20
    assert not_overlapping(folder)


def test_a_long_series_is_cut_into_stretches(store, folder):
    store.append([reading(value=float(n), at=n) for n in range(5000)])
    store.seal(NOON)
    assert [(1000,)] * 5 == rows(folder, "SELECT readings FROM chunk ORDER BY start")
    assert 5000 == len(everything(store))


def not_overlapping(folder):
    found = rows(folder, "SELECT start, finish FROM chunk WHERE series = 1 ORDER BY start")
    return all(finish < start for (_, finish), (start, _) in pairwise(found))


def test_a_sealing_that_breaks_off_leaves_all_readable_and_goes_on_later(open_store, monkeypatch):
    """Whichever of its transactions fails."""
    bursts = sensors(2, 20)
    readings = [r for burst in bursts for r in burst]
    names = {(r.device, r.signal) for r in readings}
    monkeypatch.setattr("gateway.stores.series_sqlite._SERIES_A_TRANSACTION", 2)
    for works in range(5):
        store = open_store()
        for burst in bursts:
            store.append(burst)
        left = [works]

        @contextlib.contextmanager
        def transaction(real=store._file.transaction, left=left):
            if not left[0]:
                raise StoreUnavailable("the disk is full")
            left[0] -= 1
            with real() as connection:
                yield connection

        with monkeypatch.context() as patched:
            patched.setattr(store._file, "transaction", transaction)
            with contextlib.suppress(StoreUnavailable):
                store.seal(NOON)
        assert all(same(points_of(readings, *name), everything(store, *name)) for name in names)
        if works < 4:
            assert store.seal_due(NOON)
        store = open_store()
        assert all(same(points_of(readings, *name), everything(store, *name)) for name in names)
        store.seal(NOON)
        assert all(same(points_of(readings, *name), everything(store, *name)) for name in names)


def test_a_range_holds_its_start_and_not_its_end(store):
    store.append([reading(value=float(at), at=at) for at in range(5)])
    for _ in range(2):
        assert [point(1.0, 1), point(2.0, 2)] == store.range("d1", "temperature", NOON + SECOND, NOON + 3 * SECOND)
        assert [point(1.0, 1)] == store.range("d1", "temperature", NOON + SECOND, NOON + SECOND + 1)
        store.seal(NOON)


TEN = [reading(value=float(n * n), at=n, quality=4 if n == 3 else 0) for n in range(10)]


@pytest.mark.parametrize("sealed", [False, True], ids=["fresh", "sealed"])
@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("mean", [(0 + 1 + 4 + 9) / 4, (16 + 25 + 36 + 49) / 4, (64 + 81) / 2]),
        ("min", [0.0, 16.0, 64.0]),
        ("max", [9.0, 49.0, 81.0]),
        ("last", [9.0, 49.0, 81.0]),
        ("count", [4.0, 4.0, 2.0]),
    ],
)
def test_a_range_by_steps(aggregate, expected, sealed, store):
    """A point's quality holds the bits of every reading in it."""
    store.append(TEN)
    if sealed:
        store.seal(NOON)
    found = store.range("d1", "temperature", NOON, NOON + 100 * SECOND, 4 * SECOND, aggregate)
    assert [point(expected[0], 0, 4), point(expected[1], 4), point(expected[2], 8)] == found


def test_steps_count_from_the_start_and_empty_ones_are_left_out(store):
    store.append(TEN)
    found = store.range("d1", "temperature", NOON - 5 * SECOND, NOON + 8 * SECOND, 3 * SECOND, "count")
    assert [point(1.0, -2), point(3.0, 1, 4), point(3.0, 4), point(1.0, 7)] == found


def test_booleans_and_texts_by_steps(store):
    store.append([reading(signal="smoke", value=n > 2, at=n) for n in range(4)])
    store.append([reading(signal="credential", value=f"card {n}", at=n) for n in range(4)])
    whole = (NOON, NOON + 9 * SECOND, 9 * SECOND)
    assert [point(0.25)] == store.range("d1", "smoke", *whole, "mean")
    (last,) = store.range("d1", "smoke", *whole, "last")
    assert last.value is True
    assert [point("card 3")] == store.range("d1", "credential", *whole, "mean")
    assert [point(4.0)] == store.range("d1", "credential", *whole, "count")
    assert [point(f"card {n}", n) for n in range(4)] == everything(store, "d1", "credential")


def test_a_series_that_changes_its_type_keeps_every_value(open_store):
    readings = [
        reading(value=True, at=0),
        reading(value=1.5, at=1),
        reading(value="broken", at=2),
        reading(value=False, at=3),
    ]
    store = open_store()
    store.append(readings)
    assert same(points_of(readings, "d1", "temperature"), everything(store))
    store.seal(NOON)
    assert same(points_of(readings, "d1", "temperature"), everything(open_store()))


def test_nothing_is_found_where_nothing_is(store):
    store.append(TEN)
    assert [] == everything(store, "unknown")
    assert [] == everything(store, "d1", "unknown")
    assert [] == store.range("d1", "temperature", NOON + 5, NOON + 5)
    assert [] == store.range("d1", "temperature", NOON + DAY, NOON + 2 * DAY)
    store.seal(NOON)
    assert [] == store.range("d1", "temperature", NOON + DAY, NOON + 2 * DAY)
    assert [] == store.latest_of("unknown")


def test_odd_values_come_back_bit_for_bit(open_store):
    odd = [-0.0, 0.0, 5e-324, 1.7976931348623157e308, float("inf"), float("nan"), 0.1 + 0.2]
    readings = [reading(value=value, at=n) for n, value in enumerate(odd)]
    store = open_store()
    store.append(readings)
    store.seal(NOON)
    assert same(points_of(readings, "d1", "temperature"), everything(open_store()))


def test_old_readings_are_forgotten_by_stretches(store, folder):
    for day in range(5):
        store.append([reading(value=float(day), time=NOON + day * DAY + n * SECOND) for n in range(100)])
        store.append([reading("d2", "credential", f"{day}", time=NOON + day * DAY)])
        store.seal(NOON)
    assert 303 == store.retain(NOON + 3 * DAY)
    assert {3.0, 4.0} == {found.value for found in everything(store)}
    assert ["3", "4"] == [found.value for found in everything(store, "d2", "credential")]
    assert 0 == store.retain(NOON + 3 * DAY)
    assert 2 == len(store.latest())


def test_a_stretch_across_the_limit_is_cut_when_it_has_a_week_to_forget(store):
    """A door that opens twice a day fills a stretch in years."""
    store.append([reading(signal="door", value=n % 2 == 0, time=NOON + n * DAY // 2) for n in range(100)])
    store.seal(NOON)
    assert 0 == store.retain(NOON + 6 * DAY)
    assert 100 == len(everything(store, "d1", "door"))
    assert 40 == store.retain(NOON + 20 * DAY)
    assert [NOON + n * DAY // 2 for n in range(40, 100)] == [found.time for found in everything(store, "d1", "door")]


def test_the_latest_is_known_even_when_it_is_forgotten(open_store):
    store = open_store()
    store.append([reading()])
    store.seal(NOON)
    store.retain(NOON + DAY)
    assert [] == everything(store)
    assert [reading()] == open_store().latest_of("d1")
