"""What technicians order about devices."""

from typing import Protocol

import msgspec

from devices.message import Text
from devices.orders import Change, LastingOrder, Order
from devices.reading import Instant


class CommissioningView(msgspec.Struct, frozen=True):
    """A device being commissioned: how long it is listened to yet, what is wanting, what was measured so far."""

    device: str
    by: str
    started: Instant
    left_s: float
    wanting: tuple[Text, ...]
    measured: dict[str, str | float | int | Text]
    last_heard: Instant | None
    triggered: Instant | None


class Registration(Protocol):
    """What technicians order about devices."""

    async def order(self, order: Order) -> None:
        """Hand in what a technician orders; returns once it is stored and in effect. Raises like ``submit``."""

    def rehearse(self, order: LastingOrder) -> list[Change]:
        """What an order would change now, without doing it. Raises Refused with every fault."""
        ...

    def commissionings(self) -> list[CommissioningView]: ...
