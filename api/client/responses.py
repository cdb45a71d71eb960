"""Responses: the checklists that run, and those that ended."""

from datetime import datetime

import msgspec

from api.client.caller import Caller


class ResponseStep(msgspec.Struct, frozen=True):
    """One step; ``due``: None where no clock runs, ``only``: wanted only if it is ``real``, or ``false``."""

    id: str
    title: str
    only: str
    due: datetime | None
    done: datetime | None
    by: str
    note: str
    is_late: bool


class Response(msgspec.Struct, frozen=True):
    """A checklist under the number of its incident; ``nearest``: who could be sent, ``script``: what a call says."""

    id: str
    incident: str
    area: str
    procedure: str
    text: str
    alert: str
    origin: str
    started: datetime
    verdict: str
    steps: tuple[ResponseStep, ...]
    sent: tuple[str, ...]
    nearest: tuple[str, ...]
    script: tuple[str, ...]
    ended: datetime | None


class Responses(msgspec.Struct, frozen=True):
    """Those that run, and the newest that ended."""

    running: tuple[Response, ...]
    past: tuple[Response, ...]


class ResponseCalls:
    """``client.responses``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self, limit: int = 50) -> Responses:
        return self._caller.get("/api/responses", Responses, limit=limit)

    def show(self, incident: str) -> Response:
        return self._caller.get("/api/responses/{incident}", Response, incident=incident)
