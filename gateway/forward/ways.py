"""What a receiving centre at work needs of the gateway."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from alerts.alert import AlertEvent
from api.ports import Published
from devices.message import Text
from gateway.clock import Clock
from gateway.inbox import Delivery
from gateway.stores.centre_outbox import Kept, Progress


class Outbox(Protocol):
    """gateway.stores.centre_outbox.CentreOutbox has this shape. Every method may raise StoreUnavailable."""

    def progress(self, centre: str) -> Progress: ...
    def open(self, centre: str) -> list[Kept]: ...
    def keep(self, centre: str, changes: Mapping[str, Kept], progress: Progress) -> None: ...


class History(Protocol):
    """What the records say of the past. Every method may raise StoreUnavailable."""

    def open_alerts(self) -> Sequence[AlertEvent]:
        """Every step of each alert that is open, each alert's in their order."""
        ...

    def feed_after(self, number: int, limit: int) -> Sequence[Published]: ...
    def feed_newest(self) -> int: ...


class Ways(msgspec.Struct, frozen=True):
    """``hand_in`` may raise StoreUnavailable; ``tell_fault`` takes a part of the gateway, None: it is well again.

    ``in_words`` renders in the site's language; ``describe`` an area and a device of it ("" for none).
    """

    clock: Clock
    outbox: Outbox
    history: History
    hand_in: Callable[[Delivery], None]
    tell_fault: Callable[[str, Text | None], None]
    in_words: Callable[[Text], str]
    describe: Callable[[str, str], str]
