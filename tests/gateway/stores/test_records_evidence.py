"""The database itself keeps the ledger and the alerts' history as they were written."""

import re
import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from devices.errors import ChainBroken
from gateway.stores import migrations
from gateway.stores.database import FILE_NAME
from gateway.stores.migrations.versions import v0001_first
from gateway.stores.records import SqlRecords
from gateway.stores.tables import metadata
from ledger.chain import verify
from tests.gateway.stores.records_examples import commit, contents, everything

REFUSED = {
    "change an entry": "UPDATE ledger SET content = '{}' WHERE sequence = 2",
    "change its book": "UPDATE ledger SET book = 'duty'",
    "delete an entry": "DELETE FROM ledger WHERE sequence = 2",
    "delete all": "DELETE FROM ledger",
    "put another in its place": "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE sequence = 2",
    "change it on conflict": "INSERT INTO ledger SELECT * FROM ledger WHERE sequence = 2 "
    "ON CONFLICT (site, sequence) DO UPDATE SET content = '{}'",
    "leave a gap": "INSERT INTO ledger SELECT site, 99, book, previous, hash, content FROM ledger WHERE sequence = 5",
    "go on from another entry": "INSERT INTO ledger SELECT site, 6, book, previous, hash, content FROM ledger "
    "WHERE sequence = 5",
    "change a step": "UPDATE alert_events SET content = '{}'",
    "delete a step": "DELETE FROM alert_events",
    "put another step in its place": "INSERT OR REPLACE INTO alert_events SELECT * FROM alert_events",
    "delete an alert with a history": "DELETE FROM alerts",
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_the_database_refuses_to(attempt, records, tmp_path):
    """From any program that opens the file, ours or not."""
    commit(records, everything(1))
    before = contents(records.database)
    outsider = sqlite3.connect(tmp_path / "data" / FILE_NAME)
    outsider.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        outsider.execute(REFUSED[attempt])
    outsider.close()
    assert before == contents(records.database)


def tamper(folder, statement, *values):
    """What somebody does who removes the triggers first."""
    outsider = sqlite3.connect(folder / "data" / FILE_NAME)
    for (name,) in outsider.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        outsider.execute(f"DROP TRIGGER {name}")
    outsider.execute(statement, values)
    outsider.commit()
    outsider.close()


TAMPERED = {
    "a changed word": (3, "UPDATE ledger SET content = replace(content, 'door', 'gate') WHERE sequence = 3", ()),
    "a changed hash": (3, "UPDATE ledger SET hash = ? WHERE sequence = 3", ("f" * 64,)),
    "no UTF-8": (3, "UPDATE ledger SET content = CAST(x'7b22ff7d' AS TEXT) WHERE sequence = 3", ()),
    "a blob": (3, "UPDATE ledger SET content = x'00' WHERE sequence = 3", ()),
    "a missing entry": (3, "DELETE FROM ledger WHERE sequence = 3", ()),
    "an entry moved": (5, "UPDATE ledger SET sequence = 9 WHERE sequence = 5", ()),
    "hidden in another book": (3, "UPDATE ledger SET book = 'secret' WHERE sequence = 3", ()),
    "its link cut": (3, "UPDATE ledger SET previous = '' WHERE sequence = 3", ()),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_tampering_past_the_triggers_is_found_at_its_place(case, records, tmp_path):
    commit(records, everything(1))
    place, statement, values = TAMPERED[case]
    tamper(tmp_path, statement, *values)
    with pytest.raises(ChainBroken) as broken:
        verify(records.ledger_entries(), records.site)
    assert place == broken.value.sequence


def test_a_long_chain_is_read_page_by_page(records, monkeypatch):
    monkeypatch.setattr("gateway.stores.records_read._PAGE", 3)
    for number in range(4):
        commit(records, everything(number))
    assert list(range(1, 21)) == [entry.sequence for entry in records.ledger_entries()]
    assert [entry.hash for entry in records.ledger(limit=20)] == [digest for digest, *_ in records.ledger_lines()]


def test_the_migrations_make_the_tables_that_the_code_uses(records):
    with records.database.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_version_that_a_start_looks_for():
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_evidence_is_never_migrated_away():
    with pytest.raises(NotImplementedError, match="never dropped"):
        v0001_first.downgrade()


def test_a_second_opening_finds_the_database_as_it_is(records, open_database):
    commit(records, everything(1))
    before = contents(records.database)
    assert before == contents(SqlRecords(open_database(), "works").database)


def test_no_number_is_too_narrow_for_an_instant_in_postgresql():
    for table in metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert not re.search(r"\b(INTEGER|INT|SMALLINT|SERIAL)\b", made), made
