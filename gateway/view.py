"""The running gateway as the API and the console see it: reads of what is, and one way to hand in a decision."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, display_order
from alerts.ask import Ask
from alerts.bypass import Bypassed
from alerts.case import Case
from alerts.command import Bypass, Command, StartWalkTest
from alerts.effects import Answered
from alerts.event import Recorded
from alerts.output_rule import OutputState
from api.auth import ROLES, Permission
from api.ports import (
    AccessAction,
    Aggregate,
    AreaView,
    CommissioningView,
    Gateway,
    Health,
    MalformedSample,
    Point,
    Published,
    QuarantinedSender,
    RejectedSender,
    UpkeepView,
)
from devices.device_service import DeviceService, Prepared
from devices.errors import Fault, NotAllowed, Refused, StoreUnavailable
from devices.message import Text
from devices.orders import Change, Import, LastingOrder, Order
from devices.people import is_of_machine, people
from devices.reading import Instant, Reading
from devices.walk_test import Tested, WalkTest
from gateway.access import AccessLog
from gateway.clock import Clock
from gateway.feed import Feed
from gateway.inbox import Delivery, Inbox
from gateway.metrics import Metrics
from gateway.site_view import SiteView
from gateway.state import RunningState
from gateway.stores.site_stores import SiteStores
from ledger.books import Book
from ledger.entry import Entry

_ANSWER_WITHIN_S = 5.0
_LIST_WITHIN_S = 100.0


class GatewayView(SiteView):
    """Implements every noun of api.ports. Methods that are not ``async`` are quick or meant for a worker thread."""

    def __init__(
        self,
        state: RunningState,
        *,
        clock: Clock,
        inbox: Inbox,
        feed: Feed,
        stores: SiteStores,
        metrics: Metrics,
        access: AccessLog,
    ) -> None:
        super().__init__(state)
        self._clock, self._inbox, self._feed = clock, inbox, feed
        self._records, self._users, self._books = stores.records, stores.users, stores.books
        self._installation, self._metrics, self._access = stores.installation, metrics, access

    async def submit(self, command: Command | Recorded) -> None:
        """Hand in what a person decided; returns once it is committed. Raises Refused, NotAllowed, StoreUnavailable."""
        if isinstance(command, Recorded):
            self._check(command)
        if isinstance(command, StartWalkTest):
            command = replace(command, up=await asyncio.to_thread(self._what_is_up, command))
        if isinstance(command, Bypass):
            await asyncio.to_thread(self._check_second_person, command)
        await self._hand_in(command)

    def _check_second_person(self, command: Bypass) -> None:
        """Raises Refused where nobody could consent: a wish that waits for nobody helps nobody."""
        engine = self._state.engine
        if engine is not None and engine.takes_two(command):
            self._somebody_else_than(command.by, ROLES[Permission.CONSENT], Text.of("second_person.for_a_bypass"))

    def _check_somebody_else(self, order: Order) -> None:
        """Raises Refused likewise, and for what is wrong with the order anyway."""
        pipeline = self._state.pipeline
        if pipeline is not None and pipeline.two_people.wish_for(order, self._clock.now()) is not None:
            self._somebody_else_than(order.by, ROLES[Permission.CONSENT], Text.of("second_person.for_an_order"))

    def _somebody_else_than(self, by: str, may: Collection[str], refusal: Text) -> None:
        asking = people(by)
        accounts = (user for user in self._users.all() if user.role in may and not user.disabled)
        if all(user.name.casefold() in asking for user in accounts):
            raise Refused(refusal)

    async def order(self, order: Order) -> None:
        """Hand in what a technician orders; returns once it is stored and in effect. Raises like ``submit``."""
        if isinstance(order, Import):
            prepared = await asyncio.to_thread(self._device_service().prepare, order, self._clock.now())
            await self._hand_in(prepared, within_s=_LIST_WITHIN_S)
        else:
            await asyncio.to_thread(self._check_somebody_else, order)
            await self._hand_in(order)

    async def ask(self, ask: Ask) -> Answered:
        """Hand in what a person asks of a workflow; returns once it is stored. Raises like ``submit``."""
        answers: list[Answered] = []
        await asyncio.to_thread(self._check_who_consents, ask)
        await self._hand_in(ask, answered=answers.append)
        return answers[0]

    def _check_who_consents(self, ask: Ask) -> None:
        """Raises Refused where nobody could be the second person."""
        engine = self._state.engine
        roles = engine.kernel.who_consents(ask) if engine is not None and not ask.only_check else ()
        if roles:
            self._somebody_else_than(ask.by, roles, Text.of("second_person.for_an_ask"))

    def rehearse(self, order: LastingOrder) -> list[Change]:
        return self._device_service().rehearse(order, self._clock.now())

    def _device_service(self) -> DeviceService:
        device_service = self._state.device_service
        if device_service is None:
            raise StoreUnavailable(Text.of("commands.is_starting"))
        return device_service

    async def _hand_in(
        self,
        item: Command | Recorded | Order | Prepared | Ask,
        *,
        within_s: float = _ANSWER_WITHIN_S,
        answered: Callable[[Answered], None] | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        settled: asyncio.Future[None] = loop.create_future()

        def settle(refusal: Refused | None) -> None:
            if settled.done():
                return
            if refusal is None:
                settled.set_result(None)
            else:
                settled.set_exception(refusal)

        def done() -> None:
            loop.call_soon_threadsafe(settle, None)

        faults: list[Fault] = []

        def failed(reason: str | Text) -> None:
            loop.call_soon_threadsafe(settle, Refused(reason, tuple(faults)))

        self._inbox.put(Delivery(item, done, failed, answered, faults.extend))
        try:
            await asyncio.wait_for(settled, within_s)
        except TimeoutError:
            raise StoreUnavailable(Text.of("commands.not_stored_yet")) from None

    def _what_is_up(self, command: StartWalkTest) -> tuple[tuple[str, str], ...]:
        """The flags of the devices to be tested that are up now: they must come down before they can be triggered."""
        named = command.devices or [device.id for device in self.devices() if device.area == command.area]
        latest = [reading for device in named for reading in self.latest(device)]
        return tuple((reading.device, reading.signal) for reading in latest if reading.value is True)

    def _check(self, record: Recorded) -> None:
        """A record must fit its book and come from somebody who may write there."""
        book = self._books.get(record.book)
        if book is None:
            raise Refused(Text.of("books.none_such", book=record.book, books=tuple(sorted(self._books))))
        role = self._users.role(record.by)
        if not is_of_machine(record.by) and (role is None or not book.admits(role)):  # the API has looked at theirs
            raise NotAllowed(Text.of("books.not_yours", role=role or "", book=record.book))
        book.check(record.fields)

    # -- what is -------------------------------------------------------------------------------------------

    def areas(self) -> list[AreaView]:
        open_by_area: dict[str, list[Alert]] = {}
        for alert in self.open_alerts():
            open_by_area.setdefault(alert.area, []).append(alert)
        devices_by_area: dict[str, int] = {}
        for device in self._state.devices():
            devices_by_area[device.area] = devices_by_area.get(device.area, 0) + 1
        modes = self._state.modes()
        views = []
        for area in self._state.areas:
            here = open_by_area.get(area.id, [])
            open_here = [alert for alert in here if alert.suppression is None]
            views.append(
                AreaView(
                    id=area.id,
                    name=area.name,
                    name_zh=area.name_zh,
                    risk=area.risk,
                    responsible=area.responsible,
                    mode=modes.get(area.id, area.mode),
                    modes=area.modes,
                    devices=devices_by_area.get(area.id, 0),
                    worst=open_here[0].alert_class if open_here else "",
                    open_alerts=len(open_here),
                    set_aside=len(here) - len(open_here),
                    has_plan=area.id in self._planned,
                )
            )
        return views

    def latest(self, device: str) -> list[Reading]:
        return self._state.latest(device)

    def last_heard(self, device: str) -> Instant | None:
        return self._state.last_heard(device)

    def upkeep(self, device: str) -> UpkeepView:
        return self._state.upkeep(device, self._clock.now())

    def series(
        self, device: str, signal: str, start: Instant, end: Instant, step: Instant | None, aggregate: Aggregate
    ) -> Sequence[Point]:
        return self._state.series.range(device, signal, start, end, step, aggregate)

    def open_alerts(self) -> list[Alert]:
        return self._state.open_alerts()

    def quarantine(self) -> list[QuarantinedSender]:
        return self._state.quarantine()

    def rejected(self) -> list[RejectedSender]:
        return self._state.rejected()

    def commissionings(self) -> list[CommissioningView]:
        return self._state.commissionings(self._clock.now())

    def device_history(self, device: str) -> list[Change]:
        return self._installation.history(device)

    def malformed(self) -> list[MalformedSample]:
        return self._state.malformed()

    def passed_over(self) -> dict[str, int]:
        return self._state.passed_over()

    def now(self) -> Instant:
        return self._clock.now()

    def books(self) -> Mapping[str, Book]:
        return self._books

    def site_name(self, language: str) -> str:
        site = self._state.site
        return site.name_zh or site.name if language == "zh" else site.name

    def time_zone(self) -> str:
        return self._state.site.time_zone

    def health(self) -> Health:
        return self._state.health(self._clock.now())

    def metrics(self) -> bytes:
        return self._metrics.text()

    # -- what was ------------------------------------------------------------------------------------------

    def alert(self, alert_id: str) -> Alert | None:
        return self._state.open_alert(alert_id) or self._records.alert(alert_id)

    def alerts(
        self,
        *,
        area: str | None = None,
        before: Instant | None = None,
        open_only: bool = False,
        aside: bool | None = None,
        limit: int = 200,
    ) -> list[Alert]:
        if open_only or aside is not None:
            chosen = [alert for alert in self.open_alerts() if area in (None, alert.area)]
            chosen = [alert for alert in chosen if aside in (None, alert.suppression is not None)]
            return sorted(chosen, key=display_order)[:limit]
        return self._records.alerts(area=area, before=before, limit=limit)

    def cases(self, workflow: str) -> list[Case]:
        return self._state.cases(workflow)

    def bypasses(self) -> list[Bypassed]:
        return self._state.bypasses()

    def bypass_wishes(self) -> list[Bypassed]:
        return self._state.bypass_wishes()

    def outputs(self) -> list[OutputState]:
        engine = self._state.engine
        return engine.outputs.states() if engine is not None else []

    def walk_tests(self) -> list[WalkTest]:
        return self._state.walk_tests()

    def walk_test(self, test_id: str) -> WalkTest | None:
        live = next((test for test in self.walk_tests() if test.id == test_id), None)
        return live or self._records.permits.walk_test(test_id)

    def past_walk_tests(self, limit: int = 50) -> list[WalkTest]:
        return self._records.permits.past(limit)

    def last_tested(self) -> dict[str, Tested]:
        return self._records.permits.last_tested()

    def history(self, alert_id: str) -> list[AlertEvent]:
        return self._records.history(alert_id)

    def ledger(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]:
        return self._records.ledger(book=book, after=after, limit=limit)

    def newest_id(self) -> int:
        return self._feed.newest_id

    def subscribe(self, after: int | None) -> AsyncIterator[Sequence[Published]]:
        return self._feed.subscribe(after)

    # -- who -----------------------------------------------------------------------------------------------

    def check_password(self, user: str, password: str) -> str | None:
        return self._users.check(user, password)

    def role(self, user: str) -> str | None:
        return self._users.role(user)

    def set_password(self, user: str, password: str) -> None:
        self._users.set_password(user, password, self._clock.now(), by=user)

    def note_access(self, action: AccessAction, account: str, address: str) -> None:
        self._access.note(action, account, address, self._clock.now())

    def by_noun(self) -> Gateway:
        """As the API takes it."""
        return Gateway(
            commands=self,
            workflows=self,
            registration=self,
            bypasses=self,
            walk_tests=self,
            outputs=self,
            alerts=self,
            areas=self,
            devices=self,
            senders=self,
            readings=self,
            rules=self,
            ledger=self,
            feed=self,
            health=self,
            site=self,
            accounts=self,
        )
