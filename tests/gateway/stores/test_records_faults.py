"""A commit is whole or not at all, whatever fails and wherever; afterwards the same batch can be committed."""

import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from alerts.case import Case
from alerts.effects import Effects
from devices.errors import StoreUnavailable
from gateway.stores.database import FILE_NAME, Database
from gateway.stores.records import SqlRecords
from tests.gateway.stores.records_examples import (
    NOW,
    assert_whole,
    commit,
    contents,
    everything,
    memory,
    raised,
)
from tests.words import refused


@contextmanager
def failing_at(records, place, error="disk I/O error"):
    """The writing connection fails at its statement number ``place``; yields the statements that it got."""
    got = []

    def fail(connection, cursor, statement, parameters, context, executemany):
        got.append(statement)
        if len(got) == place:
            raise OperationalError(statement, None, sqlite3.OperationalError(error))

    event.listen(records.database.writer, "before_cursor_execute", fail)
    try:
        yield got
    finally:
        event.remove(records.database.writer, "before_cursor_execute", fail)


def and_a_case(number):
    effects = everything(number)
    effects.cases = {("toy", f"t{number}"): Case(id=f"t{number}", area="store", opened=NOW)}
    return effects


def test_a_failure_at_any_statement_leaves_nothing_behind(records):
    """For every statement of a commit that writes every table: all or nothing, and the next try succeeds."""
    commit(records, everything(1), [1])
    with failing_at(records, place=0) as statements:
        commit(records, and_a_case(2), [2])
    assert len(statements) >= 9
    for place in range(1, len(statements) + 1):
        number = 10 + place
        before, head = contents(records.database), records.ledger_head()
        with failing_at(records, place), refused("the disk reports errors", StoreUnavailable):
            commit(records, and_a_case(number), [number])
        assert before == contents(records.database)
        committed = commit(records, and_a_case(number), [number])
        assert head.sequence + 1 == committed.entries[0].sequence
    assert_whole(records)


def test_a_failure_at_any_point_inside_sqlite_leaves_nothing_behind(records):
    """SQLite interrupted after any number of its own instructions, in steps, until a commit gets through."""
    commit(records, Effects(alerts=[raised(number) for number in range(20)]))
    effects = Effects(alerts=[raised(number) for number in range(20, 40)])
    instructions, failures = 50, 0
    while True:
        before = contents(records.database)
        connection = records.database.writer.raw_connection()
        left = [instructions]

        def interrupt(left=left):
            left[0] -= 50
            return left[0] <= 0

        connection.driver_connection.set_progress_handler(interrupt, 50)
        connection.close()
        try:
            commit(records, effects)
            break
        except StoreUnavailable:
            assert before == contents(records.database)
            failures += 1
            instructions += 700
        finally:
            connection = records.database.writer.raw_connection()
            connection.driver_connection.set_progress_handler(None, 0)
            connection.close()
    assert failures > 5
    assert len(records.open_alerts()) == 40
    assert_whole(records)


def test_a_full_disk_is_said_and_nothing_is_lost(records):
    """The file may not grow: commits are refused with advice, reading goes on, and with space it goes on as before."""
    commit(records, everything(1))
    with records.database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    number = 1
    with refused("the disk is full; free some space", StoreUnavailable):
        for number in range(2, 1_000):
            commit(records, everything(number))
    before = contents(records.database)
    for _again in range(3):
        with refused("the disk is full", StoreUnavailable):
            commit(records, everything(number))
    assert before == contents(records.database)
    assert len(records.open_alerts()) == number - 1
    with records.database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    commit(records, everything(number))
    assert_whole(records)


def test_a_lock_held_by_another_program_is_said(records, open_database):
    other = open_database()
    commit(records, everything(1))
    with records.database.writing() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    with other.writing(), refused("is a second gateway running", StoreUnavailable):
        commit(records, everything(2))
    commit(records, everything(2))
    assert_whole(records)


def confirmation_lost(records):
    """The next COMMIT reaches the database, but its confirmation does not reach us."""

    def lose(connection):
        connection.connection.driver_connection.commit()
        event.remove(records.database.writer, "commit", lose)
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("server closed the connection"))

    event.listen(records.database.writer, "commit", lose)


def test_a_commit_whose_confirmation_was_lost_is_not_repeated(records):
    """The pipeline tries the same batch again; what the first try wrote is told, not written twice."""
    commit(records, everything(1))
    confirmation_lost(records)
    effects = everything(2)
    with refused("does not answer", StoreUnavailable):
        commit(records, effects, [2])
    stored = contents(records.database)
    assert len(stored["ledger"]) == 10
    committed = commit(records, effects, [2])
    assert stored == contents(records.database)
    assert list(committed.entries) == records.ledger(after=5)
    assert list(committed.published) == records.feed_after(6)
    assert commit(records, everything(3)).entries[0].sequence == 11
    assert_whole(records)


def test_another_batch_after_a_lost_confirmation_is_written(records):
    commit(records, everything(1))
    confirmation_lost(records)
    with pytest.raises(StoreUnavailable):
        commit(records, everything(2))
    assert commit(records, everything(3)).entries[0].sequence == 11
    assert_whole(records)


def test_a_commit_that_failed_before_its_end_is_repeated(records):
    commit(records, everything(1))
    effects = everything(2)
    with failing_at(records, place=6), pytest.raises(StoreUnavailable):
        commit(records, effects)
    assert commit(records, effects).entries[0].sequence == 6
    assert_whole(records)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "data").write_text("a file, not a folder")
    with refused("cannot be written", StoreUnavailable):
        Database.in_folder(tmp_path / "data")


@pytest.mark.parametrize(
    "rubbish", [b"not a database at all, but long enough to be looked at" * 100, b"SQLite format 3\0"]
)
def test_a_file_that_is_no_database_is_said(tmp_path, rubbish):
    (tmp_path / FILE_NAME).write_bytes(rubbish)
    with refused("restore a backup", StoreUnavailable):
        Database.in_folder(tmp_path)


def test_a_database_of_a_newer_version_is_left_alone(records, tmp_path):
    with records.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with refused("newer keyarea", StoreUnavailable):
        Database.in_folder(tmp_path / "data")


def test_reading_goes_on_while_a_commit_is_under_way(records):
    """Another thread's reader sees the state before it, whole, and does not wait."""
    commit(records, everything(1))
    with records.database.writing() as connection:
        connection.exec_driver_sql("UPDATE modes SET mode = 'half written'")
        assert records.restore().modes == {"office": "mode 1"}
    assert records.restore().modes == {"office": "half written"}


def test_the_database_syncs_every_commit_and_belongs_to_its_owner(records, tmp_path):
    with records.database.writing() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    assert pragmas == PRAGMAS
    assert (tmp_path / "data" / FILE_NAME).stat().st_mode & 0o077 == 0


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}


def test_a_commit_of_memories_alone_can_be_repeated(records):
    """Nothing in it is evidence, so writing it twice is the same as once."""
    commit(records, everything(1))
    confirmation_lost(records)
    effects = Effects(memories={("smoke", "sd-1"): memory("quiet")})
    with pytest.raises(StoreUnavailable):
        commit(records, effects, [3], now=NOW)
    commit(records, effects, [3], now=NOW)
    assert commit(records, everything(2)).entries[0].sequence == 6
    assert_whole(records)


def test_a_failed_commit_moves_nothing_in_memory(records):
    """The next batch gets the numbers that the failed one would have had."""
    commit(records, everything(1))
    with failing_at(records, place=4), pytest.raises(StoreUnavailable):
        commit(records, everything(2))
    again = SqlRecords(records.database, "works")
    assert (6, 6) == (commit(records, everything(3)).entries[0].sequence, again.ledger()[5].sequence)
