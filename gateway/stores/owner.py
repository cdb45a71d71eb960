"""One gateway a database: a lease that its owner renews, and whose number stands in every transaction that it writes.

Theory of operation. The table ``owner`` has one row: an epoch, who has it, and when it was last renewed by the
database's own clock, so that no machine's clock matters. Whoever takes the row over raises the epoch. Every
transaction of a gateway looks at the row first and locks it against a change (``Database.writing``): an owner that
was stopped for a while and goes on is refused there, and whatever it was about to acknowledge stays unacknowledged.

A lease is taken over at once when it was not renewed for ten seconds, was given back, or its owner is known to be gone
(gateway.stores.process). Otherwise the newcomer watches it: renewed, somebody lives, and the newcomer ends; not
renewed for ten seconds of its own, it is taken over, whatever the database's clock did meanwhile.

Two gateways on one database raise every alarm twice, and the chain verifies all the same; an SQLite file is locked
instead, wherever it lies (folder.py). PostgreSQL's advisory locks are gone with a broken connection, and nothing at the
commit notices. The price is a round trip to the server for each commit; a standby takes over after 10 s, and a reboot
may wait as long. Another gateway on the same broker is rivalry.py's.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, text, update

from devices.errors import StoreUnavailable, Superseded
from devices.message import Text
from devices.reading import SECOND
from gateway.stores import tables
from gateway.stores.database import Database, unavailable
from gateway.stores.folder import FolderLock
from gateway.stores.process import Process, this_process
from ledger.timestamp import text_of

LEASE_S = 10
_RENEWED_EVERY_S = 2.0
_LOOKED_AT_EVERY_S = 0.25
_ID = 1
_CLOCK = text("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) * 1000")
_LEASE = select(tables.owner).where(tables.owner.c.id == _ID)
_LEASE_LOCKED = _LEASE.with_for_update(read=True)
_holder = msgspec.json.Decoder(Process).decode

log = logging.getLogger("keyarea.owner")


def owned(database: Database, folder: Path, monotonic: Callable[[], float]) -> "Owner | FolderLock":
    """These records are this gateway's alone until ``release``; a file is locked, a server keeps a lease.

    Raises StoreUnavailable, naming the other gateway.
    """
    if database.file is None:
        return Owner(database, folder, monotonic)
    return FolderLock(database.file.parent, f"{database.file.name}.lock")


class Owner:
    """The lease on the records of one server. Raises StoreUnavailable where another gateway renews it."""

    def __init__(self, database: Database, folder: Path, monotonic: Callable[[], float]) -> None:
        """``monotonic`` in seconds; ``folder``: the data folder, locked while this one lives."""
        self._lock = FolderLock(folder)
        self._database, self._monotonic = database, monotonic
        self._me = this_process(self._lock.path)
        self._told = threading.Event()
        self._is_stopping = False
        self._lost: Text | None = None
        self._epoch = 0
        try:
            self._epoch = self._acquired()
        except BaseException:
            self._lock.release()
            raise
        database.owner = self

    # -- becoming the owner --------------------------------------------------------------------------------

    def _acquired(self) -> int:
        """The epoch that is ours from now on, once it is certain that nobody renews the lease."""
        first, deadline = None, 0.0
        while True:
            with unavailable(), self._database.writer.begin() as connection:
                row, now = connection.execute(_LEASE).one_or_none(), connection.scalar(_CLOCK) or 0
                if row is None:
                    connection.execute(insert(tables.owner), [self._lease(1, now)])
                    return 1
                is_watched = first is not None and (row.epoch, row.renewed) == (first.epoch, first.renewed)
                is_stale = now - row.renewed >= LEASE_S * SECOND or (is_watched and self._monotonic() >= deadline)
                if is_stale or self._is_gone(row):
                    return self._take_over(connection, row, now)
            if first is None:
                first, deadline = row, self._monotonic() + LEASE_S
                log.info("waiting to see whether %s still renews its lease on this database", _who(row))
            elif not is_watched:
                raise StoreUnavailable(Text.of("stores.in_use", who=_who(row)))
            self._told.wait(_LOOKED_AT_EVERY_S)

    def _is_gone(self, row: Row[Any]) -> bool:
        try:
            return _holder(row.holder).is_gone(self._me)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False

    def _take_over(self, connection: Connection, row: Row[Any], now: int) -> int:
        table = tables.owner
        epoch = int(row.epoch) + 1
        as_seen = (table.c.id == _ID, table.c.epoch == row.epoch, table.c.renewed == row.renewed)
        if connection.execute(update(table).where(*as_seen).values(self._lease(epoch, now))).rowcount != 1:
            raise StoreUnavailable(Text.of("stores.quicker"))
        if row.renewed:
            log.warning("taken over from %s, which renewed its lease no more", _who(row))
        return epoch

    def _lease(self, epoch: int, now: int) -> dict[str, int | str]:
        holder = msgspec.json.encode(self._me).decode()
        return {"id": _ID, "epoch": epoch, "holder": holder, "since": now, "renewed": now}

    # -- being the owner -----------------------------------------------------------------------------------

    def check(self, connection: Connection, *, is_writing: bool) -> None:
        """Raises Superseded if the lease is no longer ours; one that writes holds it until the transaction ends."""
        row = connection.execute(_LEASE_LOCKED if is_writing else _LEASE).one_or_none()
        if row is None or row.epoch != self._epoch:
            who = _who(row) if row is not None else Text.of("stores.somebody")
            self._lost = Text.of("stores.taken_over", who=who)
            self._told.set()
            raise Superseded(self._lost)

    def keep(self) -> None:
        """Renew the lease until ``stop``. Raises Superseded when it is another's, however that was noticed."""
        while not self._is_stopping:
            try:
                self._renew()
            except Superseded:
                raise
            except StoreUnavailable as error:  # the pipeline tells of it; nobody can take over what is not there
                log.debug("the lease could not be renewed: %s", error)
            self._told.wait(_RENEWED_EVERY_S)
            if self._lost:
                raise Superseded(self._lost)

    def _renew(self) -> None:
        with self._database.writing(is_record=False) as connection:
            self._set_renewed(connection, connection.scalar(_CLOCK) or 0)

    def _set_renewed(self, connection: Connection, at: int) -> None:
        connection.execute(update(tables.owner).where(tables.owner.c.id == _ID).values(renewed=at))

    def stop(self) -> None:
        """Let ``keep`` end; from any thread."""
        self._is_stopping = True
        self._told.set()

    def release(self) -> None:
        """Give the lease back, so that the next one need not wait."""
        try:
            with self._database.writing(is_record=False) as connection:
                self._set_renewed(connection, 0)
        except StoreUnavailable as error:
            log.debug("the lease could not be given back: %s", error)
        self._lock.release()


def _who(row: Row[Any]) -> Text:
    since = text_of(row.since)
    try:
        holder = _holder(row.holder)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Text.of("stores.a_gateway", since=since)
    return Text.of("stores.the_gateway", host=holder.host, process=holder.number, since=since)
