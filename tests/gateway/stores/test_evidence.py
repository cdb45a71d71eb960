"""What was recorded must still be there: files, and the ledger beside its witness."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.errors import StoreUnavailable
from gateway.stores.database import Database
from gateway.stores.evidence import Evidence
from gateway.stores.records import SqlRecords
from gateway.stores.witness import Witness
from ledger.chain import Head
from tests.gateway.stores.records_examples import commit, everything
from tests.words import refused, words


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def opened(folder: Path) -> SqlRecords:
    records = SqlRecords(Database.in_folder(folder), "works")
    witness = Witness(folder / "ledger.witness", "works")
    records.evidence = records.database.evidence = Evidence(records.database, "works", witness)
    records.evidence.look()
    return records


@pytest.fixture
def records(folder: Path) -> SqlRecords:
    found = opened(folder)
    commit(found, everything(1))
    assert found.evidence is not None
    assert found.evidence.look() is None
    return found


def without_newest(file: Path) -> None:
    """What somebody with a copy of sqlite3 does."""
    with sqlite3.connect(file) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM ledger WHERE sequence >= 4")
    connection.close()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "the folder is deleted": (shutil.rmtree, "records.sqlite is gone"),
    "the file is deleted": (lambda folder: (folder / "records.sqlite").unlink(), "records.sqlite is gone"),
    "the log is deleted": (lambda folder: (folder / "records.sqlite-wal").unlink(), "records.sqlite-wal is gone"),
    "the log is cut": (
        lambda folder: os.truncate(folder / "records.sqlite-wal", 100),
        "records.sqlite-wal is shorter",
    ),
    "rows are deleted": (
        lambda folder: without_newest(folder / "records.sqlite"),
        "ends with entry 3, and had entry 5",
    ),
    "the witness is deleted": (lambda folder: (folder / "ledger.witness").unlink(), "ledger.witness is gone"),
    "another file is in its place": (
        lambda folder: (
            shutil.copy(folder / "records.sqlite", folder / "n") and (folder / "n").replace(folder / "records.sqlite")
        ),
        "records.sqlite is another file",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_while_running_is_seen_and_nothing_is_recorded_over_it(
    damage: str, records: SqlRecords, folder: Path
) -> None:
    do, said = DAMAGES[damage]
    do(folder)
    assert records.evidence is not None
    assert said in words(records.evidence.look())
    for act in (lambda: commit(records, everything(2)), records.confirm):
        with refused("nothing is recorded until", StoreUnavailable):
            act()
    records.close()


@pytest.mark.parametrize("damage", ["the folder is deleted", "the file is deleted", "another file is in its place"])
def test_a_commit_notices_files_by_itself(damage: str, records: SqlRecords, folder: Path) -> None:
    """Without waiting for the next look."""
    DAMAGES[damage][0](folder)
    with refused("nothing is recorded until", StoreUnavailable):
        commit(records, everything(2))
    records.close()


def test_a_ledger_that_is_shorter_at_a_start_is_not_gone_on_with(records: SqlRecords, folder: Path) -> None:
    records.close()
    without_newest(folder / "records.sqlite")
    again = opened(folder)
    for _again in range(2):
        with refused("ends with entry 3, and had entry 5", StoreUnavailable):
            commit(again, everything(2))
    assert again.ledger_head().sequence == 3
    again.close()


def test_an_older_copy_is_seen_at_a_start(records: SqlRecords, folder: Path) -> None:
    records.close()
    shutil.copy(folder / "records.sqlite", folder.parent / "copy")
    later = opened(folder)
    commit(later, everything(2))
    later.close()
    shutil.copy(folder.parent / "copy", folder / "records.sqlite")
    again = opened(folder)
    assert again.evidence is not None
    assert "the ledger is shorter than it was" in words(again.evidence.fault)
    again.close()


def test_a_witness_that_lags_behind_proves_nothing(records: SqlRecords, folder: Path) -> None:
    """After a power cut: it is written without waiting for the disk."""
    text = (folder / "ledger.witness").read_bytes()
    commit(records, everything(2))
    records.close()
    (folder / "ledger.witness").write_bytes(text + b"9999 torn")
    again = opened(folder)
    commit(again, everything(3))
    assert again.ledger_head().sequence == 15
    again.close()


def test_a_witness_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "witness"
    for sequence in range(1, 4_000):
        Witness(path, "works").note(Head(sequence, f"{sequence:064x}"))
    assert path.stat().st_size < 300_000
    assert path.stat().st_mode & 0o777 == 0o600
    assert Witness(path, "works").known() == Head(3_999, f"{3_999:064x}")
    assert Witness(path, "other").known() is None
