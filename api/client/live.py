"""What is open now, and where in the stream to go on from there."""

from datetime import datetime

import msgspec

from api.client.alerts import Alert
from api.client.caller import Caller


class CaseChanged(msgspec.Struct, frozen=True):
    """A case of a workflow that is open; how it stands is asked for."""

    workflow: str
    id: str
    is_open: bool
    revision: int


class Live(msgspec.Struct, frozen=True):
    """All that is open and committed; ``client.stream(after=at)`` goes on from there.

    ``epoch`` is another one for each process: a beat of the stream that names another asks for this anew.
    """

    epoch: str
    at: int
    now: datetime
    alerts: tuple[Alert, ...]
    modes: dict[str, str]
    cases: tuple[CaseChanged, ...]


class LiveCalls:
    """``client.live``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def show(self) -> Live:
        return self._caller.get("/api/live", Live)
