"""The time-series store: CPU and bytes a reading, fresh and sealed, beside a plain SQLite row table in the same run.

``python -m benchmarks.storage [--readings N] [--out FILE]``. Readings are sensor-like: a smoke detector's flag,
a temperature that walks by tenths, a smoke density of three decimals, every 30 s with a jitter of milliseconds,
arriving in bursts. Time is simulated: the store is told that hours pass, and seals as it would. CPU figures are of the
whole process (all threads), so a busy machine blurs them less than wall time.
"""

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from benchmarks.setup import RESULTS, machine, write_result
from devices.reading import SECOND, Instant, Reading
from gateway.stores.series_sqlite import SeriesSqlite

DEVICES = 1_000
SIGNALS = ("smoke", "temperature", "smoke_density")
INTERVAL: Instant = 30 * SECOND
START: Instant = 1_795_521_600 * SECOND
HOUR: Instant = 3600 * SECOND
SMALL_BURSTS = 500
ROWS_PART = 4


def bursts(readings: int, size: int = DEVICES * len(SIGNALS)) -> Iterator[list[Reading]]:
    """That many readings, the same in every run."""
    chance = random.Random(20_261_124)
    names = [f"smoke-detector-{n:04}" for n in range(DEVICES)]
    warmth = [20.0] * DEVICES
    burst: list[Reading] = []
    turn = 0
    while readings > 0:
        for n, name in enumerate(names):
            at = START + turn * INTERVAL + n * INTERVAL // DEVICES + round(chance.gauss(0, 200)) * 1_000_000
            received = START + turn * INTERVAL + n // 100 * 3 * SECOND + 40_000_000
            warmth[n] = round(warmth[n] + chance.choice((-0.1, 0.0, 0.0, 0.1)), 1)
            density = round(abs(chance.gauss(0.05, 0.02)), 3)
            for signal, value in zip(SIGNALS, (chance.random() < 0.001, warmth[n], density), strict=True):
                burst.append(Reading(name, signal, value, at, received))
            if len(burst) >= size:
                yield burst[:readings]
                readings -= len(burst)
                burst = []
                if readings <= 0:
                    return
        turn += 1


class Meter:
    """CPU seconds of this process inside ``with`` blocks."""

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0

    def __enter__(self) -> Self:
        self._cpu, self._wall = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu += time.process_time() - self._cpu
        self.wall += time.perf_counter() - self._wall

    def us_each(self, count: int) -> float:
        return round(self.cpu / count * 1e6, 3)


def bytes_used(path: Path) -> int:
    """Of the file, without pages that wait to be used again."""
    with closing(sqlite3.connect(path)) as connection:
        pages, free, size = (
            connection.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def milliseconds(ask: Callable[[], object], times: int = 5) -> float:
    """CPU of one asking, the least of a few."""
    found = []
    for _ in range(times):
        with Meter() as meter:
            ask()
        found.append(meter.cpu)
    return round(min(found) * 1e3, 2)


def hourly(folder: Path, readings: int) -> dict[str, float]:
    """As in service: bursts come in, and every hour the store seals."""
    store = SeriesSqlite(folder, lambda: START)
    appending, sealing, hour, now = Meter(), Meter(), 1, START
    for burst in bursts(readings):
        with appending:
            store.append(burst)
        now = burst[-1].received
        if now >= START + hour * HOUR:
            hour += 1
            with sealing:
                store.upkeep(now)
    series = ("smoke-detector-0007", "temperature")
    fresh = milliseconds(lambda: store.range(*series, now - HOUR, now + 1))
    with sealing:
        store.seal(now)
    figures = {
        "append_cpu_us": appending.us_each(readings),
        "seal_cpu_us": sealing.us_each(readings),
        "range_last_hour_before_sealing_ms": fresh,
        "range_last_hour_ms": milliseconds(lambda: store.range(*series, now - HOUR, now + 1)),
        "range_all_by_5_minutes_ms": milliseconds(lambda: store.range(*series, START, now, HOUR // 12)),
    }
    store.close()
    return {**figures, "bytes_sealed": round(bytes_used(folder / "series.sqlite") / readings, 2)}


def unsealed(folder: Path, readings: int) -> dict[str, float]:
    """The worst start: everything is in the log. And small bursts, where the commit weighs more."""
    store = SeriesSqlite(folder, lambda: START)
    with_small = Meter()
    for burst in bursts(readings, SMALL_BURSTS):
        with with_small:
            store.append(burst)
    store.close()
    starting = Meter()
    with starting:
        store = SeriesSqlite(folder, lambda: START)
    store.close()
    return {
        f"append_cpu_us_bursts_of_{SMALL_BURSTS}": with_small.us_each(readings),
        "bytes_fresh": round(bytes_used(folder / "series.sqlite") / readings, 2),
        "start_cpu_s": round(starting.cpu, 2),
    }


def row_table(folder: Path, readings: int) -> dict[str, float]:
    """What most would write first: a row a reading, an index over (device, signal, time), a commit a burst.

    It is given fewer readings, because it takes so long; with more, its index makes each of them dearer.
    """
    folder.mkdir()
    devices: dict[str, int] = {}
    numbers = {signal: number for number, signal in enumerate(SIGNALS)}
    path = folder / "rows.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE rows (device_id INTEGER, signal_id INTEGER, time INTEGER, value REAL)")
        connection.execute("CREATE INDEX by_series ON rows (device_id, signal_id, time)")
        appending, now = Meter(), START
        for burst in bursts(readings):
            with appending:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(
                    "INSERT INTO rows VALUES (?, ?, ?, ?)",
                    [(devices.setdefault(r.device, len(devices)), numbers[r.signal], r.time, r.value) for r in burst],
                )
                connection.execute("COMMIT")
            now = burst[-1].received
        query = "SELECT time, value FROM rows WHERE device_id = 7 AND signal_id = 1 AND time >= ? ORDER BY time"
        hour = milliseconds(lambda: connection.execute(query, (now - HOUR,)).fetchall())
    return {
        "append_cpu_us": appending.us_each(readings),
        "bytes": round(bytes_used(path) / readings, 2),
        "range_last_hour_ms": hour,
    }


def measure(readings: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="keyarea-storage-"))
    try:
        ours: dict[str, Any] = {**hourly(folder / "hourly", readings), **unsealed(folder / "unsealed", readings)}
        rows = row_table(folder / "rows", readings // ROWS_PART)
    finally:
        shutil.rmtree(folder)
    ratios = {
        "append": round(ours["append_cpu_us"] / rows["append_cpu_us"], 3),
        "append_and_seal": round((ours["append_cpu_us"] + ours["seal_cpu_us"]) / rows["append_cpu_us"], 3),
        "bytes": round(ours["bytes_sealed"] / rows["bytes"], 3),
    }
    return {"readings": readings, "series": ours, "row_table": rows, "ratios": ratios}


def table(figures: dict[str, Any]) -> str:
    ours, rows, ratios = figures["series"], figures["row_table"], figures["ratios"]
    lines = [
        ("", "series store", "row table", "ratio"),
        ("append, CPU us a reading", ours["append_cpu_us"], rows["append_cpu_us"], ratios["append"]),
        (f"  in bursts of {SMALL_BURSTS}", ours[f"append_cpu_us_bursts_of_{SMALL_BURSTS}"], "", ""),
        ("seal, CPU us a reading", ours["seal_cpu_us"], "", ""),
        ("append and seal", "", "", ratios["append_and_seal"]),
        ("bytes a reading, fresh", ours["bytes_fresh"], "", ""),
        ("bytes a reading, sealed", ours["bytes_sealed"], rows["bytes"], ratios["bytes"]),
        ("one series, last hour, ms", ours["range_last_hour_ms"], rows["range_last_hour_ms"], ""),
        ("  while it is fresh", ours["range_last_hour_before_sealing_ms"], "", ""),
        ("one series, all by 5 min, ms", ours["range_all_by_5_minutes_ms"], "", ""),
        ("start with all unsealed, CPU s", ours["start_cpu_s"], "", ""),
    ]
    return "\n".join(f"{name:<32}{one!s:>14}{two!s:>12}{three!s:>9}" for name, one, two, three in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=int, default=2_000_000)
    parser.add_argument("--out", type=Path, help=f"where to write the figures (default: {RESULTS.name}/storage.json)")
    args = parser.parse_args()
    figures = measure(args.readings)
    if args.out is None:
        write_result("storage", figures)
    else:
        args.out.write_text(json.dumps({"machine": machine(), **figures}, indent=2) + "\n")
    print(f"{args.readings:,} readings")
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
