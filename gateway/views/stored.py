"""What the stores answer: readings, the ledger, accounts; and what the site is."""

import asyncio
from collections.abc import Mapping, Sequence

from alerts.facts import FieldValue
from alerts.workflow import Config
from api.ports import AccessAction, Aggregate, Disclose, Erase, Point, Sign, UnsignedEntry
from devices.reading import Instant, Reading
from gateway.access import AccessLog
from gateway.area_rights import AreaRights
from gateway.attachment_upkeep import AttachmentUpkeep
from gateway.clock import Clock
from gateway.disclosure import disclosed
from gateway.erasure import record_of
from gateway.inbox import Inbox
from gateway.ports import SeriesStore
from gateway.site.model import Site
from gateway.stores.account_areas import AccountAreas
from gateway.stores.site_stores import SiteStores
from gateway.stores.users import Users
from gateway.views.handing_in import hand_in
from ledger.books import Book
from ledger.entry import Entry
from ledger.signers import Signature
from ledger.values_beside import Name


class ReadingsView:
    """Implements api.ports.readings."""

    def __init__(self, series: SeriesStore) -> None:
        self._series = series

    def latest(self, device: str) -> list[Reading]:
        return self._series.latest_of(device)

    def series(
        self, device: str, signal: str, start: Instant, end: Instant, step: Instant | None, aggregate: Aggregate
    ) -> Sequence[Point]:
        return self._series.range(device, signal, start, end, step, aggregate)


class LedgerView:
    """Implements api.ports.ledger."""

    def __init__(self, stores: SiteStores, inbox: Inbox, rights: AreaRights) -> None:
        self._records, self._books, self._users, self._inbox = stores.records, stores.books, stores.users, inbox
        self._rights = rights
        self._signatures = stores.signatures
        self._attachments = AttachmentUpkeep(stores.attachments, stores.records, stores.opened.evidence)

    def ledger(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]:
        return self._records.ledger(book=book, after=after, limit=limit)

    def books(self) -> Mapping[str, Book]:
        return self._books

    def newest(self, book: str, limit: int, before: int = 0) -> list[Entry]:
        return self._records.ledger_newest(book=book, limit=limit, before=before)[::-1]

    def unsigned(self, book: str = "") -> list[UnsignedEntry]:
        return self._signatures.unsigned(book)

    def signatures(self, entry: int) -> tuple[Signature, ...]:
        return self._signatures.given(entry)

    async def sign(self, order: Sign) -> None:
        record = await asyncio.to_thread(self._signatures.record_of, order)
        await asyncio.to_thread(self._rights.check, order.by, record)
        await hand_in(self._inbox, record)

    async def erase(self, order: Erase) -> None:
        record = await asyncio.to_thread(record_of, order, self._records, self._users.role)
        named = await asyncio.to_thread(self._attachments.named_by, order.values)
        await hand_in(self._inbox, record)
        await asyncio.to_thread(self._attachments.remove_unused, named)

    async def disclose(self, order: Disclose) -> Mapping[Name, FieldValue]:
        record, values = await asyncio.to_thread(disclosed, order, self._records, self._books, self._users.role)
        await hand_in(self._inbox, record)
        return values


class AccountsView:
    """Implements api.ports.accounts."""

    def __init__(self, users: Users, areas: AccountAreas, access: AccessLog, clock: Clock) -> None:
        self._users, self._areas, self._access, self._clock = users, areas, access, clock

    def check_password(self, user: str, password: str) -> str | None:
        return self._users.check(user, password)

    def role(self, user: str) -> str | None:
        return self._users.role(user)

    def areas(self, user: str) -> tuple[str, ...]:
        return self._areas.of(user)

    def set_password(self, user: str, password: str) -> None:
        self._users.set_password(user, password, self._clock.now(), by=user)

    def note_access(self, action: AccessAction, account: str, address: str) -> None:
        self._access.note(action, account, address, self._clock.now())


class SiteView:
    """Implements api.ports.site."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site, self._clock = site, clock

    def site_name(self, language: str) -> str:
        return self._site.name_zh or self._site.name if language == "zh" else self._site.name

    def time_zone(self) -> str:
        return self._site.time_zone

    def now(self) -> Instant:
        return self._clock.now()

    def workflow_table(self, workflow: str) -> Config | None:
        return self._site.workflows.get(workflow)
