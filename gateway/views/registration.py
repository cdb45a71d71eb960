"""Lists of devices, and devices that are being commissioned; what else technicians order are asks of workflows."""

import asyncio

import msgspec

from api.ports import CommissioningView
from devices.device_service import Prepared
from devices.orders import Change, Import
from gateway.area_rights import AreaRights
from gateway.clock import Clock
from gateway.inbox import Inbox
from gateway.running import Running
from gateway.views.handing_in import hand_in
from gateway.views.workflows import WorkflowsView

_LIST_WITHIN_S = 100.0


class RegistrationView:
    """Implements api.ports.registration."""

    def __init__(
        self, running: Running, inbox: Inbox, clock: Clock, workflows: WorkflowsView, rights: AreaRights
    ) -> None:
        self._running, self._inbox, self._clock, self._workflows = running, inbox, clock, workflows
        self._rights = rights

    async def import_list(self, order: Import) -> None:
        """Hand in a device list; returns once all of it is stored and in effect. Raises like ``submit``."""
        await asyncio.to_thread(self._rights.check, order.by, order)
        prepared: Prepared = await asyncio.to_thread(self._running.orders().prepare, order, self._clock.now())
        await hand_in(self._inbox, prepared, within_s=_LIST_WITHIN_S)

    def rehearse(self, order: Import) -> list[Change]:
        return list(self._running.orders().rehearse(order, self._clock.now()))

    def commissionings(self) -> list[CommissioningView]:
        shown = self._workflows.shown("commissioning", self._clock.now())
        return msgspec.convert(msgspec.to_builtins(shown), list[CommissioningView])
