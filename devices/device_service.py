"""The registrar: keeps what is installed, and carries out technicians' orders in turn.

It lives in the pipeline's thread like the engine, waits for nothing and writes nothing: what it answers is stored
with everything else of the turn, and takes effect when it is stored.
"""

from collections.abc import Callable, Sequence

import msgspec

from devices.device import Device, SenderKey
from devices.device_orders import carry_out, in_service
from devices.errors import Refused
from devices.installed import Check, Installed
from devices.message import Text
from devices.orders import Change, Import, Order
from devices.reading import Instant


class Prepared(msgspec.Struct, frozen=True):
    """A list that was worked out outside the pipeline's turn: it holds while ``base`` is what is installed."""

    order: Import
    base: Installed
    after: Installed
    changes: tuple[Change, ...]


class _Rehearsed(msgspec.Struct, frozen=True):
    """An order is looked at several times in a turn, and a site has ten thousand devices."""

    base: Installed
    order: Order
    now: Instant
    after: Installed
    changes: tuple[Change, ...]


class DeviceService:
    """``check`` says what is wrong with a device at this site, ``remarks`` what is allowed, but not well.

    ``has_told_danger``: whether an unknown sender has said of a danger that it stands.
    """

    def __init__(
        self, installed: Installed, check: Check, remarks: Callable[[Device], tuple[Text, ...]] = lambda device: ()
    ) -> None:
        self.installed = installed
        self.remarks = remarks
        self.has_told_danger: Callable[[SenderKey], bool] = lambda _sender: False
        self._check = check
        self._rehearsed: _Rehearsed | None = None

    def rehearse(self, order: Order, now: Instant) -> tuple[Change, ...]:
        """What would follow, without doing it; from any thread. Raises Refused."""
        return self._looked_at(self.installed, order, now).changes

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

    def carry_out(self, orders: Sequence[Order], now: Instant) -> list[Change]:
        """The changes that follow from all of them. Raises Refused, and then none is."""
        stands, changes = self.installed, list[Change]()
        for order in orders:
            done = self._looked_at(stands, order, now)
            stands = done.after
            changes += done.changes
        self.installed = stands
        return changes

    def in_service(self, device_id: str) -> Device:
        """The device of that id. Raises Refused if there is none."""
        return in_service(self.installed, device_id)

    def devices(self) -> tuple[Device, ...]:
        """What is in service once all orders so far are stored."""
        return self.installed.devices()

    def _looked_at(self, base: Installed, order: Order, now: Instant) -> _Rehearsed:
        seen = self._rehearsed
        if seen is not None and seen.base is base and seen.now == now and seen.order == order:
            return seen
        _check_text(order)
        after, changes = carry_out(base, order, now, self._check)
        self._rehearsed = seen = _Rehearsed(base, order, now, after, tuple(changes))
        return seen


def _check_text(order: Order) -> None:
    """Raises Refused for text that cannot be stored."""
    try:
        msgspec.json.encode(order)
    except UnicodeEncodeError:
        raise Refused(Text.of("registration.bad_characters")) from None
