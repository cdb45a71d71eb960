"""What a person decides about alerts and records."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from alerts.attachment import ids_in
from alerts.command import Command
from alerts.event import Recorded
from alerts.output_event import SilenceOutputs
from devices.errors import NotAllowed, Refused
from devices.message import Text
from devices.people import is_of_machine
from devices.reading import SECOND
from gateway.area_rights import AreaRights
from gateway.clock import Clock
from gateway.inbox import Inbox
from gateway.running import Running
from gateway.stores.recorded_events import corrected
from gateway.stores.site_stores import SiteStores
from gateway.views.handing_in import hand_in
from ledger.books import CORRECTS


class CommandsView:
    """Implements api.ports.commands."""

    def __init__(self, running: Running, inbox: Inbox, clock: Clock, stores: SiteStores, rights: AreaRights) -> None:
        self._running, self._inbox, self._clock, self._rights = running, inbox, clock, rights
        self._attachments, self._users, self._books = stores.attachments, stores.users, stores.books
        self._records = stores.records

    async def submit(self, command: Command | Recorded) -> None:
        """Hand in what a person decided; returns once it is committed. Raises Refused, NotAllowed, StoreUnavailable."""
        if isinstance(command, Recorded):
            self._check(command)
        await asyncio.to_thread(self._rights.check, command.by, command)
        if isinstance(command, SilenceOutputs):  # everywhere is wherever the account may act
            command = replace(command, areas=await asyncio.to_thread(self._rights.areas_of, command.by))
        if isinstance(command, Recorded) and CORRECTS in command.fields:
            command = await asyncio.to_thread(self._with_corrected, command)
        await hand_in(self._inbox, command)

    def _here(self) -> datetime:
        """The time on the site's clock."""
        return datetime.fromtimestamp(self._clock.now() // SECOND, ZoneInfo(self._running.site.time_zone))

    def _with_corrected(self, record: Recorded) -> Recorded:
        """With what it corrects. Raises Refused where there is no such entry in its book."""
        number = int(record.fields[CORRECTS])
        was = corrected(self._records, number)
        if was is None or was.book != record.book:
            raise Refused(Text.of("books.corrects_none", number=number, book=record.book))
        return replace(record, corrects=was)

    def _check(self, record: Recorded) -> None:
        """A record must fit its book and come from somebody who may write there."""
        book = self._books.get(record.book)
        if book is None:
            raise Refused(Text.of("books.none_such", book=record.book, books=tuple(sorted(self._books))))
        role = self._users.role(record.by)
        is_let = is_of_machine(record.by) and book.is_for_people  # the API has looked at theirs
        if not is_let and (role is None or not book.admits(role)):
            raise NotAllowed(Text.of("books.not_yours", role=role or "", book=record.book))
        book.check(record.fields, self._here())
        self._attachments.check(ids_in(msgspec.json.encode(record.fields)))
