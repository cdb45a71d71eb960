"""Receiving centres: how each stands, and its numbers."""

from datetime import datetime

import msgspec

from api.client.caller import Caller


class Way(msgspec.Struct, frozen=True):
    """One path to a centre: ``up``, ``connecting`` or ``lost``."""

    address: str
    state: str
    heard_at: datetime | None
    why: str


class Centre(msgspec.Struct, frozen=True):
    """``waiting``: not confirmed yet; ``failed``: of that, said often enough in vain; ``kept``: events on record."""

    name: str
    family: str
    ways: tuple[Way, ...]
    confirmed_at: datetime | None
    waiting: int
    failed: int
    kept: int
    why: str


class CentreNumber(msgspec.Struct, frozen=True):
    """``kind``: partition (of an area) or zone (of a device)."""

    centre: str
    kind: str
    number: int
    name: str


class CentreCalls:
    """``client.centres``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[Centre]:
        return self._caller.get("/api/centres", list[Centre])

    def numbers(self) -> list[CentreNumber]:
        return self._caller.get("/api/centres/numbers", list[CentreNumber])
