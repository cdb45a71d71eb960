"""What technicians order about devices."""

import asyncio

from api.auth import ROLES, Permission
from api.ports import CommissioningView
from devices.device_service import Prepared
from devices.message import Text
from devices.orders import Change, Import, LastingOrder, Order
from gateway.clock import Clock
from gateway.inbox import Inbox
from gateway.running import Running
from gateway.stores.users import Users
from gateway.views.handing_in import hand_in
from gateway.views.somebody_else import check_somebody_else

_LIST_WITHIN_S = 100.0


class RegistrationView:
    """Implements api.ports.registration."""

    def __init__(self, running: Running, inbox: Inbox, users: Users, clock: Clock) -> None:
        self._running, self._inbox, self._users, self._clock = running, inbox, users, clock

    async def order(self, order: Order) -> None:
        """Hand in what a technician orders; returns once it is stored and in effect. Raises like ``submit``."""
        if isinstance(order, Import):
            prepared: Prepared = await asyncio.to_thread(self._running.orders().prepare, order, self._clock.now())
            await hand_in(self._inbox, prepared, within_s=_LIST_WITHIN_S)
        else:
            await asyncio.to_thread(self._check_somebody_else, order)
            await hand_in(self._inbox, order)

    def rehearse(self, order: LastingOrder) -> list[Change]:
        return self._running.orders().rehearse(order, self._clock.now())

    def commissionings(self) -> list[CommissioningView]:
        service, now = self._running.device_service, self._clock.now()
        return [
            CommissioningView(
                device=walk.device.id,
                by=walk.by,
                started=walk.started,
                left_s=walk.left_s(now),
                wanting=tuple(walk.wanting(now)),
                measured=walk.measured(now),
                last_heard=walk.last_heard,
                triggered=walk.triggered,
            )
            for walk in (service.commissions.all() if service is not None else ())
        ]

    def _check_somebody_else(self, order: Order) -> None:
        """Raises Refused if nobody could consent, and for what is wrong with the order anyway."""
        pipeline = self._running.pipeline
        if pipeline is not None and pipeline.two_people.wish_for(order, self._clock.now()) is not None:
            check_somebody_else(self._users, order.by, ROLES[Permission.CONSENT], Text.of("second_person.for_an_order"))
