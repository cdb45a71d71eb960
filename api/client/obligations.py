"""Obligations: what must be done so often in its period, and how often it was."""

import msgspec

from api.client.caller import Caller


class Past(msgspec.Struct, frozen=True):
    """A period that is over. ``is_judged``: it was watched from its beginning, ``is_met``: it was as it must be."""

    begins: str
    ends: str
    done: int
    is_judged: bool
    is_met: bool


class Obligation(msgspec.Struct, frozen=True):
    """``state``: done, open, late, missed, exempt, not_yet; kept, near, broken; ``text`` says it with the forecast."""

    rule: str
    clause: str
    area: str
    title: str
    every: str
    times: int
    done: int
    state: str
    begins: str | None
    ends: str | None
    missed: int
    text: str
    past: tuple[Past, ...]
    definition: tuple[str, ...] = ()


class ObligationCalls:
    """``client.obligations``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[Obligation]:
        return self._caller.get("/api/obligations", list[Obligation])
