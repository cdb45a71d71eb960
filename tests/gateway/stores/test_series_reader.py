"""Stored readings, read in the order of time beside a gateway that may write there: all of them, each once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import StoreUnavailable
from devices.reading import SECOND, Reading
from gateway.stores.series_reader import SeriesReader
from gateway.stores.series_sqlite import SeriesSqlite

START = 1_795_363_200 * SECOND


def made(second: int, device: str = "a", signal: str = "temperature", value: bool | float | str = 20.5) -> Reading:
    at = START + second * SECOND
    return Reading(device, signal, value, at, at, 4)


def read(folder: Path, devices: set[str], since: int = 0, until: int = 1_000_000) -> list[Reading]:
    reader = SeriesReader(folder / "series.sqlite")
    pieces = list(reader.readings(devices, START + since * SECOND, START + until * SECOND))
    reader.close()
    return [reading for piece in pieces for reading in piece]


def test_sealed_and_fresh_readings_come_back_each_once_in_order_as_they_were(tmp_path: Path) -> None:
    store = SeriesSqlite(tmp_path, lambda: START)
    told = [made(n, "a", "temperature", n / 10) for n in range(3_000)]
    told += [made(n, "a", "smoke", n % 2 == 0) for n in range(0, 3_000, 7)]
    told += [made(n, "b", "checkpoint", f"gate {n}") for n in range(0, 3_000, 500)]
    store.append(told[:2_000])
    store.seal(START)
    store.append(told[1_900:])
    expected = sorted(told, key=lambda reading: (reading.time, reading.device, reading.signal))
    found = read(tmp_path, {"a", "b"})
    assert expected == sorted(found, key=lambda reading: (reading.time, reading.device, reading.signal))
    assert [reading.time for reading in found] == sorted(reading.time for reading in found)
    assert [r for r in expected if r.device == "b"] == read(tmp_path, {"b"})
    assert 100 + 14 == len(read(tmp_path, {"a"}, 100, 200))
    store.close()
    assert len(expected) == len(read(tmp_path, {"a", "b"}))


@pytest.mark.slow
@settings(max_examples=20)
@given(st.lists(st.integers(0, 5_000), unique=True, min_size=1, max_size=60), st.integers(0, 60))
def test_late_and_repeated_readings_are_there_once(
    tmp_path_factory: pytest.TempPathFactory, seconds: list[int], sealed: int
) -> None:
    folder = tmp_path_factory.mktemp("series")
    store = SeriesSqlite(folder, lambda: START)
    store.append([made(second) for second in seconds[:sealed]])
    store.seal(START)
    store.append([made(second) for second in seconds])
    assert [made(second) for second in sorted(seconds)] == read(folder, {"a"})
    store.close()


def test_a_folder_without_readings_is_refused_and_nothing_is_made_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        SeriesReader(tmp_path / "series.sqlite")
    assert [] == list(tmp_path.iterdir())
