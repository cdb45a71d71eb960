"""The SQLite store: sealing, ranges by steps, forgetting, disk full, damage, two gateways, threads."""

import contextlib
import resource
import sqlite3
import threading
from itertools import pairwise

import pytest

from devices.errors import StoreUnavailable
from devices.reading import SECOND
from gateway.stores.folder import FolderLock
from gateway.stores.series_sqlite import SeriesSqlite
from tests.gateway.stores.series_examples import NOON, everything, point, points_of, reading, same, sensors

HOUR, DAY = 3600 * SECOND, 86_400 * SECOND


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def open_store(folder):
    opened = []

    def open_again():
        while opened:
            opened.pop().close()
        opened.append(SeriesSqlite(folder, lambda: NOON))
        return opened[-1]

    yield open_again
    while opened:
        opened.pop().close()


@pytest.fixture
def store(open_store):
    return open_store()


def rows(folder, query):
    with contextlib.closing(sqlite3.connect(folder / "series.sqlite")) as connection:
        return connection.execute(query).fetchall()


# -- sealing -----------------------------------------------------------------------------------------------


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


# -- ranges ------------------------------------------------------------------------------------------------


def test_a_range_holds_its_start_and_not_its_end(store):
    store.append([reading(value=float(at), at=at) for at in range(5)])
    for _ in range(2):
        assert [point(1.0, 1), point(2.0, 2)] == store.range("d1", "temperature", NOON + SECOND, NOON + 3 * SECOND)
        assert [point(1.0, 1)] == store.range("d1", "temperature", NOON + SECOND, NOON + SECOND + 1)
        store.seal(NOON)


# -- ranges by steps ---------------------------------------------------------------------------------------

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


# -- forgetting --------------------------------------------------------------------------------------------


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


# -- faults ------------------------------------------------------------------------------------------------


def limit_pages(store, pages):
    return store._file._writer.execute(f"PRAGMA max_page_count = {pages}").fetchone()[0]


def test_a_full_disk_is_said_and_nothing_is_lost_or_half_done(open_store):
    store = open_store()
    bursts = sensors(50, 40)
    store.append(bursts[0])
    limit_pages(store, 40)
    kept = [bursts[0]]
    with pytest.raises(StoreUnavailable, match="make room"):
        for burst in bursts[1:]:
            store.append(burst)
            kept.append(burst)
    with pytest.raises(StoreUnavailable, match="make room"):
        store.append([reading("new", f"signal{n}" * 500) for n in range(500)])
    readings = [r for burst in kept for r in burst]
    names = {(r.device, r.signal) for r in readings}
    assert all(points_of(readings, *name) == everything(store, *name) for name in names)
    assert names == set(store.latest())
    limit_pages(store, 1 << 30)
    store.append(bursts[-1])
    store.append([reading("new")])
    store = open_store()
    assert all(points_of([*readings, *bursts[-1]], *name) == everything(store, *name) for name in names)
    assert [point(20.0)] == everything(store, "new")


def test_a_full_disk_while_sealing_costs_nothing(open_store):
    store = open_store()
    bursts = sensors(30, 30)
    for burst in bursts:
        store.append(burst)
    limit_pages(store, 1)  # cannot be less than what is there: no page more
    with pytest.raises(StoreUnavailable, match="make room"):
        store.seal(NOON)
    readings = [r for burst in bursts for r in burst]
    assert points_of(readings, "sd-3", "temperature") == everything(store, "sd-3")
    limit_pages(store, 1 << 30)
    store.seal(NOON)
    assert points_of(readings, "sd-3", "temperature") == everything(open_store(), "sd-3")


def test_when_the_system_refuses_to_write_nothing_is_lost(store):
    """A file that may not grow: the write itself fails, as on a full file system."""
    bursts = sensors(50, 30)
    for burst in bursts[:10]:
        store.append(burst)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                store.append(bursts[10])
        with pytest.raises(StoreUnavailable):
            store.seal(NOON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    kept = [r for burst in bursts[:10] for r in burst]
    assert points_of(kept, "sd-7", "temperature") == everything(store, "sd-7")
    for burst in bursts[10:]:
        store.append(burst)
    store.seal(NOON)
    readings = [r for burst in bursts for r in burst]
    assert points_of(readings, "sd-7", "temperature") == everything(store, "sd-7")


def test_a_file_that_is_none_of_ours_is_refused(folder):
    folder.mkdir()
    (folder / "series.sqlite").write_bytes(b"This is not what you are looking for. " * 300)
    with pytest.raises(StoreUnavailable, match="put the file aside"):
        SeriesSqlite(folder, lambda: NOON)
    FolderLock(folder, "series.lock").release()  # the lock was let go


def test_a_file_of_a_later_release_is_refused(open_store, folder):
    open_store().close()
    with contextlib.closing(sqlite3.connect(folder / "series.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(StoreUnavailable, match="format 9"):
        SeriesSqlite(folder, lambda: NOON)


@pytest.mark.parametrize("sealed", [False, True], ids=["fresh", "sealed"])
def test_damaged_pages_are_said(sealed, open_store, folder):
    """Bytes overwritten inside the file: never a wrong value."""
    store = open_store()
    store.append([reading(value=0.1 * n * n, at=n) for n in range(2000)])
    if sealed:
        store.seal(NOON)
    store.close()
    path = folder / "series.sqlite"
    content = bytearray(path.read_bytes())
    table = "chunk" if sealed else "log"
    (page,) = rows(folder, f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'")[0]
    for place in range((page - 1) * 4096 + 2000, page * 4096, 7):
        content[place] ^= 0x55
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="put the file aside"):
        everything(SeriesSqlite(folder, lambda: NOON))


def test_a_second_gateway_is_kept_out(store, folder):
    with pytest.raises(StoreUnavailable, match="works in the data folder 'data'"):
        SeriesSqlite(folder, lambda: NOON)
    store.close()
    SeriesSqlite(folder, lambda: NOON).close()


def test_a_closed_store_says_so(store):
    store.append([reading()])
    store.close()
    for attempt in (lambda: store.append([reading()]), lambda: everything(store), lambda: store.seal(NOON)):
        with pytest.raises(StoreUnavailable):
            attempt()


def test_nobody_else_may_read_the_file(store, folder):
    assert 0o600 == (folder / "series.sqlite").stat().st_mode & 0o777


# -- threads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_is_sealed_while_a_range_is_read_is_not_missed(moment, store, monkeypatch):
    store.append([reading(value=float(n), at=n) for n in range(5)])
    real, busy = store._file.reading, []

    @contextlib.contextmanager
    def reading_meanwhile():
        outermost = not busy
        busy.append(True)
        if outermost and moment == "before":
            store.seal(NOON)
        with real() as connection:
            yield connection
        if outermost and moment == "after":
            store.seal(NOON)

    monkeypatch.setattr(store._file, "reading", reading_meanwhile)
    assert [point(float(n), n) for n in range(5)] == everything(store)


def test_readers_see_every_reading_while_it_is_appended_and_sealed(store):
    """Each time a reader looks, it sees at least what was there when it looked before, in order, without a gap."""
    done = threading.Event()
    faults = []

    def look():
        seen = 0
        while not done.is_set():
            values = [found.value for found in everything(store)]
            if values != [float(n) for n in range(len(values))] or len(values) < seen:
                faults.append((seen, len(values), values[:3], values[-3:]))
                return
            seen = len(values)

    def keep_sealing():
        while not done.is_set():
            store.seal(NOON)

    threads = [threading.Thread(target=look) for _ in range(2)] + [threading.Thread(target=keep_sealing)]
    for thread in threads:
        thread.start()
    for n in range(150):
        store.append([reading(value=float(n * 20 + i), at=n * 20 + i) for i in range(20)])
    done.set()
    for thread in threads:
        thread.join()
    assert [] == faults
    assert 3000 == len(everything(store))
