"""Orders that take a point of danger out of service wait for a second person; the engine keeps who has asked.

The order is carried out when somebody else consents, as it then stands: what speaks against it by then is asked anew.
"""

from collections.abc import Callable, Mapping, Sequence

from alerts.command import AskOrder, ConsentBypass
from devices.danger_points import taken
from devices.device import SenderKey
from devices.device_service import DeviceService, Prepared
from devices.errors import Refused
from devices.message import Text
from devices.orders import Change, Commission, Finish, LastingOrder, Order, Reject
from devices.reading import Instant
from gateway.importing import Importing
from gateway.inbox import Delivery, refuse
from gateway.own_devices import AREA
from gateway.ports import EngineSteps

WAITS = Text.of("two_people.waits")
_MOST_NAMED = 10


class TwoPeople:
    """``told_danger``: whether that sender has said of a danger that it stands."""

    def __init__(
        self,
        device_service: DeviceService,
        engine: EngineSteps,
        importing: Importing,
        told_danger: Callable[[SenderKey], bool],
    ) -> None:
        self._device_service, self._engine, self._importing = device_service, engine, importing
        self._told_danger = told_danger
        self._waiting: list[Delivery] = []
        """Who is to be told in this turn that it takes a second person."""
        self._consents: dict[str, Delivery] = {}

    def take(
        self,
        item: Order | Prepared,
        delivery: Delivery,
        deliveries: list[Delivery],
        ordered: list[Change],
        now: Instant,
    ) -> AskOrder | None:
        """Carry it out, into ``ordered``, or return what to ask a second person for. Raises Refused.

        None yet of a list, nor of what waits for one: these deliveries are taken out.
        """
        if self._importing.runs:
            self._importing.hold(delivery)
        else:
            wish = self.wish_for(item, now)
            if wish is not None:
                self._waiting.append(delivery)
                return wish
            if not isinstance(item, Prepared):
                ordered += self._device_service.carry_out(item, now)
                return None
            if not item.changes:
                return None
            self._importing.begin(item, delivery)
        deliveries.remove(delivery)
        return None

    def speaks_against(self, command: ConsentBypass, delivery: Delivery, now: Instant) -> Text | None:
        """Why the order behind a wish cannot be carried out any more; None where it can be, or there is none."""
        order = self._engine.wished_order(command.bypass)
        if order is None:
            return None
        if self._importing.runs:
            return Text.of("two_people.import_runs")
        try:
            self._device_service.rehearse(order, now)
        except Refused as refusal:
            return refusal.text
        self._consents[command.bypass] = delivery
        return None

    def settled(
        self, orders: Sequence[tuple[str, LastingOrder]], deliveries: list[Delivery], now: Instant
    ) -> list[Change]:
        """The changes of what was consented to in this turn; whoever has only asked is told so."""
        changes: list[Change] = []
        for wish, order in orders:
            try:
                changes += self._device_service.carry_out(order, now)
            except Refused as refusal:  # another order of this turn stands in its way
                refuse(deliveries, self._consents[wish], refusal.text)
        for delivery in self._waiting:
            if delivery in deliveries:
                refuse(deliveries, delivery, WAITS)
        self._waiting.clear()
        self._consents.clear()
        return changes

    def wish_for(self, order: Order | Prepared, now: Instant) -> AskOrder | None:
        """What to ask a second person for; None if one is enough. Raises Refused: what is wrong with it anyway."""
        if isinstance(order, Commission | Finish):
            return None
        if isinstance(order, Prepared):
            self._refuse_list(order.changes)
            return None
        found = self._found(order, self._device_service.rehearse(order, now))
        if not found:
            return None
        devices = tuple(found) if not isinstance(order, Reject) else ()
        old = next(
            (device for device in map(self._device_service.installed.device, devices) if device is not None), None
        )
        changes = (Text.of("two_people.change", device=name, change=why) for name, why in found.items())
        change = Text.of("two_people.changes", changes=tuple(changes))
        if order.note.strip():
            change = Text.of("two_people.noted", changes=change, note=order.note.strip())
        area = old.area if old is not None else AREA.id
        return AskOrder(order.by, order, area, devices, change)

    def _found(self, order: LastingOrder, changes: Sequence[Change]) -> Mapping[str, Text]:
        """What is taken out of service, and how."""
        if isinstance(order, Reject):
            return {str(order.sender): Text.of("two_people.rejected")} if self._told_danger(order.sender) else {}
        told = {change.device: taken(change, self._engine.is_danger_point) for change in changes}
        return {device: why for device, why in told.items() if why is not None}

    def _refuse_list(self, changes: Sequence[Change]) -> None:
        found = [change.device for change in changes if taken(change, self._engine.is_danger_point)]
        if found:
            more = len(found) - _MOST_NAMED
            named = tuple(found[:_MOST_NAMED])
            raise Refused(
                Text.of("two_people.not_by_list_more", devices=named, more=more)
                if more > 0
                else Text.of("two_people.not_by_list", devices=named)
            )
