"""The SQLite store: disk full, damage, two gateways, threads."""

import contextlib
import resource
import sqlite3
import threading

import pytest

from devices.errors import StoreUnavailable
from gateway.stores.folder import FolderLock
from gateway.stores.series_sqlite import SeriesSqlite
from tests.gateway.stores.series_examples import NOON, everything, point, points_of, reading, sensors
from tests.gateway.stores.series_files import rows
from tests.words import refused


def limit_pages(store, pages):
    return store._file._writer.execute(f"PRAGMA max_page_count = {pages}").fetchone()[0]


def test_a_full_disk_is_said_and_nothing_is_lost_or_half_done(open_store):
    store = open_store()
    bursts = sensors(50, 40)
    store.append(bursts[0])
    limit_pages(store, 40)
    kept = [bursts[0]]
    with refused("make room", StoreUnavailable):
        for burst in bursts[1:]:
            store.append(burst)
            kept.append(burst)
    with refused("make room", StoreUnavailable):
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
    with refused("make room", StoreUnavailable):
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
    with refused("put the file aside", StoreUnavailable):
        SeriesSqlite(folder, lambda: NOON)
    FolderLock(folder, "series.lock").release()  # the lock was let go


def test_a_file_of_a_later_release_is_refused(open_store, folder):
    open_store().close()
    with contextlib.closing(sqlite3.connect(folder / "series.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 9")
    with refused("format 9", StoreUnavailable):
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
    with refused("put the file aside", StoreUnavailable):
        everything(SeriesSqlite(folder, lambda: NOON))


def test_a_second_gateway_is_kept_out(store, folder):
    with refused("works in the data folder 'data'", StoreUnavailable):
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
