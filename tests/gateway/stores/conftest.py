"""A relational store on an SQLite file of its own. tests/rim/test_postgres.py has the same names on PostgreSQL."""

import tempfile
from functools import cache
from pathlib import Path

import pytest

from gateway.stores.database import FILE_NAME, Database
from gateway.stores.records import SqlRecords
from gateway.stores.series_sqlite import SeriesSqlite
from tests.gateway.stores.series_examples import NOON


@pytest.fixture
def url(tmp_path):
    """Where the test's database is, or may be made."""
    (tmp_path / "data").mkdir(exist_ok=True)
    return f"sqlite:///{tmp_path / 'data' / FILE_NAME}"


@cache
def up_to_date():
    """The bytes of an empty database: all migrations take 0.1 s, and they are a test's own business in few."""
    with tempfile.TemporaryDirectory() as folder:
        Database.in_folder(Path(folder)).close()
        return (Path(folder) / FILE_NAME).read_bytes()


@pytest.fixture
def open_database(tmp_path):
    """Opens the test's database, as often as it likes; everything is closed afterwards."""
    opened = []

    def open_again():
        file = tmp_path / "data" / FILE_NAME
        if not file.exists():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            file.write_bytes(up_to_date())
            file.chmod(0o600)
        opened.append(Database.in_folder(tmp_path / "data"))
        return opened[-1]

    yield open_again
    for database in opened:
        database.close()


@pytest.fixture
def records(open_database):
    return SqlRecords(open_database(), "works")


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
