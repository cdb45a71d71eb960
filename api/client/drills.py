"""Drills: planned ones, the one that runs, and what came of those that are over."""

from datetime import datetime

import msgspec

from api.client.caller import Caller


class Measured(msgspec.Struct, frozen=True):
    """What was reached, after how long, against which target; ``took_s`` None: it never was."""

    reach: str
    target_s: float
    took_s: float | None
    by: str


class Drill(msgspec.Struct, frozen=True):
    """A drill; ``raised``: how many alerts it made; ``why`` it ended."""

    id: str
    area: str
    by: str
    second: str
    purpose: str
    scenario: str
    stage: str
    outcome: str
    leader: str
    is_announced: bool
    start_at: datetime | None
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    raised: int
    measured: tuple[Measured, ...]
    why: str | None


class Drills(msgspec.Struct, frozen=True):
    """Those that are to come or run, and the newest that are over."""

    running: tuple[Drill, ...]
    past: tuple[Drill, ...]


class DrillCalls:
    """``client.drills``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self, limit: int = 50) -> Drills:
        return self._caller.get("/api/drills", Drills, limit=limit)

    def show(self, case: str) -> Drill:
        return self._caller.get("/api/drills/{case}", Drill, case=case)
