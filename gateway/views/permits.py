"""What is out of service or in a walk test, as the engine knows it."""

from alerts.bypass import Bypassed
from alerts.kernel.consent import NAME as CONSENTS
from alerts.kernel.consent import Waiting
from devices.message import Text
from devices.walk_test import Tested, WalkTest
from gateway.running import Running
from gateway.stores.records import SqlRecords
from gateway.views.workflows import WorkflowsView


class BypassesView:
    """Implements api.ports.bypasses."""

    def __init__(self, running: Running, workflows: WorkflowsView) -> None:
        self._running, self._workflows = running, workflows

    def bypasses(self) -> list[Bypassed]:
        engine = self._running.engine
        return engine.bypasses() if engine is not None else []

    def bypass_wishes(self) -> list[Bypassed]:
        """Asks of workflows that wait for a second person among them."""
        engine = self._running.engine
        wishes = engine.wishes() if engine is not None else []
        return [*wishes, *(_wish(case) for case in self._workflows.cases(CONSENTS) if isinstance(case, Waiting))]


def _wish(waiting: Waiting) -> Bypassed:
    """As those who decide over it see it beside the bypasses."""
    return Bypassed(
        id=waiting.id,
        area=waiting.area,
        devices=waiting.devices,
        by=waiting.by,
        reason=waiting.what if waiting.what is not None else Text.of(f"{waiting.workflow}.ask_{waiting.tag}"),
        since=waiting.opened,
        until=waiting.until,
        asked=waiting.opened,
        order=waiting.tag,
    )


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
