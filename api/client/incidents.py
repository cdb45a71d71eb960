"""Incidents: those that are open, and those that are over."""

from datetime import datetime

import msgspec

from api.client.caller import Caller


class Incident(msgspec.Struct, frozen=True):
    """An incident; ``first``: the alert that was first out, ``joined``: how many, ``into``: where it went."""

    id: str
    number: str
    area: str
    kind: str
    stage: str
    first: str
    first_key: str
    text: str
    joined: int
    opened: datetime
    last_joined: datetime
    over: datetime | None
    into: str
    with_numbers: tuple[str, ...]


class Incidents(msgspec.Struct, frozen=True):
    """Those that are open, and the newest that are over."""

    running: tuple[Incident, ...]
    past: tuple[Incident, ...]


class IncidentCalls:
    """``client.incidents``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self, limit: int = 50) -> Incidents:
        return self._caller.get("/api/incidents", Incidents, limit=limit)

    def show(self, number: str) -> Incident:
        return self._caller.get("/api/incidents/{number}", Incident, number=number)
