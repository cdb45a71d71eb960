"""The records at a start: opened, owned, and looked at; what is too damaged to be read is put aside.

A gateway that ends because its records are damaged shows no alarm. So it begins with none, and with the accounts that
were copied, records nothing (the witness says that the ledger was longer), and says so until a backup is restored.

To end would be to be started again by systemd, and to end. A store in memory would be a second body of every store, and
a ledger that SQLite's recovery guessed is none. Messages that are not acknowledged fill the broker's window (2,000 in
deploy/), after which it sends no more until the records are restored; alerts that were open are gone until their
devices speak again.
"""

import logging
from pathlib import Path

import msgspec
from sqlalchemy import inspect

from devices.errors import StoreDamaged, StoreUnavailable
from devices.message import Text
from gateway.clock import Clock
from gateway.stores import tables
from gateway.stores.accounts_copy import AccountsCopy
from gateway.stores.aside import put_aside
from gateway.stores.database import FILE_NAME, Database
from gateway.stores.discovery_cache import StoredDiscoveryCache
from gateway.stores.evidence import Evidence, until
from gateway.stores.folder import FolderLock
from gateway.stores.installation import Installation
from gateway.stores.owner import Owner, owned
from gateway.stores.records import SqlRecords
from gateway.stores.users import Users
from gateway.stores.witness import Witness
from ledger.chain import GENESIS, Head

log = logging.getLogger("keyarea.records")


class Opened(msgspec.Struct, frozen=True):
    """The records of one site, this gateway's alone until ``owner.release``."""

    records: SqlRecords
    owner: Owner | FolderLock
    evidence: Evidence
    accounts: AccountsCopy


def open_records(url: str, folder: Path, site: str, witness: Witness, clock: Clock) -> Opened:
    """Those at ``url``, without one the file in the data folder. Raises StoreUnavailable."""
    damage: Text | None = None
    if url:
        database = Database(url)
        owner = owned(database, folder, clock.monotonic)
    else:
        # Before the file is opened: nobody puts aside what another gateway works with.
        owner = FolderLock(folder, f"{FILE_NAME}.lock")
        try:
            database = _readable(folder, site)
        except StoreDamaged as error:
            kept = put_aside(folder / FILE_NAME, clock.now())
            damage = until(Text.of("evidence.kept_as", damage=error.text, file=kept.name))
            log.critical("%s", damage)
            database = Database.in_folder(folder)
            if witness.known() is None:  # an older release kept none: the next start must know, too
                witness.note(Head(1, GENESIS.hash))
    records, accounts = SqlRecords(database, site), AccountsCopy(database, folder)
    if damage:
        _restore(accounts)
    evidence = Evidence(database, site, witness, damage)
    records.evidence = database.evidence = evidence
    evidence.look()
    return Opened(records, owner, evidence, accounts)


def _readable(folder: Path, site: str) -> Database:
    """The database, of which all can be read that a start reads. Raises StoreDamaged."""
    database = Database.in_folder(folder)
    try:
        with database.reading() as connection:
            missing = tables.metadata.tables.keys() - set(inspect(connection).get_table_names())
        if missing:
            raise StoreDamaged(Text.of("stores.lacks", file=FILE_NAME, tables=tuple(sorted(missing))))
        records = SqlRecords(database, site)
        records.restore()
        records.ledger_head()
        records.feed_newest()
        Users(database).all()
        Installation(records.documents).installed(())
        StoredDiscoveryCache(records.documents).all()
    except BaseException:
        database.close()
        raise
    return database


def _restore(accounts: AccountsCopy) -> None:
    try:
        log.warning("%d accounts were restored from their copy", accounts.restore())
    except StoreUnavailable as error:
        log.critical("nobody can sign in: %s", error)
