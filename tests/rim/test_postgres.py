"""The relational store on a real PostgreSQL server: the same tests as on SQLite, and what only a server can do."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from alerts.effects import Effects
from devices.errors import StoreUnavailable
from devices.reading import SECOND
from gateway.stores.account_changes import AccountChanges
from gateway.stores.database import Database
from gateway.stores.records import SqlRecords
from gateway.stores.sessions import Sessions
from gateway.stores.tables import metadata
from gateway.stores.users import Users

# The suites that hold for both; pytest collects them here with this file's fixtures.
from tests.gateway.stores.records_examples import assert_whole, commit, contents, everything, raised
from tests.gateway.stores.test_cases import *  # noqa: F403
from tests.gateway.stores.test_cases_of_any_workflow import *  # noqa: F403
from tests.gateway.stores.test_data_of_0008 import *  # noqa: F403
from tests.gateway.stores.test_discovery_cache import *  # noqa: F403
from tests.gateway.stores.test_documents import *  # noqa: F403
from tests.gateway.stores.test_installation import *  # noqa: F403
from tests.gateway.stores.test_ledger_values import *  # noqa: F403
from tests.gateway.stores.test_records import *  # noqa: F403
from tests.gateway.stores.test_runs import *  # noqa: F403
from tests.rim.postgresql import Server
from tests.rim.processes import PATIENCE_S, free_port, wait_until
from tests.words import refused


@pytest.fixture(scope="module")
def server():
    found = Server()
    found.start()
    Database(found.create(_UP_TO_DATE)).close()
    yield found
    found.remove()


@pytest.fixture
def url(server, request):
    """A database that is up to date, as a copy; what was of an older gateway is written into an empty one."""
    known = request.config.stash.setdefault(_COUNT, [0])
    known[0] += 1
    is_of_before = "of_0008" in request.function.__module__
    return server.create(f"test{known[0]}", *() if is_of_before else (_UP_TO_DATE,))


_COUNT, _UP_TO_DATE = pytest.StashKey(), "up_to_date"


@pytest.fixture
def open_database(url):
    """The same as in tests/gateway/stores/conftest.py, on the server."""
    opened = []

    def open_again():
        opened.append(Database(url))
        return opened[-1]

    yield open_again
    for database in opened:
        database.close()


@pytest.fixture
def records(open_database):
    return SqlRecords(open_database(), "works")


REFUSED = {
    "change an entry": "UPDATE ledger SET content = '{}' WHERE sequence = 2",
    "delete an entry": "DELETE FROM ledger WHERE sequence = 2",
    "delete all": "TRUNCATE ledger",
    "change it on conflict": "INSERT INTO ledger SELECT * FROM ledger WHERE sequence = 2 "
    "ON CONFLICT (site, sequence) DO UPDATE SET content = '{}'",
    "leave a gap": "INSERT INTO ledger SELECT site, 99, book, previous, hash, content FROM ledger WHERE sequence = 5",
    "go on from another entry": "INSERT INTO ledger SELECT site, 6, book, previous, hash, content FROM ledger "
    "WHERE sequence = 5",
    "change a step": "UPDATE alert_events SET content = '{}'",
    "delete a step": "DELETE FROM alert_events",
    "delete all steps": "TRUNCATE alert_events",
    "delete an alert with a history": "DELETE FROM alerts",
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_the_server_refuses_to(attempt, records, url):
    commit(records, everything(1))
    before = contents(records.database)
    with (
        psycopg.connect(url) as outsider,
        pytest.raises(psycopg.DatabaseError),
    ):
        outsider.execute(REFUSED[attempt])
    assert before == contents(records.database)


def test_the_migrations_make_the_same_tables_on_a_server(records):
    with records.database.writing() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_sessions_browsers_and_changes_of_accounts_are_kept_on_a_server(open_database):
    database, now, day = open_database(), 1_795_521_600 * SECOND, 86_400 * SECOND
    users, sessions, changes = Users(database), Sessions(database), AccountChanges(database)
    for name, role in (("ada", "admin"), ("wall", "kiosk")):
        users.add(name, "correct horse battery", role, now, by="os:root")
    ada, wall = sessions.open_session("ada", now), sessions.open_session("wall", now)
    sessions.remember_browser("b", "ada", now)
    sessions.remember_browser("b", "ada", now + 1)
    assert sessions.knows_browser("b", "ada")
    found = sessions.signed_in([ada, wall, "none"], now + 2 * day)
    assert [("admin", False), ("kiosk", True)] == [(found[t].role, found[t].expired is None) for t in (ada, wall)]
    sessions.open_session("ada", now + 8 * day)  # sweeps what may not even watch any more, and no kiosk
    assert {wall} == sessions.signed_in([ada, wall], now + 8 * day).keys()
    waiting = changes.waiting()
    assert [("added", "ada"), ("added", "wall")] == [(change.action, change.account) for change in waiting]
    changes.forget([change.number for change in waiting])
    users.set_disabled("wall", True, now)
    assert [("disabled", "wall")] == [(change.action, change.account) for change in changes.waiting()]
    assert {} == sessions.signed_in([wall], now)


def test_a_server_that_goes_away_is_said_and_found_again(server, records):
    """Commits are refused meanwhile; with the server back, the same batch is written once."""
    commit(records, everything(1))
    server.kill()
    try:
        for _again in range(2):
            with refused("see that it runs", StoreUnavailable):
                commit(records, everything(2))
        with pytest.raises(StoreUnavailable):
            records.open_alerts()
    finally:
        server.start()
    committed = _once_it_answers(lambda: commit(records, everything(2)))
    assert committed.entries[0].sequence == 6
    assert len(records.open_alerts()) == 2
    assert_whole(records)


def test_a_connection_cut_inside_a_commit_leaves_nothing_behind(records, url):
    commit(records, everything(1))
    before = contents(records.database)
    with pytest.raises(StoreUnavailable), records.database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO modes VALUES ('gate', 'armed', 'li', 1)")
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with psycopg.connect(url, autocommit=True) as outsider:
            outsider.execute("SELECT pg_terminate_backend(%s)", (own,))
        connection.exec_driver_sql("SELECT 1")
    assert before == contents(records.database)
    commit(records, Effects(alerts=[raised(2)]))
    assert_whole(records)


def test_accounts_and_ledger_are_looked_for_in_the_database_that_the_environment_names(records, url, tmp_path):
    commit(records, everything(1))

    def keyarea(*words, typed=""):
        return subprocess.run(
            [sys.executable, "-m", "gateway", *words],
            input=typed,
            cwd=tmp_path,
            env={**os.environ, "KEYAREA_DATABASE": url, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )

    added = keyarea("user", "add", "li", "--role", "operator", "--password-stdin", typed="correct-horse-battery\n")
    assert "li may sign in as operator\n" == added.stdout, added.stderr
    assert "li " in keyarea("user", "list").stdout
    assert "entries verified" in keyarea("ledger", "verify").stdout
    assert [] == list(tmp_path.iterdir())
    assert "there is no records.sqlite in data" in keyarea("ledger", "verify", "--data", "data").stderr


def test_a_wrong_address_is_said():
    with refused("see that it runs", StoreUnavailable):
        Database(f"postgresql://keyarea@127.0.0.1:{free_port()}/none")


def _once_it_answers(ask):
    """Pooled connections of before may each fail once after a restart."""

    def tried():
        try:
            return ask()
        except StoreUnavailable:
            return None

    return wait_until(tried, "the store answers again")
