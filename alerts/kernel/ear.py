"""How workflows hear readings: an ear among the rules of a signal, so that one nobody listens to costs nothing."""

from collections.abc import Callable

from alerts.alert import AlertClass
from alerts.event import Event
from alerts.rule import Memory, Rule
from alerts.rule_instance import RuleInstance
from devices.reading import Instant, Reading


class _Ear(Rule[Memory], frozen=True, kw_only=True):
    """Breached by nothing."""

    tell: Callable[[Reading], None]

    def start(self) -> Memory:
        return Memory()

    def step(self, memory: Memory, event: Event, now: Instant) -> Memory:
        if isinstance(event, Reading):
            self.tell(event)
        return memory


def ear(tell: Callable[[Reading], None]) -> RuleInstance:
    """Put among the watches of a signal it tells of each reading, after the rules have been stepped."""
    rule = _Ear(name="workflows", alert_class=AlertClass.INFORMATION, priority=4, procedure="", tell=tell)
    return RuleInstance(rule, "workflows", "")
