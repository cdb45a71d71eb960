"""The registrar: keeps what is installed and what is being commissioned, and carries out technicians' orders in turn.

It lives in the pipeline's thread like the engine, waits for nothing and writes nothing: what it answers is stored
with everything else of the turn, and takes effect when it is stored.
"""

from collections.abc import Callable, Iterable

import msgspec

from devices.commissioning import Commissions
from devices.device import Device
from devices.device_orders import carry_out, in_service, say_who
from devices.errors import Refused
from devices.installed import Check, Installed
from devices.message import Text
from devices.orders import Change, Commission, Finish, Import, LastingOrder, Order
from devices.reading import Instant, Reading


class Prepared(msgspec.Struct, frozen=True):
    """A list that was worked out outside the pipeline's turn: it holds while ``base`` is what is installed."""

    order: Import
    base: Installed
    after: Installed
    changes: tuple[Change, ...]


class DeviceService:
    """``check`` says what is wrong with a device at this site, ``remarks`` what is allowed, but not well."""

    def __init__(
        self, installed: Installed, check: Check, remarks: Callable[[Device], tuple[Text, ...]] = lambda device: ()
    ) -> None:
        self.installed = installed
        self.remarks = remarks
        self.commissions = Commissions()
        self._check = check

    def rehearse(self, order: LastingOrder, now: Instant) -> list[Change]:
        """What would follow, without doing it; from any thread. Raises Refused."""
        _check_text(order)
        return carry_out(self.installed, order, now, self._check)[1]

    def prepare(self, order: Import, now: Instant) -> Prepared:
        """All that a list would change, without doing it; from any thread. Raises Refused."""
        _check_text(order)
        base = self.installed
        after, changes = carry_out(base, order, now, self._check)
        return Prepared(order, base, after, tuple(changes))

    def expect(self, prepared: Prepared) -> None:
        """Raises Refused if something else was settled since it was prepared."""
        if prepared.base is not self.installed:
            raise Refused(Text.of("registration.changed_meanwhile"))

    def settle(self, prepared: Prepared) -> None:
        """All of it is written: it is what is installed."""
        self.installed = prepared.after
        for change in prepared.changes:
            self.commissions.drop(change.device)

    def carry_out(self, order: Order, now: Instant) -> list[Change]:
        """The changes that follow; none where nothing has to be kept. Raises Refused."""
        _check_text(order)
        match order:
            case Commission():
                say_who(order.by, order.note)
                device = in_service(self.installed, order.device)
                self.commissions.start(order, device, now, self.remarks(device))
                return []
            case Finish():
                say_who(order.by, order.note)
                return [self.commissions.finish(order, now)]
        self.installed, changes = carry_out(self.installed, order, now, self._check)
        for change in changes:
            if change.place is not None:
                self.commissions.drop(change.device)
        return changes

    def devices(self) -> tuple[Device, ...]:
        """What is in service once all orders so far are stored."""
        return self.installed.devices()

    def hear(self, readings: Iterable[Reading]) -> list[Device]:
        """Measure the devices that are being commissioned; those that have just been triggered."""
        return self.commissions.hear(readings) if self.commissions else []


def _check_text(order: Order) -> None:
    """Raises Refused for text that cannot be stored."""
    try:
        msgspec.json.encode(order)
    except UnicodeEncodeError:
        raise Refused(Text.of("registration.bad_characters")) from None
