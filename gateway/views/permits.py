"""What is out of service or in a walk test, as the engine knows it."""

from alerts.bypass import Bypassed
from devices.walk_test import Tested, WalkTest
from gateway.running import Running
from gateway.stores.records import SqlRecords


class BypassesView:
    """Implements api.ports.bypasses."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def bypasses(self) -> list[Bypassed]:
        engine = self._running.engine
        return engine.bypasses() if engine is not None else []

    def bypass_wishes(self) -> list[Bypassed]:
        engine = self._running.engine
        return engine.wishes() if engine is not None else []


class WalkTestsView:
    """Implements api.ports.walk_tests."""

    def __init__(self, running: Running, records: SqlRecords) -> None:
        self._running, self._permits = running, records.permits

    def walk_tests(self) -> list[WalkTest]:
        engine = self._running.engine
        return engine.walk_tests() if engine is not None else []

    def walk_test(self, test_id: str) -> WalkTest | None:
        live = next((test for test in self.walk_tests() if test.id == test_id), None)
        return live or self._permits.walk_test(test_id)

    def past_walk_tests(self, limit: int = 50) -> list[WalkTest]:
        return self._permits.past(limit)

    def last_tested(self) -> dict[str, Tested]:
        return self._permits.last_tested()
