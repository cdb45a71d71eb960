"""What workflows may know of installed devices and of unknown senders, and how their device orders are carried out."""

from collections.abc import Callable, Sequence
from typing import Protocol

from devices.device import Device, SenderKey
from devices.errors import Refused
from devices.message import Text
from devices.orders import Change, Order
from devices.reading import Instant


class Installation(Protocol):
    """As it stands once every order so far is stored."""

    def rehearse(self, order: Order, now: Instant) -> Sequence[Change]:
        """What would follow, without doing it. Raises Refused."""
        ...

    def in_service(self, device_id: str) -> Device:
        """The device of that id. Raises Refused if there is none."""
        ...

    @property
    def remarks(self) -> Callable[[Device], tuple[Text, ...]]:
        """What is allowed, but not well with a device."""
        ...

    @property
    def has_told_danger(self) -> Callable[[SenderKey], bool]:
        """Whether an unknown sender has said of a danger that it stands."""
        ...


class DeviceOrders(Installation, Protocol):
    """Whoever keeps what is installed (devices/device_service.py)."""

    def carry_out(self, orders: Sequence[Order], now: Instant) -> Sequence[Change]:
        """All of them or none. What follows takes effect when it is stored. Raises Refused."""
        ...


class NothingInstalled:
    """Of a kernel that nobody has given one."""

    def rehearse(self, order: Order, now: Instant) -> Sequence[Change]:
        raise Refused(Text.of("workflow.no_installation"))

    def in_service(self, device_id: str) -> Device:
        raise Refused(Text.of("workflow.no_installation"))

    def remarks(self, device: Device) -> tuple[Text, ...]:
        return ()

    def has_told_danger(self, sender: SenderKey) -> bool:
        return False

    def carry_out(self, orders: Sequence[Order], now: Instant) -> Sequence[Change]:
        raise Refused(Text.of("workflow.no_installation"))
