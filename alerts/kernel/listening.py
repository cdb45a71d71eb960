"""Which workflows hear what: looked up once for each kind of thing, because every alarm is handed round."""

from collections.abc import Iterable, Sequence
from typing import Any

from alerts.alert import AlertEvent
from alerts.event import Recorded
from alerts.facts import Fact
from alerts.heard import Delayed, Installed, Lost, ModeSet, Spoken
from alerts.kernel.open_cases import OpenCases
from alerts.kernel.rounds import Item
from alerts.moves import Receipt
from alerts.workflow import Workflow
from devices.keypad import Presented
from devices.reading import Reading
from devices.signals import base_name

_WANTS = {
    AlertEvent: "alerts",
    Receipt: "receipts",
    ModeSet: "modes",
    Lost: "presence",
    Installed: "installed",
    Delayed: "delays",
    Presented: "keypads",
}


class Listening:
    """``books``: of which any workflow hears entries."""

    def __init__(self, workflows: Sequence[Workflow[Any]], cases: OpenCases) -> None:
        self._workflows, self._cases = {flow.name: flow for flow in workflows}, cases
        self.books = {book for flow in workflows for book in flow.listens.books}
        self._topics = {topic for flow in workflows for topic in flow.listens.topics}
        self._by_topics: dict[tuple[str, ...], list[Workflow[Any]]] = {}
        self._by_kind = {
            kind: [flow for flow in workflows if getattr(flow.listens, wanted)] for kind, wanted in _WANTS.items()
        }
        of_alerts = self._by_kind[AlertEvent]
        self._always = [flow for flow in of_alerts if not flow.listens.while_open]
        self._sometimes = [flow.name for flow in of_alerts if flow.listens.while_open]

    def to(self, item: Item) -> Iterable[Workflow[Any]]:
        """In their own order."""
        if isinstance(item, Fact):
            return self._of_topics(item.heard_as)
        if isinstance(item, Recorded):
            return [flow for flow in self._workflows.values() if item.book in flow.listens.books]
        if isinstance(item, Spoken):
            names = dict.fromkeys(name for name, _ in self._cases.hearing.get(item.device, ()))
            return [self._workflows[name] for name in names]
        if isinstance(item, Reading):
            signal = base_name(item.signal)
            return [flow for flow in self._workflows.values() if signal in flow.listens.signals]
        if type(item) is AlertEvent and not any(map(self._cases.of, self._sometimes)):
            return self._always
        return self._by_kind[type(item)]

    def _of_topics(self, topics: tuple[str, ...]) -> list[Workflow[Any]]:
        if topics not in self._by_topics:
            flows = self._workflows.values() if self._topics.intersection(topics) else ()
            self._by_topics[topics] = [flow for flow in flows if flow.listens.topics.intersection(topics)]
        return self._by_topics[topics]
