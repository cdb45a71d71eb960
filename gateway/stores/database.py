"""The database under the relational store: an SQLite file, or a PostgreSQL server, brought up to date when opened.

One connection writes (its transactions therefore never wait for one another's locks), a small pool reads.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from devices.errors import ConfigError, StoreDamaged, StoreUnavailable
from devices.message import Text
from gateway.stores import migrations
from gateway.stores.prepared import Prepared

FILE_NAME = "records.sqlite"
_READERS = 4
_BUSY_S = 5
_POOL: dict[str, Any] = {"max_overflow": 0, "pool_timeout": 10, "hide_parameters": True}
"""How both engines pool: never more connections than said, 10 s for one; no password hash in an error's text."""

_PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
"""A server that has gone without a word (a cable) is noticed in ten seconds or so, and not in a quarter of an hour."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "journal_size_limit=67108864",
)

_RENEWED_JUST_NOW = text("SELECT EXTRACT(EPOCH FROM clock_timestamp()) - renewed / 1e9 < 10 FROM owner")

_BUGS = (ProgrammingError, DataError, NotSupportedError)
"""What the database refuses because we asked wrongly: never an outage."""

_DAMAGE = ("malformed", "not a database", "disk I/O")
_ADVICE = (
    (("full", "No space left"), "full"),
    (("locked", "busy"), "locked"),
    (("readonly", "read-only", "unable to open"), "read_only"),
    (("malformed", "not a database"), "damaged"),
    (("disk I/O",), "disk"),
    (("password", "authentication"), "credentials"),
)


class Lease(Protocol):
    """gateway.stores.owner.Owner has this shape."""

    def check(self, connection: Connection, *, is_writing: bool) -> None:
        """Raises Superseded if the records are another gateway's now."""


class Intact(Protocol):
    """gateway.stores.evidence.Evidence has this shape."""

    def check(self) -> None:
        """Raises StoreUnavailable if records are missing or damaged."""


class Database:
    """Engines for writing and reading. Raises StoreUnavailable if it cannot be opened, with what to do."""

    def __init__(self, url: str, *, upgrade: bool = True) -> None:
        """``url`` is SQLAlchemy's (``sqlite:////path``, ``postgresql://user@host/name``).

        With ``upgrade`` the tables are made or brought up to date; without, they must be so already.
        """
        self.owner: Lease | None = None
        """What is asked in each transaction that writes, and before anything is acknowledged: is it still ours?"""
        self.evidence: Intact | None = None
        """What is asked with it: are the records still there?"""
        self.file: Path | None = None
        """The file of SQLite; a server has none."""
        try:
            address = make_url(url)
        except ArgumentError as error:
            raise ConfigError("KEYAREA_DATABASE must look like postgresql://user:password@host/name") from error
        if address.get_backend_name() == "sqlite":
            self._writer, self._reader = _open_sqlite(url)
            self.file = Path(address.database or "").absolute()
            self._insert: Any = sqlite.insert
        elif address.get_backend_name() == "postgresql":
            self._writer, self._reader = _open_postgresql(url)
            self._insert = postgresql.insert
        else:
            raise ConfigError(f"{address.get_backend_name()} is unknown here; use sqlite or postgresql")
        self._upserts: dict[str, Prepared] = {}
        try:
            with unavailable():
                self._bring_up_to_date(upgrade)
        except BaseException:
            self.close()
            raise

    @classmethod
    def in_folder(cls, folder: Path) -> "Database":
        """The SQLite file of a data folder, made if it is not there, readable by its owner only."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(folder / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreUnavailable(
                Text.of("database.not_written", file=str(folder / FILE_NAME), reason=error.strerror or "")
            ) from error
        return cls(f"sqlite:///{(folder / FILE_NAME).absolute()}")

    @classmethod
    def to_look_at(cls, folder: Path) -> "Database":
        """The SQLite file of a data folder that must be there and up to date: a look changes nothing."""
        if not (folder / FILE_NAME).is_file():
            raise StoreUnavailable(Text.of("database.none_there", file=FILE_NAME, folder=str(folder)))
        return cls(f"sqlite:///{(folder / FILE_NAME).absolute()}", upgrade=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def writer(self) -> Engine:
        """The engine that writes; tests make it fail."""
        return self._writer

    @contextmanager
    def writing(self, *, is_record: bool = True) -> Iterator[Connection]:
        """One transaction, committed at the end. Raises StoreUnavailable; then nothing was written.

        What is no record (who is signed in) is written also where records are missing or damaged.
        """
        if is_record and self.evidence is not None:
            self.evidence.check()
        with unavailable(), self._writer.begin() as connection:
            if self.owner is not None:
                self.owner.check(connection, is_writing=True)
            yield connection

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """Meanwhile SQLite leaves it to the system when it writes; at the end all of it is on the disk.

        For what can be made anew from its beginning: a machine that loses its power in between loses the records.
        """
        if self.file is None:
            yield
            return
        self._pragma("synchronous=OFF")
        try:
            yield
        finally:
            self._pragma("synchronous=FULL")
            self._pragma("wal_checkpoint(TRUNCATE)")

    def _pragma(self, pragma: str) -> None:
        raw = self._writer.raw_connection()  # outside of a transaction, in which SQLite would refuse it
        try:
            raw.cursor().execute(f"PRAGMA {pragma}")
        finally:
            raw.close()

    def confirm(self) -> None:
        """What was taken in may be acknowledged: these records are still ours. Raises StoreUnavailable."""
        if self.evidence is not None:
            self.evidence.check()
        if self.owner is not None:
            with self.reading() as connection:
                self.owner.check(connection, is_writing=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with, from any thread. Raises StoreUnavailable."""
        with unavailable(), self._reader.connect() as connection:
            yield connection

    def upsert(self, connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert the rows; where the primary key is there already, put the new values in place of the old."""
        self._upsert_into(table).execute(connection, rows)

    def _upsert_into(self, table: Table) -> Prepared:
        if table.name not in self._upserts:
            keys = [column.name for column in table.primary_key]
            insert = self._insert(table)
            values = {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}
            self._upserts[table.name] = Prepared(insert.on_conflict_do_update(index_elements=keys, set_=values))
        return self._upserts[table.name]

    def vacuum(self, tables: Sequence[str] = ()) -> None:
        """Write the file anew and cut its log, so that nothing deleted is left in it; on a server, those tables.

        Holds the writer meanwhile. Raises StoreUnavailable.
        """
        with unavailable():
            if self.file is None:
                with self._reader.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    for table in tables:
                        connection.execute(text(f"VACUUM {table}"))
                return
            pooled = self._writer.raw_connection()
            try:
                pooled.cursor().execute("VACUUM")
                (is_busy, *_rest) = pooled.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                pooled.close()
        if is_busy:
            raise StoreUnavailable(Text.of("scrub.busy"))

    def close(self) -> None:
        """Give back every connection."""
        self._writer.dispose()
        self._reader.dispose()

    def _bring_up_to_date(self, upgrade: bool) -> None:
        with self._reader.connect() as connection:
            version = _version(connection)
        if version == migrations.HEAD:
            return
        if not upgrade:
            raise StoreUnavailable(Text.of("database.other_version", version=str(version), ours=migrations.HEAD))
        if version is not None and self.file is None:
            self._refuse_under_another()
        # Only for a database that needs it: importing Alembic costs 0.2 s and 20 MB.
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
        with self._writer.begin() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StoreUnavailable(Text.of("database.newer", reason=str(error))) from error

    def _refuse_under_another(self) -> None:
        """Tables are not changed under a gateway that works on them."""
        with self._reader.connect() as connection:
            if connection.dialect.has_table(connection, "owner") and connection.scalar(_RENEWED_JUST_NOW):
                raise StoreUnavailable(Text.of("database.another_release"))


@contextmanager
def unavailable() -> Iterator[None]:
    """Turns what a database says when it cannot serve us into StoreUnavailable with advice."""
    try:
        yield
    except _BUGS:
        raise
    except IntegrityError as error:
        raise StoreUnavailable(Text.of("database.another_program", reason=str(error.orig))) from error
    except (DatabaseError, InterfaceError, PoolTimeout) as error:
        said = _said(error)
        kind = StoreDamaged if any(word in said for word in _DAMAGE) else StoreUnavailable
        raise kind(_advice(said)) from error


def _said(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip()


def _advice(said: str) -> Text:
    found = next((advice for words, advice in _ADVICE if any(word in said for word in words)), "silent")
    return Text.of(f"database.{found}", reason=said)


def _version(connection: Connection) -> str | None:
    dialect_has = connection.dialect.has_table(connection, "alembic_version")
    return connection.scalar(text("SELECT version_num FROM alembic_version")) if dialect_has else None


def _open_sqlite(url: str) -> tuple[Engine, Engine]:
    waits = {"timeout": _BUSY_S}
    writer = create_engine(url, pool_size=1, connect_args=waits, **_POOL)
    reader = create_engine(url, pool_size=_READERS, connect_args=waits, **_POOL)

    @event.listens_for(writer, "connect")
    def _for_writing(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # sqlite3 then leaves BEGIN to us, also before DDL
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(writer, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(reader, "connect")
    def _for_reading(connection: Any, _record: Any) -> None:
        # A row that was tampered with must reach the verifier, not end as an error of the driver.
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        for pragma in ("query_only=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    return writer, reader


def _open_postgresql(url: str) -> tuple[Engine, Engine]:
    address = make_url(url).set(drivername="postgresql+psycopg")
    try:
        writer = create_engine(address, pool_size=1, connect_args=_PATIENCE, **_POOL)
    except ModuleNotFoundError as error:
        raise ConfigError('PostgreSQL needs one more package; install "keyarea[postgresql]"') from error
    reader = create_engine(address, pool_size=_READERS, connect_args=_PATIENCE, **_POOL)

    @event.listens_for(writer, "connect")
    def _for_writing(connection: Any, _record: Any) -> None:
        connection.execute("SET synchronous_commit = on")
        # A gateway that was stopped inside a transaction must not keep the lease from its successor.
        connection.execute("SET idle_in_transaction_session_timeout = '10s'")
        connection.commit()

    return writer, reader
