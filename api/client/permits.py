"""Bypasses with the second person's consent, and walk tests."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from api.client.caller import Caller
from api.client.workflows import Answered


class Bypass(msgspec.Struct, frozen=True):
    """A bypass as it stands, or the wish for one (``asked``); ``order``: what else waits for a second person."""

    id: str
    area: str
    devices: tuple[str, ...]
    by: str
    reason: str
    since: datetime
    until: datetime
    reminded: datetime | None
    asked: datetime | None
    consented_by: str
    order: str


class TestAnswer(msgspec.Struct, frozen=True):
    """The first live trigger of a device in a test; ``delay_s``: how long it was on its way."""

    device: str
    signal: str
    at: datetime
    delay_s: float
    clear: datetime | None


class WalkTest(msgspec.Struct, frozen=True):
    """A walk test as it stands, or its report."""

    id: str
    area: str
    devices: tuple[str, ...]
    by: str
    started: datetime
    until: datetime
    window_s: int
    outcome: str
    ended: datetime | None
    ended_by: str
    note: str
    answers: tuple[TestAnswer, ...]
    missing: tuple[str, ...]


class WalkTests(msgspec.Struct, frozen=True):
    """Those that run, and the newest that have ended."""

    running: tuple[WalkTest, ...]
    past: tuple[WalkTest, ...]


class Tested(TestAnswer, frozen=True):
    """When a device answered last in a walk test, in which, and who walked."""

    test: str
    by: str


class BypassCalls:
    """``client.bypasses``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[Bypass]:
        return self._caller.get("/api/bypasses", list[Bypass])

    def wishes(self) -> list[Bypass]:
        """What waits for a second person."""
        return self._caller.get("/api/bypasses/wishes", list[Bypass])

    def begin(self, for_s: int, reason: str, *, area: str = "", devices: Sequence[str] = ()) -> Answered:
        body = {"area": area, "devices": list(devices), "reason": reason, "for_s": for_s}
        return self._caller.post("/api/workflows/bypass/begin", Answered, body)

    def consent(self, wish: str, note: str = "") -> None:
        self._caller.post("/api/workflows/consent/give", Answered, {"case": wish, "note": note})

    def decline(self, wish: str, note: str = "") -> None:
        self._caller.post("/api/workflows/consent/decline", Answered, {"case": wish, "note": note})

    def end(self, bypass: str, devices: Sequence[str] = (), note: str = "") -> None:
        """These devices of it, or all."""
        body = {"case": bypass, "devices": list(devices), "note": note}
        self._caller.post("/api/workflows/bypass/end", Answered, body)


class WalkTestCalls:
    """``client.walk_tests``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self, limit: int = 50) -> WalkTests:
        return self._caller.get("/api/walk-tests", WalkTests, limit=limit)

    def show(self, test: str) -> WalkTest:
        return self._caller.get("/api/walk-tests/{test_id}", WalkTest, test_id=test)

    def start(
        self,
        *,
        area: str = "",
        devices: Sequence[str] = (),
        for_s: int | None = None,
        window_s: int = 90,
        note: str = "",
    ) -> Answered:
        """``window_s``: in alarm for longer is real."""
        body = {"area": area, "devices": list(devices), "for_s": for_s, "window_s": window_s, "note": note}
        return self._caller.post("/api/workflows/walk_test/start", Answered, body)

    def end(self, test: str, note: str = "") -> None:
        self._caller.post("/api/workflows/walk_test/end", Answered, {"case": test, "note": note})

    def last_tested(self) -> list[Tested]:
        return self._caller.get("/api/walk-tests/last-tested", list[Tested])
