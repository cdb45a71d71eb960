"""All that one site keeps: opened before anything is taken in, closed after everything else has ended."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from devices.errors import StoreUnavailable
from devices.reading import Instant
from gateway.clock import Clock
from gateway.importing import UnfinishedImport
from gateway.ports import SeriesStore
from gateway.settings import Settings
from gateway.site.model import Site
from gateway.stores.account_areas import AccountAreas
from gateway.stores.account_changes import AccountChanges
from gateway.stores.attachments import Attachments
from gateway.stores.books import read_books
from gateway.stores.deliveries import Deliveries
from gateway.stores.discovery_cache import StoredDiscoveryCache
from gateway.stores.folder import make_private
from gateway.stores.installation import Installation
from gateway.stores.keypad_locks import KeypadLocks
from gateway.stores.opening import Opened, open_records
from gateway.stores.records import SqlRecords
from gateway.stores.registered_people import codes_in
from gateway.stores.runs import Runs
from gateway.stores.series_influx import SeriesInflux
from gateway.stores.series_opening import series_in
from gateway.stores.sessions import Sessions
from gateway.stores.signatures import Signatures
from gateway.stores.user_codes import UserCodes
from gateway.stores.users import Users
from gateway.stores.witness import FILE_NAME as WITNESS
from gateway.stores.witness import Witness
from ledger.books import Book


class SiteStores(msgspec.Struct, frozen=True):
    """Each is this gateway's alone until ``close``."""

    opened: Opened
    series: SeriesStore
    users: Users
    sessions: Sessions
    account_changes: AccountChanges
    installation: Installation
    announcements: StoredDiscoveryCache
    unfinished: UnfinishedImport
    runs: Runs
    books: Mapping[str, Book]
    codes: UserCodes
    keypad_locks: KeypadLocks
    account_areas: AccountAreas
    attachments: Attachments
    signatures: Signatures
    deliveries: Deliveries

    @property
    def records(self) -> SqlRecords:
        return self.opened.records

    def close(self, now: Instant) -> None:
        """Note that this gateway listened until ``now``, and give everything back."""
        with contextlib.suppress(StoreUnavailable):
            self.runs.note(now, is_last=True)
        self.series.close()
        self.opened.owner.release()
        self.records.close()


def open_stores(site: Site, folder: Path, settings: Settings, clock: Clock) -> SiteStores:
    """Those of the site, in its data folder or where the settings say. Raises StoreUnavailable."""
    make_private(folder)
    witness = Witness(Path(settings.witness) if settings.witness else folder / WITNESS, site.id)
    opened = open_records(settings.database_url.reveal(), folder, site.id, witness, clock)
    database = opened.records.database
    users, books = Users(database), read_books()
    account_areas = AccountAreas(opened.records.documents, users)
    return SiteStores(
        opened=opened,
        series=_series(site, folder, settings, clock),
        users=users,
        sessions=Sessions(database),
        account_changes=AccountChanges(database),
        installation=Installation(opened.records.documents),
        announcements=StoredDiscoveryCache(opened.records.documents),
        unfinished=UnfinishedImport(folder),
        runs=Runs(database),
        books=books,
        codes=codes_in(opened.records.documents, folder, users.role, account_areas.of, settings.runtime_folder),
        keypad_locks=KeypadLocks(opened.records.documents, folder, settings.runtime_folder),
        account_areas=account_areas,
        attachments=Attachments(folder),
        signatures=Signatures(opened.records, books, site.time_zone),
        deliveries=Deliveries(opened.records.documents),
    )


def _series(site: Site, folder: Path, settings: Settings, clock: Clock) -> SeriesStore:
    influx = site.storage.influx
    if influx is None:
        return series_in(folder, clock.now)
    return SeriesInflux(influx, settings.influx_token.reveal(), folder / "spool", clock.now)
