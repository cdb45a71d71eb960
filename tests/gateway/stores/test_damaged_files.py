"""Files of a data folder that cannot be read any more: a start goes on without them, and keeps them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from devices.errors import StartAnew, StoreDamaged, StoreUnavailable
from devices.reading import Reading
from gateway.clock import SystemClock
from gateway.stores.opening import Opened, open_records
from gateway.stores.series_opening import put_aside_before, series_in, upkeep_of
from gateway.stores.users import Users
from gateway.stores.witness import Witness
from tests.gateway.stores.records_examples import commit, everything
from tests.words import refused, words


def overwrite(file: Path, start: int = 0) -> None:
    """Rubbish from there to its end, and no write-ahead log beside it."""
    size = file.stat().st_size
    with file.open("r+b") as spoilt:
        spoilt.seek(start)
        spoilt.write(b"\xa5" * (size - start))
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def opened(folder: Path) -> Opened:
    return open_records("", folder, "works", Witness(folder / "ledger.witness", "works"), SystemClock())


def close(found: Opened) -> None:
    found.records.close()
    found.owner.release()


@pytest.mark.parametrize("start", [0, 4096], ids=["all of it", "all but its head"])
@pytest.mark.parametrize("has_witness", [True, False])
def test_records_that_cannot_be_read_are_kept_and_nothing_is_recorded(
    start: int, has_witness: bool, tmp_path: Path
) -> None:
    first = opened(tmp_path)
    commit(first.records, everything(1))
    Users(first.records.database).add("ada", "correct-horse-battery-staple", "admin", 1)
    first.accounts.keep(1)
    close(first)
    if not has_witness:
        (tmp_path / "ledger.witness").unlink()
    overwrite(tmp_path / "records.sqlite", start)
    for _start in range(2):
        again = opened(tmp_path)
        assert "nothing is recorded until" in words(again.evidence.fault)
        for act in (lambda: commit(again.records, everything(2)), again.records.confirm):  # noqa: B023
            with refused("nothing is recorded until", StoreUnavailable):
                act()
        assert Users(again.records.database).role("ada") == "admin"
        close(again)
    assert len(list(tmp_path.glob("records.sqlite.damaged-*"))) == 1
    assert (tmp_path / "accounts.copy").stat().st_mode & 0o777 == 0o600


def test_nobody_puts_aside_what_another_gateway_works_with(tmp_path: Path) -> None:
    first = opened(tmp_path)
    overwrite(tmp_path / "records.sqlite")
    with refused("works in the data folder", StoreUnavailable):
        opened(tmp_path)
    assert not list(tmp_path.glob("*damaged*"))
    close(first)


@pytest.mark.parametrize("start", [0, 4096], ids=["all of it", "all but its head"])
def test_readings_that_cannot_be_read_never_stop_a_start(start: int, tmp_path: Path) -> None:
    now: Callable[[], int] = SystemClock().now
    first = series_in(tmp_path, now)
    first.append([Reading("d", "smoke", True, 1, 1)])
    first.close()
    assert put_aside_before(tmp_path) is None
    overwrite(tmp_path / "series.sqlite", start)
    again = series_in(tmp_path, now)
    assert again.latest() == {}
    again.append([Reading("d", "smoke", True, 2, 2)])
    again.close()
    kept = next(path for path in tmp_path.glob("series.sqlite.damaged-*") if path.name[-4:] not in ("-wal", "-shm"))
    assert kept.name in words(put_aside_before(tmp_path))


def test_readings_that_are_damaged_while_they_are_written_are_put_aside(tmp_path: Path) -> None:
    series = series_in(tmp_path, SystemClock().now)
    series.append([Reading(f"d{number}", "smoke", True, 1, 1) for number in range(500)])
    series.close()
    series = series_in(tmp_path, SystemClock().now)
    overwrite(tmp_path / "series.sqlite", 4096)
    with pytest.raises(StoreDamaged):
        series.append([Reading(f"e{number}", "smoke", True, 2, 2) for number in range(500)])
    with refused("starts anew with an empty one", StartAnew):
        upkeep_of(series, tmp_path)(3)
    series.close()
    again = series_in(tmp_path, SystemClock().now)
    assert again.latest() == {}
    again.close()
