"""Lists of devices, and devices that are being commissioned; the rest are asks of workflows."""

from typing import Protocol

import msgspec

from devices.message import Text
from devices.orders import Change, Import
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
    """Lists of devices, and devices that are being commissioned; the rest are asks of workflows."""

    async def import_list(self, order: Import) -> None:
        """Hand in a device list; returns once all of it is stored and in effect. Raises like ``submit``."""

    def rehearse(self, order: Import) -> list[Change]:
        """What a list would change now, without doing it. Raises Refused with every fault."""
        ...

    def commissionings(self) -> list[CommissioningView]: ...
