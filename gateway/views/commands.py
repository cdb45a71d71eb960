"""What a person decides about alerts, areas and records; bypasses and walk tests begin here too."""

import asyncio

from msgspec.structs import replace

from alerts.command import Bypass, Command, StartWalkTest
from alerts.event import Recorded
from api.auth import ROLES, Permission
from devices.errors import NotAllowed, Refused
from devices.message import Text
from devices.people import is_of_machine
from devices.reading import Reading
from gateway.inbox import Inbox
from gateway.running import Running
from gateway.stores.site_stores import SiteStores
from gateway.views.handing_in import hand_in
from gateway.views.somebody_else import check_somebody_else


class CommandsView:
    """Implements api.ports.commands."""

    def __init__(self, running: Running, inbox: Inbox, stores: SiteStores) -> None:
        self._running, self._inbox = running, inbox
        self._series, self._users, self._books = stores.series, stores.users, stores.books

    async def submit(self, command: Command | Recorded) -> None:
        """Hand in what a person decided; returns once it is committed. Raises Refused, NotAllowed, StoreUnavailable."""
        if isinstance(command, Recorded):
            self._check(command)
        if isinstance(command, StartWalkTest):
            command = replace(command, up=await asyncio.to_thread(self._what_is_up, command))
        if isinstance(command, Bypass):
            await asyncio.to_thread(self._check_second_person, command)
        await hand_in(self._inbox, command)

    def _check(self, record: Recorded) -> None:
        """A record must fit its book and come from somebody who may write there."""
        book = self._books.get(record.book)
        if book is None:
            raise Refused(Text.of("books.none_such", book=record.book, books=tuple(sorted(self._books))))
        role = self._users.role(record.by)
        is_let = is_of_machine(record.by) and book.is_for_people  # the API has looked at theirs
        if not is_let and (role is None or not book.admits(role)):
            raise NotAllowed(Text.of("books.not_yours", role=role or "", book=record.book))
        book.check(record.fields)

    def _what_is_up(self, command: StartWalkTest) -> tuple[tuple[str, str], ...]:
        """The flags of the devices to be tested that are up now: they must come down before they can be triggered."""
        devices = self._running.devices()
        named = command.devices or [device.id for device in devices if device.area == command.area]
        latest: list[Reading] = [reading for device in named for reading in self._series.latest_of(device)]
        return tuple((reading.device, reading.signal) for reading in latest if reading.value is True)

    def _check_second_person(self, command: Bypass) -> None:
        engine = self._running.engine
        if engine is not None and engine.takes_two(command):
            check_somebody_else(
                self._users, command.by, ROLES[Permission.CONSENT], Text.of("second_person.for_a_bypass")
            )
